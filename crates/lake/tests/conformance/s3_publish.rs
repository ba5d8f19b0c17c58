//! A publish to a server that fails: it is done once, or not at all, and whoever published knows which.

use std::path::PathBuf;

use promptlake_lake::storage::{Content, Expect, Storage, StorageError, Version};
use promptlake_s3_testserver::{Fault, Kind, What};

use crate::bucket::{BUCKET, TestBucket};

const KEY: &str = "a lake/in it/x";
/// Enough for three parts.
const LARGE: usize = 17 << 20;

/// A publish in one request, or in parts.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Size {
    Small,
    Large,
}

struct Lake {
    bucket: TestBucket,
    storage: Box<dyn Storage>,
    temp: tempfile::TempDir,
}

impl Lake {
    fn new() -> Self {
        let bucket = TestBucket::new();
        Self {
            storage: bucket.storage(),
            bucket,
            temp: tempfile::tempdir().unwrap(),
        }
    }

    fn publish(&self, size: Size, first: u8, expect: &Expect) -> Result<Version, StorageError> {
        let bytes = content(size, first);
        match size {
            Size::Small => self.storage.publish("x", Content::Bytes(&bytes), expect),
            Size::Large => {
                let file: PathBuf = self.temp.path().join("part");
                std::fs::write(&file, bytes).unwrap();
                self.storage.publish("x", Content::File(&file), expect)
            }
        }
    }

    fn assert_is(&self, size: Size, first: u8) {
        let there = self.bucket.server.object(BUCKET, KEY).unwrap();
        assert!(*there.bytes == content(size, first));
        assert_eq!(self.bucket.server.open_uploads(BUCKET), 0);
    }
}

fn content(size: Size, first: u8) -> Vec<u8> {
    match size {
        Size::Small => vec![first; 1000],
        Size::Large => {
            let mut bytes = vec![first; LARGE];
            bytes[LARGE - 1] = 1;
            bytes
        }
    }
}

#[test]
fn large_objects_go_in_parts() {
    let lake = Lake::new();
    let version = lake.publish(Size::Large, 7, &Expect::Absent).unwrap();
    assert!(version.0.ends_with("-3"), "{version:?}");
    lake.assert_is(Size::Large, 7);
    let next = lake
        .publish(Size::Large, 8, &Expect::Version(version.clone()))
        .unwrap();
    lake.assert_is(Size::Large, 8);
    for expect in [Expect::Absent, Expect::Version(version)] {
        let lost = lake.publish(Size::Large, 9, &expect);
        assert!(
            matches!(lost, Err(StorageError::Conflict { .. })),
            "{lost:?}"
        );
        lake.assert_is(Size::Large, 8);
    }
    let (mut file, opened) = lake.storage.open("x", lake.temp.path()).unwrap().unwrap();
    assert_eq!(opened, next);
    let mut read = Vec::new();
    std::io::Read::read_to_end(&mut file, &mut read).unwrap();
    assert!(read == content(Size::Large, 8));
}

/// Each fault, at each request of a publish, with and without the object being done.
#[test]
fn every_passing_fault_is_got_over() {
    for (size, kinds) in [
        (Size::Small, &[Kind::Put][..]),
        (
            Size::Large,
            &[Kind::CreateUpload, Kind::UploadPart, Kind::CompleteUpload],
        ),
    ] {
        let lake = Lake::new();
        let mut expect = Expect::Absent;
        let mut first = 10;
        for &kind in kinds {
            for what in [
                What::Error(500, "InternalError"),
                What::Error(503, "SlowDown"),
                What::Error(409, "ConditionalRequestConflict"),
                What::Close,
                What::Hang,
                What::LoseResponse,
                What::LieAboutFailure(500, "InternalError"),
                What::LieAboutFailure(503, "ServiceUnavailable"),
                What::Cut(20),
            ] {
                // Large ones take their time; these tell all that the others would.
                let telling = matches!(
                    what,
                    What::Error(500 | 409, _) | What::LoseResponse | What::LieAboutFailure(500, _)
                );
                if size == Size::Large && !telling {
                    continue;
                }
                first += 1;
                lake.bucket
                    .server
                    .script(Fault::on(kind, what.clone()).times(1));
                let version = lake
                    .publish(size, first, &expect)
                    .unwrap_or_else(|e| panic!("{kind:?} {what:?}: {e:?}"));
                let there = lake.bucket.server.object(BUCKET, KEY).unwrap();
                assert_eq!(
                    there.etag,
                    format!("\"{}\"", version.0),
                    "{kind:?} {what:?}"
                );
                assert!(*there.bytes == content(size, first), "{kind:?} {what:?}");
                expect = Expect::Version(version);
            }
        }
        // A beginning whose answer was lost is all that may stay: nobody knows its name.
        let left = lake.bucket.server.open_uploads(BUCKET);
        assert!(left <= 2, "{left}");
    }
}

