//! `promptlake status`: states by the clock, numbers, last events, the forms of output.

use serde_json::{Value, json};

use crate::harness::{
    Dir, Files, chat, chat_key, gzip, log_key, promptlake, records, report, report_key, report_row,
};

/// `promptlake status` of the lake in `dir`.
pub(crate) fn call(dir: &Dir, now: &str, flags: &[&str]) -> crate::harness::Call {
    let lake = dir.arg("lake");
    let args = ["status", "--lake", &lake, "--now", now];
    promptlake(args.iter().chain(flags).copied())
}

/// The status as JSON.
fn status_of(dir: &Dir, now: &str, flags: &[&str]) -> Value {
    let flags = [&["--format", "json"], flags].concat();
    let done = call(dir, now, &flags).done().exits(0);
    serde_json::from_str(&done.stdout).unwrap()
}

/// A stream by `dataset`, `client` and `account`, which may be left out.
fn stream<'a>(status: &'a Value, dataset: &str, client: &str, account: &str) -> &'a Value {
    let mut found = status["streams"].as_array().unwrap().iter().filter(|s| {
        s["dataset"] == dataset
            && (client.is_empty() || s["client"] == client)
            && (account.is_empty() || s["account"] == account)
    });
    let stream = found.next().unwrap_or_else(|| panic!("{status:#}"));
    assert!(found.next().is_none(), "{status:#}");
    stream
}

fn day<'a>(stream: &'a Value, day: &str) -> &'a Value {
    let days = stream["days"].as_array().unwrap();
    let found = days.iter().find(|line| line["day"] == day);
    found.unwrap_or_else(|| panic!("no {day} in {stream:#}"))
}

fn put_report(dir: &Dir, day: &str, client: &str) {
    let row = report_row(day, "u1", "1.5", 3).replace("KIRO_IDE", client);
    dir.put(&report_key(day, client, "0000"), report(&[row]));
}

fn put_chat(dir: &Dir, day: &str) {
    dir.put(
        &chat_key(day, "a"),
        records(&[
            chat(&format!("r {day}"), &format!("{day}T10:00:00Z")),
            chat(&format!("s {day}"), &format!("{day}T11:30:00.250Z")),
        ]),
    );
}

/// Chat on each of nine days, one client's reports on seven of them, another's on the first.
fn streams() -> Dir {
    let dir = Dir::new();
    for number in 1..=9 {
        let day = format!("2026-01-0{number}");
        put_chat(&dir, &day);
        if number <= 7 {
            put_report(&dir, &day, "KIRO_IDE");
        }
    }
    put_report(&dir, "2026-01-01", "KIRO_CLI");
    dir.run().exits(0);
    dir
}

#[test]
fn the_state_of_a_day_follows_the_clock() {
    let dir = streams();
    let cases = [
        // now, dataset, client, day, state
        ("2026-01-09T00:00:00Z", "chat", "", "2026-01-09", "partial"),
        ("2026-01-09T23:59:59Z", "chat", "", "2026-01-09", "partial"),
        ("2026-01-10T00:00:00Z", "chat", "", "2026-01-09", "complete"),
        ("2026-01-10T00:00:00Z", "chat", "", "2026-01-10", "no_data"),
        ("2026-01-12T02:00:00Z", "chat", "", "2026-01-10", "late"),
        ("2026-01-12T01:59:59Z", "chat", "", "2026-01-10", "no_data"),
        (
            "2026-01-10T01:59:59Z",
            "user_report",
            "KIRO_IDE",
            "2026-01-08",
            "no_data",
        ),
        (
            "2026-01-10T02:00:00Z",
            "user_report",
            "KIRO_IDE",
            "2026-01-08",
            "late",
        ),
        (
            "2026-01-10T02:00:00Z",
            "user_report",
            "KIRO_IDE",
            "2026-01-09",
            "no_data",
        ),
        (
            "2026-01-11T02:00:00Z",
            "user_report",
            "KIRO_CLI",
            "2026-01-08",
            "late",
        ),
        (
            "2026-01-11T02:00:00Z",
            "user_report",
            "KIRO_CLI",
            "2026-01-09",
            "stale",
        ),
        (
            "2026-01-11T02:00:00Z",
            "user_report",
            "KIRO_CLI",
            "2026-01-10",
            "no_data",
        ),
        (
            "2026-01-11T02:00:00Z",
            "user_report",
            "KIRO_CLI",
            "2026-01-01",
            "complete",
        ),
    ];
    for (now, dataset, client, date, state) in cases {
        let status = status_of(&dir, now, &["--days", "11"]);
        let line = day(stream(&status, dataset, client, ""), date);
        assert_eq!(line["state"], state, "{dataset} {client} {date} at {now}");
    }
}

