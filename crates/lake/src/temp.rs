//! A temporary directory that lives as long as its owner.
//!
//! Each holds a file `lock` that its owner keeps locked; the lock goes with the process, so what a killed run left
//! behind is told from what a running one needs, without a process id or a clock.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::layout;

/// In a directory that others use too, ours are told by this.
const PREFIX: &str = "promptlake-";
/// What is being removed is moved away first, so that nobody enters it meanwhile.
const REMOVED: &str = ".removed";
const LOCK: &str = "lock";

/// A run's temporary directory, removed with everything in it when dropped.
#[derive(Debug)]
pub struct RunTemp {
    path: PathBuf,
    files: AtomicU64,
    _lock: File,
}

/// The directory cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("make temporary directory {path}")]
pub struct TempError {
    /// Its path.
    pub path: String,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

impl RunTemp {
    /// Makes the directory of a run in a local lake, on the lake's own disk, after removing what earlier runs left there.
    ///
    /// # Errors
    /// If it cannot be made or locked.
    pub fn in_lake(lake: &Path, run_id: &str) -> Result<Self, TempError> {
        let parent = lake_parent(lake);
        clean(&parent, "");
        Self::make(&parent, run_id)
    }

    /// Makes it in a given directory (`--temp-dir`), which others may use too.
    ///
    /// # Errors
    /// As [`RunTemp::in_lake`].
    pub fn in_dir(parent: &Path, run_id: &str) -> Result<Self, TempError> {
        clean(parent, PREFIX);
        Self::make(parent, &format!("{PREFIX}{run_id}"))
    }

    /// As [`RunTemp::in_lake`], without removing anything.
    pub(crate) fn beside(lake: &Path, name: &str) -> Result<Self, TempError> {
        Self::make(&lake_parent(lake), name)
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a new file in it, which no other call gives; `label` is for people.
    pub fn file(&self, label: &str) -> PathBuf {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        self.path.join(format!("{label}-{number}"))
    }

    /// Makes `parent/name`; another of that name, alive or dead, gets it a number.
    fn make(parent: &Path, name: &str) -> Result<Self, TempError> {
        let error = |path: &Path, source| TempError {
            path: path.to_string_lossy().into_owned(),
            source,
        };
        fs::create_dir_all(parent).map_err(|e| error(parent, e))?;
        let mut number = 0_u32;
        loop {
            let path = match number {
                0 => parent.join(name),
                _ => parent.join(format!("{name}.{number}")),
            };
            match fs::create_dir(&path) {
                Ok(()) => {}
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && number < u32::MAX => {
                    number += 1;
                    continue;
                }
                Err(e) => return Err(error(&path, e)),
            }
            // Another run's cleaning may come in between: then there is no lock file, or another one, and once more.
            if let Some(lock) = hold(&path).map_err(|e| error(&path, e))? {
                return Ok(Self {
                    path,
                    files: AtomicU64::new(0),
                    _lock: lock,
                });
            }
        }
    }
}

impl Drop for RunTemp {
    fn drop(&mut self) {
        // What cannot be removed now, the next run removes.
        fs::remove_dir_all(&self.path).ok();
    }
}

fn lake_parent(lake: &Path) -> PathBuf {
    lake.join(layout::TEMP.trim_end_matches('/'))
}

fn open_lock(directory: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(directory.join(LOCK))
}

/// Locks a directory that was just made; `None`: it was taken away.
fn hold(directory: &Path) -> io::Result<Option<File>> {
    let gone = |e: io::Error| match e.kind() {
        io::ErrorKind::NotFound => Ok(None),
        _ => Err(e),
    };
    let file = match open_lock(directory) {
        Ok(file) => file,
        Err(e) => return gone(e),
    };
    file.lock()?;
    match is_at(&file, directory) {
        Ok(same) => Ok(same.then_some(file)),
        Err(e) => gone(e),
    }
}

/// Whether a locked file is the one that lies in the directory now.
fn is_at(lock: &File, directory: &Path) -> io::Result<bool> {
    Ok(fs::metadata(directory.join(LOCK))?.ino() == lock.metadata()?.ino())
}

/// Removes directories that nobody holds; what cannot be removed stays.
fn clean(parent: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(prefix))
            && entry.file_type().is_ok_and(|kind| kind.is_dir());
        if ours {
            remove_dead(&entry.path());
        }
    }
}

fn remove_dead(path: &Path) {
    let Ok(lock) = open_lock(path) else {
        return;
    };
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => return,
    }
    // Its owner may have ended in between, and another one begun in its place: then the lock is that of no directory.
    if !matches!(is_at(&lock, path), Ok(true)) {
        return;
    }
    let mut away = path.to_owned();
    if path.extension().is_none_or(|e| e != &REMOVED[1..]) {
        away.as_mut_os_string().push(REMOVED);
        if fs::rename(path, &away).is_err() {
            return;
        }
    }
    fs::remove_dir_all(&away).ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(parent: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(parent)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_the_dead_left_goes_and_what_the_living_need_stays() {
        let lake = tempfile::tempdir().unwrap();
        let parent = lake.path().join("_promptlake/tmp");
        for dead in ["dead", "dead.removed", "empty"] {
            fs::create_dir_all(parent.join(dead).join("deeper")).unwrap();
            fs::write(parent.join(dead).join("deeper/file"), "x").unwrap();
        }
        fs::write(parent.join("dead/lock"), "").unwrap();

        let first = RunTemp::in_lake(lake.path(), "run").unwrap();
        fs::write(first.file("rows"), "x").unwrap();
        let second = RunTemp::in_lake(lake.path(), "run").unwrap();
        assert_ne!(first.path(), second.path());
        assert_eq!(names(&parent), ["run", "run.1"]);
        assert_eq!(names(first.path()), ["lock", "rows-0"]);

        drop(first);
        assert_eq!(names(&parent), ["run.1"]);
        drop(second);
        assert!(names(&parent).is_empty());
    }

    #[test]
    fn nothing_of_others_is_touched_in_a_shared_directory() {
        let shared = tempfile::tempdir().unwrap();
        fs::create_dir_all(shared.path().join("other")).unwrap();
        fs::create_dir_all(shared.path().join("promptlake-dead")).unwrap();
        fs::write(shared.path().join("promptlake-file"), "x").unwrap();
        let temp = RunTemp::in_dir(shared.path(), "run").unwrap();
        assert_eq!(
            names(shared.path()),
            ["other", "promptlake-file", "promptlake-run"]
        );
        drop(temp);
    }

    #[test]
    fn many_start_and_end_at_once() {
        let lake = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let temp = RunTemp::in_lake(lake.path(), "run").unwrap();
                        let file = temp.file("rows");
                        fs::write(&file, "x").unwrap();
                        assert_eq!(fs::read(&file).unwrap(), b"x");
                    }
                });
            }
        });
        assert!(names(&lake.path().join("_promptlake/tmp")).is_empty());
    }
}
