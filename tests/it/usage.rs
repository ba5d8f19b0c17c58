//! The binary's usage errors, exit codes and streams, where no run is needed.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const CHAT: &str = "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/01/09/23/\
    111122223333_GenerateAssistantResponse_202601092300_0a1b2c3d4e5f6071.json.gz";

fn promptlake(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_promptlake"));
    command.args(args).env_clear().stdin(Stdio::null());
    command
}

fn call(args: &[&str]) -> Output {
    promptlake(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Calls, expects exit code 2, nothing on stdout, and every part of `parts` on stderr.
fn refused(args: &[&str], parts: &[&str]) {
    let output = call(args);
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
    assert!(output.stdout.is_empty(), "{args:?}");
    for part in parts {
        assert!(stderr.contains(part), "{args:?}: no {part:?} in {stderr}");
    }
}

/// A folder with a bucket of one chat object, one stray and one object of nothing known.
fn bucket() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (key, content) in [
        (CHAT, "not looked at"),
        (
            "AWSLogs/111122223333/KiroLogs/NewThing/us-east-1/2026/01/09/x.json.gz",
            "x",
        ),
        ("aws-logs-write-test", "x"),
    ] {
        let path = folder.path().join("bucket").join(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

#[test]
fn help_and_version_go_to_stdout_and_are_no_error() {
    for args in [
        &["--help"][..],
        &["run", "--help"],
        &["help", "plan"],
        &["--version"],
    ] {
        let output = call(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert!(
            !output.stdout.is_empty() && output.stderr.is_empty(),
            "{args:?}"
        );
    }
}

#[test]
fn usage_errors_say_what_is_wrong() {
    let run = |more: &[&'static str]| {
        let mut args = vec!["run", "--source", "/nowhere", "--lake", "/nowhere-either"];
        args.extend(more);
        args
    };
    refused(&[], &["Usage: promptlake"]);
    refused(&["walk"], &["unrecognized subcommand 'walk'"]);
    refused(&["run", "--lake", "x"], &["--source"]);
    refused(&["run", "--source", "x"], &["--lake"]);
    refused(
        &run(&["--all", "--from", "2026-01-01"]),
        &["--all", "cannot be used with", "--from"],
    );
    refused(
        &run(&["--to", "2026-01-01", "--all"]),
        &["cannot be used with"],
    );
    refused(
        &run(&["--from", "2026-02-30"]),
        &["2026-02-30", "YYYY-MM-DD"],
    );
    refused(
        &run(&["--from", "2026-01-02", "--to", "2026-01-01"]),
        &["--from 2026-01-02 is after --to 2026-01-01"],
    );
    refused(&run(&["--drop-missing"]), &["--rebuild"]);
    refused(
        &run(&["--memory", "64MB"]),
        &["64MB", "unknown unit", "MiB"],
    );
    refused(
        &run(&["--memory", "1MiB"]),
        &["--memory 1MiB: at least 64MiB"],
    );
    refused(&run(&["--threads", "0"]), &["--threads", "1..=1024"]);
    refused(&run(&["--max-rejects", "-1"]), &["--max-rejects"]);
    refused(&run(&["--table", "chats"]), &["no such table", "chat, "]);
    refused(&run(&["--now", "today"]), &["YYYY-MM-DDTHH:MM:SSZ"]);
    refused(&["rejects", "list"], &["--lake URI is missing"]);
    refused(&["rejects", "show", "--lake", "x"], &["<ID>"]);
    refused(&["verify", "--lake", "/nowhere"], &["no such directory"]);
    refused(
        &["rejects", "--lake", "/nowhere", "list"],
        &["no such directory"],
    );
}

#[test]
fn sources_that_are_not_understood_are_refused() {
    let with = |sources: &[&'static str]| {
        let mut args = vec!["plan", "--lake", "/nowhere"];
        for source in sources {
            args.extend(["--source", source]);
        }
        args
    };
    refused(&with(&["/a?kind=lex&colour=red"]), &["colour"]);
    refused(&with(&["/a?account=12"]), &["account", "12 digits"]);
    refused(&with(&["gs://bucket"]), &["gs://"]);
    refused(
        &with(&["/a/logs", "/b/logs"]),
        &["two sources are named logs", "NAME="],
    );
    refused(
        &with(&["/nowhere/at/all"]),
        &["no source can be read", "/nowhere/at/all: not found"],
    );
}

#[test]
fn a_source_of_nothing_known_shows_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("bucket/some/where")).unwrap();
    fs::write(folder.path().join("bucket/some/where/photo.jpg"), "x").unwrap();
    let (source, lake) = (path(folder.path(), "bucket"), path(folder.path(), "lake"));
    refused(
        &["plan", "--source", &source, "--lake", &lake],
        &["no object of a known kind", "some/where/ (1)"],
    );
    assert!(!Path::new(&lake).exists(), "nothing was made");
}

#[test]
fn a_plan_is_data_and_makes_nothing() {
    let folder = bucket();
    let (source, lake) = (path(folder.path(), "bucket"), path(folder.path(), "lake"));
    let base = ["plan", "--source", &source, "--lake", &lake];
    let output = call(&[&base[..], &["--now", "2026-01-10"]].concat());
    let stdout = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    for part in [
        "chat               2026-01-09         1             13  new 1\n",
        "\nchat/dt=2026-01-09\n",
        "3 objects listed: 1 to read, 1 strays, 1 unrecognised\n",
        "unrecognised: bucket/AWSLogs/111122223333/KiroLogs/NewThing/",
    ] {
        assert!(stdout.contains(part), "no {part:?} in {stdout}");
    }
    let output = call(&[&base[..], &["--now", "2026-02-10"]].concat());
    assert!(
        text(&output.stdout).contains(" 0 to read"),
        "outside the default window"
    );

    let output = call(&[&base[..], &["--all", "--format", "json", "--log", "json"]].concat());
    let plan: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(plan["objects"]["read"], 1);
    assert_eq!(plan["days"][0]["objects"]["new"], 1);
    assert!(!Path::new(&lake).exists(), "nothing was made");
}

#[test]
fn flags_can_come_from_the_environment() {
    let folder = bucket();
    let output = promptlake(&["plan"])
        .env("PROMPTLAKE_SOURCE", path(folder.path(), "bucket"))
        .env("PROMPTLAKE_LAKE", path(folder.path(), "lake"))
        .env("PROMPTLAKE_ALL", "1")
        .env("PROMPTLAKE_FORMAT", "json")
        .output()
        .unwrap();
    let plan: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(plan["objects"]["read"], 1);
}

#[test]
fn errors_are_json_where_that_was_asked_for() {
    let output = call(&["verify", "--lake", "/nowhere", "--log", "json"]);
    assert_eq!(output.status.code(), Some(2));
    let line: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(line["level"], "error");
    assert!(line["message"].as_str().unwrap().contains("/nowhere"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = bucket();
    let (source, lake) = (path(folder.path(), "bucket"), path(folder.path(), "lake"));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = promptlake(&["plan", "--all", "--source", &source, "--lake", &lake])
        .stdout(writer)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_lake_without_rejects_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let lake = path(folder.path(), "");
    let output = call(&["rejects", "list", "--lake", &lake]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout).lines().count(), 1, "the header");
    assert_eq!(text(&output.stderr), "no rejects\n");
    refused(
        &["rejects", "--lake", &lake, "show", "0123456789ab"],
        &["no reject 0123456789ab"],
    );
}