#[test]
fn a_stream_tells_that_it_has_stopped_and_when() {
    let dir = streams();
    let cases = [
        // now, client, state, since
        ("2026-01-09T23:00:00Z", "KIRO_IDE", "complete", None),
        (
            "2026-01-10T02:00:00Z",
            "KIRO_IDE",
            "late",
            Some("2026-01-08"),
        ),
        (
            "2026-01-16T02:00:00Z",
            "KIRO_IDE",
            "late",
            Some("2026-01-08"),
        ),
        (
            "2026-01-17T02:00:00Z",
            "KIRO_IDE",
            "stale",
            Some("2026-01-08"),
        ),
        ("2026-01-07T12:00:00Z", "KIRO_IDE", "partial", None),
        (
            "2026-01-11T02:00:00Z",
            "KIRO_CLI",
            "stale",
            Some("2026-01-02"),
        ),
    ];
    for (now, client, state, since) in cases {
        let status = status_of(&dir, now, &[]);
        let line = stream(&status, "user_report", client, "");
        assert_eq!(line["state"], state, "{client} at {now}");
        assert_eq!(line["since"].as_str(), since, "{client} at {now}");
    }
    // To a person: first in the table, and in words on stderr.
    let done = call(&dir, "2026-01-10T02:00:00Z", &[]).done().exits(0);
    let first = done.stdout.lines().nth(1).unwrap();
    let cells: Vec<&str> = first.split_whitespace().collect();
    let stream = "late 2026-01-08 user_report KIRO_IDE 111122223333 us-east-1 2026-01-07";
    assert_eq!(cells[..7].join(" "), stream);
    assert_eq!(cells[7..], ["2026-01-07", "7", "7", "0", "++++!.."]);
    done.says(
        "warning: user_report KIRO_IDE of 111122223333 in us-east-1 is late: \
         its last object is of 2026-01-07, and there is none of 2026-01-08 or later",
    );
    let done = call(&dir, "2026-01-07T12:00:00Z", &[]).done().exits(0);
    assert!(!done.stderr.contains("KIRO_IDE"), "{}", done.stderr);
}

#[test]
fn days_on_which_nobody_worked_are_no_gap() {
    let dir = Dir::new();
    for day in ["2026-01-08", "2026-01-09", "2026-01-12"] {
        put_chat(&dir, day);
    }
    put_report(&dir, "2026-01-08", "KIRO_IDE");
    dir.run().exits(0);
    let status = status_of(&dir, "2026-01-14T12:00:00Z", &[]);
    let states = |dataset| {
        let days = stream(&status, dataset, "", "")["days"].as_array().unwrap();
        let states: Vec<&str> = days.iter().map(|d| d["state"].as_str().unwrap()).collect();
        states.join(" ")
    };
    assert_eq!(
        states("chat"),
        "complete complete no_data no_data complete no_data no_data"
    );
    assert_eq!(
        states("user_report"),
        "complete late no_data no_data late no_data no_data"
    );
    // Until somebody works again, nobody can tell.
    let status = status_of(&dir, "2026-01-15T02:00:00Z", &[]);
    assert_eq!(stream(&status, "chat", "", "")["since"], "2026-01-13");
}

#[test]
fn objects_rows_rejects_and_last_events_are_those_of_the_day() {
    let dir = Dir::new();
    let key = |name| chat_key("2026-01-09", name);
    dir.put(
        &key("a"),
        records(&[chat("r1", "2026-01-08T23:59:59.999Z")]),
    );
    dir.put(
        &key("b"),
        records(&[
            chat("r2", "2026-01-09T09:00:00Z"),
            chat("r3", "2026-01-09T08:00:00Z"),
        ]),
    );
    dir.put(&key("c"), records(&["{}".to_owned()]));
    dir.put(
        &chat_key("2026-01-08", "d"),
        records(&[chat("r4", "2026-01-08T10:00:00Z")]),
    );
    // Another account in the same partitions, and the other tree.
    let other =
        log_key("QDeveloperLogs", "2026-01-09", "e").replace("111122223333", "444455556666");
    dir.put(&other, records(&[chat("r5", "2026-01-09T07:00:00Z")]));
    put_report(&dir, "2026-01-09", "KIRO_IDE");
    dir.put(
        &report_key("2026-01-09", "KIRO_CLI", "0000"),
        "Date,UserId,Client_Type,Total_Messages\n",
    );
    dir.run_with(&["--all", "--max-rejects", "1"]).exits(0);

    let status = status_of(&dir, "2026-01-10T12:00:00Z", &[]);
    let chats = stream(&status, "chat", "", "111122223333");
    let line = day(chats, "2026-01-09");
    let numbers = |line: &Value| ["objects", "rows", "rejects"].map(|n| line[n].as_u64().unwrap());
    assert_eq!(numbers(line), [3, 3, 1]);
    assert_eq!(line["last_event"], "2026-01-09T09:00:00.000Z");
    assert!(
        line["last_object"]
            .as_str()
            .unwrap()
            .ends_with("_c.json.gz")
    );
    let before = day(chats, "2026-01-08");
    assert_eq!(numbers(before), [1, 1, 0]);
    assert_eq!(before["last_event"], "2026-01-08T10:00:00.000Z");
    assert_eq!(numbers(chats), [4, 4, 1]);
    assert_eq!(chats["first_day"], "2026-01-08");
    let other = stream(&status, "chat", "", "444455556666");
    assert_eq!(other["last_event"], "2026-01-09T07:00:00.000Z");
    assert_eq!(numbers(other), [1, 1, 0]);
    let report = stream(&status, "user_report", "KIRO_IDE", "");
    assert_eq!(report["last_event"], "2026-01-09");
    // A header alone is an object, and no data.
    let empty = stream(&status, "user_report", "KIRO_CLI", "");
    assert_eq!(numbers(empty), [1, 0, 0]);
    assert_eq!(empty["state"], "no_data");
}