/// The answer is lost, and then somebody else's object is there: that was no success of ours.
#[test]
fn what_another_writer_put_is_not_taken_for_ours() {
    for size in [Size::Small, Size::Large] {
        let lake = Lake::new();
        let kind = if size == Size::Small {
            Kind::Put
        } else {
            Kind::CompleteUpload
        };
        // Not done, and no answer; meanwhile the other one, of the same content.
        lake.bucket.server.put(BUCKET, KEY, &content(size, 5));
        lake.bucket
            .server
            .script(Fault::on(kind, What::Close).times(1));
        let lost = lake.publish(size, 5, &Expect::Absent);
        assert!(
            matches!(lost, Err(StorageError::Conflict { .. })),
            "{lost:?}"
        );
        lake.assert_is(size, 5);
    }
}

#[test]
fn a_publish_that_fails_for_good_leaves_nothing() {
    for (size, kind) in [
        (Size::Small, Kind::Put),
        (Size::Large, Kind::UploadPart),
        (Size::Large, Kind::CompleteUpload),
    ] {
        let lake = Lake::new();
        let before = lake.publish(size, 3, &Expect::Absent).unwrap();
        for what in [
            What::Error(500, "InternalError"),
            What::Error(403, "AccessDenied"),
            What::Error(409, "ConditionalRequestConflict"),
        ] {
            lake.bucket.server.script(Fault::on(kind, what.clone()));
            let error = lake
                .publish(size, 4, &Expect::Version(before.clone()))
                .unwrap_err();
            match what {
                What::Error(500, _) => {
                    assert!(matches!(error, StorageError::Other { .. }), "{error:?}");
                }
                What::Error(403, _) => {
                    assert!(matches!(error, StorageError::Denied { .. }), "{error:?}");
                }
                _ => assert!(matches!(error, StorageError::Conflict { .. }), "{error:?}"),
            }
            lake.assert_is(size, 3);
            lake.bucket.server.clear_script();
        }
        // And it goes on where it was.
        lake.publish(size, 4, &Expect::Version(before)).unwrap();
    }
}

#[test]
fn objects_are_encrypted_as_asked() {
    for (key, expected) in [
        (None, 0),
        (Some("arn:aws:kms:eu-central-1:111122223333:key/k"), 2),
    ] {
        let mut bucket = TestBucket::new();
        bucket.options.sse_kms_key_id = key.map(str::to_owned);
        let lake = Lake {
            storage: bucket.storage(),
            bucket,
            temp: tempfile::tempdir().unwrap(),
        };
        for size in [Size::Small, Size::Large] {
            lake.bucket.server.remove(BUCKET, KEY);
            lake.publish(size, 1, &Expect::Absent).unwrap();
            let there = lake.bucket.server.object(BUCKET, KEY).unwrap();
            let headers: Vec<_> = there
                .headers
                .iter()
                .filter(|(name, _)| name.starts_with("x-amz-server-side-encryption"))
                .map(|(_, value)| value.as_str())
                .collect();
            assert_eq!(headers.len(), expected, "{headers:?}");
            if let Some(key) = key {
                assert!(
                    headers.contains(&"aws:kms") && headers.contains(&key),
                    "{headers:?}"
                );
            }
        }
    }
}
