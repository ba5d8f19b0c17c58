//! What a run meets that it does not know: in the report, in `status`, under `--strict`.

use serde_json::Value;

use crate::harness::{Dir, chat, chat_key, records, report, report_key, report_row};
use crate::status::call;

#[test]
fn drift_of_all_runs_is_one_list() {
    let dir = Dir::new();
    let novel = |id: &str, day: &str| {
        let record = chat(id, &format!("{day}T10:00:00Z"));
        records(&[record.replacen("\"prompt\"", "\"newField\":\"Xq7Secret\",\"prompt\"", 1)])
    };
    dir.put(&chat_key("2026-01-08", "b"), novel("r", "2026-01-08"));
    let event = "logs/AWSLogs/111122223333/KiroLogs/NewEvent/us-east-1/2026/01/09/x.json.gz";
    dir.put(event, "x");
    dir.run().exits(0);
    dir.put(&chat_key("2026-01-09", "a"), novel("s", "2026-01-09"));
    dir.put(&chat_key("2026-01-07", "a"), novel("t", "2026-01-07"));
    dir.put(
        &report_key("2026-01-09", "KIRO_TV", "0000"),
        report(&[report_row("2026-01-09", "u", "1", 1).replace("PRO,", "TEAM,")])
            .replace("Usage", "usage")
            .replace("auto_messages", "novel_1_messages"),
    );
    dir.run().exits(0);
    // Nothing is new, and nothing counts again; the reports may go.
    dir.run().exits(0);
    dir.lose(&["lake/_promptlake/runs"]);

    let done = call(&dir, "2026-01-10", &["--drift", "--format", "json"])
        .done()
        .exits(0);
    let list: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(list["format"], 1);
    let find = |kind: &str, name: &str| {
        let list = list["drift"].as_array().unwrap();
        let found = list
            .iter()
            .find(|line| line["kind"] == kind && line["name"] == name);
        found.cloned().unwrap_or_else(|| panic!("{list:#?}"))
    };
    let field = find("field", "generateAssistantResponseEventRequest.newField");
    assert_eq!(field["count"], 3);
    assert!(
        field["first_object"]
            .as_str()
            .unwrap()
            .ends_with("_b.json.gz")
    );
    assert_eq!(
        [&field["first_day"], &field["last_day"]],
        ["2026-01-07", "2026-01-09"]
    );
    let event_type = find("event_type", "NewEvent");
    assert_eq!(event_type["count"], 1);
    assert_eq!(event_type["first_object"], format!("bucket/{event}"));
    assert_eq!(event_type["first_day"], "2026-01-09");
    find("tier", "TEAM");
    find("model", "novel_1");
    assert!(!done.stdout.contains("Xq7Secret"));

    let done = call(&dir, "2026-01-10", &["--drift"]).done().exits(0);
    let line = done
        .stdout
        .lines()
        .find(|line| line.contains("newField"))
        .unwrap();
    assert!(
        line.contains(" 3  2026-01-07  2026-01-09  AWSLogs/"),
        "{line}"
    );
    dir.lose(&["lake/_promptlake/drift"]);
    call(&dir, "2026-01-10", &["--drift"])
        .done()
        .exits(0)
        .says("no drift");
}

#[test]
fn strict_names_what_is_new() {
    let dir = Dir::new();
    let record =
        chat("r", "2026-01-09T10:00:00Z").replacen("\"prompt\"", "\"newField\":1,\"prompt\"", 1);
    dir.put(&chat_key("2026-01-09", "a"), records(&[record]));
    let ran = dir.run_with(&["--all", "--strict"]).exits(1);
    let because = ran.report["exit"]["because"][0].as_str().unwrap();
    assert!(
        because.contains("--strict") && because.contains("newField (1)"),
        "{because}"
    );
    dir.run_with(&["--all", "--strict"]).exits(0);
}
