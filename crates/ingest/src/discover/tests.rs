use super::*;
use crate::memory_source::{MemorySource, REGISTRY, classify};

fn run(sources: &[NamedSource], filter: Filter<'_>) -> Result<Discovery, DiscoverError> {
    let temp = tempfile::tempdir().unwrap();
    let found = discover_with(sources, filter, 1 << 20, temp.path(), REGISTRY, classify);
    if let Ok(found) = &found {
        let Counts {
            listed,
            strays,
            unrecognised,
            elsewhere,
            selected,
        } = found.counts;
        assert_eq!(listed, strays + unrecognised + elsewhere + selected);
        assert_eq!(selected, found.objects.len());
    }
    found
}

fn all() -> Filter<'static> {
    Filter {
        window: Window::ALL,
        table: None,
        extra_days: &[],
    }
}

fn names(found: &Discovery) -> Vec<(String, u16)> {
    let mut cursor = found.objects.cursor();
    let mut names = Vec::new();
    while let Some(entry) = cursor.next().unwrap() {
        names.push((entry.source_object.to_owned(), entry.source));
    }
    names
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

#[test]
fn objects_come_in_order_and_everything_else_is_counted() {
    let sources = [
        MemorySource::of(&[
            "p/beta/2026-01-02/x",
            "p/alpha/2026-01-03/y",
            "p/alpha/2026-01-02/z",
            "stray/a",
            "new/Thing/2",
            "new/Thing/1",
            "what",
        ])
        .named("one"),
        MemorySource::of(&["alpha/2026-01-02/z", "flat/f", "new/Thing/3"]).named("two"),
    ];
    let found = run(&sources, all()).unwrap();
    assert_eq!(
        names(&found),
        [
            ("alpha/2026-01-02/z".to_owned(), 0),
            ("alpha/2026-01-02/z".to_owned(), 1),
            ("alpha/2026-01-03/y".to_owned(), 0),
            ("beta/2026-01-02/x".to_owned(), 0),
            ("two/flat/f".to_owned(), 1),
        ]
    );
    assert_eq!(
        found.counts,
        Counts {
            listed: 10,
            strays: 1,
            unrecognised: 4,
            elsewhere: 0,
            selected: 5
        }
    );
    assert_eq!(
        found.unrecognised,
        [
            "one/new/Thing/1",
            "one/new/Thing/2",
            "one/what",
            "two/new/Thing/3"
        ]
    );
    let drift: Vec<_> = found.drift.iter().collect();
    assert_eq!(drift.len(), 1);
    let (_, _, name, seen) = drift[0];
    assert_eq!(
        (name, seen.count, seen.first_object.as_str()),
        ("Thing", 3, "one/new/Thing/1")
    );
    assert_eq!(found.complete, [true, true]);
}

#[test]
fn the_window_and_the_table_select() {
    let keys = [
        "alpha/2026-01-01/a",
        "alpha/2026-01-02/b",
        "beta/2026-01-02/c",
        "alpha/undated",
        "flat/f",
    ];
    let window = Window {
        from: Some(day("2026-01-02")),
        to: Some(day("2026-01-02")),
    };
    let found = run(
        &[MemorySource::of(&keys).named("s")],
        Filter {
            window,
            table: None,
            extra_days: &[],
        },
    );
    let found = found.unwrap();
    assert_eq!(
        names(&found)
            .into_iter()
            .map(|(name, _)| name)
            .collect::<Vec<_>>(),
        [
            "alpha/undated",
            "alpha/2026-01-02/b",
            "beta/2026-01-02/c",
            "s/flat/f"
        ]
    );
    let extra = ["2026-01-01".parse().unwrap()];
    let with_extra = Filter {
        window,
        table: None,
        extra_days: &extra,
    };
    let found = run(&[MemorySource::of(&keys).named("s")], with_extra).unwrap();
    assert_eq!(found.counts.selected, 5, "a repair's day too");
    let other_table = Filter {
        window: Window::ALL,
        table: Some("chat"),
        extra_days: &[],
    };
    let found = run(&[MemorySource::of(&keys).named("s")], other_table).unwrap();
    assert_eq!(
        names(&found),
        [("s/flat/f".to_owned(), 0)],
        "its content decides"
    );
    assert_eq!(found.counts.elsewhere, 4);
}

#[test]
fn a_source_of_nothing_known_says_what_was_seen() {
    let sources = [MemorySource::of(&["wrong/a/b/c", "wrong/a/b/d", "top"]).named("s")];
    let error = run(&sources, all()).unwrap_err().to_string();
    for part in ["source s", "among 3 objects", "wrong/a/b/ (2)", "./ (1)"] {
        assert!(error.contains(part), "{error}");
    }
    let error = run(&[MemorySource::default().named("s")], all()).unwrap_err();
    assert!(error.to_string().contains("it is empty"), "{error}");

    let sources = [
        MemorySource::of(&["wrong/a"]).named("s"),
        MemorySource::of(&["alpha/2026-01-01/a"]).named("t"),
    ];
    let found = run(&sources, all()).unwrap();
    assert_eq!(found.problems.len(), 1, "one of several");
    assert_eq!(found.problems[0].source, "s");
}

#[test]
fn days_without_use_are_no_error_if_there_are_others() {
    let window = Filter {
        window: Window {
            from: Some(day("2026-02-01")),
            to: None,
        },
        table: None,
        extra_days: &[],
    };
    let found = run(
        &[MemorySource::of(&["alpha/2026-01-01/a"]).named("s")],
        window,
    )
    .unwrap();
    assert!(found.objects.is_empty() && found.problems.is_empty());
    assert!(run(&[MemorySource::of(&["wrong/a"]).named("s")], window).is_err());
}

#[test]
fn a_source_that_cannot_be_listed_stops_the_run_only_if_it_is_the_only_one() {
    let broken = || MemorySource {
        refuses: true,
        ..MemorySource::default()
    };
    let error = run(&[broken().named("s")], all()).unwrap_err().to_string();
    assert!(error.contains("permission denied: no"), "{error}");
    let sources = [
        broken().named("s"),
        MemorySource::of(&["alpha/2026-01-01/a"]).named("t"),
    ];
    let found = run(&sources, all()).unwrap();
    assert_eq!(
        (found.problems.len(), found.complete),
        (1, vec![false, true])
    );

    let mut half = MemorySource::of(&["alpha/2026-01-01/a"]);
    half.half_broken = true;
    let found = run(&[half.named("s")], all()).unwrap();
    assert_eq!((found.problems.len(), found.complete), (1, vec![false]));
}
