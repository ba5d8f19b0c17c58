//! The headers of the report.

use super::metrics::METRICS;
use crate::report::{Kind, Known, Layout};

const DATE: usize = 0;
const USER_ID: usize = 1;
/// The number of the first metric's column.
pub(super) const FIRST_METRIC: usize = 2;

/// All generations of the report together: a column that one lacks is NULL.
pub(super) static LAYOUT: Layout = Layout {
    dataset: "by_user_analytic",
    known: &KNOWN,
    date: DATE,
    user_id: USER_ID,
    melted: None,
};

static KNOWN: [Known; FIRST_METRIC + METRICS.len()] = {
    let mut known = [Known {
        names: &["Date"],
        kind: Kind::Day,
    }; FIRST_METRIC + METRICS.len()];
    known[USER_ID] = Known {
        names: &["UserId"],
        kind: Kind::Text,
    };
    let mut metric = 0;
    while metric < METRICS.len() {
        known[FIRST_METRIC + metric] = Known {
            names: METRICS[metric].headers,
            kind: Kind::Count,
        };
        metric += 1;
    }
    known
};

/// The headers of the metrics, each in all its names.
pub(super) const METRIC_HEADERS: &[&str] = &HEADERS;

const HEADER_COUNT: usize = {
    let (mut count, mut metric) = (0, 0);
    while metric < METRICS.len() {
        count += METRICS[metric].headers.len();
        metric += 1;
    }
    count
};

const HEADERS: [&str; HEADER_COUNT] = {
    let mut headers = [""; HEADER_COUNT];
    let (mut count, mut metric) = (0, 0);
    while metric < METRICS.len() {
        let mut name = 0;
        while name < METRICS[metric].headers.len() {
            headers[count] = METRICS[metric].headers[name];
            count += 1;
            name += 1;
        }
        metric += 1;
    }
    headers
};
