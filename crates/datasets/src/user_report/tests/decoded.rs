//! Decodes a report in a test and shows everything that came out as text.

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;

use crate::dataset::Decoder;
use crate::day::Day;
use crate::drift::Drift;
use crate::input::{End, Input, Refill};
use crate::key::{Class, KeyContext, classify};
use crate::object::Object;
use crate::output::{Outcome, Output, Rows};
use crate::user_report::DATASET;

/// All that a report became.
#[derive(Debug, PartialEq)]
pub(super) struct Decoded {
    /// A line a row: the columns that are not NULL.
    pub(super) tables: Vec<(&'static str, Vec<String>)>,
    pub(super) outcome: Outcome,
    pub(super) drift: Drift,
}

impl Decoded {
    pub(super) fn rows(&self, table: &str) -> &[String] {
        self.tables
            .iter()
            .find(|(name, _)| *name == table)
            .map_or(&[], |(_, rows)| rows)
    }

    /// `reason@index` of each reject.
    pub(super) fn rejects(&self) -> Vec<String> {
        let rejects = self.rows("rejects").iter();
        rejects
            .map(|row| {
                let index = field(row, "record_index").unwrap_or("-");
                format!("{}@{index}", field(row, "reason").unwrap_or("?"))
            })
            .collect()
    }
}

/// A column of a line.
pub(super) fn field<'a>(row: &'a str, name: &str) -> Option<&'a str> {
    row.split(" | ")
        .filter_map(|part| part.split_once('='))
        .find_map(|(column, value)| (column == name).then_some(value))
}

/// The object of a key.
pub(super) fn object(key: &str) -> Object {
    let context = KeyContext {
        name: "src".to_owned(),
        ..KeyContext::default()
    };
    match classify(&context, key, 1) {
        Class::Object(object) => *object,
        class => panic!("{key} is {class:?}"),
    }
}

/// A report of 2026-09-09.
pub(super) fn report() -> Object {
    object(
        "AWSLogs/111122223333/KiroLogs/user_report/us-east-1/2026/09/09/00/KIRO_IDE_111122223333_user_report_202609090000.csv",
    )
}

/// Bytes in pieces of given lengths, over and over.
struct Pieces<'a> {
    bytes: &'a [u8],
    lengths: Vec<usize>,
    next: usize,
    end: End,
}

impl Refill for Pieces<'_> {
    fn refill(&mut self, buffer: &mut Vec<u8>) -> Option<End> {
        if self.bytes.is_empty() {
            return Some(self.end.clone());
        }
        let length = self.lengths[self.next % self.lengths.len()].clamp(1, self.bytes.len());
        self.next += 1;
        let (piece, rest) = self.bytes.split_at(length);
        buffer.extend_from_slice(piece);
        self.bytes = rest;
        None
    }
}

/// Decodes a report that is there at once.
pub(super) fn decode(object: &Object, bytes: &[u8], end: End) -> Decoded {
    run(object, &mut Input::whole(bytes, end))
}

/// Decodes a report that comes in pieces.
pub(super) fn decode_pieces(
    object: &Object,
    bytes: &[u8],
    end: End,
    lengths: Vec<usize>,
) -> Decoded {
    let pieces = Pieces {
        bytes,
        lengths,
        next: 0,
        end,
    };
    run(object, &mut Input::pieces(pieces))
}

fn run(object: &Object, input: &mut Input<'_>) -> Decoded {
    let mut tables: Vec<(&'static str, Vec<String>)> = Vec::new();
    let mut sink = |rows: Rows| {
        for (table, batch) in rows.family.tables.iter().zip(&rows.tables) {
            assert_eq!(batch.schema(), table.arrow_schema());
            let lines = (0..batch.num_rows()).map(|row| line(batch, row));
            match tables.iter_mut().find(|(name, _)| *name == table.name) {
                Some((_, rows)) => rows.extend(lines),
                None => tables.push((table.name, lines.collect())),
            }
        }
    };
    let mut output = Output::new(&mut sink);
    let mut reader: Box<dyn Decoder> = (DATASET.decoder)();
    reader.decode(object, input, &mut output);
    reader.finish(&mut output);
    output.flush_rejects();
    let outcome = output.take_outcome();
    let drift = std::mem::take(&mut output.drift);
    let decoded = Decoded {
        tables,
        outcome,
        drift,
    };
    assert_balance(&decoded);
    decoded
}

/// Invariant 3 for one object.
fn assert_balance(decoded: &Decoded) {
    let outcome = &decoded.outcome;
    let count = |table: &str| decoded.rows(table).len() as u64;
    assert_eq!(outcome.records, outcome.accepted + outcome.rejected);
    assert_eq!(outcome.accepted, count("user_activity"));
    assert_eq!(outcome.rejected, count("rejects"));
    assert_eq!(outcome.rows.values().sum::<u64>(), outcome.accepted);
    assert_eq!(
        outcome.child_rows.values().sum::<u64>(),
        count("model_usage")
    );
}

fn line(batch: &RecordBatch, row: usize) -> String {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns());
    let cells: Vec<_> = columns
        .filter(|(_, column)| column.is_valid(row))
        .map(|(field, column)| format!("{}={}", field.name(), value(column, row)))
        .collect();
    cells.join(" | ")
}

fn value(column: &dyn Array, row: usize) -> String {
    match column.data_type() {
        DataType::Utf8 => column
            .as_string::<i32>()
            .value(row)
            .escape_debug()
            .to_string(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => format!("{:?}", column.as_primitive::<Float64Type>().value(row)),
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        DataType::Date32 => Day(column.as_primitive::<Date32Type>().value(row)).to_string(),
        _ => column
            .as_primitive::<TimestampMillisecondType>()
            .value(row)
            .to_string(),
    }
}
