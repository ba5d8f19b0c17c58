//! Where the lake is written: whole objects, published by compare-and-swap.

use std::fmt;
use std::fs::File;
use std::path::Path;

use crate::location::Location;
use crate::s3::S3Options;
use crate::stats::Stats;

pub mod local;
pub mod s3;

pub use self::local::LocalStorage;
pub use self::s3::S3Storage;

/// Changes with the content of an object, in a directory with every write of it. Local: `<mtime ns>-<size>-<inode>`; S3:
/// the ETag. Means nothing in another storage.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct Version(pub String);

/// An object of the lake as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Path below the lake's root, `/`-separated.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Its version.
    pub version: Version,
}

/// What an object must be for a publish to replace it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// It must not be there.
    Absent,
    /// It must be this one.
    Version(Version),
}

/// What is published.
#[derive(Debug)]
pub enum Content<'a> {
    /// Bytes at hand.
    Bytes(&'a [u8]),
    /// A finished temporary file, which the publish may move or copy; it must not be used afterwards.
    File(&'a Path),
}

/// The lake's storage. Readers see an object as it was before or after a publish, never between.
pub trait Storage: fmt::Debug + Send + Sync {
    /// Shows every object whose path begins with `prefix`, in no order. A prefix without objects is no error.
    ///
    /// # Errors
    /// If the storage cannot be listed.
    fn list(&self, prefix: &str, found: &mut dyn FnMut(Entry)) -> Result<(), StorageError>;

    /// Reads a small object whole; `None`: it is not there.
    ///
    /// # Errors
    /// If it cannot be read.
    fn read(&self, path: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError>;

    /// Opens an object for random access (a remote storage copies it under `temp` first); `None`: it is not there.
    /// The file stays what it was if the object is replaced meanwhile.
    ///
    /// # Errors
    /// If it cannot be read.
    fn open(&self, path: &str, temp: &Path) -> Result<Option<(File, Version)>, StorageError>;

    /// Publishes an object if it still is what `expect` says, durably: after a crash it is the old or the new one.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] if it is not what `expect` says: nothing was changed.
    fn publish(
        &self,
        path: &str,
        content: Content<'_>,
        expect: &Expect,
    ) -> Result<Version, StorageError>;

    /// Removes an object if it still is what `expect` says; one that is not there is no error.
    ///
    /// # Errors
    /// As [`Storage::publish`].
    fn remove(&self, path: &str, expect: &Version) -> Result<(), StorageError>;

    /// Tries out whether publishes compare and swap; to be asked once before the first one. False: the lake may be
    /// written by one writer at a time only, who opens it as [`S3Options::single_writer`]; then there is nothing to try
    /// out, and it is true.
    ///
    /// # Errors
    /// If the storage cannot be written at all.
    fn compares_and_swaps(&self) -> Result<bool, StorageError> {
        Ok(true)
    }

    /// The requests so far.
    fn stats(&self) -> Stats {
        Stats::default()
    }
}

/// Opens a lake's storage. Nothing is created before the first publish.
///
/// # Errors
/// If this kind of place cannot be written.
pub fn open_storage(lake: &Location) -> Result<Box<dyn Storage>, StorageError> {
    open_storage_with(lake, &S3Options::default())
}

/// Opens a lake's storage as [`open_storage`] does; `options` are for buckets.
///
/// # Errors
/// As [`open_storage`].
pub fn open_storage_with(
    lake: &Location,
    options: &S3Options,
) -> Result<Box<dyn Storage>, StorageError> {
    Ok(match lake {
        Location::Local(path) => Box::new(LocalStorage::new(path.clone())),
        Location::S3 { bucket, prefix } => {
            Box::new(S3Storage::new(bucket, prefix, options.clone()))
        }
    })
}

/// What went wrong with the lake's storage.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Somebody else published in between.
    #[error("publish {path}: changed by another writer")]
    Conflict {
        /// Path below the lake's root.
        path: String,
    },
    /// Two runs at once would overwrite each other's work.
    #[error(
        "the lake's bucket does not heed conditions on writes, so two runs at once would overwrite each other's work; \
         --single-writer says that there is only one"
    )]
    NoCompareAndSwap,
    /// Permission is missing.
    #[error("{action} {path}: permission denied")]
    Denied {
        /// What was being done.
        action: &'static str,
        /// Path or URI.
        path: String,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Anything else: no space, a broken disk, a network.
    #[error("{action} {path}")]
    Other {
        /// What was being done.
        action: &'static str,
        /// Path or URI.
        path: String,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
