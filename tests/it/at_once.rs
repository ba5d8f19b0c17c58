//! Runs at once on one local lake, each a process of its own.

use std::process::{Child, Stdio};

use crate::harness::{Dir, chat, chat_key, records, report, report_key, report_row};

const DAYS: [&str; 4] = ["2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09"];

/// Each day has two logs, one with a record of the day before, and a report.
fn set(dir: &Dir) {
    for (number, day) in DAYS.iter().enumerate() {
        let before = DAYS[number.saturating_sub(1)];
        let log = |name: &str, id: String, day: &str| {
            let time = format!("{day}T10:00:00Z");
            dir.put(&chat_key(DAYS[number], name), records(&[chat(&id, &time)]));
        };
        log("one", format!("a{number}"), day);
        log("late", format!("b{number}"), before);
        credits(dir, day, &["12.5", "3.0"]);
    }
}

fn credits(dir: &Dir, day: &str, credits: &[&str]) {
    let row =
        |(user, credits): (usize, &&str)| report_row(day, &format!("user-{user}"), credits, 7);
    let rows: Vec<String> = credits.iter().enumerate().map(row).collect();
    dir.put(&report_key(day, "KIRO_IDE", "0000"), report(&rows));
}

/// A log that came late, a log of another day, a report that was exported again.
fn change(dir: &Dir) {
    let log = |day: &str, name: &str, id: &str| {
        let time = format!("{day}T10:00:00Z");
        dir.put(&chat_key(day, name), records(&[chat(id, &time)]));
    };
    log(DAYS[1], "later", "c1");
    log("2026-01-10", "one", "d1");
    credits(dir, DAYS[2], &["12.5", "4.25", "1.0"]);
}

fn begin(dir: &Dir, flags: &[&str]) -> Child {
    let mut call = dir.call(&["bucket"], "lake", flags);
    call.0.stdout(Stdio::piped()).stderr(Stdio::piped());
    call.0.spawn().unwrap()
}

/// Waits for runs, which all have to exit 0.
fn all_end(runs: Vec<Child>) {
    for run in runs {
        let output = run.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{said}");
    }
}

#[test]
fn two_and_four_runs_in_windows_of_their_own() {
    let windows: [&[&str]; 4] = [
        &["--to", DAYS[1]],
        &["--from", DAYS[1]],
        &["--from", DAYS[2], "--to", DAYS[3]],
        &["--from", DAYS[0], "--to", DAYS[2]],
    ];
    for runs in [2, 4] {
        let dir = Dir::new();
        set(&dir);
        let begun = windows[..runs].iter().map(|flags| begin(&dir, flags));
        all_end(begun.collect());
        dir.is_as_if_made_anew();
        dir.run().exits(0).counts(&[("objects/read", 0)]);
    }
}

/// Two runs have begun when the source changes, and two begin after that: these alone have to see it.
#[test]
fn a_source_that_changes_between_runs() {
    let dir = Dir::new();
    set(&dir);
    dir.run_with(&["--to", DAYS[1]]).exits(0);
    let mut runs = vec![begin(&dir, &["--all"]), begin(&dir, &["--from", DAYS[1]])];
    change(&dir);
    runs.extend([begin(&dir, &["--all"]), begin(&dir, &["--from", DAYS[2]])]);
    all_end(runs);
    dir.is_as_if_made_anew();
    dir.run().exits(0).counts(&[("objects/read", 0)]);
}
