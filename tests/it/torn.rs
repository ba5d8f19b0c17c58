//! Files of which half was written: runs that die, or fail, where a file grows too large for their disk, and what they
//! leave in the temporary directory.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use rustix::process::Signal;

use crate::harness::{Dir, Files, chat, chat_key, records, report, report_key, report_row};
use crate::lakes::noise;

const DAY: &str = "2026-01-08";

fn log(dir: &Dir, day: &str, ids: &[&str]) {
    let time = format!("{day}T10:00:00Z");
    let all: Vec<String> = ids.iter().map(|id| chat(id, &time)).collect();
    dir.put(&chat_key(day, ids[0]), records(&all));
}

fn credits(dir: &Dir, credits: &[&str]) {
    let row =
        |(user, credits): (usize, &&str)| report_row(DAY, &format!("user-{user}"), credits, 7);
    let rows: Vec<String> = credits.iter().enumerate().map(row).collect();
    dir.put(&report_key(DAY, "KIRO_IDE", "0000"), report(&rows));
}

/// A bucket on two nights. The first has a part that is larger than all that the second reads, and that the second
/// has to write once more.
fn set(dir: &Dir, night: usize) {
    if night == 0 {
        log(dir, DAY, &["a1", "a2"]);
        log(dir, "2026-01-09", &["b1"]);
        dir.put(&chat_key("2026-01-09", "large"), noise());
        credits(dir, &["12.5", "3.0"]);
    } else {
        log(dir, DAY, &["a3", "a1"]);
        log(dir, "2026-01-09", &["b2"]);
        log(dir, "2026-01-10", &["c1"]);
        credits(dir, &["12.5", "4.25", "1.0"]);
    }
}

/// Makes a run whose process cannot write a file beyond so many blocks of 512 bytes: it dies there, or, if it ignores
/// the signal, the write fails.
fn with_blocks(dir: &Dir, lake: &str, blocks: u32, dies: bool) -> (ExitStatus, String) {
    let trap = if dies { "" } else { "trap '' XFSZ;" };
    let limits = format!("{trap} ulimit -c 0; ulimit -f {blocks}");
    let call = dir
        .call(&["bucket"], lake, &["--all"])
        .reporting_to("/dev/null");
    let output = call.under(&limits).0.output().unwrap();
    (output.status, String::from_utf8(output.stderr).unwrap())
}

/// Where files may be torn: at once, in what is staged, in what is merged.
const BLOCKS: [u32; 9] = [0, 1, 2, 4, 8, 16, 24, 64, 128];

#[test]
fn whatever_is_torn_the_next_run_mends_it() {
    let mut staged = false;
    for dies in [true, false] {
        let dir = Dir::new();
        for night in [0, 1] {
            set(&dir, night);
            dir.run_from(&["bucket"], "sound", &["--all"]).exits(0);
            let (old, new) = (dir.parts("lake"), dir.parts("sound"));
            let (old, new) = (old.bytes(), new.bytes());
            for blocks in BLOCKS {
                let of = format!("{blocks} blocks, dies {dies}, night {night}");
                let (status, stderr) = with_blocks(&dir, "lake", blocks, dies);
                if dies {
                    assert_eq!(
                        status.signal(),
                        Some(Signal::XFSZ.as_raw()),
                        "{of}: {stderr}"
                    );
                } else {
                    assert!(matches!(status.code(), Some(1 | 2)), "{of}: {stderr}");
                    assert!(stderr.contains("File too large"), "{of}: {stderr}");
                    if stderr.contains("stage rows") {
                        assert!(stderr.contains("/lake/_promptlake/tmp/"), "{of}: {stderr}");
                        assert_eq!(
                            stderr.matches("File too large").count(),
                            1,
                            "{of}: {stderr}"
                        );
                        staged = true;
                    }
                    assert!(temporary(&dir).is_empty(), "{of}: {:?}", temporary(&dir));
                }
                let found = dir.parts("lake");
                let found = found.bytes();
                for (name, bytes) in &found {
                    let whole = [&old, &new].map(|parts| parts.get(name) == Some(bytes));
                    assert!(
                        whole.contains(&true),
                        "{of}: {name} is neither the old nor the new one"
                    );
                }
                for name in old.keys() {
                    assert!(found.contains_key(name), "{of}: {name} is gone");
                }
            }
            dir.run().exits(0);
            assert_eq!(dir.parts("lake").bytes(), new, "dies {dies}, night {night}");
            assert!(temporary(&dir).is_empty(), "{:?}", temporary(&dir));
            dir.run().exits(0).counts(&[("objects/read", 0)]);
        }
        dir.is_as_if_made_anew();
    }
    assert!(staged, "no run failed while it staged rows");
}

fn temporary(dir: &Dir) -> Vec<String> {
    let left = Files::below(&dir.path("lake/_promptlake/tmp"));
    left.0.into_keys().collect()
}

/// What killed runs may leave: with a lock that nobody holds or without one, half of a part, nothing of sense, or what
/// another run was about to remove.
#[test]
fn what_lies_in_the_temporary_directory_of_nobody_is_taken_away() {
    let dir = Dir::new();
    set(&dir, 0);
    dir.run().exits(0);
    let parts = dir.parts("lake");
    let part = parts.bytes().into_values().next().unwrap();
    let half = &part[..part.len() / 2];
    for left in [
        "20260109T020000Z-1/lock",
        "20260109T020000Z-1/inventory-chat-0",
        "20260109T020000Z-1/deeper/rows-1",
        "publish/lock",
        "publish/object-0",
        "publish.1/object-0",
        "20260108T020000Z-1.removed/object-0",
    ] {
        dir.write(&format!("lake/_promptlake/tmp/{left}"), half);
    }
    set(&dir, 1);
    dir.run().exits(0);
    let tmp = dir.path("lake/_promptlake/tmp");
    assert_eq!(
        fs::read_dir(tmp).unwrap().count(),
        0,
        "{:?}",
        temporary(&dir)
    );
    dir.is_as_if_made_anew();
    dir.run().exits(0).counts(&[("objects/read", 0)]);
}
