//! The interactive shell: a line editor, statements over several lines, and commands that begin with a backslash.
//!
//! Answers go to stdout, everything else to stderr.

mod command;
mod describe;
mod editor;
mod words;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rustyline::error::ReadlineError;

use crate::engine::{Done, Engine, How};
use crate::error::QueryError;
use crate::format::{Format, Shown};
use crate::statement;

use command::Command;
use editor::Editor;

const PROMPT: &str = "promptlake> ";
const CONTINUATION: &str = "        -> ";
/// Athena charges at least for so many bytes.
const ATHENA_LEAST_BYTES: u64 = 10 << 20;
const TB: f64 = 1_099_511_627_776.0;
/// Characters of a cell that are drawn.
const CELL_CHARS: usize = 120;

/// How the shell begins.
#[derive(Clone, Debug)]
pub struct ShellOptions {
    /// How statements are run.
    pub how: How,
    /// Rows of a table that are shown.
    pub max_rows: usize,
    /// What Athena charges for a TB, US dollars.
    pub price_per_tb: f64,
    /// Where lines are kept from one session to the next.
    pub history: Option<PathBuf>,
    /// Whether colours are wanted.
    pub colour: bool,
}

/// The shell.
#[derive(Debug)]
pub struct Shell<'a> {
    engine: &'a Engine,
    how: How,
    price_per_tb: f64,
    timing: bool,
    expanded: bool,
    last: Option<String>,
}

/// Whether the shell goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Line,
    End,
}

impl<'a> Shell<'a> {
    /// Runs until the user ends it.
    ///
    /// # Errors
    /// If the terminal cannot be used.
    pub fn run(engine: &'a Engine, options: &ShellOptions) -> Result<(), QueryError> {
        let mut shell = Self {
            engine,
            how: How {
                cancellable: true,
                shown: Shown {
                    rows: Some(options.max_rows),
                    cell_chars: Some(CELL_CHARS),
                },
                ..options.how
            },
            price_per_tb: options.price_per_tb,
            timing: true,
            expanded: false,
            last: None,
        };
        shell.welcome();
        let mut editor = Editor::open(engine, options)?;
        shell.lines(&mut editor)
    }

    fn welcome(&self) {
        let lake = self.engine.session().lake();
        let listing = lake.listing();
        let parts: usize = listing
            .tables()
            .map(|table| listing.parts(table).len())
            .sum();
        say(&format!(
            "{}: {parts} days of {} tables. \\? for help, \\views for what can be asked, \\q to leave.",
            lake.location(),
            listing.tables().count()
        ));
    }

    fn lines(&mut self, editor: &mut Editor<'_>) -> Result<(), QueryError> {
        let mut text = String::new();
        loop {
            let prompt = if text.is_empty() {
                PROMPT
            } else {
                CONTINUATION
            };
            match editor.line(prompt, &text) {
                Ok(line) => {
                    if text.is_empty() && line.trim_start().starts_with('\\') {
                        editor.remember(line.trim());
                        if self.command(line.trim()) == Next::End {
                            return Ok(());
                        }
                        continue;
                    }
                    if text.is_empty() && line.trim().is_empty() {
                        continue;
                    }
                    if text.is_empty() && matches!(line.trim(), "quit" | "exit") {
                        return Ok(());
                    }
                    text.push_str(&line);
                    text.push('\n');
                    if statement::is_complete(&text) {
                        editor.remember(text.trim_end());
                        self.statements(&text);
                        text.clear();
                    }
                }
                // Ctrl-C leaves the statement, Ctrl-D the shell.
                Err(ReadlineError::Interrupted) => text.clear(),
                Err(ReadlineError::Eof) => return Ok(()),
                Err(error) => return Err(io::Error::other(error).into()),
            }
        }
    }

    /// Runs statements up to the first that fails.
    fn statements(&mut self, text: &str) {
        for statement in statement::split(text) {
            self.last = Some(statement.to_owned());
            if !self.statement(statement) {
                break;
            }
        }
    }

    fn statement(&self, statement: &str) -> bool {
        let mut out = io::BufWriter::new(io::stdout());
        let how = How {
            format: if self.expanded && self.how.format == Format::Table {
                Format::Expanded
            } else {
                self.how.format
            },
            ..self.how
        };
        if how.format == Format::Parquet {
            say("Parquet is not for a terminal: \\export FILE.parquet, or \\format table");
            return false;
        }
        match self.engine.run(statement, &how, &mut out) {
            Ok(done) => {
                out.flush().ok();
                if self.timing {
                    say(&self.summary(&done));
                }
                true
            }
            Err(error) => {
                out.flush().ok();
                complain(&error);
                false
            }
        }
    }

