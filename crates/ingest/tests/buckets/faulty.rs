//! The storage of a local lake that fails by script.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use promptlake_lake::storage::{
    Content, Entry, Expect, LocalStorage, Storage, StorageError, Version,
};

/// When the call that fails does so.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    Before,
    /// It was done, the answer is lost.
    After,
}

impl When {
    pub(crate) const BOTH: [Self; 2] = [Self::Before, Self::After];
}

/// What goes wrong. Calls are counted from 0.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Script {
    /// Nothing.
    Sound,
    /// One call fails, and all after it, as for a process that was killed.
    Killed(usize, When),
}

/// A call that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) action: &'static str,
    pub(crate) path: String,
}

/// The calls so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<Call>>>);

impl Calls {
    /// Takes them.
    pub(crate) fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// Notes one and gives its number.
    fn note(&self, action: &'static str, path: &str) -> usize {
        let mut calls = self.0.lock().unwrap();
        calls.push(Call {
            action,
            path: path.to_owned(),
        });
        calls.len() - 1
    }
}

/// A local lake's storage, and its script.
#[derive(Debug)]
pub(crate) struct Faulty {
    inner: LocalStorage,
    script: Script,
    calls: Calls,
}

impl Faulty {
    /// Of the lake under `root`.
    pub(crate) fn new(root: PathBuf, script: Script, calls: &Calls) -> Self {
        Self {
            inner: LocalStorage::new(root),
            script,
            calls: calls.clone(),
        }
    }

    fn call<T>(
        &self,
        action: &'static str,
        path: &str,
        call: impl FnOnce() -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let n = self.calls.note(action, path);
        let Script::Killed(at, when) = self.script else {
            return call();
        };
        if n < at {
            return call();
        }
        if n == at && matches!(when, When::After) {
            call()?;
        }
        Err(StorageError::Other {
            action,
            path: path.to_owned(),
            source: "scripted".into(),
        })
    }
}

impl Storage for Faulty {
    fn list(&self, prefix: &str, found: &mut dyn FnMut(Entry)) -> Result<(), StorageError> {
        self.call("list", prefix, || self.inner.list(prefix, found))
    }

    fn read(&self, path: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        self.call("read", path, || self.inner.read(path))
    }

    fn open(&self, path: &str, temp: &Path) -> Result<Option<(File, Version)>, StorageError> {
        self.call("open", path, || self.inner.open(path, temp))
    }

    fn publish(
        &self,
        path: &str,
        content: Content<'_>,
        expect: &Expect,
    ) -> Result<Version, StorageError> {
        self.call("publish", path, || {
            self.inner.publish(path, content, expect)
        })
    }

    fn remove(&self, path: &str, expect: &Version) -> Result<(), StorageError> {
        self.call("remove", path, || self.inner.remove(path, expect))
    }
}
