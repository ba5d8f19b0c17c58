//! A file on its way to become an object.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::stamp::Stamp;

/// A synced file; removed when dropped, unless it was moved to its place.
pub(super) struct Staged {
    path: PathBuf,
    file: File,
    stamp: Stamp,
    moved: bool,
}

impl Staged {
    /// Writes a new file.
    pub(super) fn write(path: PathBuf, bytes: &[u8]) -> io::Result<Self> {
        Self::create(path, |file| file.write_all(bytes))
    }

    /// Takes a finished file.
    pub(super) fn take(path: PathBuf) -> io::Result<Self> {
        let file = File::open(&path)?;
        Self::sync(path, file)
    }

    /// Copies it, for a place on another disk.
    pub(super) fn copy_to(&self, path: PathBuf) -> io::Result<Self> {
        let mut from = File::open(&self.path)?;
        Self::create(path, |file| io::copy(&mut from, file).map(drop))
    }

    fn create(path: PathBuf, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<Self> {
        let mut file = File::create_new(&path)?;
        if let Err(e) = write(&mut file) {
            fs::remove_file(&path).ok();
            return Err(e);
        }
        Self::sync(path, file)
    }

    fn sync(path: PathBuf, file: File) -> io::Result<Self> {
        let stamp = file
            .sync_all()
            .and_then(|()| file.metadata())
            .map(|metadata| Stamp::of(&metadata));
        match stamp {
            Ok(stamp) => Ok(Self {
                path,
                file,
                stamp,
                moved: false,
            }),
            Err(e) => {
                fs::remove_file(&path).ok();
                Err(e)
            }
        }
    }

    /// Its state, which a move does not change.
    pub(super) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Makes sure that its time is after that of the object it replaces. The system's clock goes in steps of
    /// milliseconds and may be set back, and inodes are used again: an object must not come to look as it once did.
    pub(super) fn make_later_than(&mut self, there: Option<Stamp>) -> io::Result<()> {
        let Some(there) = there.filter(|there| there.mtime_ns >= self.stamp.mtime_ns) else {
            return Ok(());
        };
        let Some(later) = u64::try_from(there.mtime_ns + 1)
            .ok()
            .and_then(|ns| SystemTime::UNIX_EPOCH.checked_add(Duration::from_nanos(ns)))
        else {
            return Ok(());
        };
        self.file.set_modified(later)?;
        self.file.sync_all()?;
        self.stamp = Stamp::of(&self.file.metadata()?);
        Ok(())
    }

    /// Moves it to its place.
    pub(super) fn move_to(&mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        self.moved = true;
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.moved {
            fs::remove_file(&self.path).ok();
        }
    }
}
