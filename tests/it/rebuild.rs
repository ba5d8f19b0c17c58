//! `--rebuild` reads everything again and keeps what cannot be read any more; `--drop-missing` lets go of that.

use crate::harness::{Dir, chat, chat_key, records, report, report_key, report_row};

const DAY: &str = "2026-01-09";

fn lake() -> Dir {
    let dir = Dir::new();
    for name in ["a", "b", "c"] {
        let time = format!("{DAY}T10:00:00Z");
        dir.put(
            &chat_key(DAY, name),
            records(&[chat(name, &time), chat("same", &time)]),
        );
    }
    dir.put(
        &chat_key("2026-01-08", "alone"),
        records(&[chat("alone", "2026-01-08T10:00:00Z")]),
    );
    dir.put(&chat_key(DAY, "poison"), "no JSON");
    dir.put(
        &report_key(DAY, "KIRO_IDE", "0000"),
        report(&[report_row(DAY, "user-1", "1.0", 3)]),
    );
    dir.run().exits(1);
    dir
}

#[test]
fn a_rebuild_reads_all_and_writes_the_same_bytes() {
    let dir = lake();
    let before = dir.parts("lake");
    dir.run_with(&["--rebuild"]).exits(0).counts(&[
        ("objects/read", 6),
        ("objects/skipped", 0),
        ("bytes/written", 0),
    ]);
    assert_eq!(dir.parts("lake").written_since(&before), [""; 0]);
    dir.is_as_if_made_anew();
}

#[test]
fn a_rebuild_of_other_threads_and_memory_writes_the_same_bytes() {
    let dir = lake();
    let before = dir.parts("lake");
    dir.run_with(&["--rebuild", "--threads", "7", "--memory", "64MiB"])
        .exits(0);
    assert_eq!(dir.parts("lake").written_since(&before), [""; 0]);
}

#[test]
fn a_deleted_object_keeps_its_rows_until_they_are_dropped() {
    let dir = lake();
    dir.remove(&chat_key(DAY, "a"));
    dir.remove(&chat_key("2026-01-08", "alone"));
    dir.remove(&chat_key(DAY, "poison"));
    let before = dir.parts("lake");
    dir.run().exits(0);
    assert_eq!(dir.parts("lake").written_since(&before), [""; 0]);
    dir.run_with(&["--rebuild"]).exits(0);
    assert_eq!(dir.parts("lake").written_since(&before), [""; 0]);
    assert_eq!(dir.rows("rejects").len(), 1);

    dir.run_with(&["--rebuild", "--drop-missing"]).exits(0);
    assert_eq!(
        dir.lines("chat", &["request_id", "source_object"])
            .iter()
            .map(|line| line.split('/').next_back().unwrap().to_owned())
            .collect::<Vec<_>>()
            .len(),
        3,
        "b, same (of b now), c"
    );
    assert_eq!(dir.rows("rejects").len(), 0);
    let empty = dir.path("lake/tables/chat/dt=2026-01-08/part-00000.parquet");
    assert!(
        empty.exists(),
        "a partition without rows is a part without rows"
    );
    dir.is_as_if_made_anew();
    let before = dir.lake();
    dir.run().exits(0).counts(&[("objects/read", 0)]);
    assert_eq!(dir.lake().written_since(&before), [""; 0]);
}

#[test]
fn nothing_is_dropped_of_a_source_that_is_not_named() {
    let dir = lake();
    dir.write(
        &format!("other/{}", chat_key(DAY, "of-other")),
        records(&[chat("of-other", "2026-01-09T10:00:00Z")]),
    );
    dir.run_from(&["bucket", "other"], "lake", &["--all"])
        .exits(0);
    dir.remove(&chat_key(DAY, "a"));
    dir.run_with(&["--rebuild", "--drop-missing"]).exits(0);
    let ids = dir.lines("chat", &["request_id"]);
    assert_eq!(ids, ["alone", "b", "same", "c", "of-other"]);
}

#[test]
fn nothing_is_dropped_without_knowing_what_was_there() {
    let dir = lake();
    let before = dir.parts("lake");
    dir.lose(&["lake/_promptlake"]);
    dir.run_with(&["--rebuild", "--drop-missing"])
        .exits(2)
        .says("--drop-missing");
    assert_eq!(dir.parts("lake").written_since(&before), [""; 0]);
}
