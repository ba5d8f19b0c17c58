//! Cuts rows of one table into canonical groups, has them encoded in parallel, and appends them in order.

use std::collections::VecDeque;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use arrow_select::concat::concat_batches;
use parquet::errors::ParquetError;
use promptlake_datasets::table::Table;

use crate::cut::{Cut, Cutter, Places};
use crate::encoder::{Encoder, Opened};
use crate::group_encoder::{GroupColumns, GroupEncoder};
use crate::part::{FinishedPart, PartWriter};
use crate::run_file::RunFile;

/// So many slices are looked at together: if they hold few rows, they become one.
const LOOSE: usize = 64;
/// What few rows are. A slice takes some kilobytes, whatever it holds.
const FEW: usize = 16 * LOOSE;

/// A table's file being written from rows in canonical order.
#[derive(Debug)]
pub struct TableWriter {
    encoder: Arc<Encoder>,
    schema: SchemaRef,
    part: PartWriter,
    columns: GroupColumns,
    cutter: Cutter,
    /// The group that rows go to.
    group: Option<GroupEncoder>,
    /// The slices of the batch that is not full yet.
    batch: Vec<RecordBatch>,
    /// How many of them are not to be looked at any more.
    joined: usize,
    opened: Opened,
    /// Groups that are closed and not in the file yet.
    pending: VecDeque<GroupEncoder>,
}

impl TableWriter {
    /// Starts the file at `path`.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn create(
        encoder: &Arc<Encoder>,
        table: &'static Table,
        path: &Path,
    ) -> Result<Self, ParquetError> {
        let part =
            PartWriter::create(path, table, &encoder.encoding)?.syncing_ahead(encoder.sync_ahead);
        Ok(Self {
            schema: table.arrow_schema(),
            columns: part.group_columns(),
            part,
            cutter: Cutter::new(encoder.rule()),
            group: None,
            batch: Vec::new(),
            joined: 0,
            opened: Opened::new(encoder),
            pending: VecDeque::new(),
            encoder: Arc::clone(encoder),
        })
    }

    /// Appends rows of a batch, given the weights of all its rows.
    ///
    /// # Errors
    /// If an earlier group could not be encoded or written.
    pub fn append(
        &mut self,
        batch: &RecordBatch,
        weights: &[u64],
        rows: Range<usize>,
    ) -> Result<(), ParquetError> {
        let places = Places::of(batch);
        let (mut start, mut weight) = (rows.start, 0);
        for row in rows.clone() {
            weight += weights[row];
            let cut = self
                .cutter
                .row(weights[row], places.object(row), places.index(row));
            if cut == Cut::None {
                continue;
            }
            self.keep(batch.slice(start, row + 1 - start), weight)?;
            (start, weight) = (row + 1, 0);
            self.close_batch()?;
            if cut == Cut::Group {
                self.close_group()?;
            }
        }
        if start < rows.end {
            self.keep(batch.slice(start, rows.end - start), weight)?;
        }
        Ok(())
    }

    /// Whether a group of another file may be appended as it is.
    pub fn at_boundary(&self) -> bool {
        self.cutter.at_boundary()
    }

    /// The weight of the rows whose group is not closed yet.
    pub fn open_weight(&self) -> u64 {
        self.cutter.group_weight()
    }

    /// Appends a group of another file as it is.
    ///
    /// # Errors
    /// If it cannot be read or written.
    ///
    /// # Panics
    /// If the writer is not at a boundary: the group would then not be canonical.
    pub fn copy(&mut self, from: &RunFile, group: usize) -> Result<(), ParquetError> {
        assert!(
            self.at_boundary(),
            "invariant: groups are copied at a boundary only"
        );
        self.drain(0)?;
        self.part.copy(from, group)
    }

    /// Closes the last group, whatever its weight; `finish` then waits less.
    ///
    /// # Errors
    /// As [`TableWriter::append`].
    pub fn close_tail(&mut self) -> Result<(), ParquetError> {
        self.close_batch()?;
        self.close_group()
    }

    /// Whether all groups are closed and encoded, so that `finish` does not wait for a thread.
    pub fn is_encoded(&mut self) -> bool {
        self.batch.is_empty()
            && self.group.is_none()
            && self.pending.iter_mut().all(GroupEncoder::is_done)
    }

    /// Finishes the file.
    ///
    /// # Errors
    /// If a group could not be encoded or written.
    pub fn finish(mut self) -> Result<FinishedPart, ParquetError> {
        self.close_tail()?;
        self.drain(0)?;
        self.part.finish()
    }

    /// Appends the groups that are encoded, and waits while more than `left` are not.
    fn drain(&mut self, left: usize) -> Result<(), ParquetError> {
        while let Some(front) = self.pending.front_mut()
            && (front.is_done() || self.pending.len() > left)
            && let Some(front) = self.pending.pop_front()
        {
            let (chunks, packed) = front.wait()?;
            self.part.append(chunks)?;
            drop(packed);
        }
        Ok(())
    }

    fn keep(&mut self, slice: RecordBatch, weight: u64) -> Result<(), ParquetError> {
        self.opened.add(weight);
        self.batch.push(slice);
        let loose = &self.batch[self.joined..];
        if loose.len() < LOOSE {
            return Ok(());
        }
        if loose.iter().map(RecordBatch::num_rows).sum::<usize>() < FEW {
            let one = concat_batches(&self.schema, loose)?;
            self.batch.truncate(self.joined);
            self.batch.push(one);
        }
        self.joined = self.batch.len();
        Ok(())
    }

    fn close_batch(&mut self) -> Result<(), ParquetError> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let group = match self.group.take() {
            Some(group) => group,
            None => GroupEncoder::new(&self.encoder, &self.columns)?,
        };
        let slices = std::mem::take(&mut self.batch);
        self.joined = 0;
        self.group.insert(group).push(&slices, self.opened.queue());
        self.drain(self.encoder.pool.current_num_threads())
    }

    fn close_group(&mut self) -> Result<(), ParquetError> {
        if let Some(group) = self.group.take() {
            group.close();
            self.pending.push_back(group);
        }
        self.drain(self.encoder.pool.current_num_threads())
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::new_null_array;
    use promptlake_datasets::rejects;
    use promptlake_lake::settings::Encoding;

    use super::*;

    /// Rows that come one by one are not kept as so many slices: each of them takes some kilobytes, whatever it holds.
    #[test]
    fn single_rows_are_joined_and_give_the_bytes_of_all_at_once() {
        let temp = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let encoder = Encoder::new(pool.unwrap(), Encoding::default(), 1 << 20, true);
        let table = rejects::FAMILY.tables[0];
        let schema = table.arrow_schema();
        let rows = 4_000;
        let columns = schema.fields().iter();
        let columns = columns.map(|field| new_null_array(field.data_type(), rows));
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns.collect()).unwrap();
        let weights = vec![100; rows];
        let mut sha256 = Vec::new();
        for step in [1, 7, rows] {
            let path = temp.path().join(step.to_string());
            let mut writer = TableWriter::create(&encoder, table, &path).unwrap();
            let mut most = 0;
            for start in (0..rows).step_by(step) {
                let end = rows.min(start + step);
                writer.append(&batch, &weights, start..end).unwrap();
                most = most.max(writer.batch.len());
            }
            assert!(most <= rows / step / LOOSE + LOOSE, "{most} slices");
            sha256.push(writer.finish().unwrap().sha256);
        }
        assert!(sha256.iter().all(|one| *one == sha256[0]));
    }
}
