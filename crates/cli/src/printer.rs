//! Where output goes: data to stdout, everything else to stderr.

use std::io::{self, IsTerminal as _, Write as _};

use clap::ValueEnum;

/// The form of what is said on stderr.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line, with `level` and `message`.
    Json,
}

/// Says things to people, and gives data to programs.
#[derive(Debug)]
pub(crate) struct Printer {
    format: LogFormat,
    stderr_is_terminal: bool,
    stdout_is_terminal: bool,
    colour: bool,
}

impl Printer {
    /// A printer for the process's own streams. Colour only on a terminal, and not with `NO_COLOR`.
    pub(crate) fn new(format: LogFormat) -> Self {
        let stderr_is_terminal = io::stderr().is_terminal();
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            format,
            stderr_is_terminal,
            stdout_is_terminal: io::stdout().is_terminal(),
            colour: stderr_is_terminal && !no_colour && format == LogFormat::Text,
        }
    }

    /// Whether progress may be drawn.
    pub(crate) fn draws(&self) -> bool {
        self.stderr_is_terminal && self.format == LogFormat::Text
    }

    /// Whether a person reads the data.
    pub(crate) fn data_is_shown(&self) -> bool {
        self.stdout_is_terminal
    }

    /// Whether colours are wanted.
    pub(crate) fn colours(&self) -> bool {
        self.colour
    }

    /// Gives data.
    ///
    /// # Errors
    /// If stdout cannot be written; a reader that went away is `BrokenPipe`.
    #[expect(
        clippy::unused_self,
        reason = "there is one way to stdout, and this is it"
    )]
    pub(crate) fn data(&self, text: &str) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()
    }

    /// Says something.
    pub(crate) fn info(&self, text: &str) {
        self.say("info", "", text);
    }

    /// Says that something is wrong, though the command goes on.
    pub(crate) fn warning(&self, text: &str) {
        self.say("warning", "\u{1b}[33m", text);
    }

    /// Says why the command did not do what it should.
    pub(crate) fn error(&self, text: &str) {
        self.say("error", "\u{1b}[31m", text);
    }

    fn say(&self, level: &str, colour: &str, text: &str) {
        let mut line = String::new();
        match self.format {
            LogFormat::Json => {
                for text in text.lines() {
                    let value = serde_json::json!({ "level": level, "message": text });
                    line.push_str(&value.to_string());
                    line.push('\n');
                }
            }
            LogFormat::Text => {
                if level != "info" {
                    if self.colour {
                        line = format!("{colour}{level}:\u{1b}[0m ");
                    } else {
                        line = format!("{level}: ");
                    }
                }
                line.push_str(text.trim_end_matches('\n'));
                line.push('\n');
            }
        }
        // Nobody to say it to is no reason to fail.
        io::stderr().lock().write_all(line.as_bytes()).ok();
    }
}
