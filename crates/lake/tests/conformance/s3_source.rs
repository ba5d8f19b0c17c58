//! A source that is a bucket.

use std::collections::BTreeSet;

use promptlake_datasets::day::Day;
use promptlake_lake::source::{Body, Source, SourceError, Window};
use promptlake_s3_testserver::{Fault, Kind, StorageClass, What};

use crate::bucket::{BUCKET, TestBucket};
use crate::source::{self, Shelf, listed};

fn keys(source: &dyn Source, window: Window) -> BTreeSet<String> {
    listed(source, window).into_keys().collect()
}

fn set(keys: &[&str]) -> BTreeSet<String> {
    keys.iter().map(|&key| key.to_owned()).collect()
}

fn bytes(body: Result<Body, SourceError>) -> Vec<u8> {
    match body.unwrap() {
        Body::Bytes(bytes) => bytes,
        Body::Stream(_) => panic!("a small object as a stream"),
    }
}

#[test]
fn odd_keys() {
    source::odd_keys(&TestBucket::new());
}

#[test]
fn many_objects() {
    source::many_objects(&TestBucket::new());
}

#[test]
fn etags() {
    source::etags(&TestBucket::new());
}

#[test]
fn changed_and_gone() {
    source::changed_and_gone(&TestBucket::new());
}

#[test]
fn large_objects() {
    source::large_objects(&TestBucket::new());
}

#[test]
fn windows() {
    let shown = source::windows(&TestBucket::new());
    assert_eq!(shown.len(), 7, "other days are not even looked at");
}

/// Keys that no directory can hold.
#[test]
fn keys_of_buckets_alone() {
    let bucket = TestBucket::new();
    let odd = [
        "/",
        "//",
        "a//b",
        "/a",
        "a/./b",
        "./a",
        "a/../b",
        "..",
        "a/.",
        "a/b/",
        "a",
        "a/b",
        "%2e/x",
        "a\nb",
        "\u{7f}",
        "x/\u{fffd}",
    ];
    for key in odd {
        bucket.put(key, key.as_bytes());
    }
    let all = listed(bucket.source(), Window::ALL);
    assert_eq!(all.len(), odd.len());
    let objects: Vec<_> = odd.iter().map(|&key| all[key].clone()).collect();
    let bodies = bucket.source().fetch(objects);
    for (key, body) in odd.iter().zip(bodies) {
        assert_eq!(bytes(body), key.as_bytes(), "{key}");
    }
    // Below a prefix, as well.
    let below = bucket.open(&format!("s3://{BUCKET}/a"));
    assert_eq!(
        keys(&*below, Window::ALL),
        set(&["/b", "./b", "../b", ".", "b/", "b"])
    );
}

/// A prefix is a folder, and its own marker no object.
#[test]
fn a_prefix_names_a_folder() {
    let bucket = TestBucket::new();
    for key in ["logs/", "logs/a", "logs2/b", "logs"] {
        bucket.put(key, b"x");
    }
    let source = bucket.open(&format!("s3://{BUCKET}/logs"));
    assert_eq!(keys(&*source, Window::ALL), set(&["a"]));
}

/// Of a year of days, a window of four lists four.
#[test]
fn a_window_does_not_list_the_history() {
    let bucket = TestBucket::new();
    let logs = "p/AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1";
    for month in 1..=12 {
        for day in 1..=28 {
            for n in 0..4 {
                bucket.put(&format!("{logs}/2025/{month:02}/{day:02}/0{n}/x"), b"x");
            }
        }
    }
    let window = Window {
        from: Day::from_ymd(2025, 6, 25),
        to: Day::from_ymd(2025, 6, 28),
    };
    assert_eq!(listed(bucket.source(), window).len(), 16);
    let lists = bucket.log(Kind::List);
    let days: BTreeSet<_> = lists
        .iter()
        .filter(|l| !l.delimited)
        .map(|l| l.key.clone())
        .collect();
    let expected: BTreeSet<_> = (25..=28)
        .map(|day| format!("{logs}/2025/06/{day}/"))
        .collect();
    assert_eq!(days, expected);
    // The folders down to the year, its months, and nothing else.
    assert_eq!(lists.len() - days.len(), 8 + 12, "{lists:?}");
    assert_eq!(listed(bucket.source(), Window::ALL).len(), 12 * 28 * 4);
    assert_eq!(
        bucket.source().stats().lists,
        bucket.log(Kind::List).len() as u64 + lists.len() as u64
    );
}

/// Where every object has a folder to itself, listings do not ask for each.
#[test]
fn many_folders_are_listed_whole() {
    let bucket = TestBucket::new();
    for n in 0..3000 {
        bucket.put(&format!("uuid-{n:04}/object"), b"x");
        bucket.put(&format!("t/{}/{n:04}/object", n % 30), b"x");
    }
    assert_eq!(listed(bucket.source(), Window::ALL).len(), 6000);
    let lists = bucket.log(Kind::List).len();
    assert!(lists < 600, "{lists}");
}

