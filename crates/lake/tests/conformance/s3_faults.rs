//! What a source makes of a server and a network that fail.

use std::io::Read as _;
use std::time::Duration;

use promptlake_lake::source::{Body, Listed, Source, SourceError, Window};
use promptlake_s3_testserver::{Fault, Kind, What};

use crate::bucket::{BUCKET, TestBucket};
use crate::source::{Shelf, listed};

fn content(n: usize) -> Vec<u8> {
    (0..3000 + n)
        .map(|i| u8::try_from((i * 7 + n) % 251).unwrap())
        .collect()
}

/// A bucket of many small objects, and what it lists.
fn filled(objects: usize) -> (TestBucket, Vec<Listed>) {
    let bucket = TestBucket::new();
    for n in 0..objects {
        bucket.put(&format!("k/{n:04}"), &content(n));
    }
    let all = listed(bucket.source(), Window::ALL).into_values().collect();
    (bucket, all)
}

fn assert_whole(source: &dyn Source, all: &[Listed]) {
    let mut count = 0;
    for (n, body) in source.fetch(all.to_vec()).enumerate() {
        match body.unwrap() {
            Body::Bytes(bytes) => assert!(bytes == content(n), "object {n}"),
            Body::Stream(_) => panic!("a small object as a stream"),
        }
        count += 1;
    }
    assert_eq!(count, all.len());
}

#[test]
fn every_passing_fault_is_got_over() {
    let (bucket, all) = filled(40);
    for what in [
        What::Error(500, "InternalError"),
        What::Error(503, "SlowDown"),
        What::Error(400, "RequestTimeout"),
        What::Close,
        What::LoseResponse,
        What::Hang,
        What::Cut(0),
        What::Cut(1000),
        What::Shorten(1000),
        What::Stall(1000),
    ] {
        let before = bucket.source().stats();
        bucket
            .server
            .script(Fault::on(Kind::Get, what.clone()).after(5).times(3));
        assert_whole(bucket.source(), &all);
        let now = bucket.source().stats();
        assert_eq!(now.retries - before.retries, 3, "{what:?}");
        assert_eq!(now.gets - before.gets, 43, "{what:?}");
        let throttles = if what == What::Error(503, "SlowDown") {
            3
        } else {
            0
        };
        assert_eq!(now.throttles - before.throttles, throttles, "{what:?}");
    }
}

#[test]
fn listings_too() {
    let (bucket, all) = filled(2500);
    for what in [
        What::Error(500, "InternalError"),
        What::Error(503, "SlowDown"),
        What::Close,
        What::Hang,
        What::Cut(500),
    ] {
        bucket
            .server
            .script(Fault::on(Kind::List, what.clone()).after(2).times(2));
        let again: Vec<_> = listed(bucket.source(), Window::ALL).into_values().collect();
        assert!(again == all, "{what:?}");
    }
    assert_eq!(bucket.source().stats().retries, 10);
}

