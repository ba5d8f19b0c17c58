//! Values of rows, as tests compare and print them.

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;

/// A value; `None` is NULL.
pub type Cell = Option<String>;

/// The cells of a row, a column each.
pub fn row(batch: &RecordBatch, row: usize) -> Vec<Cell> {
    let columns = batch.columns().iter();
    columns.map(|column| cell(column, row)).collect()
}

/// The cells of a row, a column each, but for the variant: its number is given where rows are merged.
pub fn stored(batch: &RecordBatch, row: usize) -> Vec<Cell> {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns());
    let decoded = columns.filter(|(field, _)| field.name() != "variant");
    decoded.map(|(_, column)| cell(column, row)).collect()
}

fn cell(array: &ArrayRef, row: usize) -> Cell {
    if array.is_null(row) {
        return None;
    }
    Some(match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        // All digits, and 0.0 is not -0.0.
        DataType::Float64 => format!("{:?}", array.as_primitive::<Float64Type>().value(row)),
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        DataType::Date32 => array.as_primitive::<Date32Type>().value(row).to_string(),
        DataType::Timestamp(..) => array
            .as_primitive::<TimestampMillisecondType>()
            .value(row)
            .to_string(),
        DataType::List(_) => {
            let elements = array.as_list::<i32>().value(row);
            let cells: Vec<Cell> = (0..elements.len()).map(|at| cell(&elements, at)).collect();
            format!("{cells:?}")
        }
        DataType::Struct(_) => {
            let fields = array.as_struct().columns();
            let cells: Vec<Cell> = fields.iter().map(|field| cell(field, row)).collect();
            format!("{cells:?}")
        }
        other => panic!("no table has a column of type {other}"),
    })
}
