//! Bringing a day of the ledger up to date: a merge join of what stands there with what a run did.

use std::cmp::Ordering;
use std::fs::{self, File};
use std::io::BufWriter;
use std::iter::Peekable;
use std::path::PathBuf;

use promptlake_datasets::day::Day;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{LedgerEntry, LedgerReader, LedgerWriter};
use crate::error::StateError;
use crate::layout;
use crate::storage::{Content, Expect, Storage, StorageError, Version};
use crate::temp::RunTemp;

/// What a run started from: the entry of an object as it was when the run decided to read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// Of the whole entry: whatever another run changed in it shows.
    digest: u64,
}

impl Base {
    /// The base that an entry is.
    pub fn of(entry: &LedgerEntry) -> Self {
        // Cannot fail: an entry is strings, numbers and lists of these. If it did, all bases of it would be equal.
        let text = serde_json::to_vec(entry).unwrap_or_default();
        Self {
            digest: xxh3_64(&text),
        }
    }
}

/// What a run did with an object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are puts, one at a time"
)]
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
        let file = New::beside(temp, dataset);
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
    path: PathBuf,
}

impl New {
    fn beside(temp: &RunTemp, dataset: &str) -> Self {
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
        fs::remove_file(&self.path).ok();
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

    fn reopen(&mut self, entry: &mut LedgerEntry) {
        entry.open = true;
        self.reopened.push(entry.object.clone());
    }

    /// Writes what becomes of one object.
    fn one(&mut self, old: Option<LedgerEntry>, change: Option<Change>) -> Result<(), StateError> {
        let new = match (old, change) {
            (old, None) => old,
            (old, Some(Change::Put { mut entry, base })) => {
                match &old {
                    Some(old) if base != Some(Base::of(old)) => {
                        see_also(&mut entry, old);
                        if !same_work(old, &entry) {
                            keep_feeds(&mut entry, old);
                            self.reopen(&mut entry);
                        }
                    }
                    None if base.is_some() => self.reopen(&mut entry),
                    _ => {}
                }
                self.changed |= old.as_ref() != Some(&entry);
                Some(entry)
            }
            (None, Some(Change::Drop { .. })) => None,
            (Some(old), Some(Change::Drop { base, .. })) if base == Base::of(&old) => {
                self.changed = true;
                None
            }
            (Some(mut old), Some(Change::Drop { .. })) => {
                self.changed |= !old.open;
                self.reopen(&mut old);
                Some(old)
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

/// Whether another run read the same bytes in the same way, and nothing is left to do.
fn same_work(old: &LedgerEntry, new: &LedgerEntry) -> bool {
    old.etag == new.etag && old.decoder_version == new.decoder_version && !old.open
}

/// Keeps the partitions that the other run may have fed.
fn keep_feeds(entry: &mut LedgerEntry, other: &LedgerEntry) {
    for feed in &other.feeds {
        let known = |f: &super::Feed| f.table == feed.table && f.dt == feed.dt;
        if !entry.feeds.iter().any(known) {
            entry.feeds.push(feed.clone());
        }
    }
    entry.feeds.sort();
}

/// Keeps what the other run saw of the object elsewhere.
fn see_also(entry: &mut LedgerEntry, other: &LedgerEntry) {
    for sighting in &other.also {
        if !entry.also.contains(sighting) {
            entry.also.push(sighting.clone());
        }
    }
    entry.also.sort();
}
