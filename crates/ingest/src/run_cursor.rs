//! Walks a run: a table's rows in canonical order, over the files that follow one another.

use std::cmp::Ordering;

use arrow_array::RecordBatch;
use parquet::arrow::arrow_reader::{RowSelection, RowSelector};
use parquet::errors::ParquetError;
use promptlake_datasets::day::Day;
use promptlake_datasets::key::source_day;
use promptlake_datasets::table::Family;

use crate::cut::Places;
use crate::run_file::{Batches, RunFile};
use crate::stage::PartitionId;

/// The columns that tell a row's place.
pub(crate) const PLACE: &[&str] = &["source_object", "record_index"];

/// Rows of a partition in canonical order: files that follow one another, each with a file a table of the family.
#[derive(Debug, Default)]
pub struct Run {
    /// By segment, then by table.
    pub segments: Vec<Vec<RunFile>>,
}

impl Run {
    /// The row groups of a table, over all segments.
    pub fn groups(&self, table: usize) -> usize {
        self.segments
            .iter()
            .map(|files| files[table].groups())
            .sum()
    }

    /// The rows of a table, over all segments.
    pub fn rows(&self, table: usize) -> u64 {
        self.segments.iter().map(|files| files[table].rows()).sum()
    }

    /// Finds a row group by its number over all segments.
    pub fn group(&self, table: usize, mut group: usize) -> Option<(&RunFile, usize)> {
        for files in &self.segments {
            if group < files[table].groups() {
                return Some((&files[table], group));
            }
            group -= files[table].groups();
        }
        None
    }
}

/// Where a row stands in the canonical order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place<'a> {
    /// Source day.
    pub day: Day,
    /// `source_object`; compared as bytes.
    pub object: &'a str,
    /// `record_index`; −1 for a whole object.
    pub index: i64,
}

/// The source day of an object in a partition.
pub fn day_of(partition: PartitionId, object: &str) -> Day {
    if is_rejects(partition.family) {
        return partition.dt;
    }
    source_day(object, partition.family.name.starts_with("lex")).0
}

/// Whether these are rejects, whose `dt` is the source day itself.
pub fn is_rejects(family: &Family) -> bool {
    std::ptr::eq(family, &raw const promptlake_datasets::rejects::FAMILY)
        || family.name == "rejects"
}

/// A place in a run's table.
#[derive(Debug)]
pub struct RunCursor<'a> {
    run: &'a Run,
    partition: PartitionId,
    table: usize,
    columns: Option<&'a [&'a str]>,
    /// Whether of a group only its first place is read until its rows are asked for.
    peeks: bool,
    group: usize,
    group_start: bool,
    batches: Option<Batches>,
    batch: Option<RecordBatch>,
    /// Where `source_object` and `record_index` stand in `batch`.
    place_columns: (usize, usize),
    /// `batch` is the place of the group's first row alone: the group may come to be skipped.
    peeked: bool,
    /// Changes whenever another batch is loaded.
    pub batch_no: u64,
    row: usize,
    row_no: u64,
    day: Day,
}

