//! A local lake that fails at each call of two nights.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use promptlake_lake::storage::{
    Content, Entry, Expect, LocalStorage, Storage, StorageError, Version,
};

use crate::nights::Night;
use crate::same::parts_below;
use crate::world::{World, assert_same};

/// When the call that fails does so.
#[derive(Clone, Copy, Debug)]
enum When {
    Before,
    /// It was done, the answer is lost.
    After,
}

/// Fails at one call, and at all after it, as for a process that was killed.
#[derive(Debug)]
struct Failing {
    inner: LocalStorage,
    calls: Arc<AtomicUsize>,
    at: usize,
    when: When,
}

impl Failing {
    fn call<T>(&self, call: impl FnOnce() -> Result<T, StorageError>) -> Result<T, StorageError> {
        let n = self.calls.fetch_add(1, Ordering::Relaxed);
        if n < self.at {
            return call();
        }
        if n == self.at && matches!(self.when, When::After) {
            call()?;
        }
        Err(StorageError::Other {
            action: "call",
            path: String::new(),
            source: "scripted".into(),
        })
    }
}

impl Storage for Failing {
    fn list(&self, prefix: &str, found: &mut dyn FnMut(Entry)) -> Result<(), StorageError> {
        self.call(|| self.inner.list(prefix, found))
    }

    fn read(&self, path: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        self.call(|| self.inner.read(path))
    }

    fn open(&self, path: &str, temp: &Path) -> Result<Option<(File, Version)>, StorageError> {
        self.call(|| self.inner.open(path, temp))
    }

    fn publish(
        &self,
        path: &str,
        content: Content<'_>,
        expect: &Expect,
    ) -> Result<Version, StorageError> {
        self.call(|| self.inner.publish(path, content, expect))
    }

    fn remove(&self, path: &str, expect: &Version) -> Result<(), StorageError> {
        self.call(|| self.inner.remove(path, expect))
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn crashes_at_each_call() {
    let dir = tempfile::tempdir().unwrap();
    let logs = dir.path().join("logs");
    let source = format!("prod={}", logs.display());
    let world = World::new();
    let run = |night, lake: &Path, at, when| {
        let calls = Arc::new(AtomicUsize::new(0));
        let storage = Failing {
            inner: LocalStorage::new(lake.to_owned()),
            calls: Arc::clone(&calls),
            at,
            when,
        };
        let report = world.run_on(night, &[&source], lake.to_str().unwrap(), Box::new(storage));
        (report, calls.load(Ordering::Relaxed))
    };
    let mut before = dir.path().join("none");
    fs::create_dir_all(before.join("tables")).unwrap();
    for night in Night::BOTH {
        crate::world::write_below(&logs, &night.objects());
        let after = dir.path().join(format!("{night:?}"));
        copy(&before, &after);
        let (report, calls) = run(night, &after, usize::MAX, When::Before);
        assert_eq!(report.unwrap().exit.code, 0);
        let (old, new) = (parts_below(&before), parts_below(&after));
        for when in [When::Before, When::After] {
            for at in 0..calls {
                let of = format!("{when:?} call {at} of {night:?}");
                let lake = dir.path().join("lake");
                copy(&before, &lake);
                // An error or a report of failures: what stands is looked at.
                drop(run(night, &lake, at, when));
                for (path, bytes) in &parts_below(&lake) {
                    let whole = old.get(path) == Some(bytes) || new.get(path) == Some(bytes);
                    assert!(whole, "{of}: {path} is neither the old nor the new one");
                }
                let (report, _) = run(night, &lake, usize::MAX, when);
                assert_eq!(report.unwrap().exit.code, 0, "after {of}");
                assert_same(&parts_below(&lake), &new, &of);
                fs::remove_dir_all(&lake).unwrap();
            }
        }
        before = after;
    }
}
