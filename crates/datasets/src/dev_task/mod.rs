//! The dataset `dev_task`: a record is a prompt given to `/dev`, logged as `StartTaskAssistCodeGeneration`.
//!
//! Nothing but "the prompts are logged" is documented, and no sample is public. So any pair of halves is read for what
//! every prompt log has, and the whole record is kept as JSON.

mod columns;
mod decode;
mod record;
mod rows;

pub use columns::{DEV_TASK, FAMILY};

use crate::dataset::{Content, Dataset, Keys};

/// Objects of `StartTaskAssistCodeGeneration`.
pub static DATASET: Dataset = Dataset {
    name: "dev_task",
    family: &FAMILY,
    decoder_version: 1,
    decoder: decode::decoder,
    keys: Keys {
        folders: &["StartTaskAssistCodeGeneration"],
        endings: &[".json", ".gz"],
        report: false,
    },
    // A record's halves may have any name that ends as a half does; by content alone only their own is theirs.
    content: Content::Json(&[
        "startTaskAssistCodeGenerationEventRequest",
        "startTaskAssistCodeGenerationEventResponse",
    ]),
};
