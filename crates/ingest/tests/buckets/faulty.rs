//! The storage of a local lake that fails by script.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
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

/// What goes wrong, at which of the calls that it counts, from 0.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Script {
    /// Nothing.
    Sound,
    /// One call fails, and all after it, as for a process that was killed.
    Killed(usize, When),
    /// The same at a publish, of which half was written to a temporary file.
    Torn(usize),
    /// One call fails as on a disk that is [`BROKEN`].
    Fails(usize),
    /// One publish is done, but seems to have failed like this.
    Lies(usize),
    /// From one publish on the disk is [`FULL`].
    Full(usize),
    /// What one call reads ends early: so many 16ths are there.
    Short(usize, u64),
    /// The run is told to stop as it makes this call.
    Stops(usize),
}

impl Script {
    /// Whether it counts such calls.
    pub(crate) fn counts(self, action: &str) -> bool {
        match self {
            Self::Sound | Self::Killed(..) | Self::Fails(_) | Self::Stops(_) => true,
            Self::Torn(_) | Self::Lies(_) | Self::Full(_) => action == "publish",
            Self::Short(..) => matches!(action, "read" | "open"),
        }
    }

    /// How the call fails that comes after so many that are counted.
    fn fault(self, n: usize, action: &str) -> Option<(When, io::Error)> {
        let counted = self.counts(action);
        let killed = || io::Error::other("the process is gone");
        match self {
            Self::Killed(at, when) if n == at => Some((when, killed())),
            Self::Killed(at, _) if n > at => Some((When::Before, killed())),
            Self::Torn(at) if n > at || (n == at && counted) => Some((When::Before, killed())),
            Self::Fails(at) if n == at => Some((When::Before, error(BROKEN))),
            Self::Lies(at) if n == at && counted => Some((When::After, error(BROKEN))),
            Self::Full(from) if n >= from && counted => Some((When::Before, error(FULL))),
            _ => None,
        }
    }
}

fn error(number: i32) -> io::Error {
    io::Error::from_raw_os_error(number)
}

/// EIO
pub(crate) const BROKEN: i32 = 5;
/// ENOSPC
pub(crate) const FULL: i32 = 28;

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

    /// Notes one; gives how many came before that the script counts.
    fn note(&self, script: Script, action: &'static str, path: &str) -> usize {
        let mut calls = self.0.lock().unwrap();
        let before = calls.iter().filter(|call| script.counts(call.action));
        let before = before.count();
        calls.push(Call {
            action,
            path: path.to_owned(),
        });
        before
    }
}

/// A local lake's storage, and its script.
#[derive(Debug)]
pub(crate) struct Faulty {
    root: PathBuf,
    inner: LocalStorage,
    script: Script,
    calls: Calls,
    /// Tells the run to stop.
    stop: Arc<AtomicBool>,
    meanwhile: Option<Meanwhile>,
}

/// What somebody else does before a call.
struct Meanwhile {
    at: usize,
    act: Mutex<Box<dyn FnMut() + Send>>,
}

impl fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Meanwhile, at call {}", self.at)
    }
}

impl Faulty {
    /// Of the lake under `root`.
    pub(crate) fn new(
        root: PathBuf,
        script: Script,
        calls: &Calls,
        stop: &Arc<AtomicBool>,
    ) -> Self {
        Self {
            inner: LocalStorage::new(root.clone()),
            root,
            script,
            calls: calls.clone(),
            stop: Arc::clone(stop),
            meanwhile: None,
        }
    }

    /// Lets something happen before one call.
    pub(crate) fn meanwhile(mut self, at: usize, act: impl FnMut() + Send + 'static) -> Self {
        let act: Box<dyn FnMut() + Send> = Box::new(act);
        self.meanwhile = Some(Meanwhile {
            at,
            act: Mutex::new(act),
        });
        self
    }

    /// Makes a call, the `n`th of those that are counted.
    fn call<T>(
        &self,
        n: usize,
        action: &'static str,
        path: &str,
        call: impl FnOnce() -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        if let Some(meanwhile) = &self.meanwhile
            && meanwhile.at == n
        {
            (meanwhile.act.lock().unwrap())();
        }
        if matches!(self.script, Script::Stops(at) if n == at) {
            self.stop.store(true, Ordering::Relaxed);
        }
        let Some((when, error)) = self.script.fault(n, action) else {
            return call();
        };
        if matches!(when, When::After) {
            call()?;
        }
        Err(StorageError::Other {
            action,
            path: path.to_owned(),
            source: error.into(),
        })
    }

    /// How much is there of what the `n`th reads; `None`: all.
    fn kept(&self, n: usize, size: u64) -> Option<u64> {
        match self.script {
            Script::Short(at, sixteenths) if n == at => Some(size * sixteenths / 16),
            _ => None,
        }
    }
}

/// Leaves a temporary directory as a process does that is killed while it writes.
fn leave_torn(root: &Path, content: &Content<'_>) {
    let bytes = match content {
        Content::Bytes(bytes) => bytes.to_vec(),
        Content::File(path) => fs::read(path).unwrap(),
    };
    let dir = root.join("_promptlake/tmp/torn");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("lock"), "").unwrap();
    fs::write(dir.join("object-0"), &bytes[..bytes.len() / 2]).unwrap();
}

impl Storage for Faulty {
    fn list(&self, prefix: &str, found: &mut dyn FnMut(Entry)) -> Result<(), StorageError> {
        let n = self.calls.note(self.script, "list", prefix);
        self.call(n, "list", prefix, || self.inner.list(prefix, found))
    }

    fn read(&self, path: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        let n = self.calls.note(self.script, "read", path);
        let mut read = self.call(n, "read", path, || self.inner.read(path))?;
        if let Some((bytes, _)) = &mut read
            && let Some(kept) = self.kept(n, bytes.len() as u64)
        {
            bytes.truncate(usize::try_from(kept).unwrap());
        }
        Ok(read)
    }

    fn open(&self, path: &str, temp: &Path) -> Result<Option<(File, Version)>, StorageError> {
        let n = self.calls.note(self.script, "open", path);
        let opened = self.call(n, "open", path, || self.inner.open(path, temp))?;
        let Some((mut file, version)) = opened else {
            return Ok(None);
        };
        if let Some(kept) = self.kept(n, file.metadata().unwrap().len()) {
            let mut short = tempfile::tempfile().unwrap();
            io::copy(&mut io::Read::take(&mut file, kept), &mut short).unwrap();
            io::Seek::rewind(&mut short).unwrap();
            file = short;
        }
        Ok(Some((file, version)))
    }

    fn publish(
        &self,
        path: &str,
        content: Content<'_>,
        expect: &Expect,
    ) -> Result<Version, StorageError> {
        let n = self.calls.note(self.script, "publish", path);
        if matches!(self.script, Script::Torn(at) if n == at) {
            leave_torn(&self.root, &content);
        }
        self.call(n, "publish", path, || {
            self.inner.publish(path, content, expect)
        })
    }

    fn remove(&self, path: &str, expect: &Version) -> Result<(), StorageError> {
        let n = self.calls.note(self.script, "remove", path);
        self.call(n, "remove", path, || self.inner.remove(path, expect))
    }
}
