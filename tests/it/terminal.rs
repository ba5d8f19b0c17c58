//! A run on a terminal, and in a pipe.

use std::io::Read as _;
use std::sync::mpsc;
use std::time::Duration;

use crate::harness::{Dir, chat, chat_key, records};

fn bucket() -> Dir {
    let dir = Dir::new();
    for number in 0..300 {
        let day = format!("2026-01-{:02}", 1 + number % 9);
        let time = format!("{day}T10:00:00Z");
        dir.put(
            &chat_key(&day, &number.to_string()),
            records(&[chat(&number.to_string(), &time)]),
        );
    }
    dir
}

/// The exit code of a run on a terminal, and what was seen on it.
fn on_a_terminal(dir: &Dir, no_colour: bool, flags: &[&str]) -> (Option<i32>, String) {
    let (mut terminal, end) = pty_process::blocking::open().unwrap();
    terminal.resize(pty_process::Size::new(24, 100)).unwrap();
    let mut args = vec!["run".to_owned(), "--all".to_owned()];
    args.extend([
        "--source".to_owned(),
        dir.arg("bucket"),
        "--lake".to_owned(),
        dir.arg("lake"),
    ]);
    args.extend(flags.iter().map(|&flag| flag.to_owned()));
    let mut command = pty_process::blocking::Command::new(env!("CARGO_BIN_EXE_promptlake"))
        .args(args)
        .env_clear()
        .env("TERM", "xterm-256color");
    if no_colour {
        command = command.env("NO_COLOR", "1");
    }
    let mut child = command.spawn(end).unwrap();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut seen = Vec::new();
        let mut some = [0; 4096];
        // Once nobody has the other end any more, reading ends with an error on Linux.
        while let Ok(length @ 1..) = terminal.read(&mut some) {
            seen.extend_from_slice(&some[..length]);
        }
        sender.send(seen).ok();
    });
    let code = child.wait().unwrap().code();
    let seen = receiver.recv_timeout(Duration::from_secs(10)).unwrap();
    (code, String::from_utf8_lossy(&seen).into_owned())
}

#[test]
fn progress_is_drawn_on_a_terminal_and_taken_away() {
    let dir = bucket();
    let (code, seen) = on_a_terminal(&dir, false, &[]);
    assert_eq!(code, Some(0), "{seen}");
    assert!(seen.contains("publishing"), "{seen:?}");
    assert!(seen.contains("\u{1b}["), "{seen:?}");
    let summary = seen.rfind("exit    0: clean").unwrap();
    assert!(!seen[summary..].contains("publishing"), "{seen:?}");
}

#[test]
fn errors_are_coloured_on_a_terminal_unless_that_is_unwanted() {
    let dir = Dir::new();
    let (code, seen) = on_a_terminal(&dir, false, &[]);
    assert_eq!(code, Some(2), "{seen}");
    assert!(seen.contains("\u{1b}[31merror:\u{1b}[0m "), "{seen:?}");
    let (_, seen) = on_a_terminal(&dir, true, &[]);
    assert!(seen.contains("error: "), "{seen:?}");
    assert!(!seen.contains("\u{1b}[31m"), "{seen:?}");
}

#[test]
fn json_logs_on_a_terminal_are_json() {
    let dir = bucket();
    let (code, seen) = on_a_terminal(&dir, false, &["--log", "json"]);
    assert_eq!(code, Some(0), "{seen}");
    assert!(!seen.contains('\u{1b}'), "{seen:?}");
}

#[test]
fn nothing_is_drawn_in_a_pipe() {
    let dir = bucket();
    let ran = dir.run().exits(0);
    assert!(
        !ran.done.stderr.contains(['\u{1b}', '\r']),
        "{:?}",
        ran.done.stderr
    );
    assert!(
        !ran.done.stderr.contains("publishing"),
        "{:?}",
        ran.done.stderr
    );
}
