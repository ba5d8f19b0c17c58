//! The dataset `lex`: conversations with Amazon Lex bots, out of CloudWatch log groups that hold other things too.
//!
//! - `stream` finds log events in the bytes of an object, of whatever shape; `kind` tells what each is.
//! - `log` opens what they are wrapped in (`wrapped`: base64 and gzip), counts them, rejects the bad ones.
//! - `tables` makes rows of an entry: it is written as compact JSON, in which all its fields are read as `value`s
//!   (`entry`, `slots`, `sentiment`).

mod columns;
mod decode;
mod entry;
mod kind;
mod log;
mod rows;
mod sentiment;
mod slot_rows;
mod slots;
mod stream;
mod tables;
mod value;
mod wrapped;

#[cfg(test)]
mod tests;

pub use columns::{CONVERSATION, FAMILY, SLOT};

use crate::dataset::{Content, Dataset, Keys};

/// Logs of a source with `kind=lex`.
pub static DATASET: Dataset = Dataset {
    name: tables::NAME,
    family: &FAMILY,
    decoder_version: 1,
    decoder: decode::decoder,
    keys: Keys {
        folders: &[],
        endings: &[],
        report: false,
    },
    content: Content::Log,
};
