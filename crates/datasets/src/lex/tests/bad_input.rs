//! Logs that are damaged, odd or large.

use super::{decode, object, texts};
use crate::input::{End, Input};
use crate::lex::log::Log;
use crate::lex::stream::Stream;
use crate::lex::tables::Tables;
use crate::trial::{self, Trial, broken};

const ENTRY: &str = r#"{"messageVersion":"2.0","bot":{},"requestId":"r"}"#;

/// Name, bytes and how they end; entries, other events, rejects.
type Case<'c> = (&'c str, Vec<u8>, End, u64, u64, Vec<(&'c str, i64)>);

/// What may come, how many entries it gives, how many other events, and which rejects.
#[test]
fn bad_input_costs_no_more_than_it_must() {
    let deep = |depth: usize| {
        format!(
            r#"{{"messageVersion":"2.0","bot":{{}},"x":{}{}}}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    let cut = &ENTRY[..ENTRY.len() - 1];
    let envelope = format!(r#"{{"messageType":"DATA_MESSAGE","logEvents":[{{"message":{ENTRY}}}"#);
    let cases: Vec<Case<'_>> = vec![
        ("zero bytes", vec![], End::Clean, 0, 0, vec![]),
        ("white space", b" \r\n\t\n".into(), End::Clean, 0, 0, vec![]),
        ("byte-order mark", format!("\u{feff}{ENTRY}").into(), End::Clean, 1, 0, vec![]),
        ("text", "one\ntwo\r\n\n three".into(), End::Clean, 0, 3, vec![]),
        ("binary", b"\0\x01\n\xff{".into(), End::Clean, 0, 2, vec![]),
        ("the last line is cut", format!("{ENTRY}\n{cut}").into(), End::Clean, 1, 0, vec![("syntax", 1)]),
        ("a line is cut", format!("{cut}\n{ENTRY}").into(), End::Clean, 1, 0, vec![("syntax", 0)]),
        ("gzip breaks off in an entry", format!("{ENTRY}\n{cut}").into(), broken(), 1, 0, vec![("gzip_truncated", 1)]),
        ("gzip breaks off in text", format!("{ENTRY}\ntext").into(), broken(), 1, 0, vec![("gzip_truncated", 1)]),
        ("gzip breaks off in a time", b"1785189600010".into(), broken(), 0, 0, vec![("gzip_truncated", 0)]),
        ("gzip breaks off behind a time", b"1785189600010 ".into(), broken(), 0, 0, vec![("gzip_truncated", 0)]),
        ("gzip breaks off in a bracket", b"[[ ".into(), broken(), 0, 0, vec![("gzip_truncated", 0)]),
        ("gzip breaks off in a list", format!("[{ENTRY},").into(), broken(), 1, 0, vec![("gzip_truncated", 1)]),
        ("gzip breaks off in an envelope", envelope.clone().into(), broken(), 0, 0, vec![("gzip_truncated", 0)]),
        ("gzip breaks off after all", format!("{ENTRY}\n").into(), broken(), 1, 0, vec![("gzip_truncated", 1)]),
        ("a list is not closed", format!("[{ENTRY},{ENTRY}\n").into(), End::Clean, 2, 0, vec![]),
        ("an envelope is not closed", envelope.into(), End::Clean, 0, 0, vec![("syntax", 0)]),
        ("lists in lists", format!("{}{ENTRY}{}", "[".repeat(128), "]".repeat(128)).into(), End::Clean, 1, 0, vec![]),
        ("too many lists", format!("{}{ENTRY}{}\n{ENTRY}", "[".repeat(129), "]".repeat(129)).into(), End::Clean, 1, 1, vec![]),
        ("deep", deep(127).into(), End::Clean, 1, 0, vec![]),
        ("too deep", format!("{}{ENTRY}", deep(128)).into(), End::Clean, 1, 0, vec![("too_deep", 0)]),
        ("much too deep", format!("{}\n{ENTRY}", deep(10_000)).into(), End::Clean, 1, 0, vec![("too_deep", 0)]),
        ("deep, and nothing of ours", format!("{{\"x\":{}{}}}{ENTRY}", "[".repeat(300), "]".repeat(300)).into(), End::Clean, 1, 1, vec![]),
        ("not UTF-8", [b"{\"messageVersion\":\"2.0\",\"bot\":{\"name\":\"\xff\"}}", ENTRY.as_bytes()].concat(), End::Clean, 1, 0, vec![("not_utf8", 0)]),
        ("not UTF-8, and nothing of ours", [b"{\"name\":\"\xff\"}", ENTRY.as_bytes()].concat(), End::Clean, 1, 1, vec![]),
        ("repeated key", ENTRY.replace("bot\":{}", "bot\":{\"a\":{\"b\":1,\"b\":1}}").into(), End::Clean, 0, 0, vec![("repeated_key", 0)]),
        ("repeated lists", format!(r#"{{"messageType":"DATA_MESSAGE","logEvents":[{{"message":{ENTRY}}}],"logEvents":[{{"message":{ENTRY}}},7]}}"#).into(), End::Clean, 2, 1, vec![]),
        ("a log event's time that is none", format!(r#"{{"messageType":"DATA_MESSAGE","logEvents":[{{"timestamp":"x","message":{ENTRY}}},{{"timestamp":null,"message":{ENTRY}}}]}}"#).into(), End::Clean, 1, 0, vec![("bad_time", 0)]),
        ("an ISO time beyond all ranges", format!("9999-12-31T23:59:59Z {ENTRY}").into(), End::Clean, 0, 0, vec![("time_out_of_range", 0)]),
        ("what is no time", format!("2026-07-27T25:00:00Z {ENTRY}\n2026-07-27 10:00:00 {ENTRY}").into(), End::Clean, 0, 2, vec![]),
        ("a huge number", format!("[{}]{ENTRY}", "9".repeat(100_000)).into(), End::Clean, 1, 1, vec![]),
        ("a long message", format!("{{\"messageVersion\":\"2.0\",\"bot\":{{}},\"inputTranscript\":\"{}\"}}", "é\\n".repeat(300_000)).into(), End::Clean, 1, 0, vec![]),
    ];
    let object = object(true);
    for (name, bytes, end, accepted, skipped, rejects) in cases {
        let whole = decode(&object, &bytes, &end, None);
        let outcome = &whole.outcome;
        let reasons = whole.reasons();
        let reasons: Vec<_> = reasons
            .iter()
            .map(|(reason, index)| (reason.as_str(), *index))
            .collect();
        assert_eq!(reasons, rejects, "{name}");
        assert_eq!(
            (outcome.accepted, outcome.skipped),
            (accepted, skipped),
            "{name}"
        );
        for size in [1, 7, 4096] {
            if size > 1 || bytes.len() < 10_000 {
                assert_eq!(whole, decode(&object, &bytes, &end, Some(size)), "{name}");
            }
        }
    }
}

/// Fields of another kind than their column, and what becomes of the entry.
#[test]
fn a_value_that_a_column_cannot_hold_rejects_its_entry() {
    let accepted: &[&str] = &[
        r#""interpretations":"x""#,
        r#""interpretations":[7,{"intent":"x","sentimentResponse":5}]"#,
        r#""messages":{"content":5}"#,
        r#""messages":[5,{"content":null}]"#,
        r#""requestAttributes":[]"#,
        r#""sessionState":{"sessionAttributes":7}"#,
        r#""sessionState":{"intent":{"slots":null}}"#,
        r#""transcriptions":[{"transcriptionConfidence":{"score":"1.0"}},7]"#,
        r#""developerOverride":null"#,
        r#""developerOverride":"FALSE""#,
        r#""audioProperties":{"duration":{"total":"12.0","voice":" "}}"#,
        r#""utteranceContext":7"#,
        r#""inputMode":"Telepathy""#,
    ];
    let rejected: &[(&str, &str)] = &[
        (
            r#""interpretations":[{"sentimentResponse":{"sentiment":1}}]"#,
            "wrong_type",
        ),
        (
            r#""interpretations":[{"sentimentResponse":{"sentimentScore":"high"}}]"#,
            "bad_number",
        ),
        (
            r#""interpretations":[{"sentimentResponse":{"sentimentScore":[1]}}]"#,
            "wrong_type",
        ),
        (r#""messages":[{"content":5}]"#, "wrong_type"),
        (r#""sessionState":[]"#, "wrong_type"),
        (r#""sessionState":{"intent":"x"}"#, "wrong_type"),
        (r#""sessionState":{"intent":{"slots":[]}}"#, "wrong_type"),
        (
            r#""sessionState":{"intent":{"slots":{"A":5}}}"#,
            "wrong_type",
        ),
        (
            r#""sessionState":{"intent":{"slots":{"A":{"value":"x"}}}}"#,
            "wrong_type",
        ),
        (
            r#""sessionState":{"intent":{"slots":{"A":{"values":{}}}}}"#,
            "wrong_type",
        ),
        (
            r#""sessionState":{"dialogAction":{"subSlotToElicit":"x"}}"#,
            "wrong_type",
        ),
        (
            r#""transcriptions":[{"transcriptionConfidence":{"score":{}}}]"#,
            "wrong_type",
        ),
        (
            r#""transcriptions":[{"transcriptionConfidence":"1,0"}]"#,
            "bad_number",
        ),
        (r#""transcriptions":{}"#, "wrong_type"),
        (r#""developerOverride":1"#, "wrong_type"),
        (r#""bargeIn":"no""#, "bad_flag"),
        (
            r#""audioProperties":{"duration":{"total":1.5}}"#,
            "bad_count",
        ),
        (r#""timestamp":1785189600010"#, "wrong_type"),
        (r#""message-version":2"#, "wrong_type"),
    ];
    let with = |member: &str| ENTRY.replacen('{', &format!("{{{member},"), 1);
    for member in accepted {
        let trial = decode(&object(true), with(member).as_bytes(), &End::Clean, None);
        assert_eq!(
            (trial.outcome.accepted, trial.reasons()),
            (1, vec![]),
            "{member}"
        );
    }
    for (member, reason) in rejected {
        let trial = decode(&object(true), with(member).as_bytes(), &End::Clean, None);
        assert_eq!(trial.reasons(), [((*reason).to_owned(), 0)], "{member}");
    }
}

#[test]
fn an_entry_without_any_time_falls_on_the_day_of_its_key() {
    let dated = decode(&object(true), ENTRY.as_bytes(), &End::Clean, None);
    let days: Vec<_> = dated.outcome.rows.keys().map(ToString::to_string).collect();
    assert_eq!(days, ["2026-07-27"]);
    let undated = decode(&object(false), ENTRY.as_bytes(), &End::Clean, None);
    assert_eq!(undated.reasons(), [("no_time".to_owned(), 0)]);
}

/// Decodes with little room for a value.
fn with_max_held(bytes: &[u8], end: &End, size: Option<usize>, max_held: usize) -> Trial {
    let object = object(true);
    let mut tables = Tables::new();
    let trial = trial::run(bytes, end, size, &mut |input: &mut Input<'_>, output| {
        let mut log = Log::new(&object, &mut tables, output);
        Stream::new(input, &mut log).with_max_held(max_held).read();
        tables.hand_over(output);
    });
    trial.assert_balanced();
    trial
}

#[test]
fn what_is_too_large_is_not_held() {
    let long = ENTRY.replace("\"r\"", &format!("\"{}\"", "r".repeat(80)));
    let spaced = format!("[{}{ENTRY}]", " ".repeat(100));
    for (text, accepted, skipped, rejects) in [
        (
            format!("{long}\n{ENTRY}"),
            1,
            0,
            vec![("record_too_large", 0)],
        ),
        (format!("{} text\n{ENTRY}", "x".repeat(200)), 1, 1, vec![]),
        (format!("[{ENTRY},{ENTRY},{ENTRY},{ENTRY}]"), 4, 0, vec![]),
        (format!("{spaced}\n{ENTRY}"), 1, 1, vec![]),
        (
            format!(
                "{{\"a\":\n{ENTRY},\n\"b\":\"{}\"}}\n{ENTRY}",
                "x".repeat(100)
            ),
            2,
            3,
            vec![],
        ),
        (
            format!("{long}{ENTRY}"),
            0,
            0,
            vec![("record_too_large", 0)],
        ),
    ] {
        let whole = with_max_held(text.as_bytes(), &End::Clean, None, 64);
        let reasons = whole.reasons();
        let reasons: Vec<_> = reasons
            .iter()
            .map(|(reason, index)| (reason.as_str(), *index))
            .collect();
        assert_eq!(
            (whole.outcome.accepted, whole.outcome.skipped),
            (accepted, skipped),
            "{text}"
        );
        assert_eq!(reasons, rejects, "{text}");
        for end in [End::Clean, broken()] {
            let whole = with_max_held(text.as_bytes(), &end, None, 64);
            for size in [1, 7, 63, 64, 65] {
                assert_eq!(
                    whole,
                    with_max_held(text.as_bytes(), &end, Some(size), 64),
                    "{text}"
                );
            }
        }
    }
}

/// What opens and is never closed must not be looked at again from every line.
#[test]
fn unclosed_lines_cost_no_more_than_their_length() {
    for line in [
        "{\"a\":\n",
        "[\n",
        "[{\"a\":\n",
        "{\"a\":[\n",
        "{\"a\":{},\"b\":\n",
    ] {
        let text = line.repeat(200_000) + ENTRY;
        let trial = decode(&object(true), text.as_bytes(), &End::Clean, Some(1 << 16));
        assert_eq!(trial.outcome.rejected, 0, "{line}");
        assert_eq!(
            texts(&trial, "request_id"),
            [Some("r".to_owned())],
            "{line}"
        );
    }
}

#[test]
fn no_reject_tells_a_value() {
    let canary = "CANARY";
    for bytes in [
        format!(r#"{{"messageVersion":"2.0","bot":{{}},"requestId":["{canary}"]}}"#),
        format!(
            r#"{{"messageVersion":"2.0","bot":{{}},"{canary}":{{"{canary}":1,"{canary}":2}}}}"#
        ),
        format!(r#"{{"messageVersion":"2.0","bot":{{}},"timestamp":"{canary}"}}"#),
        format!(
            r#"{{"messageVersion":"2.0","bot":{{}},"sessionState":{{"intent":{{"slots":{{"{canary}":{{"value":"{canary}"}}}}}}}}}}"#
        ),
        format!(r#"{{"messageVersion":"2.0","bot":{{}},"x":"{canary}"#),
        format!(
            r#"{{"messageType":"DATA_MESSAGE","logGroup":"{canary}","logEvents":[{{"message":"{{messageVersion {canary}"}}]}}"#
        ),
        format!(r#"{{"awslogs":{{"data":"{canary}!"}}}}"#),
    ] {
        let trial = decode(&object(true), bytes.as_bytes(), &End::Clean, None);
        assert_eq!(trial.outcome.rejected, 1, "{bytes}");
        for detail in trial.reject_texts("detail") {
            assert!(!detail.contains(canary), "{detail}");
        }
    }
}

#[test]
fn large_objects_leave_in_batches_and_in_order() {
    let transcript = "x".repeat(10_000);
    let lines: Vec<String> = (0..1_000)
        .map(|n| format!("178518960001{} {{\"messageVersion\":\"2.0\",\"bot\":{{}},\"requestId\":\"{n}\",\"inputTranscript\":\"{transcript}\"}}\n", n % 10))
        .collect();
    let trial = decode(
        &object(true),
        lines.concat().as_bytes(),
        &End::Clean,
        Some(1 << 16),
    );
    assert!(trial.rows.len() > 3);
    let ids = texts(&trial, "request_id");
    assert!(ids.into_iter().eq((0..1_000).map(|n| Some(n.to_string()))));
}
