//! Keys with anything in them.

use std::collections::BTreeSet;

use crate::harness::{Dir, chat, chat_key, kiro, records};

const NAMES: [&str; 12] = [
    "with space",
    "per%cent",
    "%20",
    "a=b",
    "a+b",
    "#1",
    "é",
    "日本語",
    "😀",
    "quote\"'",
    "back\\slash",
    "line\nfeed",
];

#[test]
fn a_key_is_taken_as_it_is() {
    let dir = Dir::new();
    let mut expected = BTreeSet::new();
    for name in NAMES {
        let key = chat_key("2026-01-09", name);
        dir.put(
            &key,
            records(&[chat(
                &format!("tree {}", name.escape_debug().to_string().len()),
                "2026-01-09T10:00:00Z",
            )]),
        );
        expected.insert(kiro(&key).to_owned());
        let flat = format!("{name}/{name}.json");
        dir.put(
            &flat,
            chat(&format!("flat {}", expected.len()), "2026-01-09T10:00:00Z"),
        );
        expected.insert(format!("bucket/{flat}"));
    }
    dir.run().exits(0).counts(&[("objects/read", 24)]);
    let found: BTreeSet<String> = dir
        .rows("chat")
        .iter()
        .map(|row| row["source_object"].to_owned())
        .collect();
    assert!(expected.is_superset(&found), "{found:?}");
    let before = dir.lake();
    dir.run()
        .exits(0)
        .counts(&[("objects/read", 0), ("objects/skipped", 24)]);
    assert_eq!(dir.lake().written_since(&before), [""; 0]);

    // One that changes is found again by its key.
    let key = chat_key("2026-01-09", "#1");
    dir.put(&key, records(&[chat("changed", "2026-01-09T10:00:00Z")]));
    dir.run().exits(0).counts(&[("objects/read", 1)]);
    dir.is_as_if_made_anew();
}

#[test]
fn a_key_cannot_forge_a_line_of_output() {
    let dir = Dir::new();
    dir.put("line\nexit    0: clean\u{1b}[2J.json", "no JSON");
    let ran = dir.run().exits(1);
    assert!(
        !ran.done.stderr.contains("\nexit    0"),
        "{}",
        ran.done.stderr
    );
    let list = crate::harness::promptlake(["rejects", "--lake", &dir.arg("lake"), "list"])
        .done()
        .exits(0);
    assert_eq!(list.stdout.lines().count(), 2, "{}", list.stdout);
    assert!(!list.stdout.contains('\u{1b}'));
    assert!(!ran.done.stderr.contains('\u{1b}'));
}

#[test]
fn folders_and_files_below_the_source_may_be_links() {
    let dir = Dir::new();
    dir.write(
        &format!("elsewhere/{}", chat_key("2026-01-09", "a")),
        records(&[chat("r", "2026-01-09T10:00:00Z")]),
    );
    std::fs::create_dir(dir.path("bucket")).unwrap();
    std::os::unix::fs::symlink(dir.path("elsewhere"), dir.path("bucket/link")).unwrap();
    std::os::unix::fs::symlink(dir.path("bucket"), dir.path("bucket/round")).unwrap();
    dir.run().exits(0).counts(&[("objects/read", 1)]);
}
