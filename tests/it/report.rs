//! Exit codes, streams and the report of a run.

use serde_json::Value;

use crate::harness::{Dir, Files, chat, chat_key, chat_saying, kiro, promptlake, records};

const TIME: &str = "2026-01-09T10:00:00Z";

fn bucket() -> Dir {
    let dir = Dir::new();
    dir.put(&chat_key("2026-01-09", "a"), records(&[chat("r", TIME)]));
    dir
}

#[test]
fn the_report_is_all_that_is_on_stdout() {
    let dir = bucket();
    let done = dir
        .call(&["bucket"], "lake", &["--all"])
        .done()
        .exits(0)
        .says("exit    0: clean");
    let report: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(report["format"], 1);
    assert_eq!(report["exit"]["code"], 0);
    assert_eq!(report["sources"][0]["name"], "bucket");
    assert!(done.stdout.starts_with('{') && done.stdout.ends_with("}\n"));
    // The same lies in the lake, and in a file if that was asked for.
    let run_id = report["run_id"].as_str().unwrap();
    let kept =
        std::fs::read_to_string(dir.path(&format!("lake/_promptlake/runs/{run_id}.json"))).unwrap();
    assert_eq!(kept, done.stdout);

    let file = dir.arg("report.json");
    std::fs::write(&file, "a longer report of yesterday".repeat(1000)).unwrap();
    let base = [
        "run",
        "--all",
        "--source",
        &dir.arg("bucket"),
        "--lake",
        &dir.arg("lake"),
    ];
    let done = promptlake(base.iter().copied().chain(["--report", &file]))
        .done()
        .exits(0);
    assert!(done.stdout.is_empty(), "nothing is asked for on stdout");
    let report: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(report["objects"]["skipped"], 1);
}

#[test]
fn every_field_of_the_report_is_documented() {
    let dir = bucket();
    let documented = include_str!("../../docs/report.md");
    let ran = dir.run().exits(0);
    for (field, value) in ran.report.as_object().unwrap() {
        assert!(documented.contains(&format!("`{field}")), "{field}");
        let below: Vec<&Value> = match field.as_str() {
            "objects" => vec![value],
            "tables" | "records" => value.as_object().unwrap().values().collect(),
            _ => Vec::new(),
        };
        for value in below {
            for name in value.as_object().unwrap().keys() {
                assert!(documented.contains(&format!("`{name}`")), "{field}.{name}");
            }
        }
    }
}

#[test]
fn rejects_up_to_the_limit_are_no_failure() {
    let dir = bucket();
    dir.put(&chat_key("2026-01-09", "bad"), "no JSON");
    let fresh = |flags: &[&str]| {
        dir.lose(&["lake"]);
        dir.run_with(&[&["--all"], flags].concat())
    };
    fresh(&[])
        .exits(1)
        .says("1 new rejects, 0 allowed")
        .says("promptlake rejects list");
    fresh(&["--max-rejects", "1"]).exits(0);
}

#[test]
fn drift_is_a_failure_only_where_that_was_asked_for() {
    let dir = bucket();
    let record = chat("s", TIME).replacen("\"prompt\"", "\"newField\":1,\"prompt\"", 1);
    dir.put(&chat_key("2026-01-09", "new"), records(&[record]));
    let fresh = |flags: &[&str]| {
        dir.lose(&["lake"]);
        dir.run_with(&[&["--all"], flags].concat())
    };
    let ran = fresh(&[]).exits(0).says("newField");
    assert_eq!(ran.report["drift"][0]["count"], 1);
    fresh(&["--strict"]).exits(1).says("--strict");
}

#[test]
fn objects_of_no_known_kind_are_counted_and_named() {
    let dir = bucket();
    dir.put(
        "logs/AWSLogs/111122223333/KiroLogs/NewEvent/us-east-1/2026/01/09/x.json.gz",
        "x",
    );
    dir.put("holiday.jpg", "x");
    let ran = dir
        .run()
        .exits(0)
        .says("2 objects are of no known kind")
        .counts(&[("objects/unrecognised", 2)]);
    assert_eq!(ran.report["unrecognised"][0], "bucket/holiday.jpg");
}

