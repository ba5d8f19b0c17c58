//! The columns of `user_activity_legacy`.

use super::metrics::METRICS;
use crate::report::columns;
use crate::table::{Column, Family, Lineage, Table};

/// Columns before the metrics.
const HEAD: [Column; 4] = [
    columns::EVENT_DATE,
    columns::USER_ID,
    columns::USER_ID_RAW,
    columns::IDENTITY_STORE_ID,
];

/// `HEAD`, the metrics, `report_ts`.
const OWN: [Column; HEAD.len() + METRICS.len() + 1] = {
    let mut own = [columns::REPORT_TS; HEAD.len() + METRICS.len() + 1];
    let mut at = 0;
    while at < HEAD.len() + METRICS.len() {
        own[at] = if at < HEAD.len() {
            HEAD[at]
        } else {
            METRICS[at - HEAD.len()].column
        };
        at += 1;
    }
    own
};

/// One row is a user's day.
pub static USER_ACTIVITY_LEGACY: Table = Table {
    name: "user_activity_legacy",
    version: 1,
    doc: "a user's day in the legacy report",
    own: &OWN,
    lineage: Lineage {
        variant: true,
        extra: true,
    },
    key: &["account_id", "region", "event_date", "user_id"],
    key_required: &[],
    key_else: None,
    not_content: columns::NOT_CONTENT,
    bloom: &[],
};

/// The legacy report alone.
pub static FAMILY: Family = Family {
    name: "user_activity_legacy",
    tables: &[&USER_ACTIVITY_LEGACY],
};
