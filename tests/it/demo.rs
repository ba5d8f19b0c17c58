//! `promptlake demo`

use std::fs;

use crate::harness::{Dir, Files, promptlake};

/// One demo and all that is asked of it: it takes seconds.
#[test]
fn a_demo_from_a_clean_folder() {
    let dir = Dir::new();
    let done = promptlake(["demo"]).from(&dir.path("")).done().exits(0);
    let command = "run --source demo=promptlake-demo/bucket --lake promptlake-demo/lake --all --max-rejects 10";
    let program = env!("CARGO_BIN_EXE_promptlake");
    let done = done
        .says(&format!("\n{program} {command}\n"))
        .says("exit    0: clean");
    for part in [
        "promptlake-demo/lake/tables/chat/dt=",
        "model_usage ",
        "user_activity ",
        "10 things in it cannot be read, on purpose",
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
    assert_eq!(dir.rows_of("promptlake-demo/lake", "rejects").len(), 10);

    // The command that it shows is the one that it ran.
    let words: Vec<&str> = command.split(' ').collect();
    promptlake(words)
        .from(&dir.path(""))
        .done()
        .exits(0)
        .says(" unchanged");
    promptlake(["rejects", "--lake", "promptlake-demo/lake", "list"])
        .from(&dir.path(""))
        .done()
        .exits(0)
        .says("10 rejects");

    // Made again, it is the same, and what is not of the demo stays.
    let (bucket, parts) = (
        Files::below(&dir.path("promptlake-demo/bucket")),
        dir.parts("promptlake-demo/lake"),
    );
    dir.write("promptlake-demo/notes", "mine");
    dir.write("promptlake-demo/bucket/more", "of the demo");
    promptlake(["demo"]).from(&dir.path("")).done().exits(0);
    assert!(Files::below(&dir.path("promptlake-demo/bucket")).bytes() == bucket.bytes());
    assert!(dir.parts("promptlake-demo/lake").bytes() == parts.bytes());
    assert_eq!(
        fs::read(dir.path("promptlake-demo/notes")).unwrap(),
        b"mine"
    );
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
