//! Duplicates: rows of equal key and content are one row; of equal key and other content, all stay.

use crate::harness::{
    Dir, chat, chat_key, chat_saying, kiro, log_key, records, report, report_key, report_row,
};

const DAY: &str = "2026-01-09";
const TIME: &str = "2026-01-09T10:00:00Z";

/// The objects of the rows of a request, with their variants.
fn of(dir: &Dir, id: &str) -> Vec<String> {
    let mut rows = dir.rows("chat");
    rows.retain(|row| &row["request_id"] == id);
    rows.iter()
        .map(|row| row.line(&["variant", "source_object"]))
        .collect()
}

fn line(variant: u32, key: &str) -> String {
    format!("{variant} {}", kiro(key))
}

#[test]
fn a_record_in_both_trees_is_one_row_and_the_second_takes_over() {
    let dir = Dir::new();
    let (first, second, third) = (
        log_key("KiroLogs", DAY, "x"),
        log_key("QDeveloperLogs", DAY, "x"),
        log_key("QDeveloperLogs", DAY, "y"),
    );
    for key in [&first, &second, &third] {
        dir.put(key, records(&[chat("r", TIME), chat(key, TIME)]));
    }
    dir.run().exits(0).counts(&[("tables/chat/twins_new", 2)]);
    assert_eq!(of(&dir, "r"), [line(0, &first)]);

    // The first is exported again without the record: the second stands for it, and is not read again.
    dir.put(&first, records(&[chat(&first, TIME)]));
    dir.run()
        .exits(0)
        .counts(&[("objects/read", 1), ("tables/chat/twins_back", 1)]);
    assert_eq!(of(&dir, "r"), [line(0, &second)]);
    let rows = dir.rows("chat");
    let row = rows.iter().find(|row| &row["request_id"] == "r").unwrap();
    assert_eq!(
        row.line(&["source", "prompt", "record_index"]),
        "qdeveloper prompt of r 0"
    );
    dir.is_as_if_made_anew();

    // Then the second; and at last all of them come back.
    dir.put(&second, records(&[chat(&second, TIME)]));
    dir.run().exits(0);
    assert_eq!(of(&dir, "r"), [line(0, &third)]);
    dir.is_as_if_made_anew();
    for key in [&first, &second] {
        dir.put(key, records(&[chat("r", TIME), chat(key, TIME)]));
    }
    dir.run().exits(0);
    assert_eq!(of(&dir, "r"), [line(0, &first)]);
    dir.is_as_if_made_anew();
}

#[test]
fn a_twin_takes_over_from_an_object_that_is_dropped() {
    let dir = Dir::new();
    let (first, second) = (chat_key(DAY, "a"), chat_key(DAY, "b"));
    for key in [&first, &second] {
        dir.put(key, records(&[chat("r", TIME)]));
    }
    dir.run().exits(0);
    // Gone at the source without a word: the row stays as it is.
    dir.remove(&first);
    dir.run_with(&["--rebuild"]).exits(0);
    assert_eq!(of(&dir, "r"), [line(0, &first)]);
    dir.run_with(&["--rebuild", "--drop-missing"]).exits(0);
    assert_eq!(of(&dir, "r"), [line(0, &second)]);
    dir.is_as_if_made_anew();
}

#[test]
fn a_twin_takes_over_when_the_inventory_is_lost() {
    for lost in [
        &["lake/_promptlake/inventory"][..],
        &["lake/_promptlake/ledger"],
        &["lake/_promptlake"],
    ] {
        let dir = Dir::new();
        let (first, second) = (chat_key(DAY, "a"), chat_key(DAY, "b"));
        for key in [&first, &second] {
            dir.put(key, records(&[chat("r", TIME)]));
        }
        dir.run().exits(0);
        dir.put(&first, records(&[chat("other", TIME)]));
        dir.lose(lost);
        dir.run().exits(0);
        assert_eq!(of(&dir, "r"), [line(0, &second)], "without {lost:?}");
        dir.is_as_if_made_anew();
    }
}

