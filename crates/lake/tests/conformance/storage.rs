//! What every lake storage has to do.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};

use promptlake_lake::storage::{Content, Entry, Expect, Storage, StorageError, Version};

/// Names that some layer between us and the disk takes for something else.
pub(crate) const ODD_NAMES: &[&str] = &[
    "#1",
    "%",
    "%20",
    "%2F",
    "a b",
    " a ",
    "a=b",
    "a+b",
    "Ünïcödé 日本",
    "what?",
    "a&b",
    "a:b",
    "a*b",
    "[a]",
    "{a}",
    "~",
    "'\"",
    "a\\b",
    ".hidden",
    "a..b",
    "…",
    "\u{1}",
    "tab\there",
    "-rf",
];

fn entries(storage: &dyn Storage, prefix: &str) -> BTreeMap<String, Entry> {
    let mut all = BTreeMap::new();
    storage
        .list(prefix, &mut |entry| {
            let twice = all.insert(entry.path.clone(), entry);
            assert_eq!(twice, None);
        })
        .unwrap();
    all
}

fn put(storage: &dyn Storage, path: &str, bytes: &[u8]) -> Version {
    let expect = match storage.read(path).unwrap() {
        Some((_, version)) => Expect::Version(version),
        None => Expect::Absent,
    };
    storage
        .publish(path, Content::Bytes(bytes), &expect)
        .unwrap()
}

fn is_conflict<T: std::fmt::Debug>(result: &Result<T, StorageError>) -> bool {
    matches!(result, Err(StorageError::Conflict { .. }))
}

/// What was published is read, opened and listed, under one version.
pub(crate) fn round_trip(storage: &dyn Storage, temp: &Path) {
    assert!(entries(storage, "").is_empty());
    assert_eq!(storage.read("tables/a/x").unwrap(), None);
    assert!(storage.open("tables/a/x", temp).unwrap().is_none());

    let big = vec![7_u8; 300_000];
    for (path, bytes) in [
        ("tables/a/x", &b"one"[..]),
        ("tables/a/y", b""),
        ("tables/ab/x", &big),
        ("_promptlake/lake.json", b"{}"),
    ] {
        let version = put(storage, path, bytes);
        assert_eq!(
            storage.read(path).unwrap(),
            Some((bytes.to_vec(), version.clone()))
        );
        let (mut file, opened) = storage.open(path, temp).unwrap().unwrap();
        assert_eq!(opened, version);
        let end = file.seek(SeekFrom::End(0)).unwrap();
        assert_eq!(end, bytes.len() as u64);
        let listed = &entries(storage, path)[path];
        assert_eq!((listed.size, &listed.version), (end, &version));
    }
    for (prefix, count) in [
        ("", 4),
        ("tables/", 3),
        ("tables/a", 3),
        ("tables/a/", 2),
        ("tables/a/x", 1),
        ("tables/a/z", 0),
        ("other/", 0),
        ("_promptlake/", 1),
        ("_promptlake/tmp", 0),
        ("_promptlake/tmp/", 0),
    ] {
        assert_eq!(entries(storage, prefix).len(), count, "{prefix:?}");
    }
}

/// A publish happens only if the object is what is expected.
pub(crate) fn compare_and_swap(storage: &dyn Storage) {
    let publish =
        |bytes: &[u8], expect: &Expect| storage.publish("x", Content::Bytes(bytes), expect);
    let nowhere = Expect::Version(Version("1-2-3".to_owned()));
    assert!(is_conflict(&publish(b"1", &nowhere)));
    assert_eq!(storage.read("x").unwrap(), None);

    let first = publish(b"1", &Expect::Absent).unwrap();
    assert!(is_conflict(&publish(b"2", &Expect::Absent)));
    assert!(is_conflict(&publish(b"2", &nowhere)));
    let second = publish(b"2", &Expect::Version(first.clone())).unwrap();
    assert_ne!(first, second);
    assert!(is_conflict(&publish(b"3", &Expect::Version(first.clone()))));
    assert!(is_conflict(&storage.remove("x", &first)));
    assert_eq!(
        storage.read("x").unwrap(),
        Some((b"2".to_vec(), second.clone()))
    );

    storage.remove("x", &second).unwrap();
    storage.remove("x", &second).unwrap();
    assert_eq!(storage.read("x").unwrap(), None);
    publish(b"4", &Expect::Absent).unwrap();
}

/// The same bytes published again are another version, however fast: nobody takes the third for the first.
pub(crate) fn no_version_comes_back(storage: &dyn Storage) {
    let mut seen = vec![put(storage, "x", b"same")];
    for _ in 0..200 {
        let expect = Expect::Version(seen[seen.len() - 1].clone());
        let version = storage
            .publish("x", Content::Bytes(b"same"), &expect)
            .unwrap();
        assert!(!seen.contains(&version));
        seen.push(version);
    }
}

