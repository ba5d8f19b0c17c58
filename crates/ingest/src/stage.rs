//! Rows on their way from the decoders to the merge: routed by (family, `dt`), encoded as they come, parked in files.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Date32Type;
use arrow_array::{Array, RecordBatch};
use parquet::errors::ParquetError;
use promptlake_datasets::day::Day;
use promptlake_datasets::output::Rows;
use promptlake_datasets::table::Family;

use crate::cut::{Places, weights};
use crate::encoder::Encoder;
use crate::part::FinishedPart;
use crate::table_writer::TableWriter;

#[cfg(test)]
mod tests;

/// A partition of all tables of a family.
#[derive(Clone, Copy, Debug)]
pub struct PartitionId {
    /// The family.
    pub family: &'static Family,
    /// The day.
    pub dt: Day,
}

impl PartialEq for PartitionId {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for PartitionId {}

impl PartialOrd for PartitionId {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PartitionId {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.family.name, self.dt).cmp(&(other.family.name, other.dt))
    }
}

/// Rows in canonical order, in files that follow one another; each has a file a table of the family.
pub type ParkedRun = Vec<Vec<FinishedPart>>;

/// Athena reads no row above this.
const LARGE_ROW: u64 = 32 << 20;
/// How many of them are named.
const LARGE_ROWS: usize = 100;

/// What a partition holds open is large above this weight. If more rows come after all, it is encoded once more with them.
const LARGE_TAIL: u64 = 8 << 20;

/// All that was staged.
#[derive(Debug)]
pub struct Parked {
    /// The runs of every partition that has rows.
    pub runs: BTreeMap<PartitionId, Vec<ParkedRun>>,
    /// Rows over 32 MB, the first hundred.
    pub large: Vec<Large>,
    /// Their number.
    pub large_count: u64,
}

/// A row that Athena does not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Large {
    /// Its table.
    pub table: &'static str,
    /// Its partition.
    pub dt: Day,
    /// Its object.
    pub object: String,
    /// Its record.
    pub index: i64,
    /// Its bytes, about.
    pub bytes: u64,
}

/// Where a row stands: source day, object, record.
type Place = (Day, String, i64);

/// Rows cannot be staged: no space for temporary files, most of all.
#[derive(Debug, thiserror::Error)]
#[error("stage rows in temporary files below {}", temp.display())]
pub struct StageError {
    /// The run's temporary directory.
    pub temp: PathBuf,
    /// What is wrong.
    pub source: ParquetError,
}

/// Takes rows in the order in which objects are read, and parks them.
///
/// Memory: at most `budget` of weight is held decoded, and one group more.
#[derive(Debug)]
pub struct Stage {
    encoder: Arc<Encoder>,
    temp: PathBuf,
    budget: u64,
    partitions: BTreeMap<PartitionId, Staged>,
    appends: u64,
    day: Day,
    large: Vec<Large>,
    large_count: u64,
}

#[derive(Debug, Default)]
struct Staged {
    runs: Vec<ParkedRun>,
    live: Option<Live>,
    last: Option<Place>,
}

/// The files of a partition that are being written.
#[derive(Debug)]
struct Live {
    writers: Vec<TableWriter>,
    day: Day,
    last_append: u64,
    closing: bool,
}

impl Live {
    /// Whether it is not worth waiting for more rows, now that objects of source day `day` are read. Most rows of a day come with
    /// its own folder, and some with the next one's: these are waited for unless much is held for them.
    fn is_passed(&self, day: Day) -> bool {
        let open = || {
            self.writers
                .iter()
                .map(TableWriter::open_weight)
                .sum::<u64>()
        };
        self.day < day.plus(-1) || (self.day < day && open() > LARGE_TAIL)
    }
}

impl Stage {
    /// A stage that writes its files into the directory `temp`.
    pub fn new(encoder: &Arc<Encoder>, temp: PathBuf, budget: u64) -> Self {
        Self {
            encoder: Arc::clone(encoder),
            temp,
            budget,
            partitions: BTreeMap::new(),
            appends: 0,
            day: Day(i32::MIN),
            large: Vec::new(),
            large_count: 0,
        }
    }

