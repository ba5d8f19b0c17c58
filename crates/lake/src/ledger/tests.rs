use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;

use super::*;
use crate::storage::LocalStorage;
use crate::temp::RunTemp;

const DAY: Day = Day(20_462);

fn entry(object: &str, etag: &str, feeds: &[(&str, i32)]) -> LedgerEntry {
    LedgerEntry {
        object: object.to_owned(),
        name: "mirror".to_owned(),
        etag: etag.to_owned(),
        size: 10,
        decoder_version: 1,
        records: 2,
        accepted: 2,
        feeds: feeds
            .iter()
            .map(|(table, dt)| Feed {
                table: (*table).to_owned(),
                dt: Day(*dt),
                rows: 1,
            })
            .collect(),
        ..LedgerEntry::default()
    }
}

fn put(entry: LedgerEntry, base: Option<&LedgerEntry>) -> Change {
    Change::Put {
        entry,
        base: base.map(Base::of),
    }
}

struct Lake {
    _directory: tempfile::TempDir,
    storage: LocalStorage,
    temp: RunTemp,
}

impl Lake {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self {
            storage: LocalStorage::new(directory.path().to_owned()),
            temp: RunTemp::in_lake(directory.path(), "run").unwrap(),
            _directory: directory,
        }
    }

    fn update(&self, changes: &[Change]) -> Result<Updated, StateError> {
        update(&self.storage, &self.temp, "chat", DAY, || {
            changes.iter().cloned().map(Ok)
        })
    }

    fn entries(&self) -> Vec<LedgerEntry> {
        match LedgerReader::open(&self.storage, self.temp.path(), "chat", DAY).unwrap() {
            Some((reader, _)) => reader.map(Result::unwrap).collect(),
            None => Vec::new(),
        }
    }
}

