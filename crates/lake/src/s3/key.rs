//! Keys in URLs and in listings.

/// Appends a key to a URL's path: all but unreserved characters and slashes encoded, as the signature has it.
pub(crate) fn append_to_path(url: &mut String, key: &str) {
    append(url, key, b'/');
}

/// Appends a value to a URL's query: all but unreserved characters encoded, as the signature has it.
pub(crate) fn append_to_query(url: &mut String, value: &str) {
    append(url, value, b'~');
}

fn append(url: &mut String, text: &str, also: u8) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                url.push(char::from(byte));
            }
            byte if byte == also => url.push(char::from(byte)),
            _ => {
                url.push('%');
                url.push(char::from(HEX[usize::from(byte >> 4)]));
                url.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
}

/// Decodes a key of a listing with `encoding-type=url`: `%XX`, and `+` for a space. What is not UTF-8 becomes U+FFFD;
/// S3 has no such keys.
pub(crate) fn of_listing(encoded: &str) -> String {
    if !encoded.bytes().any(|b| b == b'%' || b == b'+') {
        return encoded.to_owned();
    }
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'%', [high, low, after @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                bytes.push(digit(*high) << 4 | digit(*low));
                rest = after;
            }
            (b'+', _) => bytes.push(b' '),
            _ => bytes.push(first),
        }
    }
    match String::from_utf8(bytes) {
        Ok(key) => key,
        Err(e) => String::from_utf8_lossy(e.as_bytes()).into_owned(),
    }
}

fn digit(hex: u8) -> u8 {
    match hex {
        b'0'..=b'9' => hex - b'0',
        _ => (hex | 0x20) - b'a' + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_keys_are_decoded() {
        for (encoded, key) in [
            ("a/b-c_d.e", "a/b-c_d.e"),
            ("a+b%2Bc%20d", "a b+c d"),
            ("%01%0a%C3%a9", "\u{1}\n\u{e9}"),
            ("100%", "100%"),
            ("%zz%4", "%zz%4"),
            ("%25%32%30", "%20"),
            ("%ff", "\u{fffd}"),
        ] {
            assert_eq!(of_listing(encoded), key, "{encoded}");
        }
    }

    #[test]
    fn urls_hold_every_byte() {
        let mut url = "http://h/b/".to_owned();
        append_to_path(&mut url, "a//b/../c c+%~\u{1}\u{e9}");
        assert_eq!(url, "http://h/b/a//b/../c%20c%2B%25~%01%C3%A9");
        let mut query = "prefix=".to_owned();
        append_to_query(&mut query, "a/b &=~");
        assert_eq!(query, "prefix=a%2Fb%20%26%3D~");
    }
}
