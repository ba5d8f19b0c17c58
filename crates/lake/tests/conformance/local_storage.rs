//! A lake in a directory.

use std::fs;
use std::path::Path;

use promptlake_lake::location::Location;
use promptlake_lake::storage::{
    Content, Expect, LocalStorage, Storage, StorageError, open_storage,
};

use crate::storage;

fn with_lake(check: impl FnOnce(&dyn Storage, &Path)) {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("not/there/yet");
    let temp = directory.path().join("temp");
    fs::create_dir(&temp).unwrap();
    let storage = open_storage(&Location::Local(lake.clone())).unwrap();
    check(&*storage, &temp);
    drop(storage);
    // Whatever was done, nothing is left of doing it.
    let left = fs::read_dir(lake.join("_promptlake/tmp")).map_or(0, Iterator::count);
    assert_eq!(left, 0);
}

#[test]
fn round_trip() {
    with_lake(storage::round_trip);
}

#[test]
fn compare_and_swap() {
    with_lake(|lake, _| storage::compare_and_swap(lake));
}

#[test]
fn no_version_comes_back() {
    with_lake(|lake, _| storage::no_version_comes_back(lake));
}

#[test]
fn one_wins() {
    with_lake(|lake, _| storage::one_wins(lake));
}

#[test]
fn never_torn() {
    with_lake(storage::never_torn);
}

#[test]
fn files_are_published() {
    with_lake(storage::files_are_published);
}

#[test]
fn failure_changes_nothing() {
    with_lake(storage::failure_changes_nothing);
}

#[test]
fn odd_names() {
    with_lake(|lake, _| storage::odd_names(lake));
}

#[test]
fn many_objects() {
    with_lake(|lake, _| storage::many_objects(lake));
}

/// `--temp-dir` may lie on another disk; where the machine has one at this place, it does here.
#[test]
fn a_temporary_file_of_another_disk_is_copied() {
    let shared = Path::new("/dev/shm");
    let temp = if shared.is_dir() {
        tempfile::tempdir_in(shared)
    } else {
        tempfile::tempdir()
    }
    .unwrap();
    with_lake(|lake, _| {
        storage::files_are_published(lake, temp.path());
    });
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
}

#[test]
fn reading_makes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let lake = LocalStorage::new(directory.path().join("lake"));
    lake.list("", &mut |_| unreachable!()).unwrap();
    assert_eq!(lake.read("x").unwrap(), None);
    lake.remove("x", &promptlake_lake::storage::Version("1-2-3".to_owned()))
        .unwrap();
    drop(lake);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

/// Whoever runs the tests, a file cannot be entered: what a lake without permission or space comes to.
#[test]
fn what_cannot_be_written_is_named() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("file"), "x").unwrap();
    let lake = LocalStorage::new(directory.path().join("file"));
    let error = lake
        .publish("x", Content::Bytes(b"x"), &Expect::Absent)
        .unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");

    let lake = LocalStorage::new(directory.path().to_owned());
    let error = lake
        .publish("file/x", Content::Bytes(b"x"), &Expect::Absent)
        .unwrap_err();
    assert!(matches!(error, StorageError::Other { .. }), "{error:?}");
    assert!(error.to_string().contains("file/x"), "{error}");
    fs::create_dir(directory.path().join("folder")).unwrap();
    let error = lake
        .publish("folder", Content::Bytes(b"x"), &Expect::Absent)
        .unwrap_err();
    assert!(error.to_string().contains("folder"), "{error}");
    assert!(lake.read("folder").is_err());

    assert_eq!(fs::read(directory.path().join("file")).unwrap(), b"x");
    let mut left = Vec::new();
    lake.list("", &mut |entry| left.push(entry.path)).unwrap();
    assert_eq!(left, ["file"]);
}

#[test]
fn a_lake_that_lost_its_state_while_open_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let lake = LocalStorage::new(directory.path().to_owned());
    lake.publish("tables/a/x", Content::Bytes(b"1"), &Expect::Absent)
        .unwrap();
    fs::remove_dir_all(directory.path().join("tables")).unwrap();
    fs::remove_file(directory.path().join("_promptlake/lock")).unwrap();
    lake.publish("tables/a/x", Content::Bytes(b"2"), &Expect::Absent)
        .unwrap();
    assert_eq!(lake.read("tables/a/x").unwrap().unwrap().0, b"2");
}
