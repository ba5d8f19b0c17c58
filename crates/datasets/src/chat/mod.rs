//! The dataset `chat`: a record is a turn of a conversation with the assistant, logged as `GenerateAssistantResponse`.

mod columns;
mod decode;
mod record;
mod router;
mod rows;

#[cfg(test)]
mod tests;

pub use columns::{CHAT, FAMILY};

use crate::dataset::{Content, Dataset, Keys};

/// Objects of `GenerateAssistantResponse`.
pub static DATASET: Dataset = Dataset {
    name: "chat",
    family: &FAMILY,
    decoder_version: 1,
    decoder: decode::decoder,
    keys: Keys {
        folders: &["GenerateAssistantResponse"],
        endings: &[".json", ".gz"],
        report: false,
    },
    content: Content::Json(record::HALVES),
};
