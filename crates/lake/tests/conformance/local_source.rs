//! A source that is a directory.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use promptlake_datasets::day::Day;
use promptlake_lake::location::Location;
use promptlake_lake::source::{LocalSource, Source, SourceError, SourceSpec, Window, open_source};

use crate::source::{self, Shelf, listed};

struct Directory {
    directory: tempfile::TempDir,
    source: LocalSource,
}

impl Directory {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self {
            source: LocalSource::new(directory.path().to_owned()),
            directory,
        }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }
}

impl Shelf for Directory {
    fn source(&self) -> &dyn Source {
        &self.source
    }

    fn put(&self, key: &str, bytes: &[u8]) {
        let path = self.path().join(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // As mirrors do: a new file in the place of the old one.
        let new = path.with_file_name("new");
        fs::write(&new, bytes).unwrap();
        fs::rename(new, path).unwrap();
    }

    fn remove(&self, key: &str) {
        fs::remove_file(self.path().join(key)).unwrap();
    }
}

fn keys(source: &dyn Source, window: Window) -> BTreeSet<String> {
    listed(source, window).into_keys().collect()
}

fn set(keys: &[&str]) -> BTreeSet<String> {
    keys.iter().map(|&key| key.to_owned()).collect()
}

#[test]
fn odd_keys() {
    source::odd_keys(&Directory::new());
}

#[test]
fn many_objects() {
    source::many_objects(&Directory::new());
}

#[test]
fn etags() {
    source::etags(&Directory::new());
}

#[test]
fn changed_and_gone() {
    source::changed_and_gone(&Directory::new());
}

#[test]
fn large_objects() {
    source::large_objects(&Directory::new());
}

#[test]
fn windows() {
    let shown = source::windows(&Directory::new());
    assert_eq!(shown.len(), 7, "other days are not even looked at");
}

#[test]
fn the_days_of_a_root_below_awslogs_count() {
    let directory = Directory::new();
    directory.put("AWSLogs/1/KiroLogs/2026/01/08/a", b"x");
    directory.put("AWSLogs/1/KiroLogs/2026/01/09/a", b"x");
    let window = Window {
        from: Day::from_ymd(2026, 1, 9),
        to: None,
    };
    let text = directory.path().join("AWSLogs/1").display().to_string();
    let lake = Location::Local(directory.path().join("lake"));
    for (options, expected) in [
        ("", set(&["KiroLogs/2026/01/09/a"])),
        (
            "?kind=lex",
            set(&["KiroLogs/2026/01/08/a", "KiroLogs/2026/01/09/a"]),
        ),
    ] {
        let spec = SourceSpec::parse(&format!("{text}{options}")).unwrap();
        let source = open_source(&spec, &lake).unwrap();
        assert_eq!(keys(&*source, window), expected, "{options}");
    }
    let above = format!("{}?kind=lex", directory.path().display());
    let source = open_source(&SourceSpec::parse(&above).unwrap(), &lake).unwrap();
    assert_eq!(keys(&*source, window).len(), 2);
}

/// A file that is written in its place while it is read.
#[test]
fn a_large_object_that_is_written_to_is_void() {
    use std::io::{Read, Write};
    let directory = Directory::new();
    let path = directory.path().join("large");
    fs::write(&path, vec![1; 9_000_000]).unwrap();
    let all: Vec<_> = listed(&directory.source, Window::ALL)
        .into_values()
        .collect();
    let body = directory.source.fetch(all).next().unwrap().unwrap();
    let promptlake_lake::source::Body::Stream(mut stream) = body else {
        panic!("expected a stream");
    };
    stream.read_exact(&mut [0; 100]).unwrap();
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"more").unwrap();
    let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
    let inner = error.into_inner().unwrap().downcast::<SourceError>();
    assert!(matches!(*inner.unwrap(), SourceError::Changed { .. }));
}

#[test]
fn a_source_that_is_not_there_or_no_directory_is_an_error() {
    let directory = Directory::new();
    directory.put("file", b"x");
    let list = |name: &str| {
        LocalSource::new(directory.path().join(name))
            .list(
                Window::ALL,
                &mut |_| unreachable!(),
                &mut |_| unreachable!(),
            )
            .unwrap_err()
    };
    let missing = list("missing");
    assert!(
        matches!(&missing, SourceError::NotFound { place, .. } if place.ends_with("missing")),
        "{missing:?}"
    );
    let file = list("file");
    assert!(matches!(file, SourceError::Other { .. }), "{file:?}");
}

