//! The folders of a lake: made when needed, and durable.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Knows which folders were seen to be durable.
pub(super) struct Folders {
    root: PathBuf,
    /// Folders whose entry in their parent was synced by this process. One that is merely there may have been made by
    /// somebody who has not come to syncing it.
    durable: Mutex<HashSet<PathBuf>>,
}

impl Folders {
    /// Of the lake under `root`.
    pub(super) fn new(root: PathBuf) -> Self {
        Self {
            root,
            durable: Mutex::new(HashSet::new()),
        }
    }

    /// Makes a folder and those above it, durably.
    pub(super) fn make(&self, folder: &Path) -> io::Result<()> {
        let new = match fs::create_dir(folder) {
            Ok(()) => true,
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => false,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let above = folder.parent().ok_or(e)?;
                self.make(above)?;
                match fs::create_dir(folder) {
                    Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
                    _ => true,
                }
            }
            Err(e) => return Err(e),
        };
        // Who made the folders that hold the lake is none of our business.
        let ours = folder.starts_with(&self.root) && folder != self.root;
        if !new && (!ours || self.is_durable(folder)) {
            return Ok(());
        }
        if let Some(above) = folder.parent() {
            if ours {
                self.make(above)?;
            }
            sync(above)?;
        }
        self.known().insert(folder.to_owned());
        Ok(())
    }

    fn is_durable(&self, folder: &Path) -> bool {
        self.known().contains(folder)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashSet<PathBuf>> {
        // An insert is whole or did not happen.
        self.durable.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the entries of a folder durable.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        // Some network file systems cannot, and need not.
        Err(e)
            if matches!(
                e.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        result => result,
    }
}
