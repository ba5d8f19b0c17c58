//! 128-bit hashes of rows: of their key, and of their content.

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use promptlake_datasets::table::Table;
use xxhash_rust::xxh3::xxh3_128;

/// The hash of each row's key. NULLs are equal, but where a required part is NULL it is the hash of what the table has
/// instead of a key, or `None` if it has nothing.
pub fn keys(table: &Table, batch: &RecordBatch) -> Vec<Option<u128>> {
    let column = |name: &&str| {
        batch
            .column_by_name(name)
            .expect("invariant: key columns were read")
    };
    let required: Vec<&ArrayRef> = table.key_required.iter().map(column).collect();
    let key: Vec<&ArrayRef> = table.key.iter().map(column).collect();
    let other = table
        .key_else
        .map(|other| (column(&other.column).as_string::<i32>(), other.hash));
    let mut bytes = Vec::new();
    let hash = |row: usize| {
        if table.key.is_empty() {
            return None;
        }
        bytes.clear();
        if required.iter().any(|column| column.is_null(row)) {
            let (texts, hash) = other.filter(|(texts, _)| !texts.is_null(row))?;
            // No key begins with a 2.
            bytes.push(2);
            bytes.extend_from_slice(&hash(texts.value(row)));
            return Some(xxh3_128(&bytes));
        }
        for column in &key {
            feed(column, row, &mut bytes);
        }
        Some(xxh3_128(&bytes))
    };
    (0..batch.num_rows()).map(hash).collect()
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