#[test]
fn all_days_of_lex_are_shown() {
    let bucket = TestBucket::new();
    bucket.put("x/AWSLogs/1/lex/2026/01/08/a", b"x");
    let window = Window {
        from: Day::from_ymd(2026, 1, 9),
        to: None,
    };
    assert_eq!(
        listed(&*bucket.open(&format!("s3://{BUCKET}")), window).len(),
        0
    );
    let lex = bucket.open(&format!("s3://{BUCKET}?kind=lex"));
    assert_eq!(listed(&*lex, window).len(), 1);
    let below = bucket.open(&format!("s3://{BUCKET}/x/AWSLogs/1"));
    assert_eq!(listed(&*below, window).len(), 0);
}

#[test]
fn what_is_archived_is_told() {
    let bucket = TestBucket::new();
    for (key, class) in [
        ("standard", StorageClass::Standard),
        ("instant", StorageClass::GlacierInstant),
        ("deep", StorageClass::DeepArchive),
        ("restored", StorageClass::Restored),
    ] {
        bucket.put(key, b"x");
        bucket.server.set_class(BUCKET, key, class);
    }
    let all = listed(bucket.source(), Window::ALL);
    let archived: Vec<_> = all
        .values()
        .filter(|o| o.archived)
        .map(|o| o.key.clone())
        .collect();
    assert_eq!(archived, ["deep"]);
    let deep = bucket
        .source()
        .fetch(vec![all["deep"].clone()])
        .next()
        .unwrap()
        .unwrap_err();
    assert!(matches!(deep, SourceError::Other { .. }), "{deep:?}");
}

#[test]
fn the_requester_pays() {
    let bucket = TestBucket::new();
    for key in ["lean", "./through the SDK"] {
        bucket.put(key, b"x");
    }
    bucket.server.set_requester_pays(BUCKET, true);
    let all: Vec<_> = listed(bucket.source(), Window::ALL).into_values().collect();
    assert_eq!(all.len(), 2);
    for body in bucket.source().fetch(all) {
        assert_eq!(bytes(body), b"x");
    }
}

#[test]
fn a_lake_in_a_source_is_left_out() {
    let bucket = TestBucket::new();
    for key in [
        "a/x",
        "a/lake/tables/x",
        "lake/x",
        "a/lakes/x",
        "tables/x",
        "a/_promptlake/x",
    ] {
        bucket.put(key, b"x");
    }
    let of = |uri: &str, lake: &str| {
        let source = bucket.open_beside(uri, lake);
        let keys = keys(&*source, Window::ALL);
        (keys, source.excluded().map(str::to_owned))
    };
    let all = format!("s3://{BUCKET}");
    let inside = format!("{all}/a/lake");
    assert_eq!(
        of(&all, &inside),
        (
            set(&["a/x", "lake/x", "a/lakes/x", "tables/x", "a/_promptlake/x"]),
            Some(inside.clone())
        )
    );
    assert_eq!(of(&format!("{all}/a/lakes"), &inside), (set(&["x"]), None));
    let around = format!("{all}/a");
    assert_eq!(
        of(&format!("{around}/lake"), &around),
        (set(&["tables/x"]), None),
        "a folder of the lake's that is none of its own"
    );
    assert_eq!(
        of(&all, &all),
        (
            set(&[
                "a/x",
                "a/lake/tables/x",
                "lake/x",
                "a/lakes/x",
                "a/_promptlake/x"
            ]),
            Some(format!("{all}/tables"))
        )
    );
    let own = of(&format!("{all}/tables"), &all);
    assert_eq!(own, (set(&[]), Some(format!("{all}/tables"))));
    // Of another bucket, nothing is left out.
    assert_eq!(of(&all, "s3://other/a").0.len(), 6);
}

#[test]
fn a_bucket_that_is_not_there_is_an_error() {
    let bucket = TestBucket::new();
    let source = bucket.open("s3://another/p");
    let error = source
        .list(
            Window::ALL,
            &mut |_| unreachable!(),
            &mut |_| unreachable!(),
        )
        .unwrap_err();
    assert!(
        matches!(&error, SourceError::NotFound { place, .. } if place == "s3://another"),
        "{error:?}"
    );
}

#[test]
fn what_may_not_be_listed_is_told_and_the_rest_goes_on() {
    let bucket = TestBucket::new();
    for key in ["AWSLogs/1/x", "AWSLogs/2/x", "b/x"] {
        bucket.put(key, b"x");
    }
    let denied = Fault::on(Kind::List, What::Error(403, "AccessDenied"));
    bucket.server.script(denied.clone().prefix("AWSLogs/1"));
    let (mut found, mut problems) = (BTreeSet::new(), Vec::new());
    bucket
        .source()
        .list(
            Window::ALL,
            &mut |object| {
                found.insert(object.key);
            },
            &mut |problem| problems.push(problem),
        )
        .unwrap();
    assert_eq!(found, set(&["AWSLogs/2/x", "b/x"]));
    let [SourceError::Denied { place, source, .. }] = &problems[..] else {
        panic!("{problems:?}");
    };
    assert_eq!(place, "s3://logs/AWSLogs/1/");
    let text = source.to_string();
    assert!(
        text.contains("s3:ListBucket on arn:aws:s3:::logs"),
        "{text}"
    );

    bucket.server.script(denied);
    let error = bucket
        .source()
        .list(
            Window::ALL,
            &mut |_| unreachable!(),
            &mut |_| unreachable!(),
        )
        .unwrap_err();
    assert!(matches!(error, SourceError::Denied { .. }), "{error:?}");
}