    /// What a statement did, on one line.
    fn summary(&self, done: &Done) -> String {
        let work = done.work;
        let mut text = format!("{:.3} s", done.took.as_secs_f64());
        if work.parts > 0 {
            text.push_str(&format!(
                ", {} read of {} of {} days",
                bytes(work.bytes),
                work.parts - work.pruned,
                work.parts
            ));
            let charged = precise(work.bytes.max(ATHENA_LEAST_BYTES));
            text.push_str(&format!(
                "; Athena: about {:.6} USD",
                charged / TB * self.price_per_tb
            ));
        }
        text
    }

    fn command(&mut self, line: &str) -> Next {
        let command = match Command::parse(line) {
            Ok(command) => command,
            Err(error) => {
                say(&error);
                return Next::Line;
            }
        };
        match command {
            Command::Quit => return Next::End,
            Command::Help => say(&command::help()),
            Command::List => self.statement_of(describe::RELATIONS),
            Command::Describe(name) => print(describe::columns(self.engine, &name)),
            Command::ListViews => self.statement_of(describe::VIEW_NAMES),
            Command::Views => print(Ok(describe::views())),
            Command::Runs => print(describe::runs(self.engine.session().lake())),
            Command::Drift => print(describe::drift(self.engine.session().lake())),
            Command::Freshness => self.statement_of(describe::FRESHNESS),
            Command::Rejects => self.statement_of(describe::REJECTS),
            Command::Athena(name) => print(describe::athena(&name)),
            Command::Export { file, statement } => self.export(&file, statement),
            Command::Include(file) => match std::fs::read_to_string(&file) {
                Ok(text) => self.statements(&text),
                Err(error) => say(&format!("{}: {error}", file.display())),
            },
            Command::Timing => {
                self.timing = !self.timing;
                say(if self.timing {
                    "timing is on"
                } else {
                    "timing is off"
                });
            }
            Command::Expanded => {
                self.expanded = !self.expanded;
                say(if self.expanded {
                    "a line a column"
                } else {
                    "a line a row"
                });
            }
            Command::Format(format) => self.how.format = format,
            Command::Refresh => match self.engine.session().lake().refresh() {
                Ok(()) => self.welcome(),
                Err(error) => complain(&error),
            },
        }
        Next::Line
    }

    fn statement_of(&self, statement: &str) {
        self.statement(statement);
    }

    /// Writes an answer to a file, in the format of its ending.
    fn export(&self, file: &Path, statement: Option<String>) {
        let Some(statement) = statement.or_else(|| self.last.clone()) else {
            say("there is no statement yet whose answer could be exported");
            return;
        };
        let Some(format) = Format::of_file(file) else {
            say("the file's ending names no format: csv, tsv, json, ndjson, md, parquet or txt");
            return;
        };
        let how = How {
            format,
            shown: Shown::default(),
            ..self.how
        };
        let statement = statement.trim_end().trim_end_matches(';');
        match self.write_file(file, statement, &how) {
            Ok(done) => say(&format!("{} rows in {}", done.rows, file.display())),
            Err(error) => complain(&error),
        }
    }

    fn write_file(&self, file: &Path, statement: &str, how: &How) -> Result<Done, QueryError> {
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // It appears under its name when it is whole.
        let mut out = io::BufWriter::new(tempfile::NamedTempFile::new_in(folder)?);
        let done = self.engine.run(statement, how, &mut out)?;
        let written = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        written.persist(file).map_err(|error| error.error)?;
        Ok(done)
    }
}

/// A number of bytes for people.
fn bytes(count: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut amount = precise(count);
    let mut unit = 0;
    while amount >= 1_024.0 && unit + 1 < units.len() {
        amount /= 1_024.0;
        unit += 1;
    }
    if unit == 0 {
        format!("{count} B")
    } else {
        format!("{amount:.1} {}", units[unit])
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "for people, who read three digits of it"
)]
fn precise(count: u64) -> f64 {
    count as f64
}

fn complain(error: &QueryError) {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    say(&format!("error: {text}"));
}

/// Says something to the user; what is data in it cannot drive the terminal.
fn say(text: &str) {
    let mut line = String::with_capacity(text.len() + 1);
    for (place, part) in text.split('\n').enumerate() {
        if place > 0 {
            line.push('\n');
        }
        crate::format::escape_for_terminal(&mut line, part);
    }
    line.push('\n');
    io::stderr().lock().write_all(line.as_bytes()).ok();
}

/// Prints what a command gives.
fn print(text: Result<String, QueryError>) {
    match text {
        Ok(text) => {
            let mut out = io::stdout().lock();
            out.write_all(text.as_bytes()).ok();
            out.flush().ok();
        }
        Err(error) => complain(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_for_people() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1_023), "1023 B");
        assert_eq!(bytes(1_536), "1.5 KiB");
        assert_eq!(bytes(5 << 30), "5.0 GiB");
    }
}
