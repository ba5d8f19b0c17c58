//! Lakes that cannot be written, or hold what is not ours.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::harness::{Call, Dir, Files, Ran, chat, chat_key, chat_saying, promptlake, records};

const DAY: &str = "2026-01-09";

fn bucket() -> Dir {
    let dir = Dir::new();
    dir.put(
        &chat_key(DAY, "a"),
        records(&[chat("r", "2026-01-09T10:00:00Z")]),
    );
    dir
}

/// Another object, so that there is something to write.
fn add(dir: &Dir) {
    dir.put(
        &chat_key(DAY, "b"),
        records(&[chat("s", "2026-01-09T10:00:00Z")]),
    );
}

#[test]
fn a_file_in_the_place_of_the_lake_stays() {
    let dir = bucket();
    dir.write("lake", "mine");
    dir.run().exits(2).says("lake");
    assert_eq!(fs::read(dir.path("lake")).unwrap(), b"mine");
}

#[test]
fn a_lake_that_may_not_be_written_is_left_as_it_is() {
    let dir = bucket();
    dir.run().exits(0);
    let before = Files::below(&dir.path("lake"));
    add(&dir);
    let call = dir.unprivileged(dir.call(&["bucket"], "lake", &["--all"]));
    let folders: Vec<PathBuf> = folders(dir.path("lake"));
    for folder in &folders {
        let name = folder.strip_prefix(dir.path("")).unwrap().to_str().unwrap();
        dir.permit(name, 0o500);
    }
    Ran::of(call.done()).exits(2).says("lake");
    assert_eq!(
        Files::below(&dir.path("lake")).written_since(&before),
        [""; 0]
    );
    for folder in &folders {
        let name = folder.strip_prefix(dir.path("")).unwrap().to_str().unwrap();
        dir.permit(name, 0o700);
    }
    let call = dir.unprivileged(dir.call(&["bucket"], "lake", &["--all"]));
    Ran::of(call.done()).exits(0);
    dir.is_as_if_made_anew();
}

fn folders(root: PathBuf) -> Vec<PathBuf> {
    let mut folders = vec![root];
    let mut at = 0;
    while let Some(folder) = folders.get(at).cloned() {
        let below = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        folders.extend(below.filter(|path| path.is_dir()));
        at += 1;
    }
    folders
}

/// A call whose process can write no file beyond `blocks` of 512 bytes: its disk is full from there on.
pub(crate) fn with_little_disk(dir: &Dir, blocks: u32, call: &Call) -> Ran {
    // The signal is ignored, so that a write fails as it does on a full disk.
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\" --report /dev/null");
    let mut command = Command::new("sh");
    command
        .args(["-c", &script])
        .arg(call.0.get_program())
        .args(
            call.0
                .get_args()
                .filter(|arg| *arg != "--report" && *arg != "-"),
        )
        .env_clear()
        .current_dir(dir.path(""))
        .stdin(Stdio::null());
    Ran::of(Call(command).done())
}

/// An object that nothing can compress to less than that limit.
pub(crate) fn noise() -> Vec<u8> {
    let noise = crate::harness::noise(200_000);
    records(&[chat_saying("large", "2026-01-09T11:00:00Z", &noise)])
}

#[test]
fn a_full_disk_leaves_a_whole_lake() {
    let dir = bucket();
    dir.run().exits(0);
    let before = dir.parts("lake");
    dir.put(&chat_key(DAY, "large"), noise());
    let call = dir.call(&["bucket"], "lake", &["--all"]);
    let ran = with_little_disk(&dir, 64, &call);
    assert!(matches!(ran.done.code, Some(1 | 2)), "{ran:#?}");
    assert!(ran.done.stderr.contains("File too large"), "{ran:#?}");
    assert_eq!(dir.parts("lake").written_since(&before), [""; 0]);
    assert_eq!(dir.lines("chat", &["request_id"]), ["r"]);
    // With space again, the same run does it all, and leaves no rubbish.
    dir.run().exits(0).counts(&[("objects/read", 1)]);
    dir.is_as_if_made_anew();
    let temp = Files::below(&dir.path("lake/_promptlake/tmp"));
    assert!(temp.0.is_empty(), "{:?}", temp.0.keys());
}

#[test]
fn what_is_foreign_in_the_lake_is_named_and_left() {
    let dir = bucket();
    dir.run().exits(0);
    let foreign = [
        "lake/tables/chat/dt=2026-01-09/part-00001.parquet",
        "lake/tables/chat/dt=2026-01-09/.part-00000.parquet.swp",
        "lake/tables/notes.txt",
        "lake/tables/chat/dt=yesterday/part-00000.parquet",
        "lake/_promptlake/mine",
    ];
    for name in foreign {
        dir.write(name, "mine");
    }
    let before = Files::below(&dir.path("lake/tables"));
    let ran = dir.run().exits(0).says("tables/notes.txt");
    let notices = ran.report["notices"].to_string();
    for name in &foreign[..4] {
        assert!(
            notices.contains(name.strip_prefix("lake/").unwrap()),
            "{name}: {notices}"
        );
    }
    add(&dir);
    dir.run().exits(0).counts(&[("objects/read", 1)]);
    let written = Files::below(&dir.path("lake/tables")).written_since(&before);
    assert_eq!(written, ["chat/dt=2026-01-09/part-00000.parquet"]);
}

#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    let dir = bucket();
    dir.run_with(&["--all"]).exits(0);
    let missing = dir.arg("no/such/folder/report.json");
    let base = [
        "run",
        "--all",
        "--source",
        &dir.arg("bucket"),
        "--lake",
        &dir.arg("lake"),
    ];
    promptlake(base.iter().copied().chain(["--report", &missing]))
        .done()
        .exits(2)
        .says("report.json");
    promptlake(base.iter().copied().chain(["--report", "/dev/full"]))
        .done()
        .exits(2)
        .says("/dev/full");
}
