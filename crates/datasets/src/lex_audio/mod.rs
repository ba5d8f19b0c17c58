//! The dataset `lex_audio`: audio that Lex bots put into S3. An object is a row; only its key and size are looked at.

mod columns;
mod content;
mod decode;
mod key;

#[cfg(test)]
mod tests;

pub use columns::{AUDIO, FAMILY};
pub(crate) use content::is_audio;
pub(crate) use key::content_type;

use crate::dataset::{Content, Dataset, Keys};

/// Audio objects of a source with `kind=lex`.
pub static DATASET: Dataset = Dataset {
    name: "lex_audio",
    family: &FAMILY,
    decoder_version: 1,
    decoder: decode::decoder,
    keys: Keys {
        folders: &[],
        endings: &[],
        report: false,
    },
    content: Content::Unread,
};
