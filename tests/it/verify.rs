//! `verify` names what is not as it should be, and what is to be done; its findings are data, on stdout.

use std::fs;

use serde_json::Value;

use crate::harness::{Dir, chat, chat_key, promptlake, records, report, report_key, report_row};

const DAY: &str = "2026-01-09";
const PART: &str = "tables/chat/dt=2026-01-09/part-00000.parquet";
/// In every text of every record.
const CANARY: &str = "tangerine-canary";

fn lake() -> Dir {
    let dir = Dir::new();
    for name in ["a", "b"] {
        let id = format!("{CANARY}-{name}");
        dir.put(
            &chat_key(DAY, name),
            records(&[chat(&id, &format!("{DAY}T10:00:00Z"))]),
        );
    }
    let row = report_row(DAY, CANARY, "1.0", 3);
    dir.put(&report_key(DAY, "KIRO_IDE", "0000"), report(&[row]));
    dir.run().exits(0);
    dir
}

fn verify(dir: &Dir, flags: &[&str]) -> crate::harness::Done {
    let lake = dir.arg("lake");
    let args = ["verify", "--lake", &lake, "--now", "2026-01-10"];
    promptlake(args.iter().chain(flags)).done()
}

#[test]
fn a_clean_lake_is_clean_and_nothing_is_written() {
    let dir = lake();
    let before = dir.parts("lake");
    let done = verify(&dir, &[]).exits(0).says("nothing wrong was found");
    assert!(done.stdout.is_empty());
    verify(&dir, &["--memory", "64MiB", "--threads", "3"]).exits(0);
    assert_eq!(dir.parts("lake").written_since(&before), [""; 0]);
}

#[test]
fn a_finding_names_its_path_and_what_to_do() {
    let dir = lake();
    let path = dir.path(&format!("lake/{PART}"));
    let mut bytes = fs::read(&path).unwrap();
    bytes[200] ^= 1;
    fs::write(&path, &bytes).unwrap();
    dir.write("lake/tables/chat/notes.txt", CANARY);
    let done = verify(&dir, &[]).exits(1).says("findings");
    let found = |part: &str| done.stdout.lines().any(|line| line.contains(part));
    assert!(found(&format!("{PART}: its SHA-256")), "{done:#?}");
    assert!(found("`run` mends it"), "{done:#?}");
    assert!(
        found("tables/chat/notes.txt: it is none of promptlake's"),
        "{done:#?}"
    );
    assert!(!done.stdout.contains(CANARY) && !done.stderr.contains(CANARY));

    let json = verify(&dir, &["--format", "json", "--log", "json"]).exits(1);
    let findings: Vec<Value> = json
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        findings
            .iter()
            .any(|found| found["path"] == PART && found["kind"] == "inventory")
    );
    assert!(
        findings
            .iter()
            .all(|found| found["what"].is_string() && found["remedy"].is_string())
    );
    assert!(serde_json::from_str::<Value>(json.stderr.lines().next().unwrap()).is_ok());

    fs::remove_file(dir.path("lake/tables/chat/notes.txt")).unwrap();
    dir.run().exits(0);
    verify(&dir, &[]).exits(0);
    dir.is_as_if_made_anew();
}

#[test]
fn since_leaves_out_what_is_earlier() {
    let dir = lake();
    fs::remove_file(dir.path(&format!("lake/{PART}"))).unwrap();
    verify(&dir, &["--since", "2026-01-09"]).exits(1);
    verify(&dir, &["--since", "2026-01-10"]).exits(0);
}

#[test]
fn what_is_no_lake_or_a_later_one_cannot_be_verified() {
    let dir = lake();
    let bucket = dir.arg("bucket");
    promptlake(["verify", "--lake", &bucket])
        .done()
        .exits(2)
        .says("there is no lake");
    let settings = dir.path("lake/_promptlake/lake.json");
    let text = fs::read_to_string(&settings).unwrap();
    let text = text.replace("\"format_version\": 1", "\"format_version\": 99");
    fs::write(&settings, text).unwrap();
    verify(&dir, &[]).exits(2).says("newer promptlake");
}