#[test]
fn logs_are_json_where_that_was_asked_for() {
    let dir = bucket();
    let done = dir
        .call(&["bucket"], "lake", &["--all", "--log", "json"])
        .done()
        .exits(0);
    for line in done.stderr.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["level"].is_string() && line["message"].is_string());
    }
    assert!(!done.stderr.is_empty());
}

#[test]
fn no_value_of_a_record_is_said_or_reported() {
    let dir = Dir::new();
    let secret = "Xq7Secret";
    let key = |name| chat_key("2026-01-09", name);
    let good = chat(secret, TIME);
    dir.put(&key("a"), records(&[good.replace("MANUAL", secret)]));
    dir.put(&key("b"), records(&[good.replace(TIME, secret)]));
    dir.put(
        &key("c"),
        records(&[good.replace("\"MANUAL\"", &format!("[\"{secret}\"]"))]),
    );
    dir.put(&key("d"), format!("{secret} {good} {secret}"));
    dir.put(
        &key("e"),
        records(&[good.replace("\"answer\"", &format!("\"{secret}\\ud800\""))]),
    );
    dir.put(
        "KIRO_IDE_111122223333_user_report_202601090000.csv",
        format!("Date,UserId,Total_Messages\n2026-01-09,{secret},{secret}\n{secret},{secret},1\n2026-01-09,u,1,{secret}\n"),
    );
    let ran = dir.run().exits(1);
    assert!(
        ran.report["new_rejects"].as_object().unwrap().len() > 3,
        "{:#}",
        ran.report
    );
    let mut said = vec![("stderr", ran.done.stderr), ("stdout", ran.done.stdout)];
    let list = promptlake(["rejects", "--lake", &dir.arg("lake"), "list"])
        .done()
        .exits(0);
    said.extend([("list", list.stdout), ("list", list.stderr)]);
    for row in dir.rows("rejects") {
        said.push(("detail", row["detail"].to_owned()));
    }
    for (_, (content, _)) in Files::below(&dir.path("lake/_promptlake/runs")).0 {
        said.push(("report", String::from_utf8(content).unwrap()));
    }
    for (where_, text) in said {
        assert!(!text.contains(secret), "{where_}: {text}");
    }
}

#[test]
fn the_tables_of_the_command_line() {
    let dir = bucket();
    dir.put(
        "KIRO_IDE_111122223333_user_report_202601090000.csv",
        "Date,UserId,auto_messages\n2026-01-09,u,1\n",
    );
    dir.run_with(&["--all", "--table", "model_usage"])
        .exits(0)
        .counts(&[("objects/read", 1), ("objects/elsewhere", 1)]);
    assert!(!dir.path("lake/tables/chat").exists());
    dir.run().exits(0).counts(&[("objects/read", 1)]);
    dir.is_as_if_made_anew();
}

#[test]
fn rows_that_athena_does_not_read_are_told_by_their_place() {
    let dir = bucket();
    let large = chat_saying("large", TIME, &"Chrysanthemum ".repeat(2_500_000));
    let key = chat_key("2026-01-09", "large");
    dir.put(&key, records(&[chat("s", TIME), large]));
    let ran = dir
        .run()
        .exits(0)
        .says("Athena reads no row over 32 MB: 1 of them, such as that of record 1 of AWSLogs/");
    assert_eq!(ran.report["rows_over_32_mb"], 1);
    let row = &ran.report["large_rows"][0];
    assert_eq!(row["table"], "chat");
    assert_eq!(row["dt"], "2026-01-09");
    assert_eq!(row["source_object"], kiro(&key));
    assert_eq!(row["record_index"], 1);
    let bytes = row["bytes"].as_u64().unwrap();
    assert!((35_000_000..36_000_000).contains(&bytes), "{bytes}");
    for told in [ran.report.to_string(), ran.done.stderr] {
        assert!(!told.contains("Chrysanthemum"));
    }
}
