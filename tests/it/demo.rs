//! `promptlake demo`

use std::fs;

use crate::harness::{Dir, Files, promptlake};
use crate::{answers, readme};

/// One demo and all that is asked of it: it takes seconds.
#[test]
fn a_demo_from_a_clean_folder() {
    let dir = Dir::new();
    let done = promptlake(["demo"]).from(&dir.path("")).done().exits(0);
    let verify = ["verify", "--lake", "promptlake-demo/lake"];
    promptlake(verify).from(&dir.path("")).done().exits(0);
    let lex = "calls=promptlake-demo/bucket-lex?kind=lex&account=777788889999&region=eu-west-2";
    let command = format!(
        "run --source demo=promptlake-demo/bucket --source '{lex}' --lake promptlake-demo/lake --all --max-rejects 15"
    );
    let program = env!("CARGO_BIN_EXE_promptlake");
    let done = done
        .says(&format!("\n{program} {command}\n"))
        .says("exit    0: clean");
    for part in [
        "promptlake-demo/lake/tables/chat/dt=",
        "model_usage ",
        "lex_conversation ",
        "lex_slot ",
        "user_activity ",
        "15 things in them cannot be read, on purpose",
        "\nSTATE     SINCE       DATASET ",
        "\nlate      2026-01-01  user_report ",
        "promptlake status --lake promptlake-demo/lake --now 2026-01-03T03:30:00Z\n",
        "promptlake status --lake promptlake-demo/lake --drift\n",
        "promptlake rejects --lake promptlake-demo/lake list\n",
        "hive_partitioning = true",
    ] {
        assert!(done.stdout.contains(part), "no {part:?} in {}", done.stdout);
    }
    let rows = dir.rows_of("promptlake-demo/lake", "chat");
    let line = done
        .stdout
        .lines()
        .find(|line| line.starts_with("chat "))
        .unwrap();
    let told: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(told[1], rows.len().to_string());
    let trees = ["KiroLogs", "QDeveloperLogs"];
    for tree in trees {
        assert!(
            rows.iter().any(|row| row["source_object"].contains(tree)),
            "{tree}"
        );
    }
    bots_are_in_it(&dir);
    answers::are_those_of_python(&dir.arg("promptlake-demo/lake"));
    readme::can_be_followed(&dir);
    assert_eq!(dir.rows_of("promptlake-demo/lake", "rejects").len(), 15);

    // The command that it shows is the one that it ran.
    let words: Vec<&str> = command
        .split(' ')
        .map(|word| word.trim_matches('\''))
        .collect();
    promptlake(words)
        .from(&dir.path(""))
        .done()
        .exits(0)
        .says(" unchanged");
    promptlake(["rejects", "--lake", "promptlake-demo/lake", "list"])
        .from(&dir.path(""))
        .done()
        .exits(0)
        .says("15 rejects");

    // Made again, it is the same, and what is not of the demo stays.
    let buckets = ["promptlake-demo/bucket", "promptlake-demo/bucket-lex"];
    let below = || buckets.map(|bucket| Files::below(&dir.path(bucket)));
    let (before, parts) = (below(), dir.parts("promptlake-demo/lake"));
    dir.write("promptlake-demo/notes", "mine");
    dir.write("promptlake-demo/bucket/more", "of the demo");
    dir.write("promptlake-demo/bucket-lex/more", "of the demo");
    promptlake(["demo"]).from(&dir.path("")).done().exits(0);
    for (after, before) in below().iter().zip(&before) {
        assert!(after.bytes() == before.bytes());
    }
    assert!(dir.parts("promptlake-demo/lake").bytes() == parts.bytes());
    assert_eq!(
        fs::read(dir.path("promptlake-demo/notes")).unwrap(),
        b"mine"
    );
}

/// Both generations of bots, in every shape in which their logs reach a bucket, and audio. What the export of the second brings came
/// through its stream, too: its entries are twins.
fn bots_are_in_it(dir: &Dir) {
    let rows = dir.rows_of("promptlake-demo/lake", "lex_conversation");
    let shapes = [
        ("calls/firehose/", "2.0"),
        ("calls/events/", "2.0"),
        ("calls/extracted/", "2.0"),
        ("calls/flowers/exports/", "1.0"),
        ("calls/flowers/2025/", "1.0"),
    ];
    for (folder, version) in shapes {
        assert!(
            rows.iter()
                .any(|row| row["source_object"].starts_with(folder)
                    && &row["message_version"] == version),
            "{folder}"
        );
    }
    let rows = dir.rows_of("promptlake-demo/lake", "lex_audio");
    assert!(
        rows.iter()
            .all(|row| &row["account_id"] == "777788889999" && &row["region"] == "eu-west-2")
    );
    assert!(!rows.is_empty());
}

#[test]
fn a_folder_of_somebody_else_is_refused() {
    let dir = Dir::new();
    dir.write("mine/lake/tables/x", "mine");
    let done = promptlake(["demo", &dir.arg("mine")])
        .done()
        .exits(2)
        .says("not empty");
    assert!(done.stdout.is_empty());
    assert_eq!(Files::below(&dir.path("mine")).0.len(), 1);
    promptlake(["demo", &dir.arg("mine/lake/tables/x")])
        .done()
        .exits(2);
    promptlake(["demo", ""]).done().exits(2);
}
