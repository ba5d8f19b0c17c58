//! An object that is exported again leaves nothing behind of what it held, whatever was lost of the lake's state.

use crate::harness::{Dir, chat, chat_key, records, report, report_key, report_row};

const DAY: &str = "2026-01-09";
const NEXT: &str = "2026-01-10";

/// What may be lost of a lake without a loss of data.
const LOSSES: [(&str, &[&str]); 6] = [
    ("nothing", &[]),
    (
        "a day of the ledger",
        &["lake/_promptlake/ledger/chat/day=2026-01-09"],
    ),
    ("the ledger", &["lake/_promptlake/ledger"]),
    ("the inventory", &["lake/_promptlake/inventory"]),
    (
        "ledger and inventory",
        &["lake/_promptlake/ledger", "lake/_promptlake/inventory"],
    ),
    ("all of _promptlake", &["lake/_promptlake"]),
];

/// An object with two records of its day and one of the next, among others that stay.
fn lake() -> Dir {
    let dir = Dir::new();
    for (day, name) in [(DAY, "a"), (DAY, "z"), (NEXT, "a"), (NEXT, "z")] {
        let id = format!("{day}-{name}");
        dir.put(
            &chat_key(day, name),
            records(&[chat(&id, &format!("{day}T09:00:00Z"))]),
        );
    }
    dir.put(
        &chat_key(DAY, "moving"),
        moving(&[(1, DAY), (2, DAY), (3, NEXT)]),
    );
    dir.put(
        &report_key(DAY, "KIRO_IDE", "0000"),
        report(&[
            report_row(DAY, "user-1", "1.0", 3),
            report_row(DAY, "user-2", "2.0", 4),
        ]),
    );
    dir.run().exits(0);
    assert_eq!(dir.rows("chat").len(), 7);
    dir
}

fn moving(rows: &[(u32, &str)]) -> Vec<u8> {
    let rows: Vec<String> = rows
        .iter()
        .map(|(id, day)| chat(&format!("moving-{id}"), &format!("{day}T10:00:00Z")))
        .collect();
    records(&rows)
}

/// What an object became, by name.
type Change = (&'static str, fn(&Dir), &'static [&'static str]);

const CHANGES: [Change; 5] = [
    (
        "its rows moved to another day",
        |dir| {
            dir.put(
                &chat_key(DAY, "moving"),
                moving(&[(1, NEXT), (2, NEXT), (3, DAY)]),
            );
        },
        &[
            "2026-01-09 moving-3",
            "2026-01-10 moving-1",
            "2026-01-10 moving-2",
        ],
    ),
    (
        "it shrank",
        |dir| dir.put(&chat_key(DAY, "moving"), moving(&[(2, DAY)])),
        &["2026-01-09 moving-2"],
    ),
    (
        "its rows vanished",
        |dir| dir.put(&chat_key(DAY, "moving"), moving(&[])),
        &[],
    ),
    (
        "it is empty",
        |dir| dir.put(&chat_key(DAY, "moving"), ""),
        &[],
    ),
    (
        "it cannot be read",
        |dir| dir.put(&chat_key(DAY, "moving"), "no JSON"),
        &[],
    ),
];

#[test]
fn nothing_is_left_of_an_object_that_changed() {
    for (what, change, expected) in CHANGES {
        for (lost, names) in LOSSES {
            let dir = lake();
            change(&dir);
            dir.lose(names);
            let ran = dir.run();
            assert!(ran.done.code <= Some(1), "{what}, without {lost}: {ran:#?}");
            let mut moving = dir.lines("chat", &["dt", "request_id"]);
            moving.retain(|line| line.contains("moving"));
            assert_eq!(moving, expected, "{what}, without {lost}");
            assert_eq!(
                dir.rows("chat").len(),
                4 + expected.len(),
                "{what}, without {lost}"
            );
            dir.is_as_if_made_anew();
            let before = dir.lake();
            dir.run().exits(0).counts(&[("objects/read", 0)]);
            assert_eq!(
                dir.lake().written_since(&before),
                [""; 0],
                "the run after it, {what}, without {lost}"
            );
        }
    }
}

#[test]
fn a_user_who_left_a_report_leaves_no_models_behind() {
    for (lost, names) in LOSSES {
        let dir = lake();
        dir.put(
            &report_key(DAY, "KIRO_IDE", "0000"),
            report(&[report_row(DAY, "user-2", "2.0", 4)]),
        );
        dir.lose(names);
        dir.run().exits(0);
        for table in ["user_activity", "model_usage"] {
            assert_eq!(
                dir.lines(table, &["user_id"]),
                ["user-2"],
                "{table}, without {lost}"
            );
        }
        dir.is_as_if_made_anew();
    }
}

#[test]
fn a_report_that_has_no_models_any_more_leaves_none_behind() {
    for (lost, names) in LOSSES {
        let dir = lake();
        let row = |user, messages| report_row(DAY, user, "1.0", messages);
        let without_models = |row: String| row[..=row.rfind(',').unwrap()].to_owned();
        let rows = [row("user-1", 3), row("user-2", 4)].map(without_models);
        dir.put(&report_key(DAY, "KIRO_IDE", "0000"), report(&rows));
        dir.lose(names);
        dir.run().exits(0);
        assert_eq!(dir.rows("user_activity").len(), 2, "without {lost}");
        assert_eq!(dir.rows("model_usage"), [], "without {lost}");
        dir.is_as_if_made_anew();
    }
}

#[test]
fn what_is_lost_is_mended_though_nothing_changed() {
    for (lost, names) in LOSSES {
        let dir = lake();
        let before = dir.parts("lake");
        dir.lose(names);
        dir.run_with(&["--now", NEXT]).exits(0);
        assert_eq!(
            dir.parts("lake").written_since(&before),
            [""; 0],
            "without {lost}"
        );
        let before = dir.lake();
        dir.run().exits(0).counts(&[("objects/read", 0)]);
        assert_eq!(dir.lake().written_since(&before), [""; 0], "without {lost}");
    }
}

#[test]
fn a_part_that_is_lost_or_damaged_is_made_again() {
    let part = "lake/tables/chat/dt=2026-01-09/part-00000.parquet";
    for damage in [None, Some("no Parquet"), Some("")] {
        let dir = lake();
        dir.lose(&[part]);
        if let Some(content) = damage {
            dir.write(part, content);
        }
        dir.run().exits(0);
        assert_eq!(dir.rows("chat").len(), 7, "{damage:?}");
        dir.is_as_if_made_anew();
    }
}

#[test]
fn a_damaged_part_of_which_an_object_is_gone_is_left_alone() {
    let part = "lake/tables/chat/dt=2026-01-09/part-00000.parquet";
    let dir = lake();
    dir.remove(&chat_key(DAY, "a"));
    dir.write(part, "no Parquet");
    dir.run().exits(1).says("dt=2026-01-09");
    assert_eq!(std::fs::read(dir.path(part)).unwrap(), b"no Parquet");
    dir.run_with(&["--rebuild"]).exits(0);
    assert_eq!(dir.rows("chat").len(), 6, "the loss was accepted");
}
