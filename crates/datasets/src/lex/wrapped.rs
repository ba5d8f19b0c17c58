//! The envelope of a subscription as a function is given it: `{"awslogs":{"data":"<base64 of gzip>"}}`.

use std::io::{Cursor, ErrorKind, Read};

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::read::MultiGzDecoder;

use crate::input::{End, Refill};
use crate::json::{Arena, Scanner};
use crate::reason::Reason;

/// How much is inflated at once.
const PIECE: u64 = 64 << 10;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What stands in `awslogs.data`.
pub(super) enum Data {
    /// Bytes that should be gzip.
    Gzip(Vec<u8>),
    /// A text that is not base64.
    NotBase64,
    /// No text.
    None,
}

/// Takes the data from an object that has `awslogs`.
pub(super) fn data(object: &[u8]) -> Data {
    let Some(inner) = member(object, "awslogs").filter(|inner| inner.starts_with(b"{")) else {
        return Data::None;
    };
    let Some(text) = member(inner, "data").filter(|text| text.starts_with(b"\"")) else {
        return Data::None;
    };
    let mut arena = Arena::default();
    let Ok(Some(text)) = Scanner::new(text).text(&mut arena) else {
        return Data::NotBase64;
    };
    match BASE64.decode(arena.get(text)) {
        Ok(bytes) => Data::Gzip(bytes),
        Err(_) => Data::NotBase64,
    }
}

/// A member of an object of JSON, as it is written.
fn member<'a>(object: &'a [u8], wanted: &str) -> Option<&'a [u8]> {
    let mut scan = Scanner::new(object);
    let mut first = true;
    scan.begin_object().ok()?;
    while let Some(key) = scan.key(&mut first).ok()? {
        let value = scan.skip_deep().ok()?;
        if key.text().is_ok_and(|name| name == wanted) {
            return Some(value);
        }
    }
    None
}

/// Inflated bytes, at most `left` of them; what is not used of that stays there.
pub(super) struct Inflated<'l> {
    gzip: MultiGzDecoder<Cursor<Vec<u8>>>,
    left: &'l mut u64,
    /// How it ends, once that was seen behind bytes that were given first.
    end: Option<End>,
}

impl<'l> Inflated<'l> {
    pub(super) fn new(gzip: Vec<u8>, left: &'l mut u64) -> Self {
        Self {
            gzip: MultiGzDecoder::new(Cursor::new(gzip)),
            left,
            end: None,
        }
    }
}

impl Refill for Inflated<'_> {
    fn refill(&mut self, buffer: &mut Vec<u8>) -> Option<End> {
        if let Some(end) = &self.end {
            return Some(end.clone());
        }
        let start = buffer.len();
        let result = (&mut self.gzip).take(PIECE).read_to_end(buffer);
        let inflated = (buffer.len() - start) as u64;
        let end = if inflated > *self.left {
            let kept = usize::try_from(*self.left).unwrap_or(usize::MAX);
            buffer.truncate(start.saturating_add(kept));
            *self.left = 0;
            Some(broken(
                Reason::TooLarge,
                "inflates to more than an object may hold",
            ))
        } else {
            *self.left -= inflated;
            match result {
                Ok(0) => Some(End::Clean),
                Ok(_) => None,
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => Some(broken(
                    Reason::GzipTruncated,
                    "the gzip stream ends in the middle",
                )),
                Err(_) => Some(broken(Reason::GzipCorrupt, "damaged gzip")),
            }
        };
        if buffer.len() == start {
            return end;
        }
        self.end = end;
        None
    }
}

fn broken(reason: Reason, what: &str) -> End {
    End::Broken {
        reason,
        detail: format!("awslogs.data: {what}"),
    }
}
