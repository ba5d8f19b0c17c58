//! The rows of one part of `rejects`.

use std::fs::File;
use std::ops::ControlFlow;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Int64Type};
use arrow_array::{Array as _, RecordBatch, StringArray};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};
use promptlake_datasets::day::Day;
use promptlake_datasets::rejects;

use super::{RejectFilter, RejectRow};

/// Rows in memory without `raw`.
const BATCH_ROWS: usize = 1024;
/// Rows in memory with `raw`, of which each has up to 1 MiB.
const RAW_BATCH_ROWS: usize = 8;

/// What a reader of the file stumbled over; never a value of it.
type Problem = String;

pub(super) fn read(
    file: &File,
    filter: &RejectFilter,
    with_raw: bool,
    row: &mut dyn FnMut(RejectRow) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, Problem> {
    let metadata = ArrowReaderMetadata::load(file, ArrowReaderOptions::new()).map_err(text)?;
    if !with_raw {
        return walk(file, &metadata, None, |found, _| {
            if filter.takes(&found) {
                row(found)
            } else {
                ControlFlow::Continue(())
            }
        });
    }
    // The wanted ones are few: they are looked for without their raw text, then read by their place.
    let mut places = Vec::new();
    let done = walk(file, &metadata, None, |found, place| {
        if filter.takes(&found) {
            places.push(place);
        }
        ControlFlow::Continue(())
    })?;
    if places.is_empty() || done.is_break() {
        return Ok(ControlFlow::Continue(()));
    }
    walk(file, &metadata, Some(&places), |found, _| row(found))
}

/// Gives the rows at `places`, with `raw`, or all of them without it, and the place of each in what is given.
fn walk(
    file: &File,
    metadata: &ArrowReaderMetadata,
    places: Option<&[usize]>,
    mut row: impl FnMut(RejectRow, usize) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, Problem> {
    let file = file.try_clone().map_err(text)?;
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone());
    let schema = builder.schema();
    let mask = ProjectionMask::roots(
        builder.parquet_schema(),
        (0..schema.fields().len())
            .filter(|column| places.is_some() || schema.field(*column).name() != "raw"),
    );
    let builder = builder.with_projection(mask);
    let reader = if let Some(places) = places {
        let total =
            usize::try_from(metadata.metadata().file_metadata().num_rows()).map_err(text)?;
        let ranges = places.iter().map(|place| *place..*place + 1);
        builder
            .with_row_selection(RowSelection::from_consecutive_ranges(ranges, total))
            .with_batch_size(RAW_BATCH_ROWS)
    } else {
        builder.with_batch_size(BATCH_ROWS)
    };
    let mut place = 0;
    for batch in reader.build().map_err(text)? {
        let batch = batch.map_err(text)?;
        let columns = Columns::of(&batch)?;
        for index in 0..batch.num_rows() {
            if row(columns.row(index), place).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            place += 1;
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn text(error: impl std::fmt::Display) -> Problem {
    error.to_string()
}

/// The columns of a batch, by name.
struct Columns<'a> {
    batch: &'a RecordBatch,
    source_object: &'a StringArray,
    reason: &'a StringArray,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self, Problem> {
        let required = |name: &str| {
            batch
                .column_by_name(name)
                .and_then(|c| c.as_string_opt::<i32>())
                .ok_or_else(|| format!("no text column {name}"))
        };
        Ok(Self {
            batch,
            source_object: required("source_object")?,
            reason: required("reason")?,
        })
    }

    fn row(&self, index: usize) -> RejectRow {
        let source_object = self.source_object.value(index).to_owned();
        let reason = self.reason.value(index).to_owned();
        let dataset = self.text("dataset", index);
        let record_index = self.count("record_index", index);
        RejectRow {
            id: rejects::id(&source_object, dataset.as_deref(), record_index, &reason),
            event_date: self.date(index),
            dataset,
            reason,
            detail: self.text("detail", index),
            record_index,
            byte_offset: self.count("byte_offset", index),
            line: self.count("line", index),
            raw: self.text("raw", index),
            raw_bytes: self.count("raw_bytes", index),
            raw_sha256: self.text("raw_sha256", index),
            account_id: self.text("account_id", index),
            region: self.text("region", index),
            source: self.text("source", index),
            source_object,
        }
    }

    fn text(&self, name: &str, index: usize) -> Option<String> {
        let column = self.batch.column_by_name(name)?.as_string_opt::<i32>()?;
        column
            .is_valid(index)
            .then(|| column.value(index).to_owned())
    }

    fn count(&self, name: &str, index: usize) -> Option<i64> {
        let column = self
            .batch
            .column_by_name(name)?
            .as_primitive_opt::<Int64Type>()?;
        column.is_valid(index).then(|| column.value(index))
    }

    fn date(&self, index: usize) -> String {
        self.batch
            .column_by_name("event_date")
            .and_then(|c| c.as_primitive_opt::<Date32Type>())
            .filter(|c| c.is_valid(index))
            .map(|c| Day(c.value(index)).to_string())
            .unwrap_or_default()
    }
}