#[test]
fn a_dated_object_stands_before_an_undated_one() {
    let dir = Dir::new();
    let dated = chat_key(DAY, "a");
    // Undated objects come first in canonical order.
    dir.put("flat.json", format!("[{}]", chat("r", TIME)));
    dir.put(&dated, records(&[chat("r", TIME)]));
    dir.run().exits(0);
    assert_eq!(of(&dir, "r"), [line(0, &dated)]);
    dir.put(&dated, records(&[chat("other", TIME)]));
    dir.run().exits(0);
    assert_eq!(of(&dir, "r"), ["0 bucket/flat.json"]);
    dir.is_as_if_made_anew();
}

#[test]
fn other_contents_of_a_request_all_stay() {
    let dir = Dir::new();
    let keys = ["a", "b", "c", "d"].map(|name| chat_key(DAY, name));
    for (key, prompt) in keys.iter().zip(["one", "two", "one", "three"]) {
        dir.put(key, records(&[chat_saying("r", TIME, prompt)]));
    }
    dir.run()
        .exits(0)
        .counts(&[("tables/chat/twins_new", 1), ("tables/chat/variants", 2)]);
    let expected = [line(0, &keys[0]), line(1, &keys[1]), line(2, &keys[3])];
    assert_eq!(of(&dir, "r"), expected);
    dir.is_as_if_made_anew();
    // One goes: the others are numbered anew. Its twin takes its place, though not its number.
    dir.put(&keys[0], records(&[chat("other", TIME)]));
    dir.run().exits(0);
    let expected = [line(0, &keys[1]), line(1, &keys[2]), line(2, &keys[3])];
    assert_eq!(of(&dir, "r"), expected);
    dir.is_as_if_made_anew();
}

#[test]
fn records_without_a_request_id_have_no_twins() {
    let dir = Dir::new();
    let record = r#"{"generateAssistantResponseEventRequest":{"prompt":"same","timeStamp":"2026-01-09T10:00:00Z"}}"#;
    dir.put(&chat_key(DAY, "a"), records(&[record, record]));
    dir.put(&chat_key(DAY, "b"), records(&[record]));
    dir.run().exits(0);
    assert_eq!(dir.lines("chat", &["request_id", "variant"]), ["NULL 0"; 3]);
}

#[test]
fn records_of_different_days_are_never_compared() {
    let dir = Dir::new();
    dir.put(
        &chat_key(DAY, "a"),
        records(&[chat("r", TIME), chat("r", "2026-01-10T00:00:00Z")]),
    );
    dir.run().exits(0);
    assert_eq!(
        dir.lines("chat", &["dt", "variant"]),
        ["2026-01-09 0", "2026-01-10 0"]
    );
}

#[test]
fn the_newest_export_is_variant_0_and_its_models_go_with_it() {
    let dir = Dir::new();
    let (old, new) = (
        report_key(DAY, "KIRO_IDE", "0000"),
        report_key(DAY, "KIRO_IDE", "0415"),
    );
    let rows = |credits, messages| {
        report(&[
            report_row(DAY, "changed", credits, messages),
            report_row(DAY, "same", "7.0", 7),
        ])
    };
    // The later export arrives first.
    dir.put(&new, rows("2.0", 4));
    dir.run().exits(0);
    dir.put(&old, rows("1.0", 3));
    dir.run().exits(0).counts(&[
        ("tables/user_activity/twins_new", 1),
        ("tables/user_activity/variants", 1),
    ]);
    let activity = || {
        let mut lines = dir.lines("user_activity", &["user_id", "variant", "credits_used"]);
        lines.sort();
        lines
    };
    let usage = || {
        let mut lines = dir.lines("model_usage", &["user_id", "variant", "messages"]);
        lines.sort();
        lines
    };
    assert_eq!(activity(), ["changed 0 2.0", "changed 1 1.0", "same 0 7.0"]);
    assert_eq!(usage(), ["changed 0 4", "changed 1 3", "same 0 7"]);
    let newest = dir.rows("user_activity");
    let same = newest.iter().find(|row| &row["user_id"] == "same").unwrap();
    assert_eq!(
        &same["source_object"],
        kiro(&new),
        "the newest of twins stays"
    );
    dir.is_as_if_made_anew();

    dir.remove(&new);
    dir.run_with(&["--rebuild", "--drop-missing"]).exits(0);
    assert_eq!(activity(), ["changed 0 1.0", "same 0 7.0"]);
    assert_eq!(usage(), ["changed 0 3", "same 0 7"]);
    dir.is_as_if_made_anew();
}
