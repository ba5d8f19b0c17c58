//! A lake in a bucket.

use std::path::Path;

use object_store::ObjectStoreExt as _;
use promptlake_lake::storage::{Content, Expect, S3Storage, Storage, StorageError, Version};
use promptlake_s3_testserver::{Fault, Kind, What};

use crate::bucket::{BUCKET, TestBucket};
use crate::storage;

fn with_lake(check: impl FnOnce(&dyn Storage, &Path)) {
    let bucket = TestBucket::new();
    let temp = tempfile::tempdir().unwrap();
    check(&*bucket.storage(), temp.path());
    let left = std::fs::read_dir(temp.path()).unwrap().count();
    assert_eq!(left, 0, "temporary files are given away");
    assert_eq!(bucket.server.open_uploads(BUCKET), 0);
    assert!(
        bucket
            .server
            .objects(BUCKET)
            .keys()
            .all(|key| key.starts_with("a lake/in it/"))
    );
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

/// For the one writer there is, on a store without conditions.
#[test]
fn a_single_writer_compares_by_itself() {
    let with_lake = |check: &dyn Fn(&dyn Storage, &Path)| {
        let mut bucket = TestBucket::new();
        bucket.server.set_conditional(BUCKET, false);
        bucket.options.single_writer = true;
        let temp = tempfile::tempdir().unwrap();
        check(&*bucket.storage(), temp.path());
    };
    with_lake(&storage::round_trip);
    with_lake(&|lake, _| storage::compare_and_swap(lake));
    with_lake(&storage::files_are_published);
    with_lake(&storage::never_torn);
}

#[test]
fn stores_without_compare_and_swap_are_found_out() {
    let bucket = TestBucket::new();
    let lake = bucket.storage();
    for _ in 0..2 {
        assert!(lake.compares_and_swaps().unwrap());
    }
    bucket.server.set_conditional(BUCKET, false);
    assert!(!lake.compares_and_swaps().unwrap());
    bucket.server.set_conditional(BUCKET, true);
    for (kind, code) in [
        (Kind::Put, "NotImplemented"),
        (Kind::CompleteUpload, "NotImplemented"),
    ] {
        bucket
            .server
            .script(Fault::on(kind, What::Error(501, code)));
        assert!(!lake.compares_and_swaps().unwrap(), "{kind:?}");
        bucket.server.clear_script();
    }
    assert_eq!(bucket.server.open_uploads(BUCKET), 0);
    let mut count = 0;
    lake.list("", &mut |_| count += 1).unwrap();
    assert_eq!(count, 0, "what the probe leaves is no object of the lake");
    assert!(bucket.log(Kind::Delete).is_empty());
}

#[test]
fn a_missing_permission_is_named() {
    let bucket = TestBucket::new();
    let lake = bucket.storage();
    lake.publish("x", Content::Bytes(b"x"), &Expect::Absent)
        .unwrap();
    for (kind, permission) in [
        (Kind::Put, "s3:PutObject"),
        (Kind::Get, "s3:GetObject"),
        (Kind::List, "s3:ListBucket"),
    ] {
        bucket
            .server
            .script(Fault::on(kind, What::Error(403, "AccessDenied")));
        let error = match kind {
            Kind::Put => lake
                .publish("x", Content::Bytes(b"x"), &Expect::Absent)
                .map(drop),
            Kind::Get => lake.read("x").map(drop),
            _ => lake.list("x", &mut |_| unreachable!()),
        }
        .unwrap_err();
        let StorageError::Denied { path, source, .. } = &error else {
            panic!("{error:?}");
        };
        assert!(path.starts_with("s3://logs/a lake/in it/x"), "{path}");
        assert!(source.to_string().contains(permission), "{source}");
        bucket.server.clear_script();
    }
}

/// A store that does not say what is not there to whom may not list all of it.
#[test]
fn what_is_not_there_may_be_refused() {
    let bucket = TestBucket::new();
    let lake = bucket.storage();
    for kind in [Kind::Get, Kind::Head] {
        bucket
            .server
            .script(Fault::on(kind, What::Error(403, "AccessDenied")));
    }
    lake.publish("a b+x", Content::Bytes(b"x"), &Expect::Absent)
        .unwrap();
    assert_eq!(lake.read("a b+").unwrap(), None);
    lake.remove("a b+", &Version("any".to_owned())).unwrap();
    assert!(lake.read("a b+x").is_err());
}

/// What engines read is what was published.
#[test]
fn engines_read_the_lake() {
    let bucket = TestBucket::new();
    let lake = S3Storage::new(BUCKET, "a lake/in it", bucket.options.clone());
    lake.publish("tables/a/x", Content::Bytes(b"rows"), &Expect::Absent)
        .unwrap();
    let store = lake.object_store().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let path = object_store::path::Path::from("a lake/in it/tables/a/x");
    let read = runtime.block_on(async { store.get(&path).await.unwrap().bytes().await.unwrap() });
    assert_eq!(&read[..], b"rows");
}
