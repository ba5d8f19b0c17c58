//! Whether two listed objects have the same bytes.

use std::io::Read as _;

use promptlake_lake::source::{Body, Listed, SourceError};
use xxhash_rust::xxh3::Xxh3;

use crate::discover::NamedSource;

/// What is taken from a stream at a time.
const PIECE: usize = 64 << 10;

/// Tells without reading, where that can be told: sizes, then MD5 `ETag`s of one-part uploads.
pub(super) fn by_listing(a: &Listed, b: &Listed) -> Option<bool> {
    if a.size != b.size {
        return Some(false);
    }
    // Equal ones are the same bytes. Different ones say nothing: with a key of one's own, an ETag is no MD5.
    let (a, b) = (a.etag.trim_matches('"'), b.etag.trim_matches('"'));
    (is_md5(a) && a.eq_ignore_ascii_case(b)).then_some(true)
}

/// Tells by reading both.
pub(super) fn by_reading(
    a: (&NamedSource, &Listed),
    b: (&NamedSource, &Listed),
) -> Result<bool, SourceError> {
    Ok(hash(a)? == hash(b)?)
}

fn is_md5(etag: &str) -> bool {
    etag.len() == 32 && etag.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Reads an object and gives what the ledger holds as its hash.
pub(super) fn hash((source, listed): (&NamedSource, &Listed)) -> Result<String, SourceError> {
    let place = || format!("{}/{}", source.place, listed.key);
    let mut hash = Xxh3::new();
    let body = source.source.fetch(vec![listed.clone()]).next();
    match body {
        Some(Ok(Body::Bytes(bytes))) => hash.update(&bytes),
        Some(Ok(Body::Stream(mut reader))) => {
            let mut piece = vec![0; PIECE];
            loop {
                match reader.read(&mut piece) {
                    Ok(0) => break,
                    Ok(n) => hash.update(&piece[..n]),
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    Err(error) => {
                        return Err(SourceError::Other {
                            action: "read",
                            place: place(),
                            source: error.into(),
                        });
                    }
                }
            }
        }
        Some(Err(error)) => return Err(error),
        None => {
            return Err(SourceError::NotFound {
                action: "read",
                place: place(),
            });
        }
    }
    Ok(format!("{:032x}", hash.digest128()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_md5_etags_tell_without_reading() {
        let listed = |size, etag: &str| Listed {
            key: "k".to_owned(),
            size,
            etag: etag.to_owned(),
            archived: false,
        };
        let md5 = "\"0123456789abcdef0123456789abcdef\"";
        let same = "0123456789ABCDEF0123456789ABCDEF";
        let other = "00000000000000000000000000000000";
        let parts = "0123456789abcdef0123456789abcdef-2";
        for (a, b, expected) in [
            (listed(1, md5), listed(2, md5), Some(false)),
            (listed(1, md5), listed(1, same), Some(true)),
            (listed(1, md5), listed(1, other), None),
            (listed(1, parts), listed(1, parts), None),
            (listed(1, "1-1-7"), listed(1, "1-1-7"), None),
        ] {
            assert_eq!(by_listing(&a, &b), expected, "{a:?} {b:?}");
        }
    }
}
