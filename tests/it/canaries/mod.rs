//! No value of a record leaves the lake but through SQL and `rejects show` (invariant 9), whatever is wrong with the
//! record, its object, or the lake.
//!
//! A *canary* is a text or a number that stands at one place of one object and nowhere else. What may be named, and where:
//!
//! - Object keys are no values. They are named everywhere.
//! - Drift names unknown *fields* by their first unknown level, unknown *columns* by their header, and values of four
//!   kinds: model, client, tier, event type. A canary put in the place of a member's name or of a header may therefore
//!   stand in drift, as a field or column; one in the place of a value only as one of the four. Nothing stands in drift
//!   of names further down: there they are values (the marks of the kits are among these).
//! - `status` tells streams apart by their client, which for Lex is the alias of the bot. It alone names it.
//!
//! Datasets are taken from the kits and from the folders of fixtures, so a new one is covered as it is registered.

mod damage;
mod heard;
mod planted;

use std::collections::BTreeMap;

use crate::harness::{Dir, promptlake};

use heard::Heard;
use planted::{Kind, Planted};

/// On which everything runs.
const NOW: &str = "2026-07-28";

/// The source of logs, and that of Lex.
fn sources(dir: &Dir) -> [String; 2] {
    [
        dir.arg("bucket"),
        format!("{}?kind=lex", dir.arg("bucket-lex")),
    ]
}

/// All that the commands say of a lake as it is, and of a run.
fn hear(dir: &Dir, json: bool, flags: &[&str], heard: &mut Heard) {
    let lake = dir.arg("lake");
    let [logs, lex] = sources(dir);
    let lake = ["--lake", lake.as_str()];
    let window = ["--all", "--now", NOW, "--source", &logs, "--source", &lex];
    let form = if json {
        &["--log", "json", "--format", "json"][..]
    } else {
        &[]
    };
    let log = &form[..form.len() / 2];
    heard.call(&[&["plan"], &lake[..], &window, form].concat());
    heard.call(&[&["verify", "--now", NOW], &lake[..], form].concat());
    heard.call(&[&["status"], &lake[..], form].concat());
    if !json {
        // From this one the clients are known.
        heard.call(&[&["status", "--format", "json"], &lake[..]].concat());
    }
    heard.call(&[&["rejects", "list"], &lake[..], log].concat());
    heard.call(&[&["run", "--report", "-"], &lake[..], &window, log, flags].concat());
}

/// That of a first run and of one that reads everything again, with the names of drift.
fn hear_twice(dir: &Dir) -> Heard {
    let mut heard = Heard::default();
    hear(dir, false, &[], &mut heard);
    for json in [false, true] {
        hear(dir, json, &["--rebuild", "--strict"], &mut heard);
        let form = if json { &["--format", "json"][..] } else { &[] };
        heard.call(&[&["status", "--drift", "--lake", &dir.arg("lake")], form].concat());
    }
    heard.reports(dir);
    heard
}

#[test]
fn no_record_of_a_kit_is_heard() {
    let dir = Dir::new();
    for object in planted::marked() {
        object.put(&dir);
    }
    let heard = hear_twice(&dir);
    heard.has_nothing_of(planted::MARK);
    let lake = dir.arg("lake");
    // It is there, and would be found.
    for table in ["chat", "user_activity", "lex_conversation", "rejects"] {
        assert!(
            format!("{:?}", dir.rows(table)).contains(planted::MARK),
            "{table} holds the mark"
        );
    }
    let id = promptlake(["rejects", "list", "--lake", &lake])
        .done()
        .stdout;
    let id = id
        .lines()
        .nth(1)
        .and_then(|line| line.split(' ').next())
        .unwrap();
    let shown = promptlake(["rejects", "show", id, "--lake", &lake])
        .done()
        .exits(0);
    assert!(shown.stdout.contains(planted::MARK), "{shown:?}");
}

#[test]
fn no_canary_is_heard() {
    let dir = Dir::new();
    let planted = planted::everywhere();
    for Planted { object, .. } in &planted {
        object.put(&dir);
    }
    let heard = hear_twice(&dir);
    let kinds: BTreeMap<usize, Kind> = planted.iter().map(|p| (p.number, p.kind)).collect();
    heard.has_only_names(&kinds);
    // Both kinds of outcome were met, many times, in each dataset whose content is read.
    let of = |table: &str| dir.lines(table, &["source_object"]).len();
    for table in [
        "chat",
        "inline_completion",
        "dev_task",
        "user_activity",
        "user_activity_legacy",
        "lex_conversation",
    ] {
        assert!(of(table) > 50, "{table}: {}", of(table));
    }
    let mut rejects: BTreeMap<String, usize> = BTreeMap::new();
    for dataset in dir.lines("rejects", &["dataset"]) {
        *rejects.entry(dataset).or_default() += 1;
    }
    for dataset in promptlake_datasets::dataset::DATASETS {
        if dataset.reads_content() {
            let count = rejects.get(dataset.name).copied().unwrap_or(0);
            assert!(count > 50, "{}: {count}", dataset.name);
        }
    }
}

#[test]
fn neither_files_of_people_nor_clashes_are_quoted() {
    let mark = planted::MARK;
    let dir = Dir::new();
    for object in planted::marked().iter().filter(|object| !object.lex) {
        object.put(&dir);
        // The same names elsewhere, with other bytes.
        let others = [&object.body[..object.body.len() / 2], mark.as_bytes()].concat();
        dir.write(&format!("copy/{}", object.key), others);
    }
    let mut heard = Heard::default();
    let (lake, copy) = (dir.arg("lake"), dir.arg("copy"));
    let [logs, _] = sources(&dir);
    let run = [
        "run", "--lake", &lake, "--all", "--now", NOW, "--source", &logs,
    ];
    heard.call(&[&run[..], &["--source", &copy]].concat());
    assert!(
        dir.run_from(&["bucket", "copy"], "lake", &["--all"])
            .done
            .code
            == Some(1)
    );
    let files = [
        format!("user_id,team\n{mark},a\n{mark},b\n"),
        format!("user_id,user_id\n{mark},{mark}\n"),
        format!("{mark}\n{mark}\n"),
        format!("user_id,team\n{mark},{mark},{mark}\n"),
        format!("tier,rank,usd_per_month,credits\n{mark},{mark},1,1\n"),
        format!("tier,rank,usd_per_month,credits,valid_from\nPRO,1,1,1,{mark}\n"),
    ];
    for (number, file) in files.iter().enumerate() {
        let name = format!("{number}.csv");
        dir.write(&name, file);
        let path = dir.arg(&name);
        for flag in ["--users", "--plans"] {
            heard.call(&[&run[..], &[flag, &path]].concat());
        }
    }
    heard.has_nothing_of(mark);
}
