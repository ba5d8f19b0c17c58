//! A lake that is a directory.
//!
//! An object is published by a rename under a lock that covers the comparison and the rename alone; writing and
//! syncing go on outside it, so that many publishes overlap.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Content, Entry, Expect, Storage, StorageError, Version};
use crate::stamp::Stamp;
use crate::temp::RunTemp;

mod folders;
mod listing;
mod staged;

use folders::Folders;
use staged::Staged;

/// The file whose lock guards compare-and-swap. It is locked with `flock`: the lock goes with the process.
const LOCK: &str = "_promptlake/lock";

/// A lake's directory. Made by the first publish.
pub struct LocalStorage {
    root: PathBuf,
    folders: Folders,
    /// Where what is published waits; made by the first publish.
    staging: Mutex<Option<Arc<RunTemp>>>,
}

impl std::fmt::Debug for LocalStorage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LocalStorage({})", self.root.display())
    }
}

impl LocalStorage {
    /// The lake under `root`.
    pub fn new(root: PathBuf) -> Self {
        Self {
            folders: Folders::new(root.clone()),
            root,
            staging: Mutex::new(None),
        }
    }

    /// The file of an object. Only plain paths below the root are taken.
    fn resolve(&self, action: &'static str, path: &str) -> Result<PathBuf, StorageError> {
        let plain = !path.is_empty()
            && !path.ends_with('/')
            && Path::new(path)
                .components()
                .all(|c| matches!(c, Component::Normal(_)));
        if plain {
            Ok(self.root.join(path))
        } else {
            Err(StorageError::Other {
                action,
                path: path.to_owned(),
                source: "no path of an object".into(),
            })
        }
    }

    fn staging(&self) -> Result<Arc<RunTemp>, StorageError> {
        // It is filled at once: a poisoned one is as good.
        let mut staging = self.staging.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(temp) = &*staging {
            return Ok(Arc::clone(temp));
        }
        let temp = RunTemp::beside(&self.root, "publish")
            .map_err(|e| error("publish", Path::new(&e.path), e.source))?;
        Ok(Arc::clone(staging.insert(Arc::new(temp))))
    }

    /// Takes the lake's lock, until the file is dropped.
    fn lock(&self) -> Result<File, StorageError> {
        let path = self.root.join(LOCK);
        let open = || {
            OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)
        };
        let file = open().or_else(|e| {
            if e.kind() != io::ErrorKind::NotFound {
                return Err(e);
            }
            self.folders.make(&self.root.join("_promptlake"))?;
            open()
        });
        file.and_then(|file| file.lock().map(|()| file))
            .map_err(|e| error("lock", &path, e))
    }

    /// Has the content synced in a file. An error names the object: where its file waits tells nobody anything.
    fn stage(&self, target: &Path, content: &Content<'_>) -> Result<Staged, StorageError> {
        let staged = match content {
            Content::Bytes(bytes) => Staged::write(self.staging()?.file("object"), bytes),
            Content::File(path) => Staged::take(path.to_path_buf()),
        };
        staged.map_err(|e| error("write", target, e))
    }

    /// Renames under the lock, if the object is what it should be; false: the file lies on another disk.
    fn swap(
        &self,
        path: &str,
        target: &Path,
        staged: &mut Staged,
        expect: &Expect,
    ) -> Result<bool, StorageError> {
        let _lock = self.lock()?;
        let there = look(target).map_err(|e| error("publish", target, e))?;
        compare(path, there, expect)?;
        let moved = staged
            .make_later_than(there)
            .and_then(|()| staged.move_to(target));
        match moved {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == io::ErrorKind::CrossesDevices => Ok(false),
            Err(e) => Err(error("publish", target, e)),
        }
    }
}

impl Storage for LocalStorage {
    fn list(&self, prefix: &str, found: &mut dyn FnMut(Entry)) -> Result<(), StorageError> {
        listing::list(&self.root, prefix, found)
    }

