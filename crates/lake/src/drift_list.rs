//! What the sources of a lake ever showed that the schema does not know: one small file, merged by every run.
//!
//! A header, then an entry a (dataset, kind, name), in that order. JSON lines, zstd. It holds no value of a record but
//! names of models, clients, tiers and event types, as the runs' own reports do.

use std::collections::BTreeMap;
use std::io::Read;

use promptlake_datasets::day::Day;
use promptlake_datasets::drift::{Drift, DriftKind};
use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::layout;
use crate::lines::{LineReader, LineWriter};
use crate::storage::{Content, Expect, Storage, StorageError, Version};
use crate::write_guard::WriteGuard;

/// The version of this file's format.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    version: u32,
}

/// Something that the schema does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftEntry {
    /// Dataset; `unrecognised` for event types.
    pub dataset: String,
    /// [`DriftKind::as_str`]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// How often runs saw it; what was read again counts again. Of an event type, whose objects are only listed: the
    /// most that one run saw.
    pub count: u64,
    /// The `source_object` that showed it first; of an event type, `NAME/key`.
    pub first_object: String,
    /// The first source day that showed it; `None`: no dated object did.
    #[serde(default, with = "crate::day_text::option")]
    pub first_day: Option<Day>,
    /// The last one.
    #[serde(default, with = "crate::day_text::option")]
    pub last_day: Option<Day>,
}

/// The list, by (dataset, kind, name). Bounded as [`Drift`] is: further names of a kind count as `…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriftList {
    entries: BTreeMap<(String, String, String), DriftEntry>,
}

impl DriftList {
    /// Reads the list; `None`: there is none.
    ///
    /// # Errors
    /// If it cannot be read, is damaged, or of a later version.
    pub fn read(storage: &dyn Storage) -> Result<Option<(Self, Version)>, StateError> {
        let Some((bytes, version)) = storage.read(layout::DRIFT)? else {
            return Ok(None);
        };
        Ok(Some((Self::decode(bytes.as_slice())?, version)))
    }

