//! Reading one file as the object that was listed.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::source_error;
use crate::source::{Body, Listed, SourceError, WHOLE_BYTES};
use crate::stamp::Stamp;

/// Reads an object, or opens it if it is large.
pub(super) fn fetch(root: &Path, object: Listed) -> Result<Body, SourceError> {
    let path = root.join(&object.key);
    let file = File::open(&path).map_err(|e| source_error("read", &path, e))?;
    let opened = Opened {
        file,
        path,
        etag: object.etag,
    };
    if object.size <= WHOLE_BYTES {
        opened.whole(object.size).map(Body::Bytes)
    } else {
        opened.check()?;
        Ok(Body::Stream(Box::new(opened)))
    }
}

/// An open file that must stay what was listed.
struct Opened {
    file: File,
    path: PathBuf,
    etag: String,
}

impl Opened {
    /// All bytes. One look at the file after reading is enough: had it changed since the listing, it would show.
    fn whole(&self, size: u64) -> Result<Vec<u8>, SourceError> {
        let size = usize::try_from(size).map_err(|_| self.changed())?;
        let mut bytes = vec![0; size];
        let read = (&self.file).read_exact(&mut bytes);
        // A file that became shorter is a changed one, not a broken one.
        self.check()?;
        read.map_err(|e| source_error("read", &self.path, e))?;
        Ok(bytes)
    }

    fn check(&self) -> Result<(), SourceError> {
        let metadata = self
            .file
            .metadata()
            .map_err(|e| source_error("read", &self.path, e))?;
        if Stamp::of(&metadata).is(&self.etag) {
            Ok(())
        } else {
            Err(self.changed())
        }
    }

    fn changed(&self) -> SourceError {
        SourceError::Changed {
            place: self.path.to_string_lossy().into_owned(),
        }
    }
}

impl Read for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match self.file.read(buffer) {
            Ok(read) => read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => return Err(e),
            Err(e) => return Err(io::Error::other(source_error("read", &self.path, e))),
        };
        if read == 0 && !buffer.is_empty() {
            self.check().map_err(io::Error::other)?;
        }
        Ok(read)
    }
}
