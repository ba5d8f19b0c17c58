//! The listing of a directory tree, by several threads: what takes time is a `stat` per file.

use std::ffi::OsStr;
use std::fs::{self, DirEntry, Metadata, ReadDir};
use std::io;
use std::mem;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::{LocalSource, source_error};
use crate::source::day_folders::DayFolders;
use crate::source::{Listed, SourceError, Window};
use crate::stamp::Stamp;

/// A few more than there are cores pay on a disk that has to seek, and cost nothing where all is cached.
const THREADS: usize = 4;
/// Files that a thread finds before it hands them over, and entries of a large folder that it takes at once.
const BATCH: usize = 512;
/// Batches on their way to the caller: a slow one bounds the memory.
const BATCHES: usize = 16;

/// Lists a source; see [`crate::source::Source::list`].
pub(super) fn walk(
    source: &LocalSource,
    window: Window,
    found: &mut dyn FnMut(Listed),
    problem: &mut dyn FnMut(SourceError),
) -> Result<(), SourceError> {
    let entries = fs::read_dir(&source.root).map_err(|e| source_error("list", &source.root, e))?;
    if source.root_is_of_the_lake() {
        return Ok(());
    }
    let root = Folder {
        path: source.root.clone(),
        key: String::new(),
        days: source.folders(),
    };
    let walk = Walk {
        source,
        window,
        queue: Mutex::new(Queue {
            jobs: vec![Job::Opened(root, entries)],
            busy: 0,
            stopped: false,
        }),
        changed: Condvar::new(),
    };
    let (shown, batches) = sync_channel(BATCHES);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            let worker = Worker {
                walk: &walk,
                shown: shown.clone(),
                batch: Vec::with_capacity(BATCH),
            };
            scope.spawn(move || worker.work());
        }
        drop(shown);
        // Dropped with this closure even if `found` panics: the workers then stop instead of waiting for ever.
        for batch in batches {
            match batch {
                Shown::Objects(objects) => objects.into_iter().for_each(&mut *found),
                Shown::Problem(error) => problem(error),
            }
        }
    });
    Ok(())
}

/// A folder to list.
struct Folder {
    path: PathBuf,
    /// What the keys of its files begin with: empty, or with `/` at its end.
    key: String,
    days: DayFolders,
}

enum Job {
    Folder(Folder),
    Opened(Folder, ReadDir),
    /// Some entries of a large folder.
    Entries(Arc<Folder>, Vec<DirEntry>),
}

enum Shown {
    Objects(Vec<Listed>),
    Problem(SourceError),
}

struct Walk<'a> {
    source: &'a LocalSource,
    window: Window,
    queue: Mutex<Queue>,
    changed: Condvar,
}

struct Queue {
    /// The last is taken first: depth first keeps it short.
    jobs: Vec<Job>,
    /// Workers that may still add jobs.
    busy: usize,
    stopped: bool,
}

impl Walk<'_> {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing is left half done under the lock.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, job: Job) {
        self.queue().jobs.push(job);
        self.changed.notify_one();
    }

    /// Waits for a job; `None`: there will be none.
    fn take(&self) -> Option<Job> {
        let mut queue = self.queue();
        loop {
            if queue.stopped {
                return None;
            }
            if let Some(job) = queue.jobs.pop() {
                queue.busy += 1;
                return Some(job);
            }
            if queue.busy == 0 {
                return None;
            }
            queue = self
                .changed
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn done(&self) {
        let mut queue = self.queue();
        queue.busy -= 1;
        if queue.busy == 0 && queue.jobs.is_empty() {
            self.changed.notify_all();
        }
    }

    fn stop(&self) {
        self.queue().stopped = true;
        self.changed.notify_all();
    }
}

struct Worker<'a> {
    walk: &'a Walk<'a>,
    shown: SyncSender<Shown>,
    batch: Vec<Listed>,
}

