//! What every source has to do.

use std::collections::BTreeMap;
use std::io::Read;

use promptlake_datasets::day::Day;
use promptlake_lake::source::{Body, Listed, Source, SourceError, Window};

use crate::storage::ODD_NAMES;

/// A source and a way to fill it.
pub(crate) trait Shelf {
    /// The source.
    fn source(&self) -> &dyn Source;
    /// Puts an object, or another in its place.
    fn put(&self, key: &str, bytes: &[u8]);
    /// Removes an object.
    fn remove(&self, key: &str);
}

/// Everything that a listing shows, without a problem.
pub(crate) fn listed(source: &dyn Source, window: Window) -> BTreeMap<String, Listed> {
    let mut all = BTreeMap::new();
    source
        .list(
            window,
            &mut |object| {
                let twice = all.insert(object.key.clone(), object);
                assert_eq!(twice, None);
            },
            &mut |problem| panic!("{problem}"),
        )
        .unwrap();
    all
}

fn bytes(body: Body) -> std::io::Result<Vec<u8>> {
    match body {
        Body::Bytes(bytes) => Ok(bytes),
        Body::Stream(mut stream) => {
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes)?;
            Ok(bytes)
        }
    }
}

/// Any key is shown and fetched, in the order asked for.
pub(crate) fn odd_keys(shelf: &dyn Shelf) {
    for name in ODD_NAMES {
        shelf.put(&format!("{name}/{name}"), name.as_bytes());
    }
    shelf.put("empty", b"");
    let all = listed(shelf.source(), Window::ALL);
    assert_eq!(all.len(), ODD_NAMES.len() + 1);
    for name in ODD_NAMES {
        let object = &all[&format!("{name}/{name}")];
        assert_eq!(object.size, name.len() as u64);
        assert!(!object.archived);
    }
    let backwards: Vec<_> = all.into_values().rev().collect();
    let bodies = shelf.source().fetch(backwards.clone());
    let mut count = 0;
    for (object, body) in backwards.iter().zip(bodies) {
        let name = object.key.rsplit('/').next().unwrap();
        let expected = if name == "empty" { "" } else { name };
        assert_eq!(bytes(body.unwrap()).unwrap(), expected.as_bytes());
        count += 1;
    }
    assert_eq!(count, backwards.len());
}

/// A listing is whole, beyond any page.
pub(crate) fn many_objects(shelf: &dyn Shelf) {
    for n in 0..3000 {
        // A folder with many, and many with a few.
        let key = if n % 2 == 0 {
            format!("flat/{n}")
        } else {
            format!("deep/{}/{}/{n}", n % 97, n % 13)
        };
        shelf.put(&key, key.as_bytes());
    }
    let all = listed(shelf.source(), Window::ALL);
    assert_eq!(all.len(), 3000);
    assert!(all.values().all(|o| o.size == o.key.len() as u64));
}

/// Unchanged objects keep their ETag, changed ones get another.
pub(crate) fn etags(shelf: &dyn Shelf) {
    shelf.put("a", b"one");
    shelf.put("b", b"one");
    let before = listed(shelf.source(), Window::ALL);
    assert_eq!(listed(shelf.source(), Window::ALL), before);
    shelf.put("a", b"two");
    let after = listed(shelf.source(), Window::ALL);
    assert_ne!(after["a"].etag, before["a"].etag);
    assert_eq!(after["b"], before["b"]);
}

/// An object that is not the listed one is an error of its own; the others are read.
pub(crate) fn changed_and_gone(shelf: &dyn Shelf) {
    for key in ["changed", "fine", "gone", "longer", "shorter"] {
        shelf.put(key, b"12345");
    }
    let all: Vec<_> = listed(shelf.source(), Window::ALL).into_values().collect();
    shelf.put("changed", b"54321");
    shelf.put("longer", b"1234567890");
    shelf.put("shorter", b"1");
    shelf.remove("gone");
    let results: Vec<_> = shelf.source().fetch(all).collect();
    for (key, result) in ["changed", "fine", "gone", "longer", "shorter"]
        .iter()
        .zip(results)
    {
        let place = match (*key, result) {
            ("fine", Ok(body)) => {
                assert_eq!(bytes(body).unwrap(), b"12345");
                continue;
            }
            ("gone", Err(SourceError::NotFound { place, .. }))
            | ("changed" | "longer" | "shorter", Err(SourceError::Changed { place })) => place,
            (_, other) => panic!("{key}: {other:?}"),
        };
        assert!(place.ends_with(key), "{place}");
    }
}

/// A large object comes as it is, or its end says that it did not.
pub(crate) fn large_objects(shelf: &dyn Shelf) {
    let large: Vec<u8> = (0..9_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    shelf.put("large", &large);
    let all: Vec<_> = listed(shelf.source(), Window::ALL).into_values().collect();
    let body = shelf.source().fetch(all.clone()).next().unwrap().unwrap();
    assert!(bytes(body).unwrap() == large);

    let body = shelf.source().fetch(all.clone()).next().unwrap().unwrap();
    let Body::Stream(mut stream) = body else {
        panic!("expected a stream");
    };
    let mut some = [0; 100];
    stream.read_exact(&mut some).unwrap();
    shelf.put("large", b"small");
    // What was open may be read to its end, as it was; what must not be is a mixture.
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => assert!(rest == large[100..]),
        Err(e) => {
            let inner = e.into_inner().unwrap().downcast::<SourceError>().unwrap();
            assert!(matches!(*inner, SourceError::Changed { .. }), "{inner:?}");
        }
    }
    let gone = shelf.source().fetch(all).next().unwrap();
    assert!(matches!(gone, Err(SourceError::Changed { .. })), "{gone:?}");
}

/// A window hides nothing that lies in it, and nothing without a day.
pub(crate) fn windows(shelf: &dyn Shelf) -> BTreeMap<String, Listed> {
    let logs = "p/AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1";
    let inside = [
        format!("{logs}/2026/01/09/00/a"),
        format!("{logs}/2026/01/10/b"),
        format!("{logs}/2026/c"),
        format!("{logs}/2026/01/d"),
        format!("{logs}/2026/13/45/e"),
        "2026/01/01/f".to_owned(),
        "g".to_owned(),
    ];
    for key in &inside {
        shelf.put(key, b"x");
    }
    for day in ["2025/01/09", "2026/01/08", "2026/01/11", "2026/02/09"] {
        shelf.put(&format!("{logs}/{day}/00/outside"), b"x");
    }
    let window = Window {
        from: Day::from_ymd(2026, 1, 9),
        to: Day::from_ymd(2026, 1, 10),
    };
    let shown = listed(shelf.source(), window);
    for key in inside {
        assert!(shown.contains_key(&key), "{key}");
    }
    assert_eq!(listed(shelf.source(), Window::ALL).len(), 11);
    shown
}
