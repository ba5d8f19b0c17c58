//! Objects in real shapes, `<dataset>/fixtures/<case>.json` or `.csv`, and in `<case>.want` what they must give.
//!
//! The first line of an answer may be `key …`: the key of the object. Without one it is an object of 2026-07-27, or, if
//! the case's name begins with `undated`, one without a date. `PROMPTLAKE_BLESS=1` writes the answers; such a line stays.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Trial, decode, object};
use crate::dataset::{Content, DATASETS, Dataset};
use crate::input::End;
use crate::key::{Class, KeyContext, classify};
use crate::object::Object;
use crate::sniff;

/// A fixture.
pub(super) struct Case {
    pub(super) dataset: &'static Dataset,
    pub(super) object: Object,
    pub(super) bytes: Vec<u8>,
    key: Option<String>,
    path: PathBuf,
}

impl Case {
    /// Decodes it whole.
    fn whole(&self) -> Trial {
        decode(self.dataset, &self.object, &self.bytes, &End::Clean, None)
    }
}

/// All fixtures of a dataset, by name.
pub(super) fn cases(dataset: &'static Dataset) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src")
        .join(dataset.name)
        .join("fixtures");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending != "want"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let answer = fs::read_to_string(path.with_extension("want")).unwrap_or_default();
            let first = answer.lines().next().unwrap_or_default();
            let key = first.strip_prefix("key ").map(str::to_owned);
            let undated = path
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("undated");
            Case {
                dataset,
                object: match key.as_deref() {
                    Some(key) => told(dataset, key),
                    None => object(!undated),
                },
                bytes: fs::read(&path).unwrap(),
                key,
                path,
            }
        })
        .collect()
}

/// The object of a key, in a source of the dataset's kind.
fn told(dataset: &Dataset, key: &str) -> Object {
    let context = KeyContext {
        name: "src".to_owned(),
        lex: matches!(dataset.content, Content::Log | Content::Unread),
        ..KeyContext::default()
    };
    match classify(&context, key, 1) {
        Class::Object(object) => *object,
        class => panic!("{key} is {class:?}"),
    }
}

#[test]
fn fixtures_give_what_stands_beside_them() {
    for dataset in DATASETS {
        let cases = cases(dataset);
        assert!(cases.len() >= 4, "{} has fixtures", dataset.name);
        for case in cases {
            let whole = case.whole();
            for size in [1, 3, 7, 100] {
                let pieces = decode(dataset, &case.object, &case.bytes, &End::Clean, Some(size));
                assert_eq!(whole, pieces, "{}", case.path.display());
            }
            let answer = case.path.with_extension("want");
            let mut shown = whole.shown(dataset.family);
            if let Some(key) = &case.key {
                shown = format!("key {key}\n{shown}");
            }
            if std::env::var_os("PROMPTLAKE_BLESS").is_some() {
                fs::write(&answer, &shown).unwrap();
            }
            let want = fs::read_to_string(&answer).unwrap();
            assert_eq!(shown, want, "{}", case.path.display());
        }
    }
}

#[test]
fn keys_and_content_tell_the_dataset() {
    for dataset in DATASETS {
        let mut told_by_key = 0;
        for case in cases(dataset) {
            if case.key.is_some() {
                assert_eq!(
                    case.object.dataset,
                    Some(*dataset),
                    "{}",
                    case.path.display()
                );
                told_by_key += 1;
            }
            // A file that lost its name: undated, and of no dataset until it is looked into.
            if case.whole().outcome.accepted > 0
                && let Some(found) = sniff::sniff(&case.bytes)
            {
                assert_eq!(found.name, dataset.name, "{}", case.path.display());
            }
        }
        assert!(told_by_key > 0, "{} has a key", dataset.name);
    }
}
