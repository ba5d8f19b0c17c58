//! A local source that fails by script.

use std::fs;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use promptlake_lake::source::{Body, Listed, LocalSource, Source, SourceError, Window};

/// What goes wrong with one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The listing breaks off before it.
    Unlisted,
    /// It cannot be read.
    Unreadable,
    /// It cannot be read beyond its first half.
    HalfReadable,
    /// Since it was listed, it lost its second half.
    Torn,
    /// Since it was listed, it was removed.
    Gone,
    /// The run is told to stop as it is read.
    Stop,
}

impl Trouble {
    pub(crate) const ALL: [Self; 6] = [
        Self::Unlisted,
        Self::Unreadable,
        Self::HalfReadable,
        Self::Torn,
        Self::Gone,
        Self::Stop,
    ];
}

/// A local source, and the trouble that it has with the `at`th of the objects that it shows or reads.
#[derive(Debug)]
pub(crate) struct FaultySource {
    inner: LocalSource,
    root: PathBuf,
    trouble: Trouble,
    at: usize,
    read: AtomicUsize,
    stop: Arc<AtomicBool>,
}

impl FaultySource {
    /// The source under `root`; `stop` tells the run to stop.
    pub(crate) fn new(root: &Path, trouble: Trouble, at: usize, stop: &Arc<AtomicBool>) -> Self {
        Self {
            inner: LocalSource::new(root.to_owned()),
            root: root.to_owned(),
            trouble,
            at,
            read: AtomicUsize::new(0),
            stop: Arc::clone(stop),
        }
    }

    fn fetch_one(&self, object: Listed) -> Result<Body, SourceError> {
        let n = self.read.fetch_add(1, Ordering::Relaxed);
        let path = self.root.join(&object.key);
        let size = usize::try_from(object.size).unwrap();
        let read = || self.inner.fetch(vec![object]).next().unwrap();
        if n != self.at {
            return read();
        }
        match self.trouble {
            Trouble::Unlisted => read(),
            Trouble::Unreadable => Err(broken("read", &path)),
            Trouble::HalfReadable => {
                let Body::Bytes(mut bytes) = read()? else {
                    panic!("a small object is read at once");
                };
                bytes.truncate(size / 2);
                let error = io::Error::other(broken("read", &path));
                Ok(Body::Stream(Box::new(
                    Cursor::new(bytes).chain(Breaks(Some(error))),
                )))
            }
            Trouble::Torn => {
                let bytes = fs::read(&path).unwrap();
                replace(&path, &bytes[..bytes.len() / 2]);
                read()
            }
            Trouble::Gone => {
                fs::remove_file(&path).unwrap();
                read()
            }
            Trouble::Stop => {
                self.stop.store(true, Ordering::Relaxed);
                read()
            }
        }
    }
}

impl Source for FaultySource {
    fn list(
        &self,
        window: Window,
        found: &mut dyn FnMut(Listed),
        problem: &mut dyn FnMut(SourceError),
    ) -> Result<(), SourceError> {
        if self.trouble != Trouble::Unlisted {
            return self.inner.list(window, found, problem);
        }
        let mut left = self.at;
        let mut some = |listed| {
            if left > 0 {
                left -= 1;
                found(listed);
            }
        };
        self.inner.list(window, &mut some, problem)?;
        problem(broken("list", &self.root));
        Ok(())
    }

    fn fetch(
        &self,
        objects: Vec<Listed>,
    ) -> Box<dyn Iterator<Item = Result<Body, SourceError>> + Send + '_> {
        Box::new(objects.into_iter().map(|object| self.fetch_one(object)))
    }
}

fn broken(action: &'static str, path: &Path) -> SourceError {
    SourceError::Other {
        action,
        place: path.display().to_string(),
        source: io::Error::from_raw_os_error(crate::faulty::BROKEN).into(),
    }
}

/// Puts another file in the place of one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) {
    let new = path.with_extension("new");
    fs::write(&new, bytes).unwrap();
    fs::rename(new, path).unwrap();
}

/// The end of a file that cannot be read on.
struct Breaks(Option<io::Error>);

impl Read for Breaks {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
