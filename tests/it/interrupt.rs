//! A run that is told to stop.

use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use promptlake_datasets::day::Day;
use promptlake_datasets::generate;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::harness::{Dir, gzip};

/// A bucket that takes a while.
fn bucket() -> Dir {
    let dir = Dir::new();
    let first = Day::from_ymd(2025, 12, 4).unwrap();
    for object in generate::organisation(7, first, 5, 20) {
        if object.key.ends_with('/') {
            continue;
        }
        let body = if object.gzip {
            gzip(object.body)
        } else {
            object.body
        };
        dir.put(&object.key, body);
    }
    dir
}

fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_child(child);
    kill_process(pid, signal).unwrap();
}

/// Begins a run, and gives it a signal after a while.
fn interrupted(dir: &Dir, signal_: Signal, after: Duration) -> (Option<i32>, Value, String) {
    let mut call = dir.call(&["bucket"], "lake", &["--all"]);
    call.0.stdout(Stdio::piped()).stderr(Stdio::piped());
    let begun = Instant::now();
    let mut child = call.0.spawn().unwrap();
    // Signals are handled from before the first temporary file on; the runs before left none.
    let temp = dir.path("lake/_promptlake/tmp");
    let working = || std::fs::read_dir(&temp).is_ok_and(|mut files| files.next().is_some());
    while !working()
        && child.try_wait().unwrap().is_none()
        && begun.elapsed() < Duration::from_secs(20)
    {
        sleep(Duration::from_millis(1));
    }
    sleep(after);
    signal(&child, signal_);
    let output = child.wait_with_output().unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (
        output.status.code(),
        report,
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_run_that_is_stopped_leaves_a_whole_lake_and_a_report() {
    let dir = bucket();
    let mut stopped = 0;
    for (at, signal) in [
        Signal::INT,
        Signal::TERM,
        Signal::INT,
        Signal::TERM,
        Signal::INT,
    ]
    .into_iter()
    .enumerate()
    {
        let after = Duration::from_millis([5, 50, 150, 400, 900][at]);
        let (code, report, stderr) = interrupted(&dir, signal, after);
        assert_eq!(report["exit"]["code"], code.unwrap(), "{stderr}");
        if report["stopped"] == true {
            stopped += 1;
            assert_eq!(code, Some(1), "{stderr}");
            assert!(stderr.contains("stopped before it was done"), "{stderr}");
        }
        // Every part that is there can be read, and holds no row twice.
        for table in ["chat", "user_activity", "model_usage", "rejects"] {
            dir.rows(table);
        }
    }
    assert!(stopped > 0, "no signal came in time");
    let ran = dir.run();
    assert!(ran.done.code <= Some(1), "{ran:#?}");
    dir.is_as_if_made_anew();
    dir.run().exits(0).counts(&[("objects/read", 0)]);
    assert_eq!(
        std::fs::read_dir(dir.path("lake/_promptlake/tmp")).map_or(0, Iterator::count),
        0,
        "temporary files"
    );
}

#[test]
fn a_run_that_is_killed_leaves_a_whole_lake() {
    let dir = bucket();
    for after in [5, 100, 300, 600] {
        interrupted(&dir, Signal::KILL, Duration::from_millis(after));
        for table in ["chat", "user_activity", "model_usage", "rejects"] {
            dir.rows(table);
        }
    }
    let ran = dir.run();
    assert!(ran.done.code <= Some(1), "{ran:#?}");
    dir.is_as_if_made_anew();
    let left = std::fs::read_dir(dir.path("lake/_promptlake/tmp")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "the next run takes away what a killed one left");
}
