use super::*;
use crate::storage::LocalStorage;

const DAY: Day = Day(20_462);

fn state(digest: &str) -> DayState {
    DayState {
        count: 3,
        digest: digest.to_owned(),
        version: Version("1-2-3".to_owned()),
    }
}

fn changes(dataset: &str, digest: &str) -> IndexChanges {
    let mut changes = IndexChanges::default();
    changes.day(dataset, DAY, Some(state(digest)));
    changes
}

#[test]
fn changes_of_several_runs_add_up() {
    let lake = tempfile::tempdir().unwrap();
    let storage = LocalStorage::new(lake.path().to_owned());
    assert_eq!(LedgerIndex::read(&storage).unwrap(), None);
    std::thread::scope(|scope| {
        for run in 0..8 {
            let storage = &storage;
            scope.spawn(move || {
                LedgerIndex::merge(storage, &changes(&format!("set_{run}"), "d")).unwrap();
            });
        }
    });
    let mut part = IndexChanges::default();
    let whole = PartState {
        part: Version("p".to_owned()),
        inventory: Version("i".to_owned()),
    };
    part.part("chat", DAY, Some(whole.clone()));
    part.day("set_3", DAY, None);
    LedgerIndex::merge(&storage, &part).unwrap();

    let (index, version) = LedgerIndex::read(&storage).unwrap().unwrap();
    assert_eq!(index.days().count(), 7);
    assert_eq!(index.day("set_3", DAY), None);
    assert_eq!(index.day("set_7", DAY), Some(&state("d")));
    assert_eq!(index.parts().collect::<Vec<_>>(), [("chat", DAY, &whole)]);

    assert_eq!(LedgerIndex::merge(&storage, &part).unwrap(), index);
    let unchanged = LedgerIndex::read(&storage).unwrap().unwrap().1;
    assert_eq!(unchanged, version, "nothing was to be written");
}

#[test]
fn a_damaged_index_is_replaced_and_a_later_one_is_not() {
    let lake = tempfile::tempdir().unwrap();
    let storage = LocalStorage::new(lake.path().to_owned());
    let write = |bytes: &[u8]| {
        let expect = match storage.read(layout::LEDGER_INDEX).unwrap() {
            Some((_, version)) => Expect::Version(version),
            None => Expect::Absent,
        };
        storage
            .publish(layout::LEDGER_INDEX, Content::Bytes(bytes), &expect)
            .unwrap();
    };
    for bytes in [&b""[..], b"no zstd", b"\x28\xb5\x2f\xfd"] {
        write(bytes);
        let error = LedgerIndex::read(&storage).unwrap_err();
        assert!(error.is_damage(), "{error:?}");
        let index = LedgerIndex::merge(&storage, &changes("chat", "d")).unwrap();
        assert_eq!(LedgerIndex::read(&storage).unwrap().unwrap().0, index);
    }
    write(&zstd::encode_all(&b"{\"version\": 2}\n"[..], 1).unwrap());
    let error = LedgerIndex::merge(&storage, &changes("chat", "e")).unwrap_err();
    assert!(matches!(error, StateError::Newer { found: 2, .. }));
}

#[test]
fn a_digest_tells_every_listing_from_every_other() {
    let digest = |seed, objects: &[(&str, &str, u64)]| {
        let mut digest = DayDigest::new(seed);
        for (object, etag, size) in objects {
            digest.add(object, etag, *size);
        }
        digest.finish()
    };
    let listings: [&[_]; 8] = [
        &[],
        &[("a", "1", 1)],
        &[("a", "1", 2)],
        &[("a", "2", 1)],
        &[("a1", "", 1)],
        &[("", "a1", 1)],
        &[("a", "1", 1), ("b", "1", 1)],
        &[("b", "1", 1), ("a", "1", 1)],
    ];
    let mut digests: Vec<_> = listings.iter().map(|l| digest(0, l)).collect();
    digests.push(digest(1, listings[1]));
    assert_eq!(digest(0, listings[6]), digests[6]);
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), 9);
}
