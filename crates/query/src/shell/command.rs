//! Commands that begin with a backslash.

use std::path::PathBuf;

use crate::format::Format;

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Help,
    Quit,
    List,
    Describe(String),
    ListViews,
    Views,
    Runs,
    Drift,
    Freshness,
    Rejects,
    Athena(String),
    Export {
        file: PathBuf,
        statement: Option<String>,
    },
    Include(PathBuf),
    Timing,
    Expanded,
    Format(Format),
    Refresh,
}

/// Word, arguments, what it does.
const COMMANDS: &[(&str, &str, &str)] = &[
    ("\\?", "", "this help"),
    ("\\d", "[NAME]", "tables and views, or the columns of one"),
    ("\\dv", "", "names of views"),
    ("\\views", "", "views and what they answer"),
    ("\\freshness", "", "streams, and since when they are silent"),
    ("\\runs", "", "the last runs"),
    (
        "\\drift",
        "",
        "unknown fields and columns that the last run saw",
    ),
    ("\\rejects", "", "what could not be read, by day and reason"),
    ("\\athena", "VIEW", "a view's statement, for Athena"),
    (
        "\\export",
        "FILE [SQL]",
        "the answer, of the last statement without SQL, to a file: csv, tsv, json, ndjson, md, parquet",
    ),
    ("\\i", "FILE", "runs the statements of a file"),
    (
        "\\format",
        "FORMAT",
        "form of answers: table, csv, tsv, json, ndjson, markdown",
    ),
    ("\\x", "", "a line a column, or a line a row"),
    ("\\timing", "", "time and bytes after statements, on or off"),
    ("\\refresh", "", "lists the lake again"),
    ("\\q", "", "leaves; Ctrl-D does, too"),
];

/// The words of all commands.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|(word, _, _)| *word)
}

/// What there is.
pub(super) fn help() -> String {
    let mut text = String::from(
        "Statements end with ; and may take several lines. Tab completes, Ctrl-R searches, Ctrl-C stops a statement.\n",
    );
    for (word, arguments, what) in COMMANDS {
        let call = format!("{word} {arguments}");
        text.push_str(&format!("  {call:<22} {what}\n"));
    }
    text.push_str("Restrict dt, event_date or event_ts: only those days are read.");
    text
}

impl Command {
    /// Reads a line.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let line = line.trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim().trim_end_matches(';').trim_end();
        let name = || {
            if rest.is_empty() {
                Err(format!("{word} needs a name"))
            } else {
                Ok(rest.to_lowercase())
            }
        };
        let plain = |command: Self| {
            if rest.is_empty() {
                Ok(command)
            } else {
                Err(format!("{word} takes nothing after it"))
            }
        };
        match word {
            "\\?" | "\\h" | "\\help" => plain(Self::Help),
            "\\q" | "\\quit" => plain(Self::Quit),
            "\\d" if rest.is_empty() => Ok(Self::List),
            "\\d" => name().map(Self::Describe),
            "\\dv" => plain(Self::ListViews),
            "\\views" => plain(Self::Views),
            "\\runs" => plain(Self::Runs),
            "\\drift" => plain(Self::Drift),
            "\\freshness" => plain(Self::Freshness),
            "\\rejects" => plain(Self::Rejects),
            "\\athena" => name().map(Self::Athena),
            "\\timing" => plain(Self::Timing),
            "\\x" => plain(Self::Expanded),
            "\\refresh" => plain(Self::Refresh),
            "\\format" => rest
                .parse()
                .map(Self::Format)
                .map_err(|error: crate::format::UnknownFormat| format!("\\format: {error}")),
            "\\i" if !rest.is_empty() => Ok(Self::Include(rest.into())),
            "\\export" if !rest.is_empty() => {
                let (file, statement) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                let statement = statement.trim();
                Ok(Self::Export {
                    file: file.into(),
                    statement: (!statement.is_empty()).then(|| statement.to_owned()),
                })
            }
            "\\i" | "\\export" => Err(format!("{word} needs a file")),
            _ => Err(format!("{word} is not known; \\? shows what is")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_in_the_help_is_understood() {
        for (word, arguments, _) in COMMANDS {
            let line = match *arguments {
                "" | "[NAME]" => (*word).to_owned(),
                "FORMAT" => format!("{word} csv"),
                _ => format!("{word} x.csv"),
            };
            assert!(Command::parse(&line).is_ok(), "{line}");
        }
    }

    #[test]
    fn arguments_are_read() {
        assert_eq!(
            Command::parse("\\d Chat;"),
            Ok(Command::Describe("chat".to_owned()))
        );
        assert_eq!(
            Command::parse("\\export a.csv  SELECT 1 ;"),
            Ok(Command::Export {
                file: "a.csv".into(),
                statement: Some("SELECT 1".to_owned())
            })
        );
        assert_eq!(
            Command::parse("\\nonsense"),
            Err("\\nonsense is not known; \\? shows what is".to_owned())
        );
        assert!(
            Command::parse("\\format xml")
                .unwrap_err()
                .contains("expected one of")
        );
        assert!(Command::parse("\\export").is_err());
        assert!(Command::parse("\\runs all").is_err());
    }
}
