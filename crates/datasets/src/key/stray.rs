//! Objects that the services leave beside the data and that hold none.

/// The longest "Access validation successful." object that is taken for one; they have about 103 bytes.
const MAX_VALIDATION_BYTES: u64 = 256;

/// Whether the key is a known stray: a folder marker, the test object of an export task, an access validation.
pub(super) fn is_stray(key: &str, size: u64) -> bool {
    let (folders, file) = match memchr::memrchr(b'/', key.as_bytes()) {
        Some(slash) => (&key[..slash], &key[slash + 1..]),
        None => ("", key),
    };
    if file.is_empty() {
        return size == 0;
    }
    file == "aws-logs-write-test"
        || (size <= MAX_VALIDATION_BYTES
            && is_uuid(file)
            && folders
                .split('/')
                .any(|folder| super::place::product(folder).is_some()))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, byte)| match i {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
