//! The same entries through every shape give the same rows.

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{decode, object};
use crate::input::End;
use crate::lex::{CONVERSATION, SLOT};
use crate::table::Table;
use crate::trial::Trial;

/// The entries of the fixtures, as they are written there.
fn entries() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lex/fixtures");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    files.sort();
    let texts = files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap());
    // One without a time of its own would have another through each shape.
    texts
        .filter(|text| !text.contains("\"timestamp\":\" \""))
        .collect()
}

fn compact(entry: &str) -> String {
    serde_json::to_string(&serde_json::from_str::<Value>(entry).unwrap()).unwrap()
}

fn envelope(messages: &[String]) -> String {
    let events: Vec<Value> = messages
        .iter()
        .enumerate()
        .map(|(n, message)| json!({"id": n.to_string(), "timestamp": 1_785_189_600_000_u64, "message": message}))
        .collect();
    json!({
        "messageType": "DATA_MESSAGE", "owner": "999999999999", "logGroup": "g", "logStream": "s",
        "subscriptionFilters": ["f"], "logEvents": events,
    })
    .to_string()
}

fn event_form(text: &str) -> String {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let data = base64::engine::general_purpose::STANDARD.encode(gzip.finish().unwrap());
    json!({"awslogs": {"data": data}}).to_string()
}

/// Every shape, by name.
fn shapes(entries: &[String]) -> Vec<(&'static str, String)> {
    let lines = |prefix: &str| -> String {
        let lines = entries
            .iter()
            .map(|entry| format!("{prefix}{}\n", entry.trim_end()));
        lines.collect()
    };
    let values: Vec<Value> = entries
        .iter()
        .map(|entry| serde_json::from_str(entry).unwrap())
        .collect();
    let objects = json!({
        "messageType": "DATA_MESSAGE", "owner": "999999999999",
        "logEvents": values.iter().map(|value| json!({"message": value})).collect::<Vec<_>>(),
    });
    let control = json!({"messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", "logEvents": [{"message": "x"}]});
    vec![
        (
            "NDJSON",
            entries.iter().map(|entry| compact(entry) + "\n").collect(),
        ),
        (
            "concatenated",
            entries.iter().map(|entry| compact(entry)).collect(),
        ),
        ("a list", format!("[{}]", entries.join(", "))),
        ("export, ISO", lines("2026-07-27T22:00:00.000Z ")),
        ("export, milliseconds", lines("1785189600000 ")),
        ("export, bare", lines("")),
        ("an envelope", envelope(entries)),
        (
            "envelopes",
            entries
                .iter()
                .map(|entry| control.to_string() + &envelope(std::slice::from_ref(entry)))
                .collect(),
        ),
        (
            "a list in a message",
            envelope(&[format!("[{}]", entries.join(","))]),
        ),
        ("messages that are objects", objects.to_string()),
        ("event form", event_form(&envelope(entries))),
        (
            "event forms",
            entries
                .iter()
                .map(|entry| {
                    event_form(&(control.to_string() + &envelope(std::slice::from_ref(entry))))
                })
                .collect(),
        ),
    ]
}

/// The content of all rows: what is left where lineage and log group are taken away.
fn content(trial: &Trial) -> Vec<String> {
    let columns = |table: &'static Table, batch: &arrow_array::RecordBatch| {
        let kept = table
            .columns()
            .zip(batch.columns())
            .filter(|(column, _)| !table.not_content.contains(&column.name));
        kept.map(|(column, array)| format!("{} {array:?}", column.name))
            .collect::<Vec<_>>()
    };
    let rows = trial
        .rows
        .iter()
        .flat_map(|batch| columns(&CONVERSATION, batch));
    let slots = trial
        .children
        .iter()
        .flat_map(|(_, batch)| columns(&SLOT, batch));
    rows.chain(slots).collect()
}

#[test]
fn every_shape_gives_the_same_rows() {
    let entries = entries();
    assert!(entries.len() >= 4);
    let object = object(true);
    let want = decode(&object, entries.concat().as_bytes(), &End::Clean, None);
    assert_eq!(want.outcome.accepted, entries.len() as u64);
    for (name, text) in shapes(&entries) {
        let trial = decode(&object, text.as_bytes(), &End::Clean, None);
        let outcome = &trial.outcome;
        assert_eq!(
            (outcome.accepted, outcome.rejected, outcome.skipped),
            (entries.len() as u64, 0, 0),
            "{name}"
        );
        assert_eq!(
            outcome.control > 0,
            ["envelopes", "event forms"].contains(&name),
            "{name}"
        );
        // serde_json orders keys in its own way, which raw_json and other JSON columns show.
        if !["NDJSON", "concatenated", "messages that are objects"].contains(&name) {
            assert_eq!(content(&trial), content(&want), "{name}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn pieces_of_every_shape_give_what_the_whole_gives(cut in any::<prop::sample::Index>(), size in 1_usize..200) {
        let object = object(true);
        for (name, text) in shapes(&entries()) {
            let bytes = &text.as_bytes()[..text.len() - cut.index(text.len()) / 3];
            let whole = decode(&object, bytes, &End::Clean, None);
            prop_assert_eq!(&whole, &decode(&object, bytes, &End::Clean, Some(size)), "{}", name);
        }
    }
}
