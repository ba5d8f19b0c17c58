//! Bringing a day of the ledger up to date: a merge join of what stands there with what a run did.

use std::cmp::Ordering;
use std::fs::{self, File};
use std::io::BufWriter;
use std::iter::Peekable;
use std::path::Path;

use promptlake_datasets::day::Day;

use super::{LedgerEntry, LedgerReader, LedgerWriter};
use crate::error::StateError;
use crate::layout;
use crate::storage::{Content, Expect, Storage, StorageError, Version};
use crate::temp::RunTemp;

/// What a run started from: the entry of an object as it was when the run decided to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// Its ETag.
    pub etag: String,
    /// Its decoder version.
    pub decoder_version: u32,
}

impl Base {
    /// The base that an entry is.
    pub fn of(entry: &LedgerEntry) -> Self {
        Self {
            etag: entry.etag.clone(),
            decoder_version: entry.decoder_version,
        }
    }

    fn is(&self, entry: &LedgerEntry) -> bool {
        self.etag == entry.etag && self.decoder_version == entry.decoder_version
    }
}

/// What a run did with an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was read.
    Put {
        /// What it is now.
        entry: LedgerEntry,
        /// What it was; `None`: it had no entry.
        base: Option<Base>,
    },
    /// Its rows were removed.
    Drop {
        /// Its `source_object`.
        object: String,
        /// What it was.
        base: Base,
    },
}

impl Change {
    /// The `source_object`.
    pub fn object(&self) -> &str {
        match self {
            Self::Put { entry, .. } => &entry.object,
            Self::Drop { object, .. } => object,
        }
    }
}

/// A day after an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Updated {
    /// Its version; `None`: there is no such day, and nothing was to be written.
    pub version: Option<Version>,
    /// Its entries.
    pub entries: u64,
    /// Those of them that are open.
    pub open: u64,
    /// Objects that another run changed in between, by `source_object`: their entries stand open and name what either
    /// run fed, so that the next run reads them again and no partition is forgotten.
    pub reopened: Vec<String>,
    /// Whether anything was written.
    pub written: bool,
}

/// Merges changes into a day of the ledger and publishes it by compare-and-swap; if another run is faster, reads and
/// merges again. `changes` gives the changes in the order of their objects, anew at every call. Holds no day in memory.
///
/// A change replaces the entry that it started from, and one that another run made of the same object with the same
/// decoder. Any other entry was changed in between: see [`Updated::reopened`].
///
/// # Errors
/// If the day is damaged (remove it to begin anew), `changes` fails or is out of order, or storage or `temp` fails.
/// Nothing is published then.
pub fn update<I>(
    storage: &dyn Storage,
    temp: &RunTemp,
    dataset: &str,
    day: Day,
    changes: impl Fn() -> I,
) -> Result<Updated, StateError>
where
    I: Iterator<Item = Result<Change, StateError>>,
{
    let path = layout::ledger_day(dataset, day);
    loop {
        let old = LedgerReader::open(storage, temp.path(), dataset, day)?;
        let (old, version) = match old {
            Some((reader, version)) => (Some(reader), Some(version)),
            None => (None, None),
        };
        let file = New::new(temp, dataset);
        let mut merge = Merge {
            writer: file.create(&path, dataset, day)?,
            entries: 0,
            open: 0,
            reopened: Vec::new(),
            changed: false,
        };
        merge.join(old.into_iter().flatten(), changes())?;
        let Merge {
            writer,
            entries,
            open,
            reopened,
            changed,
        } = merge;
        drop(writer.finish()?);
        let done = |version, written| Updated {
            version,
            entries,
            open,
            reopened,
            written,
        };
        if !changed {
            return Ok(done(version, false));
        }
        let expect = version.map_or(Expect::Absent, Expect::Version);
        match storage.publish(&path, Content::File(&file.path), &expect) {
            Ok(version) => return Ok(done(Some(version), true)),
            // Somebody else got on, so this ends.
            Err(StorageError::Conflict { .. }) => {}
            Err(e) => return Err(e.into()),
        }
    }
}

/// The file of a new day; what is left of it goes when dropped.
struct New {
    path: std::path::PathBuf,
}