#[test]
fn what_a_key_does_not_say_is_looked_up() {
    let dir = Dir::new();
    let row = |client: &str| report_row("2026-01-09", client, "1", 1).replace("KIRO_IDE", client);
    // Folders tell the dataset, so that the file's name is free: the rows tell the client.
    dir.put(
        "logs/AWSLogs/111122223333/KiroLogs/user_report/us-east-1/2026/01/09/00/both.csv",
        report(&[
            row("KIRO_CLI"),
            row("PLUGIN"),
            row("PLUGIN").replace("PLUGIN,PLUGIN", "u,PLUGIN"),
        ]),
    );
    // A copied file has no region; there is one stream only that it can be of.
    put_report(&dir, "2026-01-08", "KIRO_CLI");
    dir.put(
        "KIRO_CLI_111122223333_user_report_202601070000.csv",
        report(&[row("KIRO_CLI").replace("2026-01-09", "2026-01-07")]),
    );
    // One without any date has the days of its rows.
    let named = row("KIRO_WEB").replace("2026-01-09", "2026-01-06");
    dir.put("copied/my report.csv", report(&[named]));
    // The options of a source say what keys do not.
    let lex_free = "other/111122223333_GenerateAssistantResponse_202601091000_x.json.gz";
    dir.write(lex_free, records(&[chat("r", "2026-01-09T10:00:00Z")]));
    let other = format!("{}?region=eu-central-1", dir.arg("other"));
    let lake = dir.arg("lake");
    let bucket = dir.arg("bucket");
    promptlake([
        "run", "--all", "--lake", &lake, "--source", &bucket, "--source", &other,
    ])
    .done()
    .exits(0);

    let status = status_of(&dir, "2026-01-10T12:00:00Z", &[]);
    let rows = |client: &str, date: &str| {
        let line = day(stream(&status, "user_report", client, ""), date);
        (line["objects"].as_u64(), line["rows"].as_u64())
    };
    assert_eq!(rows("KIRO_CLI", "2026-01-09"), (Some(1), Some(1)));
    assert_eq!(rows("PLUGIN", "2026-01-09"), (Some(1), Some(2)));
    assert_eq!(rows("KIRO_CLI", "2026-01-07"), (Some(1), Some(1)));
    assert_eq!(rows("KIRO_WEB", "2026-01-06"), (Some(1), Some(1)));
    assert_eq!(
        stream(&status, "user_report", "KIRO_WEB", "")["account"],
        Value::Null
    );
    let chats = stream(&status, "chat", "", "111122223333");
    assert_eq!(chats["region"], "eu-central-1");
    assert_eq!(chats["last_event"], "2026-01-09T10:00:00.000Z");
}

