//! What a trial gave, as text.

use std::fmt::Write as _;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;

use super::Trial;
use crate::day::Day;
use crate::table::Family;

impl Trial {
    /// Every column of every row that is not NULL, a line each; rejects; drift; what else was counted.
    pub(super) fn shown(&self, family: &Family) -> String {
        let mut text = String::new();
        for batch in &self.rows {
            rows(&mut text, "row", batch);
        }
        for (table, batch) in &self.children {
            rows(&mut text, family.tables[*table].name, batch);
        }
        let details = self.reject_texts("detail");
        for ((reason, index), detail) in self.reasons().iter().zip(details) {
            writeln!(text, "reject {index} {reason}: {detail}").unwrap();
        }
        for (_, kind, name, seen) in self.drift.iter() {
            writeln!(text, "drift {} {name} {}", kind.as_str(), seen.count).unwrap();
        }
        let (skipped, control) = (self.outcome.skipped, self.outcome.control);
        if skipped + control > 0 {
            writeln!(text, "{skipped} skipped, {control} control").unwrap();
        }
        text
    }
}

fn rows(text: &mut String, title: &str, batch: &RecordBatch) {
    for row in 0..batch.num_rows() {
        writeln!(text, "{title}").unwrap();
        for (column, field) in batch.columns().iter().zip(batch.schema().fields()) {
            if let Some(value) = cell(column, row) {
                writeln!(text, "  {} = {value}", field.name()).unwrap();
            }
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
        DataType::Float64 => format!("{:?}", column.as_primitive::<Float64Type>().value(row)),
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        DataType::Date32 => Day(column.as_primitive::<Date32Type>().value(row)).to_string(),
        DataType::Timestamp(..) => format!(
            "{} ms",
            column.as_primitive::<TimestampMillisecondType>().value(row)
        ),
        DataType::List(_) => {
            let elements = column.as_list::<i32>().value(row);
            let shown: Vec<String> = (0..elements.len())
                .map(|at| or_null(&elements, at))
                .collect();
            format!("[{}]", shown.join("; "))
        }
        DataType::Struct(_) => {
            let members = column.as_struct().columns();
            let shown: Vec<String> = members.iter().map(|member| or_null(member, row)).collect();
            shown.join(", ")
        }
        other => panic!("no column is {other}"),
    })
}

fn or_null(column: &dyn Array, row: usize) -> String {
    cell(column, row).unwrap_or("NULL".to_owned())
}