#[test]
fn a_server_that_stays_down_is_an_error_of_its_object() {
    let (bucket, all) = filled(4);
    bucket
        .server
        .script(Fault::on(Kind::Get, What::Error(500, "InternalError")).prefix("k/0002"));
    let results: Vec<_> = bucket.source().fetch(all).collect();
    for (n, result) in results.into_iter().enumerate() {
        match result {
            Ok(_) => assert_ne!(n, 2),
            Err(SourceError::Other { place, source, .. }) => {
                assert_eq!((n, place.as_str()), (2, "s3://logs/k/0002"));
                assert!(source.to_string().starts_with("InternalError"), "{source}");
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(bucket.source().stats().gets, 3 + 6);
}

#[test]
fn a_missing_permission_is_named_and_not_asked_for_again() {
    let (bucket, all) = filled(3);
    bucket
        .server
        .script(Fault::on(Kind::Get, What::Error(403, "AccessDenied")).prefix("k/0001"));
    let denied = bucket.source().fetch(all).nth(1).unwrap().unwrap_err();
    let SourceError::Denied { place, source, .. } = denied else {
        panic!("{denied:?}");
    };
    assert_eq!(place, "s3://logs/k/0001");
    let text = source.to_string();
    for word in ["s3:GetObject on arn:aws:s3:::logs/k/0001", "kms:Decrypt"] {
        assert!(text.contains(word), "{text}");
    }
    assert_eq!(bucket.source().stats().retries, 0);
}

#[test]
fn a_clock_that_is_wrong_and_credentials_that_ended_are_said() {
    let (bucket, all) = filled(1);
    for (status, code, words) in [
        (403, "RequestTimeTooSkewed", "set the clock"),
        (400, "ExpiredToken", "sign in again"),
    ] {
        bucket.server.clear_script();
        bucket
            .server
            .script(Fault::on(Kind::Get, What::Error(status, code)));
        let error = bucket
            .source()
            .fetch(all.clone())
            .next()
            .unwrap()
            .unwrap_err();
        let SourceError::Other { source, .. } = error else {
            panic!("{error:?}");
        };
        assert!(source.to_string().contains(words), "{source}");
    }
}

#[test]
fn a_listing_that_lies_costs_its_objects_alone() {
    let (bucket, _) = filled(4);
    bucket.server.freeze_listings(BUCKET, true);
    bucket.remove("k/0001");
    bucket.put("k/0002", b"another");
    bucket.put("k/0004", b"new");
    let all: Vec<_> = listed(bucket.source(), Window::ALL).into_values().collect();
    let results: Vec<_> = bucket.source().fetch(all).collect();
    assert!(results[0].is_ok(), "{results:?}");
    assert!(
        matches!(results[1], Err(SourceError::NotFound { .. })),
        "{results:?}"
    );
    assert!(
        matches!(results[2], Err(SourceError::Changed { .. })),
        "{results:?}"
    );
    assert!(results[3].is_ok(), "{results:?}");
    // A size that is not the object's: asked for again, in vain.
    let mut wrong = listed(bucket.source(), Window::ALL)["k/0003"].clone();
    for size in [wrong.size - 1, wrong.size + 1] {
        wrong.size = size;
        let error = bucket.source().fetch(vec![wrong.clone()]).next().unwrap();
        assert!(
            matches!(error, Err(SourceError::Changed { .. })),
            "{error:?}"
        );
    }
}

#[test]
fn large_objects_are_read_on_where_they_broke_off() {
    let bucket = TestBucket::new();
    let large: Vec<u8> = (0..20_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    bucket.put("large", &large);
    let all: Vec<_> = listed(bucket.source(), Window::ALL).into_values().collect();
    for what in [
        What::Cut(9_000_000),
        What::Cut(0),
        What::Shorten(123),
        What::Stall(5_000_000),
        What::Close,
        What::Error(503, "SlowDown"),
    ] {
        bucket
            .server
            .script(Fault::on(Kind::Get, what.clone()).times(2));
        let Body::Stream(mut stream) = bucket.source().fetch(all.clone()).next().unwrap().unwrap()
        else {
            panic!("expected a stream");
        };
        let mut read = Vec::new();
        stream.read_to_end(&mut read).unwrap();
        assert!(read == large, "{what:?}");
    }
    // Replaced while it is read on: void.
    bucket
        .server
        .script(Fault::on(Kind::Get, What::Cut(9_000_000)).times(1));
    let Body::Stream(mut stream) = bucket.source().fetch(all).next().unwrap().unwrap() else {
        panic!("expected a stream");
    };
    stream.read_exact(&mut [0; 1000]).unwrap();
    bucket.put("large", &large[1..]);
    let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
    let inner = error
        .into_inner()
        .unwrap()
        .downcast::<SourceError>()
        .unwrap();
    assert!(matches!(*inner, SourceError::Changed { .. }), "{inner:?}");
    assert!(
        stream.read(&mut [0; 10]).is_err(),
        "an end after an error is none"
    );
}

/// However many are asked for, no more are in flight than the bound, and fewer after a throttle.
#[test]
fn requests_in_flight_are_bounded() {
    let (mut bucket, all) = filled(300);
    bucket.options.concurrency = 8;
    let source = bucket.open(&format!("s3://{BUCKET}"));
    bucket.server.set_latency(Duration::from_millis(5));
    bucket.server.most_in_flight();
    assert_whole(&*source, &all);
    assert_eq!(bucket.server.most_in_flight(), 8);
    bucket
        .server
        .script(Fault::on(Kind::Get, What::Error(503, "SlowDown")).times(8));
    assert_whole(&*source, &all[..8]);
    bucket.server.most_in_flight();
    assert_whole(&*source, &all[..8]);
    let fewer = bucket.server.most_in_flight();
    // Four at first; the 16 that came through since then raise it to seven at most.
    assert!(fewer < 8, "{fewer}");
    assert_whole(&*source, &all);
    bucket.server.most_in_flight();
    assert_whole(&*source, &all);
    assert_eq!(bucket.server.most_in_flight(), 8, "it rises again");
}

#[test]
fn what_nobody_waits_for_is_not_read() {
    let (mut bucket, all) = filled(300);
    bucket.options.concurrency = 4;
    let source = bucket.open(&format!("s3://{BUCKET}"));
    // The rest would take twenty seconds, however fast the machine is.
    bucket.server.set_latency(Duration::from_millis(250));
    let mut fetches = source.fetch(all);
    fetches.next().unwrap().unwrap();
    drop(fetches);
    let mut gets = source.stats().gets;
    loop {
        std::thread::sleep(Duration::from_secs(1));
        let now = source.stats().gets;
        if now == gets {
            break;
        }
        gets = now;
    }
    assert!(gets < 300, "{:?}", source.stats());
}
