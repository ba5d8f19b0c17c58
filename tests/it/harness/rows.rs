//! Rows of a part, as text.

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Index;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{Array as _, ArrayRef, TimestampMillisecondArray};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// A row: each column as text, NULL as `NULL`, and the folder's `dt`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row(BTreeMap<String, String>);

impl Index<&str> for Row {
    type Output = str;

    fn index(&self, column: &str) -> &str {
        &self.0[column]
    }
}

impl Row {
    /// Some columns, in this order, with a space between.
    pub(crate) fn line(&self, columns: &[&str]) -> String {
        let values: Vec<&str> = columns.iter().map(|column| &self[*column]).collect();
        values.join(" ")
    }
}

/// The rows of a part, in its order.
pub(crate) fn of_part(path: &Path, dt: &str) -> Vec<Row> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap())
        .unwrap()
        .build()
        .unwrap();
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.unwrap();
        let schema = batch.schema();
        let options = FormatOptions::default();
        let columns: Vec<ArrayRef> = batch.columns().iter().map(without_zone).collect();
        let columns: Vec<(&String, ArrayFormatter<'_>, &ArrayRef)> = schema
            .fields()
            .iter()
            .zip(&columns)
            .map(|(field, column)| {
                let formatter = ArrayFormatter::try_new(column, &options).unwrap();
                (field.name(), formatter, column)
            })
            .collect();
        for at in 0..batch.num_rows() {
            let mut row = BTreeMap::from([("dt".to_owned(), dt.to_owned())]);
            for (name, formatter, column) in &columns {
                let value = if column.is_null(at) {
                    "NULL".to_owned()
                } else {
                    formatter.value(at).to_string()
                };
                row.insert((*name).clone(), value);
            }
            rows.push(Row(row));
        }
    }
    rows
}

/// Instants are in UTC; the formatter knows of offsets alone.
fn without_zone(column: &ArrayRef) -> ArrayRef {
    match column.as_any().downcast_ref::<TimestampMillisecondArray>() {
        Some(instants) => Arc::new(instants.clone().with_timezone_opt(None::<Arc<str>>)),
        None => Arc::clone(column),
    }
}
