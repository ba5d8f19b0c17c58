//! Objects of `lex_audio`: an object is a record, whatever is in it.

use super::{Kit, lex_key};

pub(super) const KIT: Kit = Kit {
    dataset: "lex_audio",
    key: |spot| lex_key("audio", spot, ".wav"),
    body: |_, records| b"RIFF".repeat(records.len() + 1),
    gzip: false,
    lex: true,
};
