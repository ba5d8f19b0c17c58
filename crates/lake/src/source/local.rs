//! A source that is a directory: every file below it is an object, its path below it the key.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::day_folders::DayFolders;
use super::{Body, Listed, Source, SourceError, Window};
use crate::layout;

mod fetch;
mod walk;

/// A directory of objects.
///
/// Links are followed, but not back to a folder that they stand in. What is neither a file nor a folder (a socket, a
/// pipe) is no object. A name that is not UTF-8 is shown with U+FFFD in it; such an object cannot be fetched.
#[derive(Debug)]
pub struct LocalSource {
    root: PathBuf,
    excluded: Vec<PathBuf>,
    skipped: OnceLock<String>,
    day_folders: bool,
}

impl LocalSource {
    /// The source under `root`.
    pub fn new(root: PathBuf) -> Self {
        Self {
            root,
            excluded: Vec::new(),
            skipped: OnceLock::new(),
            day_folders: true,
        }
    }

    /// Leaves out a lake: all of it, or where the source lies in it, its own folders.
    #[must_use]
    pub fn excluding_lake(mut self, lake: &Path) -> Self {
        // A lake that is not there yet has no other path than the one given.
        let lake = lake.canonicalize().unwrap_or_else(|_| lake.to_owned());
        let inside = self
            .root
            .canonicalize()
            .is_ok_and(|root| root.starts_with(&lake));
        self.excluded = if inside {
            [layout::TABLES, layout::DIMS, layout::STATE]
                .map(|folder| lake.join(folder.trim_end_matches('/')))
                .to_vec()
        } else {
            vec![lake]
        };
        self
    }

    /// Shows all days, whatever the window: in Lex keys the last date counts, and only the whole key has it.
    #[must_use]
    pub fn without_day_folders(mut self) -> Self {
        self.day_folders = false;
        self
    }

    /// Where the day of a key is told from: the path of the root, which may hold the last `AWSLogs`.
    fn folders(&self) -> DayFolders {
        if self.day_folders {
            DayFolders::of(&self.root.to_string_lossy())
        } else {
            DayFolders::Outside
        }
    }

    /// Whether the source itself lies in a folder of the lake, noted if so.
    fn root_is_of_the_lake(&self) -> bool {
        let Ok(root) = self.root.canonicalize() else {
            return false;
        };
        self.excluded
            .iter()
            .find(|excluded| root.starts_with(excluded))
            .is_some_and(|excluded| self.note(excluded))
    }

    /// Whether a folder is the lake or one of its own, noted if so. Looks at the file system only where the name, or
    /// a link, makes that possible.
    fn is_of_the_lake(&self, folder: &Path, linked: bool) -> bool {
        self.excluded
            .iter()
            .filter(|excluded| linked || excluded.file_name() == folder.file_name())
            .find(|excluded| {
                matches!(
                    (fs::metadata(folder), fs::metadata(excluded)),
                    (Ok(a), Ok(b)) if walk::same(&a, &b)
                )
            })
            .is_some_and(|excluded| self.note(excluded))
    }

    fn note(&self, excluded: &Path) -> bool {
        self.skipped
            .get_or_init(|| excluded.to_string_lossy().into_owned());
        true
    }
}

impl Source for LocalSource {
    fn list(
        &self,
        window: Window,
        found: &mut dyn FnMut(Listed),
        problem: &mut dyn FnMut(SourceError),
    ) -> Result<(), SourceError> {
        walk::walk(self, window, found, problem)
    }

    fn fetch(
        &self,
        objects: Vec<Listed>,
    ) -> Box<dyn Iterator<Item = Result<Body, SourceError>> + Send + '_> {
        Box::new(
            objects
                .into_iter()
                .map(|object| fetch::fetch(&self.root, object)),
        )
    }

    fn excluded(&self) -> Option<&str> {
        self.skipped.get().map(String::as_str)
    }
}

fn source_error(action: &'static str, place: &Path, error: io::Error) -> SourceError {
    let place = place.to_string_lossy().into_owned();
    match error.kind() {
        io::ErrorKind::NotFound => SourceError::NotFound { action, place },
        io::ErrorKind::PermissionDenied => SourceError::Denied {
            action,
            place,
            source: error.into(),
        },
        _ => SourceError::Other {
            action,
            place,
            source: error.into(),
        },
    }
}