    fn read(&self, path: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        let file = self.resolve("read", path)?;
        let failed = |e| error("read", &file, e);
        let Some((mut open, stamp)) = open(&file).map_err(failed)? else {
            return Ok(None);
        };
        let mut bytes = Vec::with_capacity(usize::try_from(stamp.size).unwrap_or(0));
        open.read_to_end(&mut bytes).map_err(failed)?;
        Ok(Some((bytes, version(stamp))))
    }

    fn open(&self, path: &str, _temp: &Path) -> Result<Option<(File, Version)>, StorageError> {
        let file = self.resolve("open", path)?;
        let opened = open(&file).map_err(|e| error("open", &file, e))?;
        Ok(opened.map(|(open, stamp)| (open, version(stamp))))
    }

    fn publish(
        &self,
        path: &str,
        content: Content<'_>,
        expect: &Expect,
    ) -> Result<Version, StorageError> {
        let target = self.resolve("publish", path)?;
        let failed = |e| error("publish", &target, e);
        // A look ahead saves the writing. What counts is the comparison under the lock.
        let ahead = look(&target)
            .map_err(failed)
            .and_then(|there| compare(path, there, expect));
        if let Err(e) = ahead {
            if let Content::File(file) = content {
                fs::remove_file(file).ok();
            }
            return Err(e);
        }
        let mut staged = self.stage(&target, &content)?;
        let folder = target.parent().unwrap_or(&self.root);
        self.folders
            .make(folder)
            .map_err(|e| error("publish", folder, e))?;
        if !self.swap(path, &target, &mut staged, expect)? {
            let mut copy = staged
                .copy_to(self.staging()?.file("object"))
                .map_err(|e| error("write", &target, e))?;
            if !self.swap(path, &target, &mut copy, expect)? {
                return Err(failed(io::ErrorKind::CrossesDevices.into()));
            }
            staged = copy;
        }
        folders::sync(folder).map_err(|e| error("publish", folder, e))?;
        Ok(version(staged.stamp()))
    }

    fn remove(&self, path: &str, expect: &Version) -> Result<(), StorageError> {
        let target = self.resolve("remove", path)?;
        let failed = |e| error("remove", &target, e);
        if look(&target).map_err(failed)?.is_none() {
            return Ok(());
        }
        {
            let _lock = self.lock()?;
            let there = look(&target).map_err(failed)?;
            if there.is_none() {
                return Ok(());
            }
            compare(path, there, &Expect::Version(expect.clone()))?;
            fs::remove_file(&target).map_err(failed)?;
        }
        let folder = target.parent().unwrap_or(&self.root);
        folders::sync(folder).map_err(|e| error("remove", folder, e))
    }
}

fn version(stamp: Stamp) -> Version {
    Version(stamp.text())
}

/// The state of an object's file; `None`: there is none.
fn look(path: &Path) -> io::Result<Option<Stamp>> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(metadata) => Ok(Some(Stamp::of(&metadata))),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

fn open(path: &Path) -> io::Result<Option<(File, Stamp)>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok(Some((file, Stamp::of(&metadata))))
}

fn compare(path: &str, there: Option<Stamp>, expect: &Expect) -> Result<(), StorageError> {
    let as_expected = match (there, expect) {
        (None, Expect::Absent) => true,
        (Some(stamp), Expect::Version(version)) => stamp.is(&version.0),
        _ => false,
    };
    if as_expected {
        Ok(())
    } else {
        Err(StorageError::Conflict {
            path: path.to_owned(),
        })
    }
}

fn error(action: &'static str, path: &Path, error: io::Error) -> StorageError {
    let path = path.to_string_lossy().into_owned();
    if error.kind() == io::ErrorKind::PermissionDenied {
        StorageError::Denied {
            action,
            path,
            source: error.into(),
        }
    } else {
        StorageError::Other {
            action,
            path,
            source: error.into(),
        }
    }
}