prop_compose! {
    fn any_entry()(
        etag in "[a-z0-9-]{0,20}", size in any::<u64>(), open in any::<bool>(),
        dataset in proptest::option::of("[a-z_]{1,8}"), records in any::<u64>(),
        feeds in proptest::collection::vec(("[a-z_]{1,8}", 0_i32..50_000), 0..4),
        also in proptest::collection::vec(("[A-Za-z0-9_-]{1,8}", ".{0,10}"), 0..3),
    ) -> LedgerEntry {
        let feeds: Vec<_> = feeds.iter().map(|(t, d)| (t.as_str(), *d)).collect();
        LedgerEntry {
            size, open, dataset, records,
            also: also.into_iter().map(|(name, etag)| Sighting { name, etag, size, clash: false }).collect(),
            ..entry("", &etag, &feeds)
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_and_damage_is_an_error(
        entries in proptest::collection::btree_map(".{0,60}", any_entry(), 0..40),
        cut in any::<prop::sample::Index>(),
    ) {
        let entries: Vec<_> = entries.into_iter().map(|(object, e)| LedgerEntry { object, ..e }).collect();
        let mut writer = LedgerWriter::new(Vec::new(), "chat", DAY).unwrap();
        for entry in &entries {
            writer.put(entry).unwrap();
        }
        let bytes = writer.finish().unwrap();
        let read = |bytes: &[u8]| {
            LedgerReader::new(bytes, "chat", DAY)?.collect::<Result<Vec<_>, _>>()
        };
        prop_assert_eq!(read(&bytes).unwrap(), entries);
        let cut = read(&bytes[..cut.index(bytes.len())]);
        prop_assert!(cut.as_ref().is_err_and(StateError::is_damage), "{cut:?}");
    }

    #[test]
    fn an_update_is_a_merge_of_maps(
        before in proptest::collection::btree_map("[a-f]{1,2}", any_entry(), 0..20),
        changes in proptest::collection::btree_map("[a-f]{1,2}", proptest::option::of(any_entry()), 0..20),
    ) {
        let lake = Lake::new();
        let with_object = |(object, e): (&String, &LedgerEntry)| LedgerEntry { object: object.clone(), ..e.clone() };
        let first: Vec<_> = before.iter().map(|pair| put(with_object(pair), None)).collect();
        prop_assert_eq!(lake.update(&first).unwrap().written, !before.is_empty());

        let mut expected = before.clone();
        let mut second = Vec::new();
        for (object, new) in &changes {
            let old = before.get(object).map(|e| with_object((object, e)));
            match (new, old) {
                (Some(new), old) => {
                    second.push(put(with_object((object, new)), old.as_ref()));
                    expected.insert(object.clone(), new.clone());
                }
                (None, Some(old)) => {
                    second.push(Change::Drop { object: object.clone(), base: Base::of(&old) });
                    expected.remove(object);
                }
                (None, None) => {}
            }
        }
        let updated = lake.update(&second).unwrap();
        let expected: Vec<_> = expected.iter().map(with_object).collect();
        prop_assert_eq!(updated.entries, expected.len() as u64);
        prop_assert_eq!(updated.open, expected.iter().filter(|e| e.open).count() as u64);
        prop_assert!(updated.reopened.is_empty());
        prop_assert_eq!(lake.entries(), expected);
    }
}

#[test]
fn an_update_without_change_writes_nothing() {
    let lake = Lake::new();
    assert_eq!(lake.update(&[]).unwrap().version, None);
    let a = entry("a", "1", &[("chat", 1)]);
    let first = lake.update(&[put(a.clone(), None)]).unwrap();
    assert!(first.written);
    for changes in [vec![], vec![put(a.clone(), Some(&a))], vec![put(a, None)]] {
        let again = lake.update(&changes).unwrap();
        assert_eq!(
            (again.written, again.version),
            (false, first.version.clone())
        );
        assert!(again.reopened.is_empty());
    }
}

#[test]
fn an_entry_that_another_run_changed_is_open_and_keeps_what_either_fed() {
    let lake = Lake::new();
    let start = entry("a", "1", &[("chat", 1)]);
    lake.update(&[put(start.clone(), None)]).unwrap();
    let mut theirs = entry("a", "2", &[("chat", 2), ("chat", 3)]);
    theirs.also.push(Sighting {
        clash: false,
        name: "other".to_owned(),
        etag: "x".to_owned(),
        size: 1,
    });
    lake.update(&[put(theirs.clone(), Some(&start))]).unwrap();

    let ours = entry("a", "3", &[("chat", 3), ("chat", 4)]);
    let updated = lake.update(&[put(ours, Some(&start))]).unwrap();
    assert_eq!(updated.reopened, ["a"]);
    assert_eq!(updated.open, 1);
    let merged = LedgerEntry {
        open: true,
        also: theirs.also,
        ..entry("a", "3", &[("chat", 2), ("chat", 3), ("chat", 4)])
    };
    assert_eq!(lake.entries(), [merged]);
}

#[test]
fn an_entry_that_came_or_went_in_between_is_open() {
    let lake = Lake::new();
    let old = entry("a", "1", &[("chat", 1)]);
    // Gone: another run dropped it, or the day was lost.
    let updated = lake
        .update(&[put(entry("a", "2", &[]), Some(&old))])
        .unwrap();
    assert_eq!(updated.reopened, ["a"]);
    // Come: another run read it first, as something else.
    let updated = lake.update(&[put(entry("a", "3", &[]), None)]).unwrap();
    assert_eq!(updated.reopened, ["a"]);
    // Dropped here, read again there.
    let updated = lake
        .update(&[Change::Drop {
            object: "a".to_owned(),
            base: Base::of(&old),
        }])
        .unwrap();
    assert_eq!(
        (updated.reopened, updated.entries),
        (vec!["a".to_owned()], 1)
    );
}

#[test]
fn two_runs_that_did_the_same_agree() {
    let lake = Lake::new();
    let start = entry("a", "1", &[("chat", 1)]);
    lake.update(&[put(start.clone(), None)]).unwrap();
    let new = entry("a", "2", &[("chat", 2)]);
    for written in [true, false] {
        let updated = lake.update(&[put(new.clone(), Some(&start))]).unwrap();
        assert_eq!((updated.written, updated.open), (written, 0));
    }
    // But what a third one left open is not closed by them.
    let open = LedgerEntry {
        open: true,
        ..new.clone()
    };
    lake.update(&[put(open, Some(&new))]).unwrap();
    assert_eq!(lake.update(&[put(new, Some(&start))]).unwrap().open, 1);
}

#[test]
fn a_lost_swap_merges_again() {
    let lake = Lake::new();
    let raced = AtomicBool::new(false);
    let ours = || {
        // In the middle of our merge, another run finishes its own.
        if !raced.swap(true, Ordering::Relaxed) {
            let theirs = [
                put(entry("a", "theirs", &[("chat", 1)]), None),
                put(entry("b", "theirs", &[("chat", 2)]), None),
            ];
            assert!(lake.update(&theirs).unwrap().written);
        }
        [
            Ok(put(entry("b", "ours", &[("chat", 3)]), None)),
            Ok(put(entry("c", "ours", &[("chat", 4)]), None)),
        ]
        .into_iter()
    };
    let updated = update(&lake.storage, &lake.temp, "chat", DAY, ours).unwrap();
    assert_eq!(updated.reopened, ["b"]);
    let merged = LedgerEntry {
        open: true,
        ..entry("b", "ours", &[("chat", 2), ("chat", 3)])
    };
    assert_eq!(
        lake.entries(),
        [
            entry("a", "theirs", &[("chat", 1)]),
            merged,
            entry("c", "ours", &[("chat", 4)])
        ]
    );
}

#[test]
fn many_runs_lose_nothing() {
    let lake = Lake::new();
    std::thread::scope(|scope| {
        for run in 0..8 {
            let lake = &lake;
            scope.spawn(move || {
                for round in 0..5 {
                    let object = format!("object-{run}-{round}");
                    lake.update(&[put(entry(&object, "1", &[]), None)]).unwrap();
                }
            });
        }
    });
    assert_eq!(lake.entries().len(), 40);
}

#[test]
fn a_failed_update_leaves_all_as_it_was() {
    let lake = Lake::new();
    let (a, b) = (entry("a", "1", &[]), entry("b", "1", &[]));
    lake.update(&[put(a.clone(), None)]).unwrap();
    let backwards = [put(b.clone(), None), put(entry("b", "2", &[]), None)];
    assert!(matches!(
        lake.update(&backwards),
        Err(StateError::OutOfOrder { .. })
    ));
    let broken = update(&lake.storage, &lake.temp, "chat", DAY, || {
        [
            Ok(put(b.clone(), None)),
            Err(StateError::damaged("spill", 1, "x")),
        ]
        .into_iter()
    });
    assert!(broken.is_err());
    assert_eq!(lake.entries(), [a]);
    let left: Vec<_> = std::fs::read_dir(lake.temp.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "the lock alone: {left:?}");
}