#[test]
fn the_client_of_a_lex_log_is_its_bot_alias() {
    let dir = Dir::new();
    let entry = |id: &str, alias: &str, time: &str| {
        format!(
            r#"{{"messageVersion":"2.0","bot":{{"id":"B","name":"n","aliasId":"ID{alias}","aliasName":"{alias}"}},"requestId":"{id}","sessionId":"s","timestamp":"{time}"}}"#
        )
    };
    let lines = [
        entry("r1", "prod", "2026-01-09T10:00:00Z"),
        entry("r2", "test", "2026-01-09T11:00:00Z"),
        entry("r3", "prod", "2026-01-09T09:00:00Z"),
        "control text".to_owned(),
    ];
    dir.write(
        "logs/2026/01/09/10/stream-1-2026-01-09-10-00-00-x",
        lines.join("\n"),
    );
    // An export has no date in its key; it counts on the days of its entries.
    let old = entry("r4", "prod", "2026-01-05T08:00:00Z");
    dir.write(
        "logs/export/task/stream/000000.gz",
        gzip(format!("2026-01-05T08:00:00.000Z {old}\n")),
    );
    let source = format!(
        "{}?kind=lex&account=111122223333&region=us-east-1",
        dir.arg("logs")
    );
    promptlake([
        "run",
        "--all",
        "--lake",
        &dir.arg("lake"),
        "--source",
        &source,
    ])
    .done()
    .exits(0);

    let status = status_of(&dir, "2026-01-10T12:00:00Z", &[]);
    assert_eq!(status["streams"].as_array().unwrap().len(), 2, "{status:#}");
    let prod = stream(&status, "lex", "prod", "111122223333");
    assert_eq!(prod["region"], "us-east-1");
    assert_eq!((&prod["objects"], &prod["rows"]), (&json!(2), &json!(3)));
    assert_eq!(prod["last_event"], "2026-01-09T10:00:00.000Z");
    let old = day(prod, "2026-01-05");
    assert_eq!((&old["objects"], &old["rows"]), (&json!(1), &json!(1)));
    assert_eq!(old["last_event"], "2026-01-05T08:00:00.000Z");
    let test = stream(&status, "lex", "test", "111122223333");
    assert_eq!(test["last_event"], "2026-01-09T11:00:00.000Z");
}

#[test]
fn the_json_has_the_fields_that_are_documented() {
    let dir = streams();
    let status = status_of(&dir, "2026-01-10T02:00:00Z", &["--days", "3"]);
    assert_eq!(status["format"], 1);
    assert_eq!(status["now"], "2026-01-10T02:00:00Z");
    assert_eq!(
        [&status["from"], &status["to"]],
        ["2026-01-08", "2026-01-10"]
    );
    let documented = include_str!("../../docs/status.md");
    let check = |value: &Value, fields: &[&str]| {
        let mut found: Vec<&str> = value
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        found.sort_unstable();
        let mut fields = fields.to_vec();
        fields.sort_unstable();
        assert_eq!(found, fields);
        for field in fields {
            assert!(documented.contains(&format!("`{field}`")), "{field}");
        }
    };
    check(
        &status,
        &["format", "now", "from", "to", "streams", "problems"],
    );
    let counts = [
        "objects",
        "rows",
        "rejects",
        "last_event",
        "last_object",
        "state",
    ];
    for stream in status["streams"].as_array().unwrap() {
        let own = [
            "account",
            "region",
            "dataset",
            "client",
            "since",
            "first_day",
            "last_day",
            "days",
        ];
        check(stream, &[&counts[..], &own].concat());
        let days = stream["days"].as_array().unwrap();
        assert_eq!(days.len(), 3);
        days.iter()
            .for_each(|day| check(day, &[&counts[..], &["day"]].concat()));
    }
    for state in ["complete", "partial", "no_data", "late", "stale"] {
        assert!(documented.contains(&format!("| `{state}` |")), "{state}");
    }
}

#[test]
fn nothing_is_written_and_what_is_damaged_is_named() {
    let dir = streams();
    let before = Files::below(&dir.path("lake"));
    call(&dir, "2026-01-10", &[]).done().exits(0);
    call(&dir, "2026-01-10", &["--drift"]).done().exits(0);
    assert!(
        Files::below(&dir.path("lake"))
            .written_since(&before)
            .is_empty()
    );

    dir.write("lake/_promptlake/ledger/chat/day=2026-01-05", "damaged");
    let done = call(&dir, "2026-01-10", &["--format", "json"])
        .done()
        .exits(1)
        .says("ledger/chat/day=2026-01-05");
    let status: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(status["problems"].as_array().unwrap().len(), 1);
    assert_eq!(stream(&status, "chat", "", "")["objects"], 8);
}

#[test]
fn what_has_no_streams_says_so() {
    let dir = Dir::new();
    dir.write("lake/nothing", "here");
    let done = call(&dir, "2026-01-10", &[])
        .done()
        .exits(0)
        .says("no streams");
    assert!(done.stdout.is_empty());
    let drift = call(&dir, "2026-01-10", &["--drift"])
        .done()
        .exits(0)
        .says("no drift");
    assert!(drift.stdout.is_empty());
    let missing = dir.arg("no lake");
    promptlake(["status", "--lake", &missing])
        .done()
        .exits(2)
        .says("no lake");
    call(&dir, "2026-01-32", &[]).done().exits(2);
    call(&dir, "2026-01-10", &["--days", "0"]).done().exits(2);
}
