//! The ledger's index: what is known of whole days and partitions without opening their files.
//!
//! It is a hint. A day or partition whose file has another version than the index says is looked at as if the index
//! did not name it, so that an index that is behind, or a race of two that write it, costs time only.

use std::collections::BTreeMap;

use promptlake_datasets::day::Day;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::error::StateError;
use crate::layout;
use crate::lines::{LineReader, LineWriter};
use crate::storage::{Content, Expect, Storage, StorageError, Version};

/// The version of this file's format.
pub const VERSION: u32 = 1;

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerIndex {
    version: u32,
    /// By `<dataset>/<day>`.
    days: BTreeMap<String, DayState>,
    /// By `<table>/<dt>`.
    parts: BTreeMap<String, PartState>,
}

/// A source day, all of whose listed objects are in the lake; with 0 objects, one of which that cannot be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayState {
    /// Listed objects.
    pub count: u64,
    /// Of the listing: [`DayDigest`].
    pub digest: String,
    /// Of the day's ledger, when this was so.
    pub version: Version,
}

/// A partition whose inventory describes its part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartState {
    /// Version of the part.
    pub part: Version,
    /// Version of the inventory.
    pub inventory: Version,
}

/// What a run changes in the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexChanges {
    days: BTreeMap<String, Option<DayState>>,
    parts: BTreeMap<String, Option<PartState>>,
}

impl IndexChanges {
    /// Sets a day, or forgets it.
    pub fn day(&mut self, dataset: &str, day: Day, state: Option<DayState>) {
        self.days.insert(key(dataset, day), state);
    }

    /// Sets a partition, or forgets it.
    pub fn part(&mut self, table: &str, dt: Day, state: Option<PartState>) {
        self.parts.insert(key(table, dt), state);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty() && self.parts.is_empty()
    }
}

impl LedgerIndex {
    /// Reads the index; `None`: there is none.
    ///
    /// # Errors
    /// If it cannot be read, is damaged (as good as none), or of a later version.
    pub fn read(storage: &dyn Storage) -> Result<Option<(Self, Version)>, StateError> {
        let Some((bytes, version)) = storage.read(layout::LEDGER_INDEX)? else {
            return Ok(None);
        };
        let mut lines = LineReader::new(layout::LEDGER_INDEX, bytes.as_slice())?;
        let index = lines.header(VERSION)?;
        if lines.next::<serde::de::IgnoredAny>()?.is_some() {
            return Err(lines.damaged("more than one line"));
        }
        Ok(Some((index, version)))
    }

    /// A day that was whole.
    pub fn day(&self, dataset: &str, day: Day) -> Option<&DayState> {
        self.days.get(&key(dataset, day))
    }

    /// A partition that was whole.
    pub fn part(&self, table: &str, dt: Day) -> Option<&PartState> {
        self.parts.get(&key(table, dt))
    }

    /// Every day, as (dataset, day, state), ordered.
    pub fn days(&self) -> impl Iterator<Item = (&str, Day, &DayState)> {
        self.days
            .iter()
            .filter_map(|(key, state)| split(key).map(|(dataset, day)| (dataset, day, state)))
    }

    /// Every partition, as (table, dt, state), ordered.
    pub fn parts(&self) -> impl Iterator<Item = (&str, Day, &PartState)> {
        self.parts
            .iter()
            .filter_map(|(key, state)| split(key).map(|(table, dt)| (table, dt, state)))
    }

    /// Merges changes into the index and publishes it by compare-and-swap; writes only if something changes. Other
    /// runs' changes to other days and partitions stay. A damaged index is replaced: it is a hint.
    ///
    /// # Errors
    /// If it cannot be read or written, or is of a later version.
    pub fn merge(storage: &dyn Storage, changes: &IndexChanges) -> Result<Self, StateError> {
        loop {
            let (mut index, expect, damaged) = match Self::read(storage) {
                Ok(Some((index, version))) => (index, Expect::Version(version), false),
                Ok(None) => (Self::default(), Expect::Absent, false),
                Err(e) if e.is_damage() => {
                    let Some((_, version)) = storage.read(layout::LEDGER_INDEX)? else {
                        continue;
                    };
                    (Self::default(), Expect::Version(version), true)
                }
                Err(e) => return Err(e),
            };
            index.version = VERSION;
            let days = apply(&mut index.days, &changes.days);
            let parts = apply(&mut index.parts, &changes.parts);
            if !(days || parts || damaged) {
                return Ok(index);
            }
            let mut lines = LineWriter::new(layout::LEDGER_INDEX, Vec::new())?;
            lines.put(&index)?;
            let bytes = lines.finish()?;
            match storage.publish(layout::LEDGER_INDEX, Content::Bytes(&bytes), &expect) {
                Ok(_) => return Ok(index),
                // Somebody else got on, so this ends.
                Err(StorageError::Conflict { .. }) => {}
                Err(e) => return Err(e.into()),
            }
        }
    }
}

/// Applies changes; whether any was one.
fn apply<T: Clone + PartialEq>(
    to: &mut BTreeMap<String, T>,
    changes: &BTreeMap<String, Option<T>>,
) -> bool {
    let mut any = false;
    for (key, state) in changes {
        if to.get(key) == state.as_ref() {
            continue;
        }
        any = true;
        match state {
            Some(state) => to.insert(key.clone(), state.clone()),
            None => to.remove(key),
        };
    }
    any
}

fn key(name: &str, day: Day) -> String {
    format!("{name}/{day}")
}

fn split(key: &str) -> Option<(&str, Day)> {
    let (name, day) = key.rsplit_once('/')?;
    Some((name, day.parse().ok()?))
}

/// Digests the listing of a source day, object by object in canonical order; equal digests mean that nothing changed.
pub struct DayDigest {
    hash: Xxh3,
    count: u64,
}

impl std::fmt::Debug for DayDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DayDigest of {} objects", self.count)
    }
}

impl DayDigest {
    /// Begins. `seed` is whatever else has to have a day looked at again when it changes, such as a decoder's version.
    pub fn new(seed: u64) -> Self {
        Self {
            hash: Xxh3::with_seed(seed),
            count: 0,
        }
    }

    /// Adds an object.
    pub fn add(&mut self, object: &str, etag: &str, size: u64) {
        // With their lengths, so that no two listings give the same bytes.
        for text in [object, etag] {
            self.hash.update(&(text.len() as u64).to_le_bytes());
            self.hash.update(text.as_bytes());
        }
        self.hash.update(&size.to_le_bytes());
        self.count += 1;
    }

    /// Objects so far.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The digest, hex.
    pub fn finish(&self) -> String {
        format!("{:032x}", self.hash.digest128())
    }
}

#[cfg(test)]
mod tests;
