//! What views answer over the demo's lake: `tests/sql/answers/`, which Python derives from the bucket and not from a view.

use std::fs;
use std::path::Path;

use promptlake_datasets::views::VIEWS;

use crate::harness::promptlake;

/// Answers of doubles are as near as this, by their size: sums have no order.
const NEAR: f64 = 1e-9;
/// Before the name of a query, in what the program answers.
const MARK: &str = "== ";

/// A query and its answer, a line a row.
struct Case {
    name: String,
    sql: String,
    lines: Vec<String>,
}

/// Every view has a file, and each answer in it is the one that is given.
pub(crate) fn are_those_of_python(lake: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql/answers");
    let cases: Vec<Case> = VIEWS
        .iter()
        .flat_map(|view| {
            let file = folder.join(format!("{}.slt", view.name));
            cases(
                &fs::read_to_string(&file)
                    .unwrap_or_else(|error| panic!("{}: {error}", file.display())),
            )
        })
        .collect();
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        VIEWS.len(),
        "files of views that there are"
    );
    let answers = ask(lake, &cases);
    assert_eq!(answers.len(), cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .zip(&answers)
        .filter_map(|(case, answer)| {
            differs(&case.lines, answer).map(|how| format!("{}: {how}", case.name))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn cases(text: &str) -> Vec<Case> {
    let blocks = text.split("\n\n").map(str::trim_end);
    blocks
        .map(|block| {
            let (head, lines) = block
                .split_once("\n----")
                .unwrap_or_else(|| panic!("no answer in {block:?}"));
            let (name, sql) = head
                .strip_prefix("query ")
                .and_then(|head| head.split_once('\n'))
                .unwrap_or_else(|| panic!("no query in {block:?}"));
            Case {
                name: name.to_owned(),
                sql: sql.to_owned(),
                lines: lines.lines().skip(1).map(str::to_owned).collect(),
            }
        })
        .collect()
}

/// What the program answers to all of them, in one call.
fn ask(lake: &str, cases: &[Case]) -> Vec<Vec<String>> {
    let statements: Vec<String> = cases
        .iter()
        .map(|case| format!("SELECT '{MARK}{}' AS mark;\n{}", case.name, case.sql))
        .collect();
    let done = promptlake(["sql", "--lake", lake, "--format", "tsv", "-c"])
        .and(&statements.join(";\n"))
        .done()
        .exits(0);
    let mut answers: Vec<Vec<String>> = Vec::new();
    for line in done.stdout.lines() {
        if line.starts_with(MARK) {
            answers.push(Vec::new());
        } else if let Some(answer) = answers.last_mut() {
            answer.push(line.to_owned());
        }
    }
    for answer in &mut answers {
        // The header before the answer, and that of the mark after it.
        answer.remove(0);
        if answer.last().is_some_and(|line| line == "mark") {
            answer.pop();
        }
    }
    answers
}

/// What differs, in whatever order the rows are.
fn differs(wanted: &[String], answer: &[String]) -> Option<String> {
    if wanted.len() != answer.len() {
        return Some(format!("{} rows, not {}", answer.len(), wanted.len()));
    }
    let mut wanted: Vec<&String> = wanted.iter().collect();
    let mut answer: Vec<&String> = answer.iter().collect();
    wanted.sort_by_key(|line| place(line));
    answer.sort_by_key(|line| place(line));
    wanted
        .into_iter()
        .zip(answer)
        .find(|(wanted, answer)| !same_lines(wanted, answer))
        .map(|(wanted, answer)| format!("{answer:?}, not {wanted:?}"))
}

/// A place for a row that does not depend on the last digits of doubles.
fn place(line: &str) -> String {
    let cells = line.split('\t').map(|cell| match double(cell) {
        Some(number) => format!("{number:.6e}"),
        None => cell.to_owned(),
    });
    cells.collect::<Vec<_>>().join("\t")
}

fn same_lines(one: &str, other: &str) -> bool {
    let (one, other) = (one.split('\t'), other.split('\t'));
    one.clone().count() == other.clone().count()
        && one.zip(other).all(|(one, other)| {
            one == other
                || matches!((double(one), double(other)), (Some(one), Some(other))
                    if (one - other).abs() <= NEAR * one.abs().max(other.abs()).max(1.0))
        })
}

/// A cell that is a double: whole numbers are compared as they are.
fn double(cell: &str) -> Option<f64> {
    cell.contains('.').then(|| cell.parse().ok()).flatten()
}
