//! `promptlake run --expect`: exit code 3, when, and what comes before it.

use serde_json::{Value, json};

use crate::harness::{
    Dir, Ran, chat, chat_key, promptlake, records, report, report_key, report_row,
};

const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";

fn put_report(dir: &Dir, account: &str, day: &str) {
    let key = report_key(day, "KIRO_IDE", "0000").replace(ACCOUNT, account);
    dir.put(&key, report(&[report_row(day, "u1", "1.5", 3)]));
}

fn put_chat(dir: &Dir, day: &str) {
    let record = chat(&format!("r {day}"), &format!("{day}T10:00:00Z"));
    dir.put(&chat_key(day, "a"), records(&[record]));
}

fn run(dir: &Dir, now: &str, flags: &[&str]) -> Ran {
    dir.run_with(&[&["--now", now], flags].concat())
}

fn missing(ran: &Ran) -> Vec<(String, Option<String>)> {
    let lines = ran.report["missing_reports"].as_array().unwrap();
    let line = |line: &Value| {
        let text = |name: &str| line[name].as_str().map(str::to_owned);
        (text("dataset").unwrap(), text("account"))
    };
    lines.iter().map(line).collect()
}

#[test]
fn a_missing_report_is_3() {
    let dir = Dir::new();
    put_chat(&dir, "2026-01-09");
    put_report(&dir, ACCOUNT, "2026-01-02");
    put_report(&dir, OTHER, "2026-01-09");
    run(&dir, "2026-01-10", &["--all"]).exits(0);
    let report_of = |account: &str| ("user_report".to_owned(), Some(account.to_owned()));
    let cases = [
        // The other account's is there; this one was seen seven days before today only until the 9th.
        ("2026-01-10T03:30:00Z", vec![]),
        ("2026-01-09T03:30:00Z", vec![report_of(ACCOUNT)]),
        ("2026-01-03T03:30:00Z", vec![]),
        ("2026-01-11T03:30:00Z", vec![report_of(OTHER)]),
        ("2026-01-16T03:30:00Z", vec![report_of(OTHER)]),
        // Nobody was seen: silence is no reason to be quiet.
        (
            "2026-01-17T03:30:00Z",
            vec![("user_report".to_owned(), None)],
        ),
    ];
    for (now, expected) in cases {
        let ran = run(&dir, now, &["--expect", "user_report"]);
        assert_eq!(missing(&ran), expected, "{now}");
        let ran = ran.exits(if expected.is_empty() { 0 } else { 3 });
        if let Some((_, Some(account))) = expected.first() {
            ran.says(&format!(
                "expected and not there: user_report of {account} for"
            ));
        }
        run(&dir, now, &[]).exits(0);
    }
}

#[test]
fn the_report_that_arrives_late_ends_it() {
    let dir = Dir::new();
    put_report(&dir, ACCOUNT, "2026-01-08");
    let now = "2026-01-10T03:30:00Z";
    let ran = run(&dir, now, &["--expect", "user_report"]).exits(3);
    assert_eq!(
        ran.report["missing_reports"],
        json!([{"dataset": "user_report", "account": ACCOUNT, "day": "2026-01-09"}])
    );
    assert_eq!(ran.report["exit"]["code"], 3);
    put_report(&dir, ACCOUNT, "2026-01-09");
    run(&dir, now, &["--expect", "user_report"]).exits(0);
}

#[test]
fn several_datasets_may_be_expected() {
    let dir = Dir::new();
    put_chat(&dir, "2026-01-08");
    put_report(&dir, ACCOUNT, "2026-01-08");
    let flags = ["--expect", "user_report", "--expect", "chat"];
    let ran = run(&dir, "2026-01-10", &flags).exits(3);
    let datasets: Vec<String> = missing(&ran).into_iter().map(|line| line.0).collect();
    assert_eq!(datasets, ["chat", "user_report"]);
    put_chat(&dir, "2026-01-09");
    let ran = run(&dir, "2026-01-10", &flags).exits(3);
    assert_eq!(missing(&ran).len(), 1);
}

#[test]
fn two_comes_before_one_and_one_before_three() {
    let dir = Dir::new();
    put_report(&dir, ACCOUNT, "2026-01-08");
    let now = "2026-01-10T03:30:00Z";
    run(&dir, now, &["--expect", "user_report"]).exits(3);
    // A reject besides.
    dir.put(&chat_key("2026-01-09", "bad"), "no JSON");
    let ran = run(&dir, now, &["--expect", "user_report"]).exits(1);
    assert_eq!(missing(&ran).len(), 1, "it is in the report all the same");
    // The reject is not new any more.
    run(&dir, now, &["--expect", "user_report"]).exits(3);
    run(&dir, now, &["--expect", "user_reports"])
        .exits(2)
        .says("--expect user_reports: no such dataset")
        .says("by_user_analytic, chat");
    dir.lose(&["bucket"]);
    run(&dir, now, &["--expect", "user_report"]).exits(2);
}

#[test]
fn the_environment_may_name_them() {
    let dir = Dir::new();
    put_report(&dir, ACCOUNT, "2026-01-08");
    let mut call = promptlake([
        "run",
        "--lake",
        &dir.arg("lake"),
        "--source",
        &dir.arg("bucket"),
        "--now",
        "2026-01-10",
    ]);
    call.0.env("PROMPTLAKE_EXPECT", "user_report,chat");
    call.done().exits(3);
}