    /// Adds what a run saw and publishes it by compare-and-swap; writes only if something changes. A damaged list is
    /// begun anew: it holds nothing that the data do not.
    ///
    /// # Errors
    /// If it cannot be read or written, or is of a later version; what the guard says.
    pub fn merge(guard: &WriteGuard<'_>, drift: &Drift) -> Result<(), StateError> {
        let storage = guard.storage();
        if drift.is_empty() {
            return Ok(());
        }
        loop {
            let (mut list, expect) = match Self::read(storage) {
                Ok(Some((list, version))) => (list, Expect::Version(version)),
                Ok(None) => (Self::default(), Expect::Absent),
                Err(error) if error.is_damage() => match storage.read(layout::DRIFT)? {
                    Some((_, version)) => (Self::default(), Expect::Version(version)),
                    None => continue,
                },
                Err(error) => return Err(error),
            };
            let before = list.clone();
            list.add(drift);
            if list == before {
                return Ok(());
            }
            guard.check()?;
            match storage.publish(layout::DRIFT, Content::Bytes(&list.encode()?), &expect) {
                Ok(_) => return Ok(()),
                // Somebody else got on, so this ends.
                Err(StorageError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Its entries, in order.
    pub fn entries(&self) -> impl Iterator<Item = &DriftEntry> {
        self.entries.values()
    }

    fn add(&mut self, drift: &Drift) {
        for (dataset, kind, name, seen) in drift.iter() {
            let key = |name: &str| {
                let kind = kind.as_str().to_owned();
                (dataset.to_owned(), kind, name.to_owned())
            };
            let full = self.entries.len() >= Drift::MAX_NAMES;
            let key = match key(name) {
                known if self.entries.contains_key(&known) || !full => known,
                _ => key("…"),
            };
            let entry = self
                .entries
                .entry(key)
                .or_insert_with_key(|(dataset, kind, name)| DriftEntry {
                    dataset: dataset.clone(),
                    kind: kind.clone(),
                    name: name.clone(),
                    count: 0,
                    first_object: seen.first_object.clone(),
                    first_day: None,
                    last_day: None,
                });
            entry.count = if kind == DriftKind::EventType {
                entry.count.max(seen.count)
            } else {
                entry.count.saturating_add(seen.count)
            };
            let (first, last) = seen.days.unzip();
            entry.first_day = entry.first_day.into_iter().chain(first).min();
            entry.last_day = entry.last_day.max(last);
        }
    }

    fn encode(&self) -> Result<Vec<u8>, StateError> {
        let mut lines = LineWriter::new(layout::DRIFT, Vec::new())?;
        lines.put(&Header { version: VERSION })?;
        for entry in self.entries.values() {
            lines.put(entry)?;
        }
        lines.finish()
    }

    fn decode(input: impl Read) -> Result<Self, StateError> {
        let mut lines = LineReader::new(layout::DRIFT, input)?;
        let _header: Header = lines.header(VERSION)?;
        let mut list = Self::default();
        while let Some(entry) = lines.next::<DriftEntry>()? {
            let key = (
                entry.dataset.clone(),
                entry.kind.clone(),
                entry.name.clone(),
            );
            list.entries.insert(key, entry);
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::LocalStorage;

    fn drift(kind: DriftKind, name: &str, object: &str, day: i32) -> Drift {
        let mut drift = Drift::default();
        drift.note("chat", kind, name, object);
        drift.on(Day(day))
    }

    /// Name, count, first object, first and last day.
    type Line = (String, u64, String, Option<i32>, Option<i32>);

    fn lines(storage: &dyn Storage) -> Vec<Line> {
        let (list, _) = DriftList::read(storage).unwrap().unwrap();
        let line = |e: &DriftEntry| {
            let day = |day: Option<Day>| day.map(|day| day.0);
            (
                e.name.clone(),
                e.count,
                e.first_object.clone(),
                day(e.first_day),
                day(e.last_day),
            )
        };
        list.entries().map(line).collect()
    }

    fn merge(storage: &LocalStorage, drift: &Drift) -> Result<(), StateError> {
        DriftList::merge(&WriteGuard::new(storage), drift)
    }

    #[test]
    fn runs_add_up() {
        let lake = tempfile::tempdir().unwrap();
        let storage = LocalStorage::new(lake.path().to_owned());
        merge(&storage, &Drift::default()).unwrap();
        assert_eq!(DriftList::read(&storage).unwrap(), None);
        for (object, day) in [("b", 20_005), ("c", 20_007), ("a", 20_003)] {
            merge(&storage, &drift(DriftKind::Field, "novel", object, day)).unwrap();
        }
        let expected = ("novel".to_owned(), 3, "b".to_owned());
        let (name, count, object) = expected;
        assert_eq!(
            lines(&storage),
            [(name, count, object, Some(20_003), Some(20_007))]
        );
    }

    #[test]
    fn an_event_type_is_not_counted_once_a_listing() {
        let lake = tempfile::tempdir().unwrap();
        let storage = LocalStorage::new(lake.path().to_owned());
        let seen = drift(DriftKind::EventType, "NewEvent", "a", 20_003);
        merge(&storage, &seen).unwrap();
        let version = DriftList::read(&storage).unwrap().unwrap().1;
        merge(&storage, &seen).unwrap();
        assert_eq!(DriftList::read(&storage).unwrap().unwrap().1, version);
        assert_eq!(lines(&storage)[0].1, 1);
    }

    #[test]
    fn names_of_runs_side_by_side_are_all_there() {
        let lake = tempfile::tempdir().unwrap();
        let storage = LocalStorage::new(lake.path().to_owned());
        std::thread::scope(|scope| {
            for n in 0..6 {
                let seen = drift(DriftKind::Field, &format!("field {n}"), "a", 20_003);
                let storage = &storage;
                scope.spawn(move || merge(storage, &seen).unwrap());
            }
        });
        assert_eq!(lines(&storage).len(), 6);
    }

    #[test]
    fn a_damaged_list_is_begun_anew_and_a_later_one_is_not() {
        let lake = tempfile::tempdir().unwrap();
        let storage = LocalStorage::new(lake.path().to_owned());
        let put = |bytes: &[u8]| {
            let expect = match storage.read(layout::DRIFT).unwrap() {
                Some((_, version)) => Expect::Version(version),
                None => Expect::Absent,
            };
            storage
                .publish(layout::DRIFT, Content::Bytes(bytes), &expect)
                .unwrap();
        };
        let seen = drift(DriftKind::Field, "novel", "a", 20_003);
        put(b"no list");
        assert!(DriftList::read(&storage).unwrap_err().is_damage());
        merge(&storage, &seen).unwrap();
        assert_eq!(lines(&storage).len(), 1);

        let mut later = LineWriter::new(layout::DRIFT, Vec::new()).unwrap();
        later.put(&Header { version: 2 }).unwrap();
        put(&later.finish().unwrap());
        let error = merge(&storage, &seen).unwrap_err();
        assert!(matches!(error, StateError::Newer { .. }), "{error:?}");
    }
}
