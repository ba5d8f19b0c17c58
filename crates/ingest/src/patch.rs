//! Rows under another variant or lineage than they have in their run.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{
    Array, ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray,
};
use promptlake_datasets::table::Table;

use crate::merge::ListedTwin;

/// A text column that every table has.
pub fn text<'b>(batch: &'b RecordBatch, name: &str) -> &'b StringArray {
    batch
        .column_by_name(name)
        .expect("invariant: every table has the lineage columns")
        .as_string()
}

/// A text of a row; `None`: NULL.
pub fn value<'b>(batch: &'b RecordBatch, name: &str, row: usize) -> Option<&'b str> {
    let column = text(batch, name);
    column.is_valid(row).then(|| column.value(row))
}

/// The rows with some columns replaced.
fn with_columns(batch: &RecordBatch, table: &Table, columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let mut all = batch.columns().to_vec();
    for (name, column) in columns {
        all[table.index_of(name)] = column;
    }
    RecordBatch::try_new(batch.schema(), all)
        .expect("invariant: a column was replaced by one of its type and length")
}

/// The rows with this variant.
pub fn with_variant(batch: &RecordBatch, table: &Table, variant: u32) -> RecordBatch {
    let variants: ArrayRef = Arc::new(Int64Array::from(vec![i64::from(variant); batch.num_rows()]));
    with_columns(batch, table, vec![("variant", variants)])
}

/// The rows with these variants, one a row; `None`: the one that it has.
pub fn with_variants(batch: &RecordBatch, table: &Table, variants: &[Option<u32>]) -> RecordBatch {
    let column = batch.column(table.index_of("variant"));
    let old = column.as_primitive::<Int64Type>();
    let new = old.iter().zip(variants);
    let new: Int64Array = new.map(|(old, new)| new.map(i64::from).or(old)).collect();
    with_columns(batch, table, vec![("variant", Arc::new(new))])
}

/// The rows as those of the twin.
pub fn with_lineage(
    batch: &RecordBatch,
    table: &Table,
    twin: &ListedTwin,
    variant: u32,
) -> RecordBatch {
    let rows = batch.num_rows();
    let text = |value: Option<&str>| -> ArrayRef { Arc::new(StringArray::from(vec![value; rows])) };
    let mut columns = vec![
        ("account_id", text(twin.account_id.as_deref())),
        ("region", text(twin.region.as_deref())),
        ("source", text(twin.source.as_deref())),
        ("source_object", text(Some(&twin.object))),
        (
            "record_index",
            Arc::new(Int64Array::from(vec![twin.index; rows])) as ArrayRef,
        ),
    ];
    if table.columns().any(|column| column.name == "report_ts") {
        let times =
            TimestampMillisecondArray::from(vec![twin.report_ts; rows]).with_timezone("UTC");
        columns.push(("report_ts", Arc::new(times)));
    }
    with_variant(&with_columns(batch, table, columns), table, variant)
}
