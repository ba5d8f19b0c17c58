//! Cuts rows of one table into canonical groups, has them encoded in parallel, and appends them in order.

use std::collections::VecDeque;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory};
use parquet::errors::ParquetError;
use promptlake_datasets::day::Day;
use promptlake_datasets::table::Table;
use promptlake_lake::settings::Encoding;

use crate::cut::{Cut, CutRule, Cutter, Places};
use crate::encode::{GroupRows, encode_group};
use crate::part::{FinishedPart, PartWriter};
use crate::run_file::RunFile;

/// What encodes: the pool's threads, the lake's settings, and the weight of all rows that are held decoded.
#[derive(Debug)]
pub struct Encoder {
    /// Encodes groups.
    pub pool: rayon::ThreadPool,
    /// The lake's settings.
    pub encoding: Encoding,
    held: AtomicU64,
    files: AtomicU64,
}

impl Encoder {
    /// An encoder with its own pool.
    pub fn new(pool: rayon::ThreadPool, encoding: Encoding) -> Arc<Self> {
        Arc::new(Self {
            pool,
            encoding,
            held: AtomicU64::new(0),
            files: AtomicU64::new(0),
        })
    }

    /// A path in `temp` that no other call gives.
    pub fn new_path(&self, temp: &Path, table: &Table, dt: Day) -> PathBuf {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        temp.join(format!("{}-{dt}-{number}.parquet", table.name))
    }

    /// The weight of the rows that writers hold, not yet encoded.
    pub fn held(&self) -> u64 {
        self.held.load(Ordering::Relaxed)
    }

    /// The rule by which groups and batches are cut.
    pub fn rule(&self) -> CutRule {
        let encoding = &self.encoding;
        CutRule {
            batch_weight: encoding.batch_weight,
            batch_rows: encoding.batch_rows,
            group_min: encoding.group_min,
            group_spread: encoding.group_spread,
            group_max: encoding.group_max,
        }
    }
}

/// A table's file being written from rows in canonical order.
#[derive(Debug)]
pub struct TableWriter {
    encoder: Arc<Encoder>,
    schema: SchemaRef,
    part: PartWriter,
    factory: Arc<ArrowRowGroupWriterFactory>,
    cutter: Cutter,
    group: GroupRows,
    batch: Vec<RecordBatch>,
    pending: VecDeque<Receiver<Result<Vec<ArrowColumnChunk>, ParquetError>>>,
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
        let part = PartWriter::create(path, table, &encoder.encoding)?;
        Ok(Self {
            schema: table.arrow_schema(),
            factory: Arc::new(part.group_factory()),
            part,
            cutter: Cutter::new(encoder.rule()),
            group: GroupRows::default(),
            batch: Vec::new(),
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
        let mut start = rows.start;
        for row in rows.clone() {
            self.group.weight += weights[row];
            self.group.rows += 1;
            self.encoder.held.fetch_add(weights[row], Ordering::Relaxed);
            let cut = self
                .cutter
                .row(weights[row], places.object(row), places.index(row));
            if cut != Cut::None {
                self.batch.push(batch.slice(start, row + 1 - start));
                start = row + 1;
                self.close_batch();
            }
            if cut == Cut::Group {
                self.close_group()?;
            }
        }
        if start < rows.end {
            self.batch.push(batch.slice(start, rows.end - start));
        }
        Ok(())
    }

    /// Whether a group of another file may be appended as it is.
    pub fn at_boundary(&self) -> bool {
        self.cutter.at_boundary()
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

    /// Closes the last group, whatever its weight, and has it encoded; `finish` then waits less.
    ///
    /// # Errors
    /// As [`TableWriter::append`].
    pub fn close_tail(&mut self) -> Result<(), ParquetError> {
        self.close_batch();
        if self.group.rows > 0 {
            self.close_group()?;
        }
        Ok(())
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

    /// Waits until at most `left` groups are still being encoded, and appends the others.
    ///
    /// # Errors
    /// If a group could not be encoded or written.
    ///
    /// # Panics
    /// If encoding panicked, with its message.
    pub fn drain(&mut self, left: usize) -> Result<(), ParquetError> {
        while self.pending.len() > left {
            let Some(front) = self.pending.pop_front() else {
                break;
            };
            let chunks = front.recv().map_err(|_| {
                ParquetError::General("encoding a row group was abandoned".to_owned())
            })??;
            self.part.append(chunks)?;
        }
        Ok(())
    }

    /// The groups that are being encoded.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    fn close_batch(&mut self) {
        if !self.batch.is_empty() {
            self.group.batches.push(std::mem::take(&mut self.batch));
        }
    }

    fn close_group(&mut self) -> Result<(), ParquetError> {
        let group = std::mem::take(&mut self.group);
        let (send, receive) = sync_channel(1);
        let (factory, schema, encoder) = (
            Arc::clone(&self.factory),
            Arc::clone(&self.schema),
            Arc::clone(&self.encoder),
        );
        self.encoder.pool.spawn(move || {
            let weight = group.weight;
            let chunks = encode_group(&factory, &schema, group);
            encoder.held.fetch_sub(weight, Ordering::Relaxed);
            // The receiver is gone if the run failed meanwhile; nobody waits for this group then.
            drop(send.send(chunks));
        });
        self.pending.push_back(receive);
        self.drain(self.encoder.pool.current_num_threads())
    }
}
