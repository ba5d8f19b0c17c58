//! Logs that are not as they should be.

use super::{Case, good};
use crate::harness::{chat_saying, gzip, records};

const TIME: &str = "2026-01-09T10:00:00Z";

/// A record in whose request half a member is this.
fn with(id: &str, member: &str) -> String {
    good(id).replacen("\"prompt\"", &format!("{member},\"prompt\""), 1)
}

pub(super) fn cases() -> Vec<Case> {
    [documents(), records_of_logs(), values()]
        .into_iter()
        .flatten()
        .collect()
}

/// What an object is as a whole.
fn documents() -> Vec<Case> {
    let truncated = format!(
        "{{\"records\":[{},{},{{\"a\" 1}},{},{}]}}",
        good("0"),
        good("1"),
        good("3"),
        good("4")
    );
    vec![
        Case::log("no byte at all", "", &[]),
        Case::log(
            "`{\"records\":[]}`, `{\"records\":null}`",
            gzip("{\"records\":[]}{\"records\":null}"),
            &[],
        ),
        Case::log(
            "a bare array of records",
            format!("[{},{}]", good("0"), good("1")),
            &["0", "1"],
        ),
        Case::log("a bare record", good("0"), &["0"]),
        Case::log(
            "documents one after the other",
            format!(
                "{}\n[{}]{{\"records\":[{}]}}",
                good("0"),
                good("1"),
                good("2")
            ),
            &["0", "1", "2"],
        ),
        Case::log(
            "a syntax error in the third record of five",
            gzip(truncated),
            &["0", "1"],
        )
        .rejects(&["syntax 2"]),
        Case::log(
            "an end in the middle of JSON",
            format!("{{\"records\":[{},{{\"gen", good("0")),
            &["0"],
        )
        .rejects(&["syntax 1"]),
        Case::log("text that is no JSON", "hello", &[]).rejects(&["syntax 0"]),
    ]
}

/// Records of the wrong shape.
fn records_of_logs() -> Vec<Case> {
    let deep = format!("\"new\":{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let long = chat_saying("long", TIME, &"word ".repeat(160_000));
    let raw_nul = chat_saying("1", TIME, "a\u{0}b");
    vec![
        Case::log(
            "one half of a record",
            records(&[
                r#"{"generateAssistantResponseEventRequest":{"prompt":"only"}}"#,
                r#"{"generateAssistantResponseEventResponse":{"requestId":"only"}}"#,
            ]),
            &["NULL", "only"],
        ),
        Case::log(
            "no request id, user or time",
            records(&[
                r#"{"generateAssistantResponseEventRequest":{"prompt":"p","userId":null},"generateAssistantResponseEventResponse":{}}"#,
            ]),
            &["NULL"],
        ),
        Case::log(
            "neither half, or no object",
            records(&[&good("0"), "{\"other\":{}}", "7", &good("3")]),
            &["0", "3"],
        )
        .rejects(&["not_a_record 1", "not_a_record 2"]),
        Case::log(
            "a number for a text",
            records(&[good("0"), good("1").replace("\"MANUAL\"", "7"), good("2")]),
            &["0", "2"],
        )
        .rejects(&["wrong_type 1"]),
        Case::log(
            "half of a surrogate pair",
            records(&[good("0"), chat_saying("1", TIME, "\\ud83d"), good("2")]),
            &["0", "2"],
        )
        .rejects(&["lone_surrogate 1"]),
        Case::log(
            "an escaped NUL",
            records(&[chat_saying("0", TIME, "a\\u0000b")]),
            &["a\u{0}b"],
        )
        .column("prompt"),
        Case::log(
            "a NUL as it is",
            records(&[good("0"), raw_nul, good("2")]),
            &["0"],
        )
        .rejects(&["syntax 1"]),
        Case::log(
            "nesting 10,000 deep",
            records(&[good("0"), with("1", &deep), good("2")]),
            &["0", "2"],
        )
        .rejects(&["too_deep 1"]),
        Case::log("a prompt of 800 KB", records(&[long]), &["800000"]).column("prompt_chars"),
    ]
}

/// Values, and what decides by content.
fn values() -> Vec<Case> {
    let mut not_utf8 = format!("[{},", good("0")).into_bytes();
    not_utf8.extend(
        chat_saying("1", TIME, "a~b")
            .bytes()
            .map(|b| if b == b'~' { 0xff } else { b }),
    );
    not_utf8.extend(format!(",{}]", good("2")).bytes());
    vec![
        Case::log(
            "an unknown field",
            records(&[with("0", "\"new\":{\"a\":1.0}")]),
            &[r#"{"generateAssistantResponseEventRequest":{"new":{"a":1.0}}}"#],
        )
        .column("extra_json"),
        Case::log(
            "a key that stands twice",
            records(&[good("0"), with("1", "\"prompt\":\"p\""), good("2")]),
            &["0", "2"],
        )
        .rejects(&["repeated_key 1"]),
        Case::log("bytes that are not UTF-8 in a log", not_utf8, &["0", "2"])
            .rejects(&["not_utf8 1"]),
        Case::log(
            "a time that cannot be read",
            records(&[good("0"), good("1").replace(TIME, "yesterday")]),
            &["0"],
        )
        .rejects(&["bad_time 1"]),
        Case::log(
            "a time before 2019, or more than two days after the folder",
            records(&[
                good("0").replace(TIME, "2018-12-31T23:59:59Z"),
                good("1").replace(TIME, "2026-01-11T23:59:59Z"),
                good("2").replace(TIME, "2026-01-12T00:00:00Z"),
            ]),
            &["1"],
        )
        .rejects(&["time_out_of_range 0", "time_out_of_range 2"]),
        Case::log(
            "no time in an object without a date",
            format!("[{}]", good("0").replace(&format!("\"{TIME}\""), "null")),
            &[],
        )
        .key("x.json")
        .rejects(&["no_time 0"]),
        Case::log("content of no known kind", "{\"a\":1}", &[])
            .key("x.json")
            .rejects(&["unknown_content NULL"]),
        Case::log(
            "more than `--max-object-size`",
            format!(
                "[{},{}]",
                good("0"),
                chat_saying("1", TIME, &"x".repeat(4096))
            ),
            &["0"],
        )
        .flags(&["--max-object-size", "2KiB"])
        .rejects(&["too_large 1"]),
    ]
}
