//! A lake that is a bucket's prefix.
//!
//! An object is published by one conditional request, which S3 compares and swaps by itself. When the answer to it is lost,
//! nobody knows whether it was done; each publish therefore leaves a mark in its object's metadata, by which it knows its
//! own again.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use object_store::ObjectStore;

use super::{Content, Entry, Expect, Storage, StorageError, Version};
use crate::layout;
use crate::s3::{Access, Bucket, Failure, Kind, S3Options, runtime};
use crate::stats::Stats;

mod download;
mod listing;
mod multipart;
mod payload;
mod probe;
mod publish;
mod remove;

use payload::Payload;

/// A lake's prefix.
///
/// Nothing is asked before the first call. A [`Version`] is an ETag: content that comes back comes back with its version.
/// The calls block; they must not be made from asynchronous code.
#[derive(Debug)]
pub struct S3Storage {
    bucket: Arc<Bucket>,
    /// What keys begin with: empty, or with `/` at its end.
    prefix: String,
}

impl S3Storage {
    /// The lake below `prefix`, which has no slashes at its ends and may be empty.
    pub fn new(bucket: &str, prefix: &str, options: S3Options) -> Self {
        let prefix = match prefix {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        Self {
            bucket: Bucket::new(bucket.to_owned(), Access::default(), options),
            prefix,
        }
    }

    /// The bucket for engines that read through `object_store`, whole, without the lake's prefix; it has this storage's
    /// region, endpoint and credentials. Its requests are not counted here.
    ///
    /// # Errors
    /// If the bucket cannot be reached.
    pub fn object_store(&self) -> Result<Arc<dyn ObjectStore>, StorageError> {
        self.wait("open", "", self.bucket.store())
    }

    /// The key of an object. Only plain paths are taken.
    fn resolve(&self, action: &'static str, path: &str) -> Result<String, StorageError> {
        let plain = |part: &str| !matches!(part, "" | "." | "..");
        if path.split('/').all(plain) {
            Ok(format!("{}{path}", self.prefix))
        } else {
            Err(StorageError::Other {
                action,
                path: path.to_owned(),
                source: "no path of an object".into(),
            })
        }
    }

    fn wait<T>(
        &self,
        action: &'static str,
        path: &str,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, StorageError> {
        let done = match runtime() {
            Ok(runtime) => runtime.block_on(work),
            Err(e) => Err(Failure::caused(Kind::Other, "no runtime", e)),
        };
        done.map_err(|failure| self.error(action, path, failure))
    }

    fn error(&self, action: &'static str, path: &str, failure: Failure) -> StorageError {
        let uri = self.bucket.uri(&format!("{}{path}", self.prefix));
        match failure.kind {
            Kind::Precondition | Kind::Busy => StorageError::Conflict {
                path: path.to_owned(),
            },
            Kind::Denied => StorageError::Denied {
                action,
                path: uri,
                source: failure.into(),
            },
            _ => StorageError::Other {
                action,
                path: uri,
                source: failure.into(),
            },
        }
    }
}

impl Storage for S3Storage {
    fn list(&self, prefix: &str, found: &mut dyn FnMut(Entry)) -> Result<(), StorageError> {
        let mut entry = |entry: Entry| {
            let shown = entry.path != layout::PROBE && !entry.path.ends_with('/');
            if shown && !entry.path.is_empty() {
                found(entry);
            }
        };
        let work = listing::list(&self.bucket, &self.prefix, prefix, &mut entry);
        self.wait("list", prefix, work)
    }

    fn read(&self, path: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        let key = self.resolve("read", path)?;
        self.wait("read", path, download::read(&self.bucket, &key))
    }

    fn open(&self, path: &str, temp: &Path) -> Result<Option<(File, Version)>, StorageError> {
        let key = self.resolve("open", path)?;
        self.wait("open", path, download::open(&self.bucket, &key, temp))
    }

    fn publish(
        &self,
        path: &str,
        content: Content<'_>,
        expect: &Expect,
    ) -> Result<Version, StorageError> {
        let key = self.resolve("publish", path)?;
        let work = async {
            let payload = Payload::of(&content)?;
            publish::publish(&self.bucket, &key, &payload, expect).await
        };
        let published = self.wait("publish", path, work);
        if let Content::File(file) = content {
            // It was given away; what cannot be removed goes with the directory that it lies in.
            std::fs::remove_file(file).ok();
        }
        published
    }

    fn remove(&self, path: &str, expect: &Version) -> Result<(), StorageError> {
        let key = self.resolve("remove", path)?;
        self.wait("remove", path, remove::remove(&self.bucket, &key, expect))
    }

    fn compares_and_swaps(&self) -> Result<bool, StorageError> {
        let key = format!("{}{}", self.prefix, layout::PROBE);
        self.wait("probe", layout::PROBE, probe::probe(&self.bucket, &key))
    }

    fn stats(&self) -> Stats {
        self.bucket.counters.stats()
    }
}
