//! The legacy report `by_user_analytic`: a CSV a day, one row a user, 44 metrics of what was suggested and accepted.

mod columns;
mod decode;
mod layout;
mod metrics;
mod rows;

pub use columns::{FAMILY, USER_ACTIVITY_LEGACY};

use crate::dataset::{Content, Dataset, Keys};

/// `by_user_analytic`.
pub static DATASET: Dataset = Dataset {
    name: "by_user_analytic",
    family: &FAMILY,
    decoder_version: 1,
    decoder: decode::decoder,
    keys: Keys {
        folders: &["by_user_analytic"],
        endings: &[".csv", ".gz"],
        report: true,
    },
    content: Content::Csv(layout::METRIC_HEADERS),
};
