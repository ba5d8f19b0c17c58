//! `tests/sql/functions.slt`, which a real Trino answers alike.

use super::lake::{TestLake, ask};

/// A query with its answer.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) sql: String,
    pub(crate) lines: Vec<String>,
}

/// The queries of a file: a line `query NAME`, SQL, `----`, lines of the answer up to an empty line.
pub(crate) fn cases(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix("query ") else {
            assert!(line.is_empty() || line.starts_with('#'), "{line}");
            continue;
        };
        let sql: Vec<&str> = lines.by_ref().take_while(|line| *line != "----").collect();
        let answer = lines.by_ref().take_while(|line| !line.is_empty());
        cases.push(Case {
            name: name.to_owned(),
            sql: sql.join("\n"),
            lines: answer.map(str::to_owned).collect(),
        });
    }
    cases
}

#[test]
fn functions_mean_what_they_mean_in_trino() {
    let lake = TestLake::new();
    let engine = lake.engine();
    let mut wrong = Vec::new();
    let cases = cases(include_str!("../../../../tests/sql/functions.slt"));
    assert!(cases.len() > 15);
    for case in cases {
        match ask(&engine, &case.sql) {
            Ok((lines, _)) if lines == case.lines => {}
            Ok((lines, _)) => wrong.push(format!("{}: {lines:?}, not {:?}", case.name, case.lines)),
            Err(error) => wrong.push(format!("{}: {error}", case.name)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_wrong_with_a_call_is_said() {
    let lake = TestLake::new();
    let engine = lake.engine();
    for (sql, said) in [
        (
            "SELECT date_format('2026-01-01', '%Y')",
            "date_format: argument 1 is of type Utf8, CAST it to date or timestamp",
        ),
        (
            "SELECT date_diff('day', DATE '2026-01-01')",
            "date_diff takes 3 arguments, not 2",
        ),
        (
            "SELECT date_add('hour', 1, DATE '2026-01-01')",
            "date_add: a date has no hours; CAST it to timestamp",
        ),
        (
            "SELECT date_diff('fortnight', DATE '2026-01-01', DATE '2026-01-01')",
            "unknown unit",
        ),
        (
            "SELECT split_part('a', 'b', 0)",
            "split_part: the index must be 1 or more",
        ),
        (
            "SELECT regexp_extract('a', '(')",
            "a pattern is no regular expression",
        ),
        (
            "SELECT date_format(DATE '2026-01-01', '%u')",
            "%u is not supported",
        ),
    ] {
        let error = ask(&engine, sql).unwrap_err().to_string();
        assert!(error.contains(said), "{sql}: {error}");
    }
}