impl New {
    fn new(temp: &RunTemp, dataset: &str) -> Self {
        Self {
            path: temp.file(&format!("ledger-{dataset}")),
        }
    }

    fn create(
        &self,
        shown: &str,
        dataset: &str,
        day: Day,
    ) -> Result<LedgerWriter<BufWriter<File>>, StateError> {
        let file = File::create_new(&self.path).map_err(|source| StateError::Write {
            path: shown.to_owned(),
            source,
        })?;
        LedgerWriter::new(BufWriter::new(file), dataset, day)
    }
}

impl Drop for New {
    fn drop(&mut self) {
        // Published, it is not there any more.
        fs::remove_file(AsRef::<Path>::as_ref(&self.path)).ok();
    }
}

struct Merge {
    writer: LedgerWriter<BufWriter<File>>,
    entries: u64,
    open: u64,
    reopened: Vec<String>,
    changed: bool,
}

impl Merge {
    fn join(
        &mut self,
        old: impl Iterator<Item = Result<LedgerEntry, StateError>>,
        changes: impl Iterator<Item = Result<Change, StateError>>,
    ) -> Result<(), StateError> {
        let mut old = old.peekable();
        let mut changes = changes.peekable();
        // A change out of order is found by the writer, unless it drops: then its object is not met, which is harmless.
        loop {
            let side = match (peek(&mut old)?, peek(&mut changes)?) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(entry), Some(change)) => entry.object.as_str().cmp(change.object()),
            };
            let entry = match side {
                Ordering::Greater => None,
                _ => old.next().transpose()?,
            };
            let change = match side {
                Ordering::Less => None,
                _ => changes.next().transpose()?,
            };
            self.one(entry, change)?;
        }
    }

    /// Writes what becomes of one object.
    fn one(&mut self, old: Option<LedgerEntry>, change: Option<Change>) -> Result<(), StateError> {
        let new = match (old, change) {
            (old, None) => old,
            (old, Some(Change::Put { entry, base })) => {
                let new = if as_before(old.as_ref(), base.as_ref(), &entry) {
                    entry
                } else {
                    self.reopened.push(entry.object.clone());
                    reopen(entry, old.as_ref())
                };
                self.changed |= old.as_ref() != Some(&new);
                Some(new)
            }
            (None, Some(Change::Drop { .. })) => None,
            (Some(old), Some(Change::Drop { base, .. })) => {
                if base.is(&old) {
                    self.changed = true;
                    None
                } else {
                    self.reopened.push(old.object.clone());
                    self.changed |= !old.open;
                    Some(LedgerEntry { open: true, ..old })
                }
            }
        };
        if let Some(entry) = new {
            self.entries += 1;
            self.open += u64::from(entry.open);
            self.writer.put(&entry)?;
        }
        Ok(())
    }
}

/// The next item, or the error in its place.
fn peek<T>(
    items: &mut Peekable<impl Iterator<Item = Result<T, StateError>>>,
) -> Result<Option<&T>, StateError> {
    if let Some(Err(e)) = items.next_if(Result::is_err) {
        return Err(e);
    }
    Ok(items.peek().and_then(|item| item.as_ref().ok()))
}

/// Whether an entry is what the change started from, or what another run made of the same bytes in the same way.
fn as_before(old: Option<&LedgerEntry>, base: Option<&Base>, new: &LedgerEntry) -> bool {
    match (old, base) {
        (None, None) => true,
        (Some(old), base) => base.is_some_and(|base| base.is(old)) || Base::of(new).is(old),
        (None, Some(_)) => false,
    }
}

/// What this run did, and what the other one may have done.
fn reopen(mut entry: LedgerEntry, other: Option<&LedgerEntry>) -> LedgerEntry {
    entry.open = true;
    if let Some(other) = other {
        for feed in &other.feeds {
            let known = |f: &super::Feed| f.table == feed.table && f.dt == feed.dt;
            if !entry.feeds.iter().any(known) {
                entry.feeds.push(feed.clone());
            }
        }
        entry.feeds.sort();
        for sighting in &other.also {
            if !entry.also.contains(sighting) {
                entry.also.push(sighting.clone());
            }
        }
    }
    entry
}
