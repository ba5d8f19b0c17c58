//! What tells one state of a local file from another: `<mtime ns>-<size>-<inode>`.

use std::fmt::{self, Write};
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

/// The numbers of a file's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Time of the last change in nanoseconds since the epoch.
    pub(crate) mtime_ns: i128,
    /// Bytes.
    pub(crate) size: u64,
    inode: u64,
}

impl Stamp {
    /// Takes it.
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self {
            mtime_ns: i128::from(metadata.mtime()) * 1_000_000_000
                + i128::from(metadata.mtime_nsec()),
            size: metadata.len(),
            inode: metadata.ino(),
        }
    }

    /// Its text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::with_capacity(48);
        write!(text, "{self}").expect("invariant: writing to a String cannot fail");
        text
    }

    /// Whether `text` is its text; does not allocate.
    pub(crate) fn is(&self, text: &str) -> bool {
        let mut rest = Rest(text);
        write!(rest, "{self}").is_ok() && rest.0.is_empty()
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.mtime_ns, self.size, self.inode)
    }
}

/// What is left of a text that what is written has to match.
struct Rest<'a>(&'a str);

impl Write for Rest<'_> {
    fn write_str(&mut self, written: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(written).ok_or(fmt::Error)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_text_is_its_text() {
        let stamp = Stamp {
            mtime_ns: -1_234_567_890_123_456_789,
            size: 42,
            inode: 7,
        };
        assert_eq!(stamp.text(), "-1234567890123456789-42-7");
        assert!(stamp.is(&stamp.text()));
        for text in ["", "-1234567890123456789-42-", "-1234567890123456789-42-77"] {
            assert!(!stamp.is(text), "{text}");
        }
    }
}
