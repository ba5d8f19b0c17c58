//! What holds for every dataset, whatever its objects are made of. Counts and schemas are asserted by every trial.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::fixtures::{Case, cases};
use super::{broken, decode};
use crate::dataset::DATASETS;
use crate::input::End;

fn all() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| DATASETS.iter().copied().flat_map(cases).collect())
}

/// The word stands at every place of every fixture once, within a value, a key, or where nothing may stand.
#[test]
fn no_reject_tells_a_value() {
    const WORD: &str = "CANARY";
    let mut rejected = 0;
    for case in all() {
        // Of a long one every few bytes: a prime, so that all kinds of places are met.
        let step = if case.bytes.len() > 400 { 7 } else { 1 };
        for at in (0..=case.bytes.len()).step_by(step) {
            let bytes = [&case.bytes[..at], WORD.as_bytes(), &case.bytes[at..]].concat();
            let trial = decode(case.dataset, &case.object, &bytes, &End::Clean, None);
            for detail in trial.reject_texts("detail") {
                assert!(!detail.contains(WORD), "{detail}");
            }
            rejected += trial.outcome.rejected;
        }
    }
    assert!(rejected > 1_000);
}

/// What makes trouble.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let texts = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"\"",
        "\\",
        "\n",
        "\r\n",
        " ",
        "null",
        "true",
        "-1",
        "1e9",
        "[]",
        "{}",
        "\\ud83d",
        "\u{feff}",
        "\"a\":",
        "\"a\":1,",
        "\"2018-01-01T00:00:00Z\"",
        "9223372036854775808",
        "é",
        "\0",
    ];
    prop_oneof![
        prop::sample::select(texts.map(|text| text.as_bytes().to_vec()).to_vec()),
        prop::collection::vec(any::<u8>(), 0..3),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn pieces_give_what_the_whole_gives(
        case in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..20, piece()), 0..4),
        size in 1_usize..90,
        undated: bool,
        is_broken: bool,
    ) {
        let case = &all()[case.index(all().len())];
        let mut bytes = case.bytes.clone();
        for (at, cut, piece) in changes {
            let at = at.index(bytes.len() + 1);
            let end = bytes.len().min(at + cut);
            bytes.splice(at..end, piece);
        }
        let mut object = case.object.clone();
        if undated {
            object.day = crate::day::Day::UNDATED;
            object.dated = false;
        }
        let end = if is_broken { broken() } else { End::Clean };
        let whole = decode(case.dataset, &object, &bytes, &end, None);
        prop_assert_eq!(&whole, &decode(case.dataset, &object, &bytes, &end, Some(size)));
    }
}