/// Of eight that swap at once, one wins, round after round.
pub(crate) fn one_wins(storage: &dyn Storage) {
    const WRITERS: usize = 8;
    const ROUNDS: usize = 25;
    put(storage, "x", b"start");
    let barrier = Barrier::new(WRITERS);
    let wins = AtomicUsize::new(0);
    // A writer that panicked would leave the others at the barrier.
    let wrong: Mutex<Vec<String>> = Mutex::default();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (barrier, wins, wrong) = (&barrier, &wins, &wrong);
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let version = match storage.read("x") {
                        Ok(Some((_, version))) => version,
                        read => {
                            wrong.lock().unwrap().push(format!("{read:?}"));
                            Version("none".to_owned())
                        }
                    };
                    barrier.wait();
                    let bytes = format!("{writer} in {round}");
                    let published = storage.publish(
                        "x",
                        Content::Bytes(bytes.as_bytes()),
                        &Expect::Version(version),
                    );
                    if published.is_ok() {
                        wins.fetch_add(1, Ordering::Relaxed);
                    } else if !is_conflict(&published) {
                        wrong.lock().unwrap().push(format!("{published:?}"));
                    }
                    barrier.wait();
                    if let Ok(version) = published {
                        let read = storage.read("x");
                        if !matches!(&read, Ok(Some((read, of))) if read == bytes.as_bytes() && *of == version)
                        {
                            wrong.lock().unwrap().push(format!("{read:?}"));
                        }
                    }
                    barrier.wait();
                }
            });
        }
    });
    assert_eq!(wrong.into_inner().unwrap(), Vec::<String>::new());
    assert_eq!(wins.into_inner(), ROUNDS);
}

/// A reader sees an object whole, old or new; one that has it open keeps it.
pub(crate) fn never_torn(storage: &dyn Storage, temp: &Path) {
    let bytes = |n: u8| vec![n; 50_000 + usize::from(n) * 1000];
    let whole =
        |read: &[u8]| read.len() == bytes(read[0]).len() && read.iter().all(|b| *b == read[0]);
    put(storage, "x", &bytes(0));
    let (mut old, _) = storage.open("x", temp).unwrap().unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let (read, _) = storage.read("x").unwrap().expect("it is always there");
                assert!(whole(&read));
            }
        });
        for n in 1..60 {
            put(storage, "x", &bytes(n));
        }
        done.store(true, Ordering::Relaxed);
    });
    let mut read = Vec::new();
    old.read_to_end(&mut read).unwrap();
    assert!(read == bytes(0));
}

/// A temporary file becomes an object.
pub(crate) fn files_are_published(storage: &dyn Storage, temp: &Path) {
    let file = temp.join("part");
    std::fs::write(&file, "rows").unwrap();
    let version = storage
        .publish("tables/a/x", Content::File(&file), &Expect::Absent)
        .unwrap();
    assert_eq!(
        storage.read("tables/a/x").unwrap(),
        Some((b"rows".to_vec(), version))
    );
    std::fs::write(&file, "other rows").unwrap();
    let lost = storage.publish("tables/a/x", Content::File(&file), &Expect::Absent);
    assert!(is_conflict(&lost));
}

/// A publish that fails leaves what was there, and nothing else.
pub(crate) fn failure_changes_nothing(storage: &dyn Storage, temp: &Path) {
    let version = put(storage, "tables/a/x", b"old");
    let before = entries(storage, "");
    let missing = temp.join("missing");
    let failed = storage.publish(
        "tables/a/x",
        Content::File(&missing),
        &Expect::Version(version),
    );
    assert!(
        matches!(failed, Err(StorageError::Other { ref path, .. }) if path.ends_with("tables/a/x")),
        "{failed:?}"
    );
    for path in ["", "/x", "../x", "tables/../../x", "tables/"] {
        let failed = storage.publish(path, Content::Bytes(b"x"), &Expect::Absent);
        assert!(
            matches!(failed, Err(StorageError::Other { .. })),
            "{path}: {failed:?}"
        );
    }
    assert_eq!(entries(storage, ""), before);
}

/// Any name is a name.
pub(crate) fn odd_names(storage: &dyn Storage) {
    for name in ODD_NAMES {
        put(storage, &format!("{name}/{name}"), name.as_bytes());
    }
    let all = entries(storage, "");
    assert_eq!(all.len(), ODD_NAMES.len());
    for name in ODD_NAMES {
        let path = format!("{name}/{name}");
        let (bytes, version) = storage.read(&path).unwrap().unwrap();
        assert_eq!(bytes, name.as_bytes());
        assert_eq!(all[&path].version, version);
        assert_eq!(entries(storage, &path).len(), 1, "{name}");
    }
}

/// A listing is whole, beyond any page, and many publish at once.
pub(crate) fn many_objects(storage: &dyn Storage) {
    std::thread::scope(|scope| {
        for writer in 0..8 {
            scope.spawn(move || {
                for n in 0..375 {
                    let path = format!("tables/t{}/dt={n}/part-{writer}", n % 7);
                    storage
                        .publish(&path, Content::Bytes(path.as_bytes()), &Expect::Absent)
                        .unwrap();
                }
            });
        }
    });
    let all = entries(storage, "tables/");
    assert_eq!(all.len(), 3000);
    assert!(all.values().all(|e| e.size == e.path.len() as u64));
}
