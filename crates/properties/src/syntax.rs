//! Whether bytes are JSON documents one after the other, by another reader.

use serde::de::IgnoredAny;
use serde_json::Deserializer;

/// What another reader makes of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// Objects and arrays, with no more than space between them; escapes, numbers and UTF-8 were not looked into.
    Sound,
    /// Not that.
    Broken,
    /// No document at all.
    Empty,
}

/// Reads them.
pub(crate) fn syntax(bytes: &[u8]) -> Syntax {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut found = Syntax::Empty;
    let mut documents = Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
    loop {
        let rest = bytes[documents.byte_offset()..].iter();
        let first = rest.copied().find(|byte| !b" \t\r\n".contains(byte));
        match documents.next() {
            None => return found,
            Some(Ok(_)) if matches!(first, Some(b'{' | b'[')) => found = Syntax::Sound,
            Some(_) => return Syntax::Broken,
        }
    }
}
