//! The table "Bad input" of ARCHITECTURE.md, row by row: each row has a case here, and each case a row there.

mod csv;
mod gzip;
mod json;
mod place;

use std::collections::BTreeMap;

use crate::harness::{Dir, chat, chat_key, records};

const DAY: &str = "2026-01-09";

/// An object with something wrong in it.
struct Case {
    /// As the table names it.
    input: &'static str,
    key: String,
    content: Vec<u8>,
    flags: &'static [&'static str],
    /// Its rows: the table, a column, and its values.
    kept: (&'static str, &'static str, Vec<String>),
    /// Its rejects: reason and record number.
    rejects: &'static [&'static str],
}

impl Case {
    /// A chat log, and the values of its rows' request ids.
    fn log(input: &'static str, content: impl AsRef<[u8]>, kept: &[&str]) -> Self {
        Self {
            input,
            key: chat_key(DAY, "case"),
            content: content.as_ref().to_vec(),
            flags: &[],
            kept: ("chat", "request_id", owned(kept)),
            rejects: &[],
        }
    }

    /// A report, and the values of its rows' user ids.
    fn report(input: &'static str, content: impl AsRef<[u8]>, kept: &[&str]) -> Self {
        Self {
            key: crate::harness::report_key(DAY, "KIRO_IDE", "0000"),
            kept: ("user_activity", "user_id", owned(kept)),
            ..Self::log(input, content, &[])
        }
    }

    fn rejects(self, rejects: &'static [&'static str]) -> Self {
        Self { rejects, ..self }
    }

    fn flags(self, flags: &'static [&'static str]) -> Self {
        Self { flags, ..self }
    }

    fn column(mut self, column: &'static str) -> Self {
        self.kept.1 = column;
        self
    }

    fn key(self, key: &str) -> Self {
        Self {
            key: key.to_owned(),
            ..self
        }
    }

    /// Converts it with a neighbour, and holds what came of it against the case and its row of the table.
    fn check(&self, documented: &BTreeMap<String, Documented>) {
        let Self { input, .. } = self;
        let row = documented
            .get(*input)
            .unwrap_or_else(|| panic!("{input} is not in ARCHITECTURE.md"));
        let dir = Dir::new();
        dir.put(&self.key, &self.content);
        let neighbour = chat("neighbour", "2026-01-09T10:00:00Z");
        dir.put(&chat_key(DAY, "neighbour"), records(&[neighbour]));
        let flags = [&["--all"], self.flags].concat();
        let ran = dir.run_with(&flags);
        assert_eq!(ran.done.code, Some(row.exit), "{input}: {:#?}", ran.done);
        let (table, column, kept) = &self.kept;
        let of_neighbour = |object: &str| object.ends_with("_neighbour.json.gz");
        let found: Vec<String> = dir
            .rows(table)
            .iter()
            .filter(|row| !of_neighbour(&row["source_object"]))
            .map(|row| row[*column].to_owned())
            .collect();
        assert_eq!(&found, kept, "{input}");
        let chats = dir.lines("chat", &["source_object"]);
        assert!(
            chats.iter().any(|object| of_neighbour(object)),
            "{input}: the neighbour"
        );
        let rejects = dir.lines("rejects", &["reason", "record_index"]);
        assert_eq!(rejects, self.rejects, "{input}");
        let mut reasons: Vec<&str> = rejects
            .iter()
            .map(|line| line.split(' ').next().unwrap())
            .collect();
        reasons.sort_unstable();
        reasons.dedup();
        assert_eq!(
            reasons, row.reasons,
            "{input}: the reason in ARCHITECTURE.md"
        );
        // Whatever it was, it is not read again and is no news.
        let again = dir.run_with(&flags);
        assert_eq!(again.done.code, Some(0), "{input}, again: {again:#?}");
        again.counts(&[("objects/read", 0)]);
    }
}

fn owned(values: &[&str]) -> Vec<String> {
    values.iter().map(|&value| value.to_owned()).collect()
}

/// A row of the table.
struct Documented {
    reasons: Vec<String>,
    exit: i32,
}

/// The rows of the table, by input.
fn documented() -> BTreeMap<String, Documented> {
    let text = include_str!("../../../ARCHITECTURE.md");
    let start = text.find("| input | reason | exit |").unwrap();
    let mut rows = BTreeMap::new();
    for line in text[start..]
        .lines()
        .skip(2)
        .take_while(|l| l.starts_with('|'))
    {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [input, reasons, exit, kept] = cells.as_slice() else {
            panic!("{line}: not four cells");
        };
        assert!(!kept.is_empty(), "{line}");
        let mut reasons: Vec<String> = reasons
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        reasons.sort();
        let row = Documented {
            reasons,
            exit: exit.parse().unwrap(),
        };
        assert!(
            rows.insert((*input).to_owned(), row).is_none(),
            "twice: {line}"
        );
    }
    rows
}

fn check(cases: &[Case]) {
    let documented = documented();
    for case in cases {
        case.check(&documented);
    }
}

#[test]
fn logs() {
    check(&json::cases());
}

#[test]
fn compressed_objects() {
    check(&gzip::cases());
}

#[test]
fn reports() {
    check(&csv::cases());
}

#[test]
fn every_row_of_the_table_has_a_case() {
    let mut documented = documented();
    let cases = [json::cases(), gzip::cases(), csv::cases()];
    let inputs = cases.iter().flatten().map(|case| case.input);
    for input in inputs.chain(place::CASES.iter().map(|(input, _)| *input)) {
        assert!(
            documented.remove(input).is_some(),
            "{input}: not in ARCHITECTURE.md, or two cases"
        );
    }
    let left: Vec<&String> = documented.keys().collect();
    assert!(left.is_empty(), "no case for {left:?}");
}

/// A record that is as it should be.
fn good(id: &str) -> String {
    chat(id, "2026-01-09T10:00:00Z")
}
