//! The shell on a terminal: what is typed, what is seen.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::harness::{Dir, chat, chat_key, records};

/// What is waited for comes within this time, on a machine that does other things, too.
const PATIENCE: Duration = Duration::from_mins(1);

/// A shell on a terminal of its own.
pub(crate) struct Terminal {
    keys: Arc<pty_process::blocking::Pty>,
    seen: String,
    more: Receiver<Vec<u8>>,
    child: std::process::Child,
}

impl Terminal {
    fn open(dir: &Dir, flags: &[&str]) -> Self {
        Self::over(dir, &dir.arg("lake"), flags, &[])
    }

    /// Over some lake, with these variables.
    pub(crate) fn over(dir: &Dir, lake: &str, flags: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut this = Self::begin(dir, lake, flags, variables, |call| call);
        this.sees("promptlake> ");
        this
    }

    fn begin(
        dir: &Dir,
        lake: &str,
        flags: &[&str],
        variables: &[(&str, &str)],
        but: impl FnOnce(pty_process::blocking::Command) -> pty_process::blocking::Command,
    ) -> Self {
        let (terminal, end) = pty_process::blocking::open().unwrap();
        terminal.resize(pty_process::Size::new(24, 160)).unwrap();
        let call = pty_process::blocking::Command::new(env!("CARGO_BIN_EXE_promptlake"))
            .args(["sql", "--lake", lake])
            .args(flags)
            .env_clear()
            .env("TERM", "xterm-256color")
            .env("HOME", dir.arg("home"))
            .envs(variables.iter().copied())
            .current_dir(dir.path(""));
        let child = but(call).spawn(end).unwrap();
        let keys = Arc::new(terminal);
        let screen = Arc::clone(&keys);
        let (sender, more) = mpsc::channel();
        std::thread::spawn(move || {
            let mut some = [0; 4096];
            while let Ok(length @ 1..) = screen.as_ref().read(&mut some) {
                if sender.send(some[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            keys,
            seen: String::new(),
            more,
            child,
        }
    }

    /// Types, as it is.
    pub(crate) fn types(&mut self, keys: &str) -> &mut Self {
        self.keys.as_ref().write_all(keys.as_bytes()).unwrap();
        self
    }

    /// Waits for a text, less colours and movements; forgets what came up to it.
    #[track_caller]
    pub(crate) fn sees(&mut self, text: &str) -> &mut Self {
        let until = Instant::now() + PATIENCE;
        loop {
            let plain = plain(&self.seen);
            if let Some(at) = plain.find(text) {
                plain[at + text.len()..].clone_into(&mut self.seen);
                return self;
            }
            let left = until.saturating_duration_since(Instant::now());
            match self.more.recv_timeout(left) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(error) => panic!("{error}: no {text:?} in {plain:?}"),
            }
        }
    }

    /// Waits for the end. Keys that are to end it are typed at a prompt: between two of them the terminal is not the shell's,
    /// and an end of input is lost.
    #[track_caller]
    pub(crate) fn ends(mut self) -> Option<i32> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            if Instant::now() > until {
                self.child.kill().unwrap();
                panic!("it goes on");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A text without what drives a terminal.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' if rest.peek() == Some(&'[') => {
                rest.next();
                for c in rest.by_ref() {
                    if c.is_ascii_alphabetic() || c == '~' {
                        break;
                    }
                }
            }
            '\r' | '\u{7}' => {}
            c => plain.push(c),
        }
    }
    plain
}

fn lake() -> Dir {
    let dir = Dir::new();
    for day in ["2026-01-08", "2026-01-09"] {
        dir.put(
            &chat_key(day, day),
            records(&[chat(day, &format!("{day}T10:00:00Z"))]),
        );
    }
    dir.run().exits(0);
    dir
}

#[test]
fn statements_over_several_lines_are_answered_and_remembered() {
    let dir = lake();
    let mut shell = Terminal::open(&dir, &[]);
    shell.types("SELECT count(*) AS n\r").sees("        -> ");
    shell
        .types("FROM chat WHERE dt = '2026-01-09';\r")
        .sees("│ 1 │")
        .sees("1 row");
    shell
        .sees("read of 1 of 2 days; Athena: about 0.000048 USD")
        .sees("promptlake> ");
    // What was typed before comes back, in this session and the next.
    shell
        .types("\u{1b}[A")
        .sees("FROM chat WHERE dt = '2026-01-09';")
        .types("\r")
        .sees("1 row")
        .sees("promptlake> ");
    shell.types("\\q\r");
    assert_eq!(shell.ends(), Some(0));
    let mut shell = Terminal::open(&dir, &[]);
    shell
        .types("\u{1b}[A")
        .sees("\\q")
        .types("\u{1b}[A")
        .sees("2026-01-09")
        .types("\r")
        .sees("1 row")
        .sees("promptlake> ");
    shell.types("\u{4}");
    assert_eq!(shell.ends(), Some(0));
}

#[test]
fn names_are_completed() {
    let dir = lake();
    let mut shell = Terminal::open(&dir, &[]);
    shell
        .types("SELECT count(*) FROM stopped_u\t")
        .sees("stopped_users")
        .types(";\r")
        .sees("1 row");
    shell.sees("promptlake> ").types("select prompt_ch\u{1}");
    // The columns of the table in the statement, wherever that stands.
    shell.types("\u{5} FROM chat;\u{1}");
    for _ in 0.."select prompt_ch".len() {
        shell.types("\u{6}");
    }
    shell
        .types("\t")
        .sees("prompt_chars")
        .types("\r")
        .sees("2 rows");
    shell
        .sees("promptlake> ")
        .types("\\fre\t")
        .sees("\\freshness")
        .types("\r")
        .sees("days_silent")
        .sees("1 row")
        .sees("promptlake> ");
    shell.types("\\q\r");
    assert_eq!(shell.ends(), Some(0));
}

#[test]
fn ctrl_c_stops_the_statement_and_keeps_the_shell() {
    let dir = lake();
    let mut shell = Terminal::open(&dir, &[]);
    // Rows without end, none of which is shown; and none at all, in steps without end.
    for other in ["<> c.dt", "< '1' || c.dt"] {
        shell.types(&format!(
            "SELECT count(*) FROM dim_date a, dim_date b, dim_date c WHERE a.dt || b.dt {other};\r",
        ));
        std::thread::sleep(Duration::from_millis(1_500));
        shell.types("\u{3}").sees("cancelled").sees("promptlake> ");
    }
    shell
        .types("SELECT 'half of")
        .sees("half of")
        .types("\u{3}")
        .sees("promptlake> ");
    shell
        .types("SELECT 41 + 1 AS n;\r")
        .sees("│ 42 │")
        .sees("promptlake> ");
    shell
        .types("SELECT nonsense;\r")
        .sees("error: ")
        .sees("promptlake> ");
    shell.types("\u{4}");
    assert_eq!(shell.ends(), Some(0));
}

#[test]
fn formats_and_commands_do_what_the_help_says() {
    let dir = lake();
    let mut shell = Terminal::open(&dir, &["--max-rows", "1"]);
    shell
        .types("\\?\r")
        .sees("\\freshness")
        .sees("\\q")
        .sees("promptlake> ");
    shell
        .types("SELECT request_id FROM chat ORDER BY 1;\r")
        .sees("│ 2026-01-08 │")
        .sees("2 rows, the first 1 shown")
        .sees("promptlake> ");
    shell
        .types("\\x\r")
        .sees("a line a column")
        .sees("promptlake> ");
    shell
        .types("SELECT request_id, dt FROM chat ORDER BY 1;\r")
        .sees("request_id │ 2026-01-08")
        .sees("promptlake> ");
    shell.types("\\format csv\r").sees("promptlake> ");
    shell
        .types("SELECT NULL AS n, '' AS e;\r")
        .sees("n,e\n,\"\"\n")
        .sees("promptlake> ");
    shell
        .types("\\export answer.json SELECT request_id FROM chat WHERE dt = '2026-01-08'\r")
        .sees("1 rows in answer.json");
    assert_eq!(
        std::fs::read_to_string(dir.path("answer.json")).unwrap(),
        "[\n{\"request_id\":\"2026-01-08\"}\n]\n"
    );
    shell
        .sees("promptlake> ")
        .types("\\d chat\r")
        .sees("One row is a chat record")
        .sees("web_links")
        .sees("array(row(uri varchar")
        .sees("promptlake> ");
    shell
        .types("\\views\r")
        .sees("stopped_users")
        .sees("Who stopped using it")
        .sees("promptlake> ");
    shell
        .types("\\athena user_day\r")
        .sees("CREATE OR REPLACE VIEW user_day AS")
        .sees("promptlake> ");
    shell
        .types("\\runs\r")
        .sees("exit 0  2 objects read")
        .sees("promptlake> ");
    shell
        .types("\\drift\r")
        .sees("nothing unknown")
        .sees("promptlake> ");
    shell
        .types("\\nonsense\r")
        .sees("\\nonsense is not known")
        .sees("promptlake> ");
    shell
        .types("\\timing\r")
        .sees("timing is off")
        .sees("promptlake> ")
        .types("\\q\r");
    assert_eq!(shell.ends(), Some(0));
}

#[test]
fn data_cannot_drive_the_terminal() {
    let dir = Dir::new();
    let record = crate::harness::chat_saying(
        "a",
        "2026-01-09T10:00:00Z",
        "\\u001b]0;owned\\u0007\\u001b[2J",
    );
    dir.put(&chat_key("2026-01-09", "a"), records(&[record]));
    dir.run().exits(0);
    let mut shell = Terminal::open(&dir, &[]);
    shell
        .types("SELECT prompt FROM chat;\r")
        .sees("\\u{1b}]0;owned\\u{7}\\u{1b}[2J")
        .sees("promptlake> ")
        .types("\\q\r");
    assert_eq!(shell.ends(), Some(0));
}

#[test]
fn a_lake_that_changes_is_seen_after_a_refresh_at_the_latest() {
    let dir = lake();
    let mut shell = Terminal::open(&dir, &[]);
    shell
        .types("SELECT count(*) AS n FROM chat;\r")
        .sees("│ 2 │")
        .sees("promptlake> ");
    dir.put(
        &chat_key("2026-01-10", "c"),
        records(&[chat("c", "2026-01-10T10:00:00Z")]),
    );
    dir.run().exits(0);
    shell
        .types("\\refresh\r")
        .sees("3 days of 1 tables")
        .sees("promptlake> ");
    shell
        .types("SELECT count(*) AS n FROM chat;\r")
        .sees("│ 3 │")
        .sees("promptlake> ")
        .types("\\q\r");
    assert_eq!(shell.ends(), Some(0));
}

#[test]
fn what_goes_wrong_is_not_on_stdout() {
    let dir = lake();
    let data = std::fs::File::create(dir.path("data")).unwrap();
    let lake = dir.arg("lake");
    let mut shell = Terminal::begin(&dir, &lake, &[], &[], |call| call.stdout(data));
    let shown = || std::fs::read_to_string(dir.path("data")).unwrap();
    let begun = Instant::now();
    // What is typed before the prompt may be lost.
    while !shown().contains("promptlake> ") && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(10));
    }
    shell
        .types("SELECT nothing FROM chat;\r")
        .sees("error: No field named nothing");
    assert!(!shown().contains("error"), "{}", shown());
}
