//! Encodes a row group while its rows still come: each column by itself, batch after batch, on whatever thread is free.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, FieldRef};
use arrow_select::concat::concat;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnDescPtr;
use promptlake_datasets::table::Table;

use crate::chunk::Chunk;
use crate::encode::is_text;
use crate::encoder::{Encoder, Packed, Queued};
use crate::text_column::TextColumn;

#[cfg(test)]
mod tests;

/// The chunks of a column's leaves.
type Closed = Result<(Vec<Chunk>, Packed), ParquetError>;

/// What the column writers of a table's groups are made of.
#[derive(Debug)]
pub(crate) struct GroupColumns {
    factory: ArrowRowGroupWriterFactory,
    /// In the order of the table; of texts, the description of their leaf.
    columns: Vec<(FieldRef, Option<ColumnDescPtr>)>,
}

impl GroupColumns {
    /// Those of a file of the table.
    pub(crate) fn new<W: Write + Send>(
        file: &SerializedFileWriter<W>,
        table: &'static Table,
    ) -> Self {
        let schema = table.arrow_schema();
        let mut first_leaf = 0;
        let columns = schema.fields().iter().zip(table.columns());
        let columns = columns.map(|(field, column)| {
            let text = is_text(column).then(|| file.schema_descr().column(first_leaf));
            first_leaf += leaves(field.data_type());
            (Arc::clone(field), text)
        });
        Self {
            columns: columns.collect(),
            factory: ArrowRowGroupWriterFactory::new(file, schema),
        }
    }

    /// The writers of a new group, column by column.
    fn writers(&self, encoder: &Arc<Encoder>) -> Result<Vec<(FieldRef, Writer)>, ParquetError> {
        // The index of a group matters for encryption only.
        let mut writers = self.factory.create_column_writers(0)?.into_iter();
        let columns = self.columns.iter().map(|(field, text)| {
            let arrow: Vec<_> = writers.by_ref().take(leaves(field.data_type())).collect();
            let writer = match text {
                Some(descr) => Writer::Text(Box::new(TextColumn::new(encoder, Arc::clone(descr)))),
                None => Writer::Arrow(arrow),
            };
            (Arc::clone(field), writer)
        });
        Ok(columns.collect())
    }
}

/// A row group being encoded.
#[derive(Debug)]
pub(crate) struct GroupEncoder {
    encoder: Arc<Encoder>,
    lanes: Vec<Arc<Lane>>,
    results: Receiver<(usize, Closed)>,
    closed: Vec<Option<Closed>>,
    missing: usize,
}

/// What waits for a column. At most one thread works at it.
#[derive(Debug)]
struct Lane(Mutex<Queue>);

#[derive(Debug)]
struct Queue {
    waiting: VecDeque<Work>,
    /// `None`: a thread has it, and brings it back when nothing waits.
    column: Option<Box<Column>>,
    /// It was lost in a panic.
    dead: bool,
}

#[derive(Debug)]
enum Work {
    /// The slices of a batch.
    Batch(Vec<ArrayRef>, Arc<Queued>),
    Close,
}

struct Column {
    number: usize,
    field: FieldRef,
    writer: Writer,
    failed: Option<ParquetError>,
    packed: Packed,
    results: Sender<(usize, Closed)>,
}

enum Writer {
    Text(Box<TextColumn>),
    /// One a leaf.
    Arrow(Vec<ArrowColumnWriter>),
}

impl std::fmt::Debug for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Column {}", self.field.name())
    }
}

impl GroupEncoder {
    /// Begins a group.
    ///
    /// # Errors
    /// Whatever the column writers report.
    pub(crate) fn new(
        encoder: &Arc<Encoder>,
        columns: &GroupColumns,
    ) -> Result<Self, ParquetError> {
        let (send, results) = channel();
        let lane = |(number, (field, writer))| {
            let column = Column {
                number,
                field,
                writer,
                failed: None,
                packed: Packed::new(encoder),
                results: send.clone(),
            };
            Arc::new(Lane(Mutex::new(Queue {
                waiting: VecDeque::new(),
                column: Some(Box::new(column)),
                dead: false,
            })))
        };
        let writers = columns.writers(encoder)?.into_iter();
        let lanes: Vec<_> = writers.enumerate().map(lane).collect();
        Ok(Self {
            encoder: Arc::clone(encoder),
            closed: lanes.iter().map(|_| None).collect(),
            missing: lanes.len(),
            lanes,
            results,
        })
    }

    /// Takes the next batch, as slices of the group's schema.
    pub(crate) fn push(&self, slices: &[RecordBatch], queued: Queued) {
        let queued = Arc::new(queued);
        for (number, lane) in self.lanes.iter().enumerate() {
            let arrays = slices.iter().map(|slice| Arc::clone(slice.column(number)));
            self.send(lane, Work::Batch(arrays.collect(), Arc::clone(&queued)));
        }
    }

    /// No batch comes any more.
    pub(crate) fn close(&self) {
        for lane in &self.lanes {
            self.send(lane, Work::Close);
        }
    }