#[test]
fn links_are_followed_but_not_in_circles() {
    let directory = Directory::new();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::create_dir(elsewhere.path().join("sub")).unwrap();
    fs::write(elsewhere.path().join("sub/far"), "12345").unwrap();
    directory.put("a/near", b"x");
    symlink(
        elsewhere.path().join("sub/far"),
        directory.path().join("link"),
    )
    .unwrap();
    symlink(elsewhere.path(), directory.path().join("folder")).unwrap();
    symlink("..", directory.path().join("a/up")).unwrap();
    symlink(".", directory.path().join("a/here")).unwrap();
    symlink(directory.path(), elsewhere.path().join("back")).unwrap();
    let above = directory.path().parent().unwrap();
    symlink(above, directory.path().join("a/above")).unwrap();
    let all = listed(&directory.source, Window::ALL);
    let keys: BTreeSet<_> = all.keys().cloned().collect();
    assert_eq!(keys, set(&["a/near", "link", "folder/sub/far"]));
    assert_eq!(all["link"].size, 5, "of the file, not of the link");
}

#[test]
fn what_cannot_be_listed_is_told_and_the_rest_goes_on() {
    let directory = Directory::new();
    directory.put("a/fine", b"x");
    directory.put("z/fine", b"x");
    // A link to itself cannot be followed, whoever asks.
    symlink("loop", directory.path().join("loop")).unwrap();
    symlink("nowhere", directory.path().join("a/dangling")).unwrap();
    let mut found = BTreeSet::new();
    let mut problems = BTreeSet::new();
    directory
        .source
        .list(
            Window::ALL,
            &mut |object| {
                found.insert(object.key);
            },
            &mut |problem| {
                problems.insert(problem.to_string());
            },
        )
        .unwrap();
    assert_eq!(found, set(&["a/fine", "z/fine"]));
    let problems: Vec<_> = problems.into_iter().collect();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].contains("a/dangling"), "{problems:?}");
    assert!(problems[1].contains("loop"), "{problems:?}");
}

#[test]
fn a_name_that_is_not_text_is_shown() {
    let directory = Directory::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.json");
    fs::write(directory.path().join(name), "x").unwrap();
    let all = listed(&directory.source, Window::ALL);
    assert!(all.contains_key("caf\u{fffd}.json"), "{all:?}");
    let result = directory
        .source
        .fetch(all.into_values().collect())
        .next()
        .unwrap();
    assert!(matches!(result, Err(SourceError::NotFound { .. })));
}

#[test]
fn a_lake_in_a_source_is_left_out() {
    let directory = Directory::new();
    for key in ["a/x", "a/lake/tables/x", "lake/x", "lakes/x"] {
        directory.put(key, b"x");
    }
    let lake = directory.path().join("a/lake");
    let outside = LocalSource::new(directory.path().join("lakes")).excluding_lake(&lake);
    assert_eq!(keys(&outside, Window::ALL), set(&["x"]));
    assert_eq!(outside.excluded(), None);

    // By its own path, and by a link to it.
    let link = tempfile::tempdir().unwrap();
    symlink(&lake, link.path().join("other")).unwrap();
    for named in [lake.clone(), link.path().join("other")] {
        let source = LocalSource::new(directory.path().to_owned()).excluding_lake(&named);
        assert_eq!(source.excluded(), None);
        assert_eq!(
            keys(&source, Window::ALL),
            set(&["a/x", "lake/x", "lakes/x"])
        );
        assert!(source.excluded().unwrap().ends_with("a/lake"));
    }
    // A link in the source leads there.
    let source = LocalSource::new(link.path().to_owned()).excluding_lake(&lake);
    assert!(keys(&source, Window::ALL).is_empty());
    assert!(source.excluded().is_some());
}

#[test]
fn of_a_lake_around_a_source_only_its_own_folders_are_left_out() {
    let directory = Directory::new();
    for key in [
        "bucket/x",
        "bucket/tables/y",
        "tables/chat/z",
        "dims/z",
        "_promptlake/z",
    ] {
        directory.put(key, b"x");
    }
    let of =
        |root: &str| LocalSource::new(directory.path().join(root)).excluding_lake(directory.path());
    assert_eq!(keys(&of("bucket"), Window::ALL), set(&["x", "tables/y"]));
    let same = of("");
    assert_eq!(
        keys(&same, Window::ALL),
        set(&["bucket/x", "bucket/tables/y"])
    );
    assert!(same.excluded().is_some());
    let inner = of("tables/chat");
    assert!(keys(&inner, Window::ALL).is_empty());
    assert!(inner.excluded().unwrap().ends_with("tables"));
}
