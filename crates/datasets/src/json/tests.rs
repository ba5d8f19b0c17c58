//! The grammar's two readers against each other and `serde_json`; frames in pieces against frames at once.

use proptest::prelude::*;

use super::extent::{Extent, Step};
use super::fault::Fault;
use super::frame::Frame;
use super::scan::Scanner;
use crate::input::End;
use crate::trial::{self, Trial, broken};

/// Fragments that make JSON, nearly JSON and what is not JSON.
const FRAGMENTS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b" ",
    b"\n",
    b"\"",
    b"\\",
    b"null",
    b"true",
    b"false",
    b"nul",
    b"0",
    b"-",
    b"-0.50e+3",
    b"1.",
    b"12",
    b"e5",
    b"\"\"",
    b"\"a\"",
    b"\"b\\n\\\"\"",
    b"\"\\u00e9\\ud83d\\ude00\"",
    b"\"\\ud83d\"",
    b"\"\\u12",
    b"\"\\x\"",
    b"\"records\"",
    b"\"rec\\u006frds\"",
    b":[",
    b"]}",
    b"},{",
    b"{\"records\":[",
    b"{\"records\":null}",
    b"\"a\":1",
    b"{\"a\":{\"b\":[1,2,{}]}}",
    "é😀".as_bytes(),
    b"\xff",
    b"\0",
    b"\xef\xbb\xbf",
    b"\"a long text that spans several words of eight bytes\"",
    b"{}",
    b"[]",
];

fn fragments(max: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(FRAGMENTS), 0..max).prop_map(|parts| parts.concat())
}

/// JSON, with white space, escapes and numbers as people write them.
fn value() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
        "\"([a-zé😀 ]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-f]{4}){0,24}\"",
    ];
    scalar.prop_recursive(6, 60, 6, |inner| {
        let member =
            ("[a-h]", inner.clone()).prop_map(|(key, value)| format!("\"{key}\" : {value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(|all| format!("[{} ]", all.join(" ,\n"))),
            prop::collection::vec(member, 0..6).prop_map(|all| format!("{{\t{}}}", all.join(","))),
        ]
    })
}

/// JSON with one byte changed, or cut.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    (value(), any::<prop::sample::Index>(), any::<Option<u8>>()).prop_map(|(text, at, byte)| {
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        match byte {
            Some(byte) => bytes[at] = byte,
            None => bytes.truncate(at),
        }
        bytes
    })
}

fn anything() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        fragments(14),
        value().prop_map(String::into_bytes),
        damaged()
    ]
}

