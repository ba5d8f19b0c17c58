//! Where objects are read from.

use std::fmt;
use std::io::Read;

use promptlake_datasets::day::Day;

use crate::location::Location;
use crate::s3::S3Options;
use crate::stats::Stats;

mod day_folders;
pub mod local;
pub mod s3;
pub mod uri;

pub use self::local::LocalSource;
pub use self::s3::S3Source;
pub use self::uri::{SourceSpec, SpecError};

/// The source days that a run looks at, both ends included; undated objects are always looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First day; `None`: from the beginning.
    pub from: Option<Day>,
    /// Last day; `None`: whatever is there.
    pub to: Option<Day>,
}

impl Window {
    /// Whatever is there.
    pub const ALL: Self = Self {
        from: None,
        to: None,
    };

    /// Whether a day is in it. Undated objects are looked at whatever it says.
    pub fn contains(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// An object as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its key below the source's URI, an opaque string (`//`, `./`, `%`, spaces, control bytes occur).
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// Changes with its content. Local: `<mtime ns>-<size>-<inode>`; S3: the ETag.
    pub etag: String,
    /// In a storage class that cannot be read at once.
    pub archived: bool,
}

/// Objects up to this size are read whole, larger ones as streams. Each source holds to it: the two readers of gzip differ
/// in one kind of crafted member, and an object must give the same rows wherever it lies.
const WHOLE_BYTES: u64 = 8 << 20;

/// The bytes of an object.
pub enum Body {
    /// All of it.
    Bytes(Vec<u8>),
    /// A large one, read as it comes. If it turns out not to be the listed object, or cannot be read on, reading ends
    /// with an error that holds a [`SourceError`]: whatever was read before is void.
    Stream(Box<dyn Read + Send>),
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Body of {} bytes", bytes.len()),
            Self::Stream(_) => write!(f, "Body as a stream"),
        }
    }
}

/// A place of objects: a local directory or a bucket's prefix.
pub trait Source: fmt::Debug + Send + Sync {
    /// Shows every object under the source's URI whose key may lie in `window`; one outside it may be shown too.
    /// Promises nothing about order, and that no key is shown twice. A part that cannot be listed is told through
    /// `problem` (what, why) and the rest goes on.
    ///
    /// # Errors
    /// If nothing can be listed: the source is missing, unreadable, or access is denied.
    fn list(
        &self,
        window: Window,
        found: &mut dyn FnMut(Listed),
        problem: &mut dyn FnMut(SourceError),
    ) -> Result<(), SourceError>;

    /// Starts reading objects and gives their bodies in the same order. Reading may run ahead of the iterator, so a
    /// caller that asks for the next objects before it has used up these keeps a remote source busy.
    fn fetch(
        &self,
        objects: Vec<Listed>,
    ) -> Box<dyn Iterator<Item = Result<Body, SourceError>> + Send + '_>;

    /// The lake's folder that listings left out because it lies in this source; known after a listing.
    fn excluded(&self) -> Option<&str> {
        None
    }

    /// The requests so far.
    fn stats(&self) -> Stats {
        Stats::default()
    }
}

/// Opens a source. Of the lake, nothing is shown where the two are nested.
///
/// # Errors
/// If this kind of place cannot be read. Whether it is there is seen by listing it.
pub fn open_source(spec: &SourceSpec, lake: &Location) -> Result<Box<dyn Source>, SourceError> {
    open_source_with(spec, lake, &S3Options::default())
}

/// Opens a source as [`open_source`] does; `options` are for buckets.
///
/// # Errors
/// As [`open_source`].
pub fn open_source_with(
    spec: &SourceSpec,
    lake: &Location,
    options: &S3Options,
) -> Result<Box<dyn Source>, SourceError> {
    match &spec.location {
        Location::Local(path) => {
            let mut source = LocalSource::new(path.clone());
            if let Location::Local(lake) = lake {
                source = source.excluding_lake(lake);
            }
            if spec.context.lex {
                source = source.without_day_folders();
            }
            Ok(Box::new(source))
        }
        Location::S3 { bucket, prefix } => {
            let (role_arn, profile) = (spec.role_arn.clone(), spec.profile.clone());
            let mut source = S3Source::new(bucket, prefix, role_arn, profile, options.clone())
                .excluding_lake(lake);
            if spec.context.lex {
                source = source.without_day_folders();
            }
            Ok(Box::new(source))
        }
    }
}

/// What went wrong with a source.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The source, a folder or an object is not there (any more).
    #[error("{action} {place}: not found")]
    NotFound {
        /// What was being done: "list", "read".
        action: &'static str,
        /// URI of the source, folder or object.
        place: String,
    },
    /// The object is not the one that was listed.
    #[error("read {place}: changed since it was listed")]
    Changed {
        /// URI of the object.
        place: String,
    },
    /// Permission is missing.
    #[error("{action} {place}: permission denied")]
    Denied {
        /// What was being done.
        action: &'static str,
        /// URI.
        place: String,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Anything else.
    #[error("{action} {place}")]
    Other {
        /// What was being done.
        action: &'static str,
        /// URI.
        place: String,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
