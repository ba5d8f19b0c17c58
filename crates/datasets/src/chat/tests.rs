//! What goes wrong with chat records, and what they cost.

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use proptest::prelude::*;

use super::{CHAT, DATASET};
use crate::day::Day;
use crate::input::End;
use crate::object::Object;
use crate::trial::{self, Trial, broken};

fn decode(object: &Object, bytes: &[u8], end: &End, size: Option<usize>) -> Trial {
    trial::decode(&DATASET, object, bytes, end, size)
}

/// A record with both halves, `request` and `response` added to them (each with a comma before it).
fn record(request: &str, response: &str) -> String {
    format!(
        r#"{{"generateAssistantResponseEventRequest":{{"timeStamp":"2026-07-27T23:03:29Z"{request}}},"generateAssistantResponseEventResponse":{{"requestId":"r"{response}}}}}"#
    )
}

/// What may come: its name, its bytes and how they end, how many rows it gives, and which rejects.
type Case = (&'static str, Vec<u8>, End, u64, Vec<(&'static str, i64)>);

#[test]
fn bad_input_costs_no_more_than_it_must() {
    let good = record("", "");
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let five = |third: &str| format!(r#"{{"records":[{good},{good},{third},{good},{good}]}}"#);
    let cases: Vec<Case> = vec![
        ("zero bytes", vec![], End::Clean, 0, vec![]),
        ("no records", br#"{"records":[]}"#.into(), End::Clean, 0, vec![]),
        ("null records", br#"{"records":null}"#.into(), End::Clean, 0, vec![]),
        ("bare array", format!("[{good},{good}]").into(), End::Clean, 2, vec![]),
        ("bare record", good.clone().into(), End::Clean, 1, vec![]),
        ("byte-order mark", format!("\u{feff}{good}\r\n\t ").into(), End::Clean, 1, vec![]),
        ("one after the other", format!("{good}{{\"records\":[{good}]}}\n[{good}]").into(), End::Clean, 3, vec![]),
        ("syntax error", five(r#"{"generateAssistantResponseEventRequest":{"prompt":}}"#).into(), End::Clean, 2, vec![("syntax", 2)]),
        ("raw NUL in a text", five(&record(",\"prompt\":\"a\0b\"", "")).into(), End::Clean, 2, vec![("syntax", 2)]),
        ("NUL as an escape", five(&record(r#","prompt":"a\u0000b""#, "")).into(), End::Clean, 5, vec![]),
        ("cut off", five(&good)[..3 * good.len()].into(), End::Clean, 2, vec![("syntax", 2)]),
        ("broken off in a record", five(&good)[..3 * good.len()].into(), broken(), 2, vec![("gzip_truncated", 2)]),
        ("broken off after all", five(&good).into(), broken(), 5, vec![("gzip_truncated", 5)]),
        ("neither half", five("{}").into(), End::Clean, 4, vec![("not_a_record", 2)]),
        ("null halves", five(r#"{"generateAssistantResponseEventRequest":null,"generateAssistantResponseEventResponse":null}"#).into(), End::Clean, 4, vec![("not_a_record", 2)]),
        ("no object", five("17").into(), End::Clean, 4, vec![("not_a_record", 2)]),
        ("half of another kind", five(r#"{"generateAssistantResponseEventRequest":"x"}"#).into(), End::Clean, 4, vec![("wrong_type", 2)]),
        ("number for text", five(&record(r#","prompt":12"#, "")).into(), End::Clean, 4, vec![("wrong_type", 2)]),
        ("huge number for text", five(&record(r#","prompt":1e400"#, "")).into(), End::Clean, 4, vec![("wrong_type", 2)]),
        ("object for follow-ups", five(&record("", r#","followupPrompts":{}"#)).into(), End::Clean, 4, vec![("wrong_type", 2)]),
        ("text among links", five(&record("", r#","supplementaryWebLinksEvent":[{},"x"]"#)).into(), End::Clean, 4, vec![("wrong_type", 2)]),
        ("object for code references", five(&record("", r#","codeReferenceEvents":{}"#)).into(), End::Clean, 4, vec![("wrong_type", 2)]),
        ("lone surrogate", five(&record(r#","prompt":"\ud83d!""#, "")).into(), End::Clean, 4, vec![("lone_surrogate", 2)]),
        ("lone surrogate in what is unknown", five(&record(r#","new":["\ud83d"]"#, "")).into(), End::Clean, 4, vec![("lone_surrogate", 2)]),
        ("repeated known key", five(&record(r#","prompt":"a","prompt":"a""#, "")).into(), End::Clean, 4, vec![("repeated_key", 2)]),
        ("repeated unknown key", five(&record(r#","a":1,"\u0061":1"#, "")).into(), End::Clean, 4, vec![("repeated_key", 2)]),
        ("repeated key below", five(&record(r#","a":[{"b":1,"b":2}]"#, "")).into(), End::Clean, 4, vec![("repeated_key", 2)]),
        ("10,000 deep", five(&record(&format!(r#","new":{deep}"#), "")).into(), End::Clean, 4, vec![("too_deep", 2)]),
        ("not a time", five(&good.replace("2026-07-27T", "27.07.2026 ")).into(), End::Clean, 4, vec![("bad_time", 2)]),
        ("number for a time", five(&good.replace("\"2026-07-27T23:03:29Z\"", "1785193409")).into(), End::Clean, 4, vec![("wrong_type", 2)]),
        ("too early", five(&good.replace("2026", "2018")).into(), End::Clean, 4, vec![("time_out_of_range", 2)]),
        ("too late", five(&good.replace("2026-07-27", "2026-07-30")).into(), End::Clean, 4, vec![("time_out_of_range", 2)]),
        ("wild clock", five(&good.replace("2026", "9999")).into(), End::Clean, 4, vec![("time_out_of_range", 2)]),
        ("not UTF-8", five(&record(r#","prompt":"~""#, "")).bytes().map(|byte| if byte == b'~' { 0xff } else { byte }).collect(), End::Clean, 4, vec![("not_utf8", 2)]),
        ("long prompt", record(&format!(r#","prompt":"{}""#, "é\\n".repeat(200_000)), "").into(), End::Clean, 1, vec![]),
    ];
    let object = trial::object(true);
    for (name, bytes, end, accepted, rejects) in cases {
        let whole = decode(&object, &bytes, &end, None);
        assert_eq!(whole.outcome.accepted, accepted, "{name}");
        let reasons = whole.reasons();
        let reasons: Vec<_> = reasons
            .iter()
            .map(|(reason, index)| (reason.as_str(), *index))
            .collect();
        assert_eq!(reasons, rejects, "{name}");
        for size in [7, 4096] {
            assert_eq!(whole, decode(&object, &bytes, &end, Some(size)), "{name}");
        }
    }
}

#[test]
fn a_record_without_time_falls_on_the_day_of_its_key() {
    let bytes = record("", "").replace("2026-07-27T23:03:29Z", " ");
    let dated = decode(&trial::object(true), bytes.as_bytes(), &End::Clean, None);
    assert_eq!(
        dated
            .outcome
            .rows
            .keys()
            .map(Day::to_string)
            .collect::<Vec<_>>(),
        ["2026-07-27"]
    );
    let undated = decode(&trial::object(false), bytes.as_bytes(), &End::Clean, None);
    assert_eq!(undated.reasons(), [("no_time".to_owned(), 0)]);
}

#[test]
fn large_objects_leave_in_batches_and_in_order() {
    let prompt = "x".repeat(10_000);
    let records: Vec<String> = (0..2_000)
        .map(|n| {
            record(&format!(r#","prompt":"{prompt}""#), "").replace("\"r\"", &format!("\"{n}\""))
        })
        .collect();
    let bytes = format!("{{\"records\":[{}]}}", records.join(","));
    let trial = decode(
        &trial::object(true),
        bytes.as_bytes(),
        &End::Clean,
        Some(1 << 16),
    );
    assert!(trial.rows.len() > 3);
    let ids = trial.rows.iter().flat_map(|batch: &RecordBatch| {
        let column = batch
            .column(CHAT.index_of("request_id"))
            .as_string::<i32>()
            .clone();
        (0..column.len()).map(move |row| column.value(row).to_owned())
    });
    assert!(ids.eq((0..2_000).map(|n| n.to_string())));
}

#[test]
fn no_reject_tells_a_value() {
    let canary = "CANARY";
    for bytes in [
        record(&format!(r#","prompt":["{canary}"]"#), ""),
        record(&format!(r#","{canary}":{{"{canary}":1,"{canary}":2}}"#), ""),
        record("", "").replace("2026-07", canary),
        record(&format!(r#","prompt":"{canary}\ud800""#), ""),
        format!("{canary}{}", record("", "")),
        format!(r#"{{"records":"{canary}"}}"#),
        format!(r#"{{"{canary}":1}}"#),
        format!(r#"{{"{canary}":tru}}"#),
    ] {
        let trial = decode(&trial::object(true), bytes.as_bytes(), &End::Clean, None);
        assert_eq!(trial.outcome.rejected, 1, "{bytes}");
        for detail in trial.reject_texts("detail") {
            assert!(!detail.contains(canary), "{detail}");
        }
    }
}

/// A record from members that are right, wrong, repeated and unknown.
fn any_record() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("null".to_owned()),
        Just("\"\"".to_owned()),
        Just("\"a\\n\\u00e9 \\\"b\\\" 😀\"".to_owned()),
        Just("\"\\ud800\"".to_owned()),
        Just("\"2026-07-28T01:02:03.5Z\"".to_owned()),
        Just("1e5".to_owned()),
        Just("[{\"uri\":\"u\"},{\"title\":null,\"new\":1}]".to_owned()),
        Just("{ \"conversationId\" : \"c\", \"new\" : [1] }".to_owned()),
        Just("[]".to_owned()),
        Just("tru".to_owned()),
    ];
    let name = prop::sample::select(vec![
        "prompt",
        "userId",
        "timeStamp",
        "modelId",
        "assistantResponse",
        "followupPrompts",
        "messageMetadata",
        "codeReferenceEvents",
        "supplementaryWebLinksEvent",
        "requestId",
        "new",
        "n\\u0065w",
    ]);
    let half = prop::collection::vec((name, value), 0..5).prop_map(|members| {
        let members: Vec<_> = members
            .iter()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        format!("{{{}}}", members.join(", "))
    });
    let half_name = prop::sample::select(vec![
        "generateAssistantResponseEventRequest",
        "generateAssistantResponseEventResponse",
        "other",
    ]);
    prop::collection::vec((half_name, half), 0..3).prop_map(|halves| {
        let halves: Vec<_> = halves
            .iter()
            .map(|(name, half)| format!("\"{name}\":{half}"))
            .collect();
        format!("{{{}}}", halves.join(","))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn pieces_give_what_the_whole_gives(
        records in prop::collection::vec(any_record(), 0..5),
        dated: bool,
        is_broken: bool,
        cut in any::<prop::sample::Index>(),
    ) {
        let object = trial::object(dated);
        let text = format!("{{\"records\":[{}],\"v\":1}}", records.join(","));
        let bytes = &text.as_bytes()[..text.len() - cut.index(text.len()) / 4];
        let end = if is_broken { broken() } else { End::Clean };
        let whole = decode(&object, bytes, &end, None);
        for size in [1, 3, 7, 64] {
            prop_assert_eq!(&whole, &decode(&object, bytes, &end, Some(size)));
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), front: bool) {
        let mut object = trial::object(false);
        object.account_id = None;
        let front: &[u8] = if front { b"{\"records\":[{\"generateAssistantResponseEventRequest\":{\"prompt\":\"" } else { b"" };
        decode(&object, &[front, &bytes].concat(), &End::Clean, Some(5));
    }
}
