//! Everything that decoding gave, as text.

use std::fmt::Write as _;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;

use crate::day::Day;
use crate::lex::{CONVERSATION, SLOT};
use crate::table::Table;
use crate::trial::Trial;

/// Columns that say the same in every row of a test.
const QUIET: [&str; 5] = ["source", "source_object", "region", "variant", "event_date"];

/// Every column of every row that is not NULL, rejects, drift and counts.
pub(super) fn shown(trial: &Trial) -> String {
    let mut text = String::new();
    let rows = trial.rows.iter().map(|batch| (&CONVERSATION, batch));
    let slots = trial.children.iter().map(|batch| (&SLOT, batch));
    for (table, batch) in rows.chain(slots) {
        for row in 0..batch.num_rows() {
            show_row(&mut text, table, batch, row);
        }
    }
    let details = trial.reject_texts("detail");
    let slices = trial.reject_texts("raw");
    for (((reason, index), detail), raw) in trial.reasons().iter().zip(details).zip(slices) {
        writeln!(text, "reject {index} {reason}: {detail}\n  {raw:?}").unwrap();
    }
    for (_, kind, name, seen) in trial.drift.iter() {
        writeln!(text, "drift {} {name} {}", kind.as_str(), seen.count).unwrap();
    }
    let outcome = &trial.outcome;
    writeln!(
        text,
        "{} records: {} accepted, {} rejected, {} skipped, {} control",
        outcome.records, outcome.accepted, outcome.rejected, outcome.skipped, outcome.control
    )
    .unwrap();
    text
}

fn show_row(text: &mut String, table: &Table, batch: &RecordBatch, row: usize) {
    writeln!(text, "{}", table.name).unwrap();
    for (column, name) in batch.columns().iter().zip(table.columns().map(|c| c.name)) {
        if let Some(value) = cell(column, row).filter(|_| !QUIET.contains(&name)) {
            writeln!(text, "  {name} = {value}").unwrap();
        }
    }
}

fn cell(column: &dyn Array, row: usize) -> Option<String> {
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Utf8 => format!("{:?}", column.as_string::<i32>().value(row)),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        DataType::Date32 => Day(column.as_primitive::<Date32Type>().value(row)).to_string(),
        DataType::Timestamp(..) => format!(
            "{} ms",
            column.as_primitive::<TimestampMillisecondType>().value(row)
        ),
        DataType::List(_) => {
            let values = column.as_list::<i32>().value(row);
            let shown: Vec<String> = (0..values.len())
                .map(|n| cell(&values, n).unwrap_or("NULL".to_owned()))
                .collect();
            format!("[{}]", shown.join(", "))
        }
        other => panic!("no column is {other}"),
    })
}