    /// Takes rows of objects of one source day, in canonical order among themselves.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn append(&mut self, day: Day, rows: &Rows) -> Result<(), StageError> {
        let took = self.take(day, rows);
        took.map_err(|source| self.failed(source))
    }

    /// Parks everything.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn finish(mut self) -> Result<Parked, StageError> {
        let parked = self.park_all();
        parked.map_err(|source| self.failed(source))?;
        let runs = self
            .partitions
            .into_iter()
            .map(|(id, staged)| (id, staged.runs))
            .collect();
        Ok(Parked {
            runs,
            large: self.large,
            large_count: self.large_count,
        })
    }

    fn failed(&self, source: ParquetError) -> StageError {
        StageError {
            temp: self.temp.clone(),
            source,
        }
    }

    fn take(&mut self, day: Day, rows: &Rows) -> Result<(), ParquetError> {
        self.appends += 1;
        if day < self.day {
            // Another dataset begins; hardly any row of it goes where the last one's went.
            let live: Vec<PartitionId> = self.partitions.keys().copied().collect();
            for id in live {
                self.close(id)?;
            }
        }
        self.day = day;
        let mut checked: Vec<Day> = Vec::new();
        for (table, batch) in rows.tables.iter().enumerate() {
            let weights = weights(batch);
            for (dt, range) in ranges_by_day(batch) {
                let id = PartitionId {
                    family: rows.family,
                    dt,
                };
                if table == 0 {
                    self.keep_order(id, day, batch, &range, !checked.contains(&dt))?;
                    checked.push(dt);
                }
                self.note_large(rows.family.tables[table].name, dt, batch, &weights, &range);
                let live = self.live(id, day)?;
                // A few rows must not keep a large batch alive.
                if range.len() * 4 < batch.num_rows() {
                    let part = arrow_select::concat::concat_batches(
                        &batch.schema(),
                        [&batch.slice(range.start, range.len())],
                    )?;
                    live.writers[table].append(&part, &weights[range.clone()], 0..range.len())?;
                } else {
                    live.writers[table].append(batch, &weights, range)?;
                }
            }
        }
        self.relieve(day)
    }

    fn park_all(&mut self) -> Result<(), ParquetError> {
        let ids: Vec<PartitionId> = self.partitions.keys().copied().collect();
        for id in &ids {
            self.close(*id)?;
            while self.encoder.held() > self.budget {
                let Some(oldest) = self.oldest(|_| true) else {
                    break;
                };
                self.park(oldest)?;
            }
        }
        for id in ids {
            self.park(id)?;
        }
        Ok(())
    }

    /// Starts another run of the partition if these rows do not follow the last ones.
    fn keep_order(
        &mut self,
        id: PartitionId,
        day: Day,
        batch: &RecordBatch,
        range: &Range<usize>,
        first: bool,
    ) -> Result<(), ParquetError> {
        let places = Places::of(batch);
        let place = |row: usize| {
            (
                day,
                places.object(row).to_owned(),
                places.index(row).unwrap_or(-1),
            )
        };
        let staged = self.partitions.entry(id).or_default();
        if first
            && staged
                .last
                .as_ref()
                .is_some_and(|last| place(range.start) < *last)
        {
            self.park(id)?;
            self.partitions.entry(id).or_default().runs.push(Vec::new());
        }
        self.partitions.entry(id).or_default().last = Some(place(range.end - 1));
        Ok(())
    }

    fn note_large(
        &mut self,
        table: &'static str,
        dt: Day,
        batch: &RecordBatch,
        weights: &[u64],
        rows: &Range<usize>,
    ) {
        let places = Places::of(batch);
        for row in rows.clone().filter(|row| weights[*row] > LARGE_ROW) {
            self.large_count += 1;
            if self.large.len() < LARGE_ROWS {
                let (object, index) = (
                    places.object(row).to_owned(),
                    places.index(row).unwrap_or(-1),
                );
                self.large.push(Large {
                    table,
                    dt,
                    object,
                    index,
                    bytes: weights[row],
                });
            }
        }
    }

    fn live(&mut self, id: PartitionId, day: Day) -> Result<&mut Live, ParquetError> {
        let appends = self.appends;
        if self
            .partitions
            .get(&id)
            .is_some_and(|staged| staged.live.as_ref().is_some_and(|live| live.closing))
        {
            self.park(id)?;
        }
        let staged = self.partitions.entry(id).or_default();
        if staged.live.is_none() {
            let mut writers = Vec::new();
            for table in id.family.tables {
                let path = self.encoder.new_path(&self.temp, table, id.dt);
                writers.push(TableWriter::create(&self.encoder, table, &path)?);
            }
            staged.live = Some(Live {
                writers,
                day,
                last_append: appends,
                closing: false,
            });
        }
        let live = staged.live.as_mut().expect("invariant: it was just made");
        live.day = day;
        live.last_append = appends;
        Ok(live)
    }

    /// Closes partitions that source days have passed by, and whatever else is needed to keep to the budget.
    fn relieve(&mut self, day: Day) -> Result<(), ParquetError> {
        if let Some(passed) = self.oldest(|live| !live.closing && live.is_passed(day)) {
            let closing = |staged: &&Staged| staged.live.as_ref().is_some_and(|live| live.closing);
            if self.partitions.values().filter(closing).count()
                >= self.encoder.pool.current_num_threads()
                && let Some(oldest) = self.oldest(|live| live.closing)
            {
                self.park(oldest)?;
            }
            self.close(passed)?;
        }
        // What is encoded waits for nothing but this.
        while let Some(encoded) = self.encoded() {
            self.park(encoded)?;
        }
        while self.encoder.held() > self.budget {
            // What is closed already is nearly encoded; then the one that waits longest for more rows.
            let Some(oldest) = self
                .oldest(|live| live.closing)
                .or_else(|| self.oldest(|_| true))
            else {
                break;
            };
            self.park(oldest)?;
        }
        Ok(())
    }

    /// A partition that is closed and wholly encoded.
    fn encoded(&mut self) -> Option<PartitionId> {
        for (id, staged) in &mut self.partitions {
            if let Some(live) = &mut staged.live
                && live.closing
                && live.writers.iter_mut().all(TableWriter::is_encoded)
            {
                return Some(*id);
            }
        }
        None
    }

    /// The partition with the oldest append among those that match.
    fn oldest(&self, matches: impl Fn(&Live) -> bool) -> Option<PartitionId> {
        let live = self
            .partitions
            .iter()
            .filter_map(|(id, staged)| staged.live.as_ref().map(|live| (id, live)));
        live.filter(|(_, live)| matches(live))
            .min_by_key(|(_, live)| live.last_append)
            .map(|(id, _)| *id)
    }

    /// Has the unfinished groups of a partition encoded.
    fn close(&mut self, id: PartitionId) -> Result<(), ParquetError> {
        if let Some(live) = self
            .partitions
            .get_mut(&id)
            .and_then(|staged| staged.live.as_mut())
        {
            live.closing = true;
            for writer in &mut live.writers {
                writer.close_tail()?;
            }
        }
        Ok(())
    }

    /// Finishes the files of a partition; rows that come later begin others.
    fn park(&mut self, id: PartitionId) -> Result<(), ParquetError> {
        let Some(staged) = self.partitions.get_mut(&id) else {
            return Ok(());
        };
        let Some(live) = staged.live.take() else {
            return Ok(());
        };
        let files = live
            .writers
            .into_iter()
            .map(TableWriter::finish)
            .collect::<Result<Vec<_>, _>>()?;
        if staged.runs.is_empty() {
            staged.runs.push(Vec::new());
        }
        staged
            .runs
            .last_mut()
            .expect("invariant: there is a run")
            .push(files);
        Ok(())
    }
}

/// The consecutive rows of equal `event_date`.
fn ranges_by_day(batch: &RecordBatch) -> Vec<(Day, Range<usize>)> {
    let days = batch
        .column_by_name("event_date")
        .expect("invariant: every table has event_date")
        .as_primitive::<Date32Type>();
    debug_assert_eq!(days.null_count(), 0, "invariant: every row has its day");
    let mut ranges: Vec<(Day, Range<usize>)> = Vec::new();
    for (row, day) in days.values().iter().enumerate() {
        match ranges.last_mut() {
            Some((last, range)) if last.0 == *day => range.end = row + 1,
            _ => ranges.push((Day(*day), row..row + 1)),
        }
    }
    ranges
}
