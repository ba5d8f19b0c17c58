//! A run that is repeated changes nothing, and one with something new only what that belongs to.

use crate::harness::{Dir, chat, chat_key, chat_saying, records, report, report_key, report_row};

/// Three days with logs, reports, a report that was exported again, and something that cannot be read.
fn three_days() -> Dir {
    let dir = Dir::new();
    for day in ["2026-01-07", "2026-01-08", "2026-01-09"] {
        for name in ["a", "b"] {
            let id = |n| format!("{day}-{name}-{n}");
            let time = format!("{day}T10:00:00Z");
            dir.put(
                &chat_key(day, name),
                records(&[chat(&id(1), &time), chat(&id(2), &time)]),
            );
        }
        let row = |credits| report_row(day, "user-1", credits, 3);
        dir.put(&report_key(day, "KIRO_IDE", "0000"), report(&[row("1.5")]));
        dir.put(&report_key(day, "KIRO_IDE", "0415"), report(&[row("2.5")]));
    }
    dir.put(&chat_key("2026-01-09", "bad"), "{\"records\":[");
    dir
}

#[test]
fn a_second_run_writes_nothing() {
    let dir = three_days();
    dir.run().exits(1).counts(&[("objects/read", 13)]);
    let before = dir.lake();
    assert!(before.0.len() > 20, "{:?}", before.0.keys());
    dir.run().exits(0).counts(&[
        ("objects/read", 0),
        ("objects/skipped", 13),
        ("bytes/written", 0),
    ]);
    assert_eq!(dir.lake().written_since(&before), [""; 0]);
    // The window of every night, which does not list all of it.
    dir.run_with(&["--now", "2026-01-11"])
        .exits(0)
        .counts(&[("objects/read", 0), ("objects/skipped", 9)]);
    assert_eq!(dir.lake().written_since(&before), [""; 0]);
}

#[test]
fn a_late_object_touches_its_partitions_only() {
    let dir = three_days();
    dir.run().exits(1);
    let before = dir.lake();
    dir.put(
        &chat_key("2026-01-08", "late"),
        records(&[chat("late", "2026-01-08T23:59:00Z")]),
    );
    dir.run().exits(0).counts(&[("objects/read", 1)]);
    assert_eq!(
        dir.lake().written_since(&before),
        [
            "_promptlake/inventory/chat/dt=2026-01-08",
            "_promptlake/ledger/chat/day=2026-01-08",
            "_promptlake/ledger/index",
            "tables/chat/dt=2026-01-08/part-00000.parquet",
        ]
    );
    dir.is_as_if_made_anew();
}

#[test]
fn a_late_object_before_the_window_waits_for_a_run_of_all_days() {
    let dir = three_days();
    dir.run().exits(1);
    dir.put(
        &chat_key("2026-01-07", "late"),
        records(&[chat("late", "2026-01-07T23:59:00Z")]),
    );
    dir.run_with(&["--now", "2026-01-11"])
        .exits(0)
        .counts(&[("objects/read", 0)]);
    dir.run_with(&["--from", "2026-01-07", "--to", "2026-01-07"])
        .exits(0)
        .counts(&[("objects/read", 1)]);
    dir.is_as_if_made_anew();
}

#[test]
fn an_object_whose_bytes_are_the_same_again_changes_no_part() {
    let dir = three_days();
    dir.run().exits(1);
    let before = dir.parts("lake");
    let key = chat_key("2026-01-08", "a");
    let content = std::fs::read(dir.path("bucket").join(&key)).unwrap();
    dir.put(&key, content);
    dir.run().exits(0).counts(&[("objects/read", 1)]);
    assert_eq!(dir.parts("lake").written_since(&before), [""; 0]);
}

#[test]
fn a_poison_object_that_is_replaced_by_a_good_one_leaves_no_reject() {
    let dir = three_days();
    dir.run().exits(1).counts(&[("new_rejects/syntax", 1)]);
    assert_eq!(dir.rows("rejects").len(), 1);
    dir.put(
        &chat_key("2026-01-09", "bad"),
        records(&[chat("good", "2026-01-09T10:00:00Z")]),
    );
    dir.run().exits(0).counts(&[("objects/read", 1)]);
    assert_eq!(dir.rows("rejects").len(), 0);
    assert!(
        dir.lines("chat", &["request_id"])
            .contains(&"good".to_owned())
    );
    dir.is_as_if_made_anew();
    // And the other way round: what was good is good no more.
    dir.put(&chat_key("2026-01-09", "a"), "no JSON");
    dir.run().exits(1);
    assert_eq!(dir.rows("rejects").len(), 1);
    let ids = dir.lines("chat", &["request_id"]);
    assert!(
        !ids.iter().any(|id| id.starts_with("2026-01-09-a")),
        "{ids:?}"
    );
    dir.is_as_if_made_anew();
}

#[test]
fn a_reject_is_new_once() {
    let dir = three_days();
    dir.run().exits(1);
    let key = chat_key("2026-01-09", "bad");
    dir.put(&key, std::fs::read(dir.path("bucket").join(&key)).unwrap());
    dir.run().exits(0).counts(&[("objects/read", 1)]);
}

#[test]
fn runs_in_any_order_make_the_same_bytes() {
    let dir = Dir::new();
    let days = ["2026-01-07", "2026-01-08", "2026-01-09"];
    let mut objects = Vec::new();
    for (at, day) in days.into_iter().enumerate() {
        for name in ["a", "b", "c"] {
            // Some lie on the next day, some are twins, some variants.
            let next = days.get(at + 1).unwrap_or(&day);
            objects.push((
                chat_key(day, name),
                records(&[
                    chat(&format!("{day}-{name}"), &format!("{day}T10:00:00Z")),
                    chat(&format!("{day}-next"), &format!("{next}T00:00:01Z")),
                    chat_saying(&format!("{day}-same"), &format!("{day}T11:00:00Z"), name),
                ]),
            ));
        }
    }
    for order in [[0, 3, 6, 1, 4, 7, 2, 5, 8], [8, 7, 6, 5, 4, 3, 2, 1, 0]] {
        dir.lose(&["bucket", "lake"]);
        for chunk in order.chunks(2) {
            for &at in chunk {
                let (key, content): &(String, Vec<u8>) = &objects[at];
                dir.put(key, content);
            }
            dir.run().exits(0);
        }
        assert_eq!(dir.rows("chat").len(), 9 + 3 + 9);
        dir.is_as_if_made_anew();
    }
}
