//! A file that is read by several at once, each from its beginning.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

/// A file that stays open, and is read from its beginning as often as need be.
#[derive(Clone, Debug)]
pub struct SharedFile(Arc<File>);

/// One reading of a [`SharedFile`]; it has a position of its own.
#[derive(Debug)]
pub struct Reading {
    file: Arc<File>,
    at: u64,
}

impl SharedFile {
    /// Nobody else moves or writes it.
    pub fn new(file: File) -> Self {
        Self(Arc::new(file))
    }

    /// Whether it is as long as another file; false too where one of the two cannot be looked at.
    pub fn is_as_long_as(&self, other: &Path) -> bool {
        let other = std::fs::metadata(other).map(|other| other.len());
        let this = self.0.metadata().map(|this| this.len());
        matches!((this, other), (Ok(this), Ok(other)) if this == other)
    }

    /// Begins to read.
    pub fn read(&self) -> Reading {
        self.read_from(0)
    }

    /// Begins to read at an offset.
    pub fn read_from(&self, at: u64) -> Reading {
        Reading {
            file: Arc::clone(&self.0),
            at,
        }
    }
}

impl Read for Reading {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read_at(out, self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_do_not_disturb_each_other() {
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, b"abcdef").unwrap();
        let file = SharedFile::new(file);
        let (mut one, mut other) = (file.read(), file.read());
        let mut text = String::new();
        one.by_ref().take(3).read_to_string(&mut text).unwrap();
        other.read_to_string(&mut text).unwrap();
        one.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abcabcdefdef");
    }
}
