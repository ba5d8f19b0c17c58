//! A lake in memory: as strict as the trait's words, fast, and copied in a moment.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use promptlake_lake::storage::{Content, Entry, Expect, Storage, StorageError, Version};

/// Objects by path. Clones share them, as several runs share a lake.
#[derive(Clone, Debug, Default)]
pub struct MemoryLake {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Clone, Debug, Default)]
struct Inner {
    objects: BTreeMap<String, (Arc<[u8]>, Version)>,
    publishes: u64,
}

impl MemoryLake {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What lies under a prefix, by path.
    pub fn objects(&self, prefix: &str) -> BTreeMap<String, Vec<u8>> {
        let inner = self.lock();
        let under = inner.objects.iter();
        let under = under.filter(|(path, _)| path.starts_with(prefix));
        under
            .map(|(path, (bytes, _))| (path.clone(), bytes.to_vec()))
            .collect()
    }

    /// Removes what lies under a prefix, behind everybody's back.
    pub fn lose(&self, prefix: &str) {
        self.lock()
            .objects
            .retain(|path, _| !path.starts_with(prefix));
    }

    /// Cuts an object in the middle, behind everybody's back.
    pub fn tear(&self, path: &str) {
        let mut inner = self.lock();
        inner.publishes += 1;
        let version = Version(format!("torn-{}", inner.publishes));
        if let Some((bytes, before)) = inner.objects.get_mut(path) {
            *bytes = bytes[..bytes.len() / 2].into();
            *before = version;
        }
    }
}

impl Storage for MemoryLake {
    fn list(&self, prefix: &str, found: &mut dyn FnMut(Entry)) -> Result<(), StorageError> {
        let objects = self.lock().objects.clone();
        for (path, (bytes, version)) in objects.into_iter().rev() {
            if path.starts_with(prefix) {
                found(Entry {
                    path,
                    size: bytes.len() as u64,
                    version,
                });
            }
        }
        Ok(())
    }

    fn read(&self, path: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        let inner = self.lock();
        let object = inner.objects.get(path);
        Ok(object.map(|(bytes, version)| (bytes.to_vec(), version.clone())))
    }

    fn open(&self, path: &str, temp: &Path) -> Result<Option<(File, Version)>, StorageError> {
        let Some((bytes, version)) = self.read(path)? else {
            return Ok(None);
        };
        let copy = || {
            let mut file = tempfile::tempfile_in(temp)?;
            file.write_all(&bytes)?;
            file.rewind()?;
            Ok(file)
        };
        let file = copy().map_err(|source: std::io::Error| StorageError::Other {
            action: "open",
            path: path.to_owned(),
            source: source.into(),
        })?;
        Ok(Some((file, version)))
    }

    fn publish(
        &self,
        path: &str,
        content: Content<'_>,
        expect: &Expect,
    ) -> Result<Version, StorageError> {
        let bytes = match content {
            Content::Bytes(bytes) => bytes.to_vec(),
            Content::File(file) => {
                let read = std::fs::read(file);
                std::fs::remove_file(file).ok();
                read.map_err(|source| StorageError::Other {
                    action: "publish",
                    path: path.to_owned(),
                    source: source.into(),
                })?
            }
        };
        let mut inner = self.lock();
        compare(path, inner.objects.get(path).map(|(_, now)| now), expect)?;
        inner.publishes += 1;
        let version = Version(format!("publish-{}", inner.publishes));
        inner
            .objects
            .insert(path.to_owned(), (bytes.into(), version.clone()));
        Ok(version)
    }

    fn remove(&self, path: &str, expect: &Version) -> Result<(), StorageError> {
        let mut inner = self.lock();
        let Some((_, now)) = inner.objects.get(path) else {
            return Ok(());
        };
        compare(path, Some(now), &Expect::Version(expect.clone()))?;
        inner.objects.remove(path);
        Ok(())
    }
}

fn compare(path: &str, now: Option<&Version>, expect: &Expect) -> Result<(), StorageError> {
    let as_expected = match (now, expect) {
        (None, Expect::Absent) => true,
        (Some(now), Expect::Version(version)) => now == version,
        _ => false,
    };
    as_expected
        .then_some(())
        .ok_or_else(|| StorageError::Conflict {
            path: path.to_owned(),
        })
}
