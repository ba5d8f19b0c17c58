//! Every target on stable: its corpus, what a search once found, and mutations of both.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where its ground is not as expected"
)]

use std::collections::BTreeMap;
use std::fs;
use std::panic::catch_unwind;
use std::path::PathBuf;
use std::sync::OnceLock;

use promptlake_properties::TARGETS;
use promptlake_properties::seeds::{Seed, folder, seeds};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

/// The files of a target in a folder of `fuzz/`, by name.
fn files(kind: &str, target: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = folder().join(kind).join(target);
    if kind == "findings" && !folder.exists() {
        // Nothing was ever found.
        return BTreeMap::new();
    }
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let paths = entries.map(|entry| entry.unwrap().path());
    let named = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read(path).unwrap())
    };
    paths.map(named).collect()
}

/// Corpus and findings of each target.
fn inputs(target: &str) -> &'static [Vec<u8>] {
    static INPUTS: OnceLock<BTreeMap<&str, Vec<Vec<u8>>>> = OnceLock::new();
    let read = |name| {
        let both = ["corpus", "findings"].map(|kind| files(kind, name));
        both.into_iter().flat_map(BTreeMap::into_values).collect()
    };
    let all = || TARGETS.iter().map(|t| (t.name, read(t.name))).collect();
    &INPUTS.get_or_init(all)[target]
}

#[test]
fn the_corpus_is_what_its_program_writes() {
    let found = TARGETS.iter().flat_map(|target| {
        let files = files("corpus", target.name).into_iter();
        files.map(|(name, bytes)| Seed {
            target: target.name,
            name,
            bytes,
        })
    });
    let (found, wanted): (Vec<_>, _) = (found.collect(), seeds().unwrap());
    assert!(
        found == wanted,
        "`just seed` writes fuzz/corpus anew; review the diff"
    );
}

#[test]
fn every_target_holds_for_its_corpus_and_for_what_was_found() {
    for target in TARGETS {
        for kind in ["corpus", "findings"] {
            for (name, bytes) in files(kind, target.name) {
                let held = catch_unwind(|| (target.check)(&bytes)).is_ok();
                assert!(held, "fuzz/{kind}/{}/{name}", target.name);
            }
        }
        (target.check)(b"");
    }
}

/// A change of an input.
#[derive(Clone, Debug)]
enum Change {
    Flip(Index, u8),
    /// In place of some bytes.
    Put(Index, usize, Vec<u8>),
    /// Some bytes once more, somewhere else.
    Copy(Index, usize, Index),
    Cut(Index),
    /// The rest of another input.
    Splice(Index, Index, Index),
}

fn change() -> impl Strategy<Value = Change> {
    let telling = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\n",
        "\r\n",
        " ",
        "null",
        "-1",
        "1e999",
        "[]",
        "{}",
        "\\ud83d",
        "\u{feff}",
        "\"a\":1,",
        "é",
        "\0",
        "\x1f\u{8b}",
        "/",
        "AWSLogs/",
        "2026",
        "T24:00:00Z",
        "+24:00",
        "9223372036854775808",
    ];
    let telling: Vec<Vec<u8>> = telling.map(|text| text.as_bytes().to_vec()).to_vec();
    let bytes = prop_oneof![
        prop::sample::select(telling),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop_oneof![
        (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Change::Flip(at, 1 << bit)),
        (any::<Index>(), 0..20_usize, bytes).prop_map(|(at, n, put)| Change::Put(at, n, put)),
        (any::<Index>(), 1..200_usize, any::<Index>()).prop_map(|(a, n, b)| Change::Copy(a, n, b)),
        any::<Index>().prop_map(Change::Cut),
        any::<[Index; 3]>().prop_map(|[a, b, c]| Change::Splice(a, b, c)),
    ]
}

impl Change {
    fn make(&self, bytes: &mut Vec<u8>, others: &[Vec<u8>]) {
        let size = bytes.len() + 1;
        match self {
            Self::Flip(at, bit) => {
                if let Some(byte) = bytes.get_mut(at.index(size)) {
                    *byte ^= bit;
                }
            }
            Self::Put(at, cut, put) => {
                let at = at.index(size);
                let end = bytes.len().min(at + cut);
                bytes.splice(at..end, put.iter().copied());
            }
            Self::Copy(from, length, to) => {
                let from = from.index(size);
                let end = bytes.len().min(from + length);
                let copy = bytes[from..end].to_vec();
                let to = to.index(size);
                bytes.splice(to..to, copy);
            }
            Self::Cut(at) => bytes.truncate(at.index(size)),
            Self::Splice(at, other, from) => {
                let other = &others[other.index(others.len())];
                bytes.truncate(at.index(size));
                bytes.extend_from_slice(&other[from.index(other.len() + 1)..]);
            }
        }
    }
}

/// As many as `PROPTEST_CASES` says, else `cases`, few enough for every run of the tests.
fn config(cases: u32) -> ProptestConfig {
    let mut config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
        // The same ones every time: a search for new ones is a task of its own.
        config.rng_seed = RngSeed::Fixed(7);
    }
    config
}

/// A test that a target holds for mutations.
macro_rules! mutations {
    ($($target:ident $cases:literal)*) => {
        $(proptest! {
            #![proptest_config(config($cases))]

            #[test]
            fn $target(first in any::<Index>(), changes in prop::collection::vec(change(), 1..5)) {
                let inputs = inputs(stringify!($target));
                let mut bytes = inputs[first.index(inputs.len())].clone();
                for change in &changes {
                    change.make(&mut bytes, inputs);
                }
                promptlake_properties::$target(&bytes);
            }
        })*

        #[test]
        fn every_target_is_mutated() {
            let mutated = [$(stringify!($target)),*];
            assert_eq!(TARGETS.iter().map(|target| target.name).collect::<Vec<_>>(), mutated);
        }
    };
}

mutations! {
    csv 1000
    gzip 300
    instant 5000
    json 500
    key 3000
    lex 1000
    object 100
}