impl Worker<'_> {
    fn work(mut self) {
        while let Some(job) = self.walk.take() {
            match job {
                Job::Folder(folder) => match fs::read_dir(&folder.path) {
                    Ok(entries) => self.folder(folder, entries),
                    // Gone since its parent was read: as if it had not been there.
                    Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                    Err(e) => self.problem(&folder.path, e),
                },
                Job::Opened(folder, entries) => self.folder(folder, entries),
                Job::Entries(folder, entries) => self.entries(&folder, entries),
            }
            self.walk.done();
        }
        self.flush();
    }

    fn folder(&mut self, folder: Folder, entries: ReadDir) {
        let folder = Arc::new(folder);
        let mut some = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => some.push(entry),
                Err(e) => self.problem(&folder.path, e),
            }
            if some.len() == BATCH {
                let some = mem::take(&mut some);
                // While others have enough to do, this thread goes on alone: the queue must not hold the folder.
                if self.walk.queue().jobs.len() < THREADS {
                    self.walk.push(Job::Entries(Arc::clone(&folder), some));
                } else {
                    self.entries(&folder, some);
                }
            }
        }
        self.entries(&folder, some);
    }

    fn entries(&mut self, folder: &Folder, entries: Vec<DirEntry>) {
        for entry in entries {
            if let Err(e) = self.entry(folder, &entry)
                && e.kind() != io::ErrorKind::NotFound
            {
                self.problem(&entry.path(), e);
            }
        }
    }

    fn entry(&mut self, folder: &Folder, entry: &DirEntry) -> io::Result<()> {
        let kind = entry.file_type()?;
        if kind.is_file() {
            let metadata = entry.metadata()?;
            self.object(folder, &entry.file_name(), &metadata);
        } else if kind.is_dir() {
            self.subfolder(folder, &entry.file_name(), false);
        } else if kind.is_symlink() {
            let path = entry.path();
            match fs::metadata(&path) {
                Ok(target) if target.is_file() => {
                    self.object(folder, &entry.file_name(), &target);
                }
                Ok(target) if target.is_dir() => {
                    if !stands_in(&folder.path, &target) {
                        self.subfolder(folder, &entry.file_name(), true);
                    }
                }
                Ok(_) => {}
                // A link to nothing may be a disk that is not mounted.
                Err(e) => self.problem(&path, e),
            }
        }
        Ok(())
    }

    fn object(&mut self, folder: &Folder, name: &OsStr, metadata: &Metadata) {
        let name = name.to_string_lossy();
        let mut key = String::with_capacity(folder.key.len() + name.len());
        key.push_str(&folder.key);
        key.push_str(&name);
        let stamp = Stamp::of(metadata);
        self.batch.push(Listed {
            key,
            size: stamp.size,
            etag: stamp.text(),
            archived: false,
        });
        if self.batch.len() == BATCH {
            self.flush();
        }
    }

    fn subfolder(&mut self, folder: &Folder, name: &OsStr, linked: bool) {
        let shown = name.to_string_lossy();
        let days = if self.walk.source.day_folders {
            folder.days.enter(&shown)
        } else {
            folder.days
        };
        if days
            .day()
            .is_some_and(|day| !self.walk.window.contains(day))
        {
            return;
        }
        let path = folder.path.join(name);
        if self.walk.source.is_of_the_lake(&path, linked) {
            return;
        }
        let key = format!("{}{shown}/", folder.key);
        self.walk.push(Job::Folder(Folder { path, key, days }));
    }

    fn flush(&mut self) {
        if !self.batch.is_empty() {
            let batch = mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
            self.send(Shown::Objects(batch));
        }
    }

    fn problem(&mut self, path: &Path, error: io::Error) {
        self.send(Shown::Problem(source_error("list", path, error)));
    }

    fn send(&mut self, shown: Shown) {
        if self.shown.send(shown).is_err() {
            self.walk.stop();
        }
    }
}

/// Whether a folder is `outer` or lies in it, as its path was walked: a link to `outer` in it would lead round.
fn stands_in(folder: &Path, outer: &Metadata) -> bool {
    folder
        .ancestors()
        .any(|ancestor| fs::metadata(ancestor).is_ok_and(|m| same(&m, outer)))
}

/// Whether two looks were at the same file or folder.
pub(super) fn same(a: &Metadata, b: &Metadata) -> bool {
    a.dev() == b.dev() && a.ino() == b.ino()
}
