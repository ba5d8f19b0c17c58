//! The dataset `inline_completion`: a record is a suggestion asked for while somebody types, logged as `GenerateCompletions`.

mod columns;
mod decode;
mod record;
mod rows;

pub use columns::{FAMILY, INLINE_COMPLETION};

use crate::dataset::{Content, Dataset, Keys};

/// Objects of `GenerateCompletions`.
pub static DATASET: Dataset = Dataset {
    name: "inline_completion",
    family: &FAMILY,
    decoder_version: 1,
    decoder: decode::decoder,
    keys: Keys {
        folders: &["GenerateCompletions"],
        endings: &[".json", ".gz"],
        report: false,
    },
    content: Content::Json(record::HALVES),
};
