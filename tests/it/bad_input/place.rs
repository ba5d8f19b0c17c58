//! Sources and lakes that are not as they should be. What is left in the lake is tested beside them, in `sources` and
//! `lakes`; here it is the exit code of the table.

use std::fs;

use super::{DAY, documented, good};
use crate::harness::{Dir, Done, chat_key, records};

/// A case: as the table names it, and what is done in a folder whose bucket has one good object.
type Case = (&'static str, fn(&Dir) -> Done);

pub(super) const CASES: [Case; 14] = [
    ("the only source is missing", |dir| {
        dir.lose(&["bucket"]);
        run(dir)
    }),
    ("the only source is empty", |dir| {
        dir.lose(&["bucket"]);
        fs::create_dir(dir.path("bucket")).unwrap();
        run(dir)
    }),
    ("the only source holds nothing that is known", |dir| {
        dir.lose(&["bucket"]);
        dir.put("holiday/beach.jpg", "x");
        run(dir)
    }),
    ("the only source may not be listed", |dir| {
        let call = dir.unprivileged(dir.call(&["bucket"], "lake", &["--all"]));
        dir.permit("bucket", 0);
        let done = call.done();
        dir.permit("bucket", 0o700);
        done
    }),
    ("one of several sources gives nothing", |dir| {
        dir.call(&["bucket", "missing"], "lake", &["--all"]).done()
    }),
    ("a folder or an object may not be read", |dir| {
        dir.put(&chat_key("2026-01-08", "secret"), "x");
        let call = dir.unprivileged(dir.call(&["bucket"], "lake", &["--all"]));
        dir.permit(&format!("bucket/{}", chat_key("2026-01-08", "secret")), 0);
        call.done()
    }),
    ("an object of no known kind among others", |dir| {
        dir.put("logs/AWSLogs/111122223333/Other/x", "x");
        run(dir)
    }),
    ("keys with spaces, `%`, `=`, `+`, `#`, any Unicode", |dir| {
        for name in ["a b", "%20", "a=b", "a+b", "#1", "é", "日本"] {
            dir.put(&chat_key(DAY, name), records(&[good(name)]));
        }
        let done = run(dir);
        assert_eq!(dir.rows("chat").len(), 8);
        done
    }),
    ("two objects of one name with other bytes", |dir| {
        dir.put(
            &format!("second/{}", chat_key(DAY, "good")),
            records(&[good("other")]),
        );
        run(dir)
    }),
    ("a file in the place of the lake", |dir| {
        dir.write("lake", "mine");
        run(dir)
    }),
    ("a lake that may not be written", |dir| {
        fs::create_dir(dir.path("lake")).unwrap();
        let call = dir.unprivileged(dir.call(&["bucket"], "lake", &["--all"]));
        dir.permit("lake", 0o500);
        let done = call.done();
        dir.permit("lake", 0o700);
        done
    }),
    ("no space on the lake's disk", |dir| {
        dir.put(&chat_key(DAY, "noise"), crate::lakes::noise());
        crate::lakes::with_little_disk(dir, 64, &dir.call(&["bucket"], "lake", &["--all"])).done
    }),
    ("foreign files under `tables/`", |dir| {
        dir.write("lake/tables/chat/dt=2026-01-09/mine.parquet", "mine");
        run(dir)
    }),
    ("a report file that cannot be written", |dir| {
        dir.call(&["bucket"], "lake", &["--all"])
            .reporting_to("/dev/full")
            .done()
    }),
];

fn run(dir: &Dir) -> Done {
    dir.call(&["bucket"], "lake", &["--all"]).done()
}

#[test]
fn places() {
    let documented = documented();
    for (input, case) in CASES {
        let dir = Dir::new();
        dir.put(&chat_key(DAY, "good"), records(&[good("good")]));
        let done = case(&dir);
        let row = documented
            .get(input)
            .unwrap_or_else(|| panic!("{input} is not in ARCHITECTURE.md"));
        assert_eq!(done.code, Some(row.exit), "{input}: {done:#?}");
        assert!(row.reasons.is_empty(), "{input}: none of it is a reject");
        if row.exit < 2 {
            let ids = dir.lines("chat", &["request_id"]);
            assert!(ids.contains(&"good".to_owned()), "{input}: {ids:?}");
        } else {
            assert!(
                done.stderr.starts_with("error: ") || done.stderr.contains("error: "),
                "{input}: {done:#?}"
            );
        }
    }
}