impl<'a> RunCursor<'a> {
    /// A cursor at the first row. Of the columns named, `source_object` and `record_index` must be two; `None`: all.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn new(
        run: &'a Run,
        partition: PartitionId,
        table: usize,
        columns: Option<&'a [&'a str]>,
    ) -> Result<Self, ParquetError> {
        Self::start(run, partition, table, columns, false)
    }

    /// A cursor over all columns that reads of a group only where it begins, until [`RunCursor::settle`] or
    /// [`RunCursor::advance`]: for those that skip groups.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn peeking(
        run: &'a Run,
        partition: PartitionId,
        table: usize,
    ) -> Result<Self, ParquetError> {
        Self::start(run, partition, table, None, true)
    }

    fn start(
        run: &'a Run,
        partition: PartitionId,
        table: usize,
        columns: Option<&'a [&'a str]>,
        peeks: bool,
    ) -> Result<Self, ParquetError> {
        let mut cursor = Self {
            run,
            partition,
            table,
            columns,
            peeks,
            group: 0,
            group_start: true,
            batches: None,
            batch: None,
            place_columns: (0, 0),
            peeked: false,
            batch_no: 0,
            row: 0,
            row_no: 0,
            day: Day(0),
        };
        cursor.open_group()?;
        Ok(cursor)
    }

    /// Where the cursor stands; `None`: at the end.
    pub fn place(&self) -> Option<Place<'_>> {
        let batch = self.batch.as_ref()?;
        let places = Places::at(batch, self.place_columns);
        Some(Place {
            day: self.day,
            object: places.object(self.row),
            index: places.index(self.row).unwrap_or(-1),
        })
    }

    /// The batch that holds the row, and the row's place in it. Of one that peeks, [`RunCursor::settle`] comes first.
    pub fn row(&self) -> Option<(&RecordBatch, usize)> {
        debug_assert!(!self.peeked, "invariant: settled");
        self.batch.as_ref().map(|batch| (batch, self.row))
    }

    /// Reads the rows at the cursor, if all that was read of the group is where it begins.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn settle(&mut self) -> Result<(), ParquetError> {
        if !self.peeked {
            return Ok(());
        }
        self.peeked = false;
        self.batch = None;
        self.batches = match self.run.group(self.table, self.group) {
            Some((file, group)) => Some(file.read(self.columns, vec![group], None)?),
            None => None,
        };
        self.load()
    }

    /// The row's number in the run.
    pub fn row_no(&self) -> u64 {
        self.row_no
    }

    /// The number of the row's group in the run.
    pub fn group(&self) -> usize {
        self.group
    }

    /// Whether the row is the first of its group.
    pub fn at_group_start(&self) -> bool {
        self.group_start
    }

    /// Goes to the next row.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn advance(&mut self) -> Result<(), ParquetError> {
        self.settle()?;
        self.group_start = false;
        self.row_no += 1;
        self.row += 1;
        let Some(batch) = &self.batch else {
            return Ok(());
        };
        if self.row < batch.num_rows() {
            let places = Places::at(batch, self.place_columns);
            if places.object(self.row) != places.object(self.row - 1) {
                self.day = day_of(self.partition, places.object(self.row));
            }
            return Ok(());
        }
        self.load()
    }

    /// Goes to the next group, from a group's first row.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn skip_group(&mut self) -> Result<(), ParquetError> {
        if let Some((file, group)) = self.run.group(self.table, self.group) {
            self.row_no += file.group_rows(group);
        }
        self.group += 1;
        self.open_group()
    }

    fn open_group(&mut self) -> Result<(), ParquetError> {
        self.batch = None;
        self.peeked = self.peeks;
        let (columns, rows) = if self.peeked {
            let first = RowSelection::from(vec![RowSelector::select(1)]);
            (Some(PLACE), Some(first))
        } else {
            (self.columns, None)
        };
        self.batches = match self.run.group(self.table, self.group) {
            Some((file, group)) => Some(file.read(columns, vec![group], rows)?),
            None => None,
        };
        self.group_start = true;
        if self.batches.is_some() {
            self.load()
        } else {
            Ok(())
        }
    }

    fn load(&mut self) -> Result<(), ParquetError> {
        loop {
            let Some(batches) = &mut self.batches else {
                return Ok(());
            };
            match batches.next().transpose()? {
                Some(batch) if batch.num_rows() > 0 => {
                    self.row = 0;
                    self.batch_no += 1;
                    self.place_columns = Places::columns(&batch);
                    let places = Places::at(&batch, self.place_columns);
                    self.day = day_of(self.partition, places.object(0));
                    self.batch = Some(batch);
                    return Ok(());
                }
                Some(_) => {}
                None => {
                    self.group += 1;
                    return self.open_group();
                }
            }
        }
    }
}

/// The cursor that stands first in the canonical order, the earlier one of equals.
pub fn first(cursors: &[RunCursor<'_>]) -> Option<usize> {
    if let [only] = cursors {
        return only.batch.is_some().then_some(0);
    }
    let mut first: Option<(usize, Place<'_>)> = None;
    for (number, cursor) in cursors.iter().enumerate() {
        if let Some(place) = cursor.place()
            && first
                .as_ref()
                .is_none_or(|(_, least)| place.cmp(least) == Ordering::Less)
        {
            first = Some((number, place));
        }
    }
    first.map(|(number, _)| number)
}