    fn send(&self, lane: &Arc<Lane>, work: Work) {
        let mut queue = lane.queue();
        if queue.dead {
            return;
        }
        queue.waiting.push_back(work);
        if let Some(column) = queue.column.take() {
            drop(queue);
            let lane = Arc::clone(lane);
            self.encoder.pool.spawn(move || lane.work(column));
        }
    }

    /// Whether a closed group is encoded, or cannot be. Does not wait.
    pub(crate) fn is_done(&mut self) -> bool {
        while self.missing > 0 {
            match self.results.try_recv() {
                Ok((number, closed)) => self.take(number, closed),
                Err(error) => return error == TryRecvError::Disconnected,
            }
        }
        true
    }

    /// Waits for a closed group: the chunks of its leaves, in the order of the schema. They count as packed until what
    /// stands beside them is dropped.
    ///
    /// # Errors
    /// If it could not be encoded.
    pub(crate) fn wait(mut self) -> Result<(Vec<Chunk>, Vec<Packed>), ParquetError> {
        while self.missing > 0 {
            // A closed column drops its sender, and so does one that panicked.
            let Ok((number, closed)) = self.results.recv() else {
                let text = "encoding a row group was abandoned";
                return Err(ParquetError::General(text.to_owned()));
            };
            self.take(number, closed);
        }
        let (mut chunks, mut packed) = (Vec::new(), Vec::new());
        for closed in self.closed.into_iter().flatten() {
            let (leaves, bytes) = closed?;
            chunks.extend(leaves);
            packed.push(bytes);
        }
        Ok((chunks, packed))
    }

    fn take(&mut self, number: usize, closed: Closed) {
        self.missing -= 1;
        self.closed[number] = Some(closed);
    }
}

impl Lane {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works off what waits.
    fn work(&self, mut column: Box<Column>) {
        let lost = Lost(self);
        loop {
            let work = {
                let mut queue = self.queue();
                let Some(work) = queue.waiting.pop_front() else {
                    queue.column = Some(column);
                    break;
                };
                work
            };
            match work {
                Work::Batch(slices, queued) => {
                    column.encode(&slices);
                    drop((slices, queued));
                }
                Work::Close => {
                    column.close();
                    break;
                }
            }
        }
        std::mem::forget(lost);
    }
}

/// Dropped in a panic: what waits for the column must not be waited for.
struct Lost<'a>(&'a Lane);

impl Drop for Lost<'_> {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        queue.dead = true;
        queue.waiting.clear();
    }
}

impl Column {
    fn encode(&mut self, slices: &[ArrayRef]) {
        if self.failed.is_none()
            && let Err(error) = self.write(slices)
        {
            self.failed = Some(error);
        }
        self.packed.grew_to(self.writer.memory_size());
    }

    fn write(&mut self, slices: &[ArrayRef]) -> Result<(), ParquetError> {
        let writers = match &mut self.writer {
            Writer::Text(text) => {
                let mut slices = slices.iter().map(|slice| slice.as_string());
                return slices.try_for_each(|slice| text.write(slice));
            }
            Writer::Arrow(writers) => writers,
        };
        let batch = match slices {
            [whole] => Arc::clone(whole),
            slices => {
                let slices: Vec<&dyn Array> = slices.iter().map(AsRef::as_ref).collect();
                concat(&slices)?
            }
        };
        let leaves = compute_leaves(&self.field, &batch)?;
        debug_assert_eq!(leaves.len(), writers.len(), "one writer a leaf");
        for (writer, leaf) in writers.iter_mut().zip(&leaves) {
            writer.write(leaf)?;
        }
        Ok(())
    }

    fn close(self) {
        let chunks = match self.failed {
            Some(error) => Err(error),
            None => self.writer.close(),
        };
        let closed = chunks.map(|chunks| (chunks, self.packed));
        // The receiver is gone if the run failed meanwhile.
        drop(self.results.send((self.number, closed)));
    }
}

impl Writer {
    /// About the bytes that it takes in memory.
    fn memory_size(&self) -> usize {
        match self {
            Self::Text(text) => text.memory_size(),
            Self::Arrow(writers) => writers.iter().map(ArrowColumnWriter::memory_size).sum(),
        }
    }

    fn close(self) -> Result<Vec<Chunk>, ParquetError> {
        match self {
            Self::Text(text) => Ok(vec![Chunk::Pages(text.close()?)]),
            Self::Arrow(writers) => {
                let closed = writers.into_iter().map(ArrowColumnWriter::close);
                closed.map(|chunk| Ok(Chunk::Arrow(chunk?))).collect()
            }
        }
    }
}

/// The Parquet columns of an Arrow type.
fn leaves(ty: &DataType) -> usize {
    match ty {
        DataType::List(element) => leaves(element.data_type()),
        DataType::Struct(fields) => fields.iter().map(|field| leaves(field.data_type())).sum(),
        _ => 1,
    }
}