/// Where a value ends: `Ok(None)`, it does not.
fn extent(bytes: &[u8], size: usize) -> Result<Option<usize>, usize> {
    let mut extent = Extent::with_keys();
    let mut at = 0;
    loop {
        let piece = &bytes[at..bytes.len().min(at + size)];
        if piece.is_empty() {
            return Ok(None);
        }
        match extent.feed(piece) {
            Step::More => at += piece.len(),
            Step::Key(end) => at += end,
            Step::End(end) => return Ok(Some(at + end)),
            Step::Syntax(place) => return Err(at + place),
            Step::TooDeep(_) => panic!("not that deep"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn both_readers_hold_one_grammar(bytes in anything()) {
        let scanned = match Scanner::new(&bytes).skip() {
            Ok(_) => {
                let mut scan = Scanner::new(&bytes);
                scan.skip().unwrap();
                Ok(Some(scan.at()))
            }
            Err(Fault::End) => Ok(None),
            Err(Fault::Syntax(at)) => Err(at),
            Err(Fault::Bad(defect)) => panic!("skipping looks at form only: {defect:?}"),
        };
        prop_assert_eq!(&scanned, &extent(&bytes, usize::MAX - bytes.len()));
        for size in 1..8 {
            prop_assert_eq!(&scanned, &extent(&bytes, size));
        }
    }

    #[test]
    fn the_grammar_is_json(bytes in anything()) {
        // A space ends a number; a value behind another is none.
        let mut spaced = bytes.clone();
        spaced.push(b' ');
        let mut scan = Scanner::new(&spaced);
        let ours = scan.skip().is_ok() && spaced[scan.at()..].iter().all(u8::is_ascii_whitespace);
        let theirs = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok();
        prop_assert_eq!(ours, theirs, "{}", String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn compact_text_means_what_the_source_means(text in value()) {
        let mut arena = super::Arena::default();
        let spaced = format!("{text} ");
        if let Ok(compact) = arena.compact(&mut Scanner::new(spaced.as_bytes())) {
            let compact = arena.get(compact).to_owned();
            let want: serde_json::Value = serde_json::from_str(&text).unwrap();
            let got: serde_json::Value = serde_json::from_str(&compact).unwrap();
            prop_assert_eq!(want, got);
            let mut again = super::Arena::default();
            let spaced = format!("{compact} ");
            let second = again.compact(&mut Scanner::new(spaced.as_bytes())).unwrap();
            prop_assert_eq!(again.get(second), compact);
        }
    }

    #[test]
    fn frames_in_pieces_are_frames_at_once(
        bytes in prop_oneof![fragments(24), anything()],
        is_broken: bool,
        max_record in prop_oneof![Just(1_usize << 20), 1..40_usize],
    ) {
        let end = if is_broken { broken() } else { End::Clean };
        let whole = framed(&bytes, &end, None, max_record);
        whole.1.assert_balanced_rejects(whole.0.len());
        for size in [1, 2, 3, 7, 16] {
            let pieces = framed(&bytes, &end, Some(size), max_record);
            prop_assert_eq!(&whole, &pieces, "pieces of {}", size);
        }
    }
}

/// The records that a frame shows, each with its place, and what became of the rest.
fn framed(
    bytes: &[u8],
    end: &End,
    size: Option<usize>,
    max_record: usize,
) -> (Vec<(i64, Vec<u8>)>, Trial) {
    let object = trial::object(true);
    let mut records = Vec::new();
    let trial = trial::run(bytes, end, size, &mut |input, output| {
        let mut read = |bytes: &[u8], index: i64, _: &mut crate::output::Output<'_>| {
            let mut arena = super::Arena::default();
            let mut scan = Scanner::new(bytes);
            arena.compact(&mut scan)?;
            records.push((index, bytes[..scan.at()].to_owned()));
            Ok(scan.at())
        };
        let mut frame = Frame {
            dataset: "test",
            object: &object,
            input,
            output,
            read: &mut read,
            index: 0,
            max_record,
        };
        frame.read_all();
    });
    (records, trial)
}

impl Trial {
    fn assert_balanced_rejects(&self, records: usize) {
        let rejects = self.reasons();
        assert_eq!(self.outcome.rejected, rejects.len() as u64);
        // Every place is taken once: by a record or by a reject.
        assert!(
            rejects
                .iter()
                .all(|(_, index)| *index < i64::try_from(records + rejects.len()).unwrap())
        );
    }
}

/// Records and rejects of a frame, as text.
fn shown(source: &str, end: &End, max_record: usize) -> String {
    let (records, trial) = framed(source.as_bytes(), end, None, max_record);
    let mut all: Vec<(i64, String)> = records
        .into_iter()
        .map(|(index, bytes)| (index, String::from_utf8(bytes).unwrap()))
        .collect();
    let raws = trial.reject_texts("raw");
    all.extend(
        trial
            .reasons()
            .into_iter()
            .zip(raws)
            .map(|((reason, index), raw)| (index, format!("{reason} <{raw}>"))),
    );
    all.sort();
    let lines: Vec<String> = all
        .iter()
        .map(|(index, text)| format!("{index} {text}"))
        .collect();
    let drift: Vec<String> = trial
        .drift
        .iter()
        .map(|(_, _, name, seen)| format!("{name} {}", seen.count))
        .collect();
    [lines, drift].concat().join("\n")
}

#[test]
fn records_are_found_in_whatever_they_are_wrapped() {
    for (source, want) in [
        ("", ""),
        (" \n\t", ""),
        (r#"{"records":[]}"#, ""),
        (r#"{"records":null}"#, ""),
        ("[]", ""),
        (
            r#"{"records":[{"a":1},{"b":2}]}"#,
            "0 {\"a\":1}\n1 {\"b\":2}",
        ),
        (r#"[{"a":1} , {"b":2}]"#, "0 {\"a\":1}\n1 {\"b\":2}"),
        (r#" {"a":1} "#, "0 {\"a\":1}"),
        ("{}", "0 {}"),
        ("\u{feff}{\"a\":1}", "0 {\"a\":1}"),
        (
            r#"{"a":1}{"records":[{"b":2}]}[{"c":3}]{"d":4}"#,
            "0 {\"a\":1}\n1 {\"b\":2}\n2 {\"c\":3}\n3 {\"d\":4}",
        ),
        (
            r#"{"v":[1],"w":"]","records":[{"a":1}],"x":{"y":1},"x\u0031":2}"#,
            "0 {\"a\":1}\n$.v 1\n$.w 1\n$.x 1\n$.x1 1",
        ),
        (
            r#"{"\u0072ecords":[{"a":1}],"records":[{"b":2}]}"#,
            "0 {\"a\":1}\n1 {\"b\":2}",
        ),
        (
            r#"{"inner":{"records":[{"a":1}]}}"#,
            r#"0 {"inner":{"records":[{"a":1}]}}"#,
        ),
    ] {
        assert_eq!(shown(source, &End::Clean, 1 << 20), want, "{source}");
    }
}

#[test]
fn what_is_no_record_is_rejected_alone() {
    for (source, want) in [
        (
            r#"{"records":[{"a":1},7,"t",[{"b":2}],null,{"c":3}]}"#,
            "0 {\"a\":1}\n1 not_a_record <7>\n2 not_a_record <\"t\">\n3 not_a_record <[{\"b\":2}]>\n4 not_a_record <null>\n5 {\"c\":3}",
        ),
        (
            "12 true {}",
            "0 not_a_record <12>\n1 not_a_record <true>\n2 {}",
        ),
        ("{} 12", "0 {}\n1 not_a_record <12>"),
        (
            r#"{"records":{"a":1}}{}"#,
            "0 not_a_record <{\"a\":1}>\n1 {}",
        ),
        (
            r#"{"records":"a","b":1}{}"#,
            "0 not_a_record <\"a\">\n1 {}\n$.b 1",
        ),
        (
            r#"[{"a":1,"a":2},{}]"#,
            "0 repeated_key <{\"a\":1,\"a\":2}>\n1 {}",
        ),
        (
            r#"[{"a":"\ud800"},{}]"#,
            "0 lone_surrogate <{\"a\":\"\\ud800\"}>\n1 {}",
        ),
    ] {
        assert_eq!(shown(source, &End::Clean, 1 << 20), want, "{source}");
    }
}

#[test]
fn what_is_not_json_takes_the_rest_with_it() {
    for (source, want) in [
        (
            r#"{"records":[{"a":1},{"b":tru},{"c":3}]}"#,
            "0 {\"a\":1}\n1 syntax <{\"b\":tru},{\"c\":3}]}>",
        ),
        (r#"[{"a":1} {"b":2}]"#, "0 {\"a\":1}\n1 syntax <{\"b\":2}]>"),
        (r#"[{"a":1},]"#, "0 {\"a\":1}\n1 syntax <]>"),
        (r#"[,{"a":1}]"#, "0 syntax <,{\"a\":1}]>"),
        (r#"{"a":1},{"b":2}"#, "0 {\"a\":1}\n1 syntax <,{\"b\":2}>"),
        (r#"{"records" 1}"#, "0 syntax <{\"records\" 1}>"),
        (r#"{"records":[{"a":1}]"#, "0 {\"a\":1}\n1 syntax <>"),
        (r#"{"records":[{"a":1}"#, "0 {\"a\":1}\n1 syntax <>"),
        (
            r#"{"records":[{"a":1},{"b""#,
            "0 {\"a\":1}\n1 syntax <{\"b\">",
        ),
        (
            r#"{"records":[{"a":1}],"x":tru,"y":1}"#,
            "0 {\"a\":1}\n1 syntax <,\"y\":1}>\n$.x 1",
        ),
        (
            r#"{"records":[{"a":1}],"open"#,
            "0 {\"a\":1}\n1 syntax <\"open>",
        ),
        ("plain text", "0 syntax <plain text>"),
        ("{} \u{feff}{}", "0 {}\n1 syntax <\u{feff}{}>"),
        ("\"a\u{1}\"{}", "0 syntax <\"a\u{1}\"{}>"),
    ] {
        assert_eq!(shown(source, &End::Clean, 1 << 20), want, "{source}");
    }
}

#[test]
fn bytes_that_break_off_are_one_reject() {
    for (source, want) in [
        ("", "0 gzip_truncated <>"),
        (
            r#"{"records":[{"a":1}]}"#,
            "0 {\"a\":1}\n1 gzip_truncated <>",
        ),
        (
            r#"{"records":[{"a":1},{"b":"#,
            "0 {\"a\":1}\n1 gzip_truncated <{\"b\":>",
        ),
        ("{} 12", "0 {}\n1 gzip_truncated <12>"),
        (r#"[{},{"a":tru}"#, "0 {}\n1 syntax <{\"a\":tru}>"),
    ] {
        assert_eq!(shown(source, &broken(), 1 << 20), want, "{source}");
    }
}

#[test]
fn a_record_that_is_too_large_is_rejected_alone() {
    let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(40));
    let cut = &long[..long.len() - 1];
    for (source, want) in [
        (
            format!("[{{}},{long},{{}}]"),
            format!("0 {{}}\n1 record_too_large <{long}>\n2 {{}}"),
        ),
        (
            format!("{long}{{}}"),
            format!("0 record_too_large <{long}>\n1 {{}}"),
        ),
        (
            format!("[[{long}],{{}}]"),
            format!("0 record_too_large <[{long}]>\n1 {{}}"),
        ),
        // The list of records may be long, and what follows it.
        (
            format!("{{\"records\":[{{}},{{}},{{}},{{}},{{}}],\"x\":{long}}}"),
            "0 {}\n1 {}\n2 {}\n3 {}\n4 {}\n$.x 1".to_owned(),
        ),
        // A list behind more than may be held is not seen.
        (
            format!("{{\"x\":{long},\"records\":[]}}{{}}"),
            format!("0 record_too_large <{{\"x\":{long},\"records\":[]}}>\n1 {{}}"),
        ),
        (format!("[{{}},{cut}"), format!("0 {{}}\n1 syntax <{cut}>")),
    ] {
        assert_eq!(shown(&source, &End::Clean, 32), want, "{source}");
    }
}

#[test]
fn depth_costs_neither_stack_nor_time() {
    let deep = format!(
        "[{{\"a\":{}{}}},{{}}]",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    let (records, trial) = framed(deep.as_bytes(), &End::Clean, None, 1 << 20);
    assert_eq!(records, [(1, b"{}".to_vec())]);
    assert_eq!(trial.reasons(), [("too_deep".to_owned(), 0)]);

    let endless = "[".repeat(10 << 20);
    let (records, trial) = framed(endless.as_bytes(), &End::Clean, Some(1 << 16), 64 << 20);
    assert!(records.is_empty());
    assert_eq!(trial.reasons(), [("syntax".to_owned(), 0)]);
}
