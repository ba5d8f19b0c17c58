//! 128-bit hashes of rows: of their key, and of their content.

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::DataType;
use promptlake_datasets::table::{KeyElse, Table};
use xxhash_rust::xxh3::xxh3_128;

/// The columns of a batch that make its rows' keys.
#[derive(Debug)]
pub struct KeyColumns<'a> {
    required: Vec<&'a ArrayRef>,
    key: Vec<&'a ArrayRef>,
    other: Option<(&'a StringArray, KeyElse)>,
    bytes: Vec<u8>,
}

impl<'a> KeyColumns<'a> {
    /// Those of a batch that has them.
    pub fn of(table: &Table, batch: &'a RecordBatch) -> Self {
        let column = |name: &&str| {
            batch
                .column_by_name(name)
                .expect("invariant: key columns were read")
        };
        Self {
            required: table.key_required.iter().map(column).collect(),
            key: table.key.iter().map(column).collect(),
            other: table
                .key_else
                .map(|other| (column(&other.column).as_string::<i32>(), other)),
            bytes: Vec::new(),
        }
    }

    /// The hash of a row's key. NULLs are equal, but where a required part is NULL it is the hash of what the table has
    /// instead of a key, or `None` if it has nothing.
    pub fn hash(&mut self, row: usize) -> Option<u128> {
        if self.key.is_empty() {
            return None;
        }
        self.bytes.clear();
        if self.required.iter().any(|column| column.is_null(row)) {
            let (texts, other) = self.other.filter(|(texts, _)| !texts.is_null(row))?;
            // No key begins with a 2.
            self.bytes.push(2);
            self.bytes
                .extend_from_slice(&(other.hash)(texts.value(row)));
            return Some(xxh3_128(&self.bytes));
        }
        for column in &self.key {
            feed(column, row, &mut self.bytes);
        }
        Some(xxh3_128(&self.bytes))
    }
}

/// The hash of each row's key.
pub fn keys(table: &Table, batch: &RecordBatch) -> Vec<Option<u128>> {
    let mut columns = KeyColumns::of(table, batch);
    (0..batch.num_rows()).map(|row| columns.hash(row)).collect()
}

/// Appends the content of a row to `bytes`: every column that is neither named as no content, nor `variant`.
pub fn feed_content(table: &Table, batch: &RecordBatch, row: usize, bytes: &mut Vec<u8>) {
    for (column, array) in table.columns().zip(batch.columns()) {
        if column.name != "variant" && !table.not_content.contains(&column.name) {
            feed(array, row, bytes);
        }
    }
}

/// Appends a value so that no two sequences of values give the same bytes.
fn feed(array: &ArrayRef, row: usize, bytes: &mut Vec<u8>) {
    if array.is_null(row) {
        bytes.push(0);
        return;
    }
    bytes.push(1);
    match array.data_type() {
        DataType::Utf8 => {
            let text = array.as_string::<i32>().value(row);
            bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        DataType::Int64 => {
            bytes.extend_from_slice(&array.as_primitive::<Int64Type>().value(row).to_le_bytes());
        }
        DataType::Float64 => bytes.extend_from_slice(
            &array
                .as_primitive::<Float64Type>()
                .value(row)
                .to_bits()
                .to_le_bytes(),
        ),
        DataType::Boolean => bytes.push(u8::from(array.as_boolean().value(row))),
        DataType::Date32 => {
            bytes.extend_from_slice(&array.as_primitive::<Date32Type>().value(row).to_le_bytes());
        }
        DataType::Timestamp(..) => {
            bytes.extend_from_slice(
                &array
                    .as_primitive::<TimestampMillisecondType>()
                    .value(row)
                    .to_le_bytes(),
            );
        }
        DataType::List(_) => {
            let elements = array.as_list::<i32>().value(row);
            bytes.extend_from_slice(&(elements.len() as u64).to_le_bytes());
            for element in 0..elements.len() {
                feed(&elements, element, bytes);
            }
        }
        DataType::Struct(_) => {
            for field in array.as_struct().columns() {
                feed(field, row, bytes);
            }
        }
        other => unreachable!("invariant: no table has a column of type {other}"),
    }
}
