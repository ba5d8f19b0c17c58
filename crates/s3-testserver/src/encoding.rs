//! Percent-encoding, as URLs, queries and listings have it.

use std::fmt::Write as _;

/// Decodes `%XX`, and `+` where `plus` says that it is a space.
pub(crate) fn decode(text: &str, plus: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .filter(|_| first == b'%')
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        if let Some(byte) = hex {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(if plus && first == b'+' { b' ' } else { first });
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// Encodes all but unreserved characters, and slashes if `slash`.
pub(crate) fn encode(text: &str, slash: bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            b'/' if !slash => encoded.push('/'),
            _ => write!(encoded, "%{byte:02X}").unwrap(),
        }
    }
    encoded
}

/// As listings with `encoding-type=url` have keys: a space is `+`.
pub(crate) fn encode_listed(key: &str) -> String {
    encode(key, false).replace("%20", "+")
}

/// Text for XML. A control byte, which XML cannot hold, is left as it is: whoever reads it shall fail.
pub(crate) fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// What [`hex`] made of a text.
pub(crate) fn unhex(text: &str) -> String {
    let digits = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    String::from_utf8((0..text.len()).step_by(2).map(digits).collect()).unwrap()
}
