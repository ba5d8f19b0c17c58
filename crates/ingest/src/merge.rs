//! The second pass of a merge: walks the runs in canonical order and writes the rows that stay.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMillisecondType;
use arrow_array::{
    Array, ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray,
};
use parquet::errors::ParquetError;
use promptlake_datasets::day::Day;
use promptlake_datasets::table::Table;

use crate::analyse::{Analysis, Counts, analyse};
use crate::cut::weights;
use crate::part::FinishedPart;
use crate::row_hash;
use crate::row_reader::RowReader;
use crate::run_cursor::{Place, Run, RunCursor, day_of, first};
use crate::stage::PartitionId;
use crate::table_writer::{Encoder, TableWriter};

/// A row that is not stored, because one of equal key and content is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedTwin {
    /// Its object.
    pub object: String,
    /// Its record.
    pub index: i64,
    /// Its account.
    pub account_id: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Its product.
    pub source: Option<String>,
    /// When its report was written, milliseconds since the epoch.
    pub report_ts: Option<i64>,
    /// The row of the part that stands for it, from 0.
    pub row: u64,
    /// Hash of its key.
    pub key: u128,
}

impl ListedTwin {
    /// Where it would stand.
    pub fn place(&self, partition: PartitionId) -> Place<'_> {
        Place {
            day: day_of(partition, &self.object),
            object: &self.object,
            index: self.index,
        }
    }
}

/// An object's rows in a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectRows {
    /// Its source day.
    pub day: Day,
    /// Its `source_object`.
    pub object: String,
    /// Its rows that are stored; 0 if all are listed twins.
    pub rows: u64,
    /// Its account.
    pub account_id: Option<String>,
    /// Its region.
    pub region: Option<String>,
}

/// Where a merge tells what is in the new parts.
pub trait Contents {
    /// An object of a table, in canonical order.
    ///
    /// # Errors
    /// If it cannot be kept.
    fn object(&mut self, table: usize, object: &ObjectRows) -> std::io::Result<()>;

    /// A row of the parent table that is not stored, in canonical order.
    ///
    /// # Errors
    /// If it cannot be kept.
    fn twin(&mut self, twin: &ListedTwin) -> std::io::Result<()>;
}

/// Listed twins in canonical order.
pub type Listed<'a> = Box<dyn Iterator<Item = Result<ListedTwin, MergeError>> + 'a>;

/// What a merge is made of.
pub struct MergeInput<'a> {
    /// The partition.
    pub partition: PartitionId,
    /// The old part (without segments: there is none), then the new rows.
    pub runs: Vec<Run>,
    /// The files of the only segment of the only new run, if that is all there is: they may be the new part as they are.
    pub parked: Option<Vec<FinishedPart>>,
    /// Opens the twins listed with the old part.
    pub listed: &'a dyn Fn() -> Result<Listed<'a>, MergeError>,
    /// Whether rows of an object (run, source day, `source_object`) go: from the old part because it was read again,
    /// from a new run because reading it failed.
    pub gone: &'a dyn Fn(usize, Day, &str) -> bool,
}

impl MergeInput<'_> {
    /// Whether the rows of an object go from a run.
    pub fn gone(&self, run: usize, day: Day, object: &str) -> bool {
        (self.gone)(run, day, object)
    }
}

impl fmt::Debug for MergeInput<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "MergeInput of {} {} with {} runs",
            self.partition.family.name,
            self.partition.dt,
            self.runs.len()
        )
    }
}

/// What a merge gave.
#[derive(Debug)]
pub struct Merged {
    /// By table: the new part; `None`: the rows are those of the old part.
    pub parts: Vec<Option<FinishedPart>>,
    /// The counts of each table, the parent first.
    pub counts: Vec<Counts>,
    /// Rejects that were not in the table before, by reason.
    pub new_rejects: BTreeMap<String, u64>,
}

/// Why a merge failed.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// A part or a parked file cannot be read.
    #[error("read the rows of a part")]
    Read(#[source] ParquetError),
    /// The new part cannot be written.
    #[error("write a part")]
    Write(#[source] ParquetError),
    /// A temporary file.
    #[error("read or write a temporary file")]
    Temp(#[from] std::io::Error),
    /// The inventory.
    #[error("read the inventory")]
    Inventory(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A child without its parent, or the other way round.
    #[error("the tables of the partition are out of step: a row of {table} has no partner")]
    OutOfStep {
        /// The table.
        table: &'static str,
    },
    /// A bug of ours, found before it does harm.
    #[error("the counts do not balance: {counts:?}")]
    Unbalanced {
        /// The counts.
        counts: Counts,
    },
}

impl MergeError {
    /// Wraps an error of reading rows.
    pub fn read(error: ParquetError) -> Self {
        Self::Read(error)
    }
}

/// How many twins that take over are read at once.
const TAKEN_AT_ONCE: usize = 1024;

/// Merges the runs of a partition into one part a table.
///
/// # Errors
/// If anything cannot be read or written; nothing outside `temp` was touched.
pub fn merge(
    input: &MergeInput<'_>,
    encoder: &Arc<Encoder>,
    temp: &Path,
    memory: usize,
    contents: &mut dyn Contents,
) -> Result<Merged, MergeError> {
    let mut analysis = analyse(input, temp, memory)?;
    let family = input.partition.family;
    let old = &input.runs[0];
    let counts = analysis.counts;
    let same = !old.segments.is_empty()
        && counts.replaced + counts.accepted + counts.new_twins + counts.taking_over == 0
        && !analysis.changes
        && old
            .segments
            .iter()
            .flatten()
            .all(crate::run_file::RunFile::same_encoding);
    // What was parked in one file is in canonical order already, and cut canonically.
    let parked = input.parked.as_ref().filter(|files| {
        old.segments.is_empty()
            && !analysis.changes
            && counts.new_twins == 0
            && files.first().is_some_and(|file| file.rows == counts.after)
    });
    let mut writers = Vec::new();
    if !same && parked.is_none() {
        for table in family.tables {
            let path = temp.join(format!(
                "{}-{}-merged.parquet",
                table.name, input.partition.dt
            ));
            // A merge before this one may have failed, or lost its race.
            std::fs::remove_file(&path).ok();
            writers.push(TableWriter::create(encoder, table, path).map_err(MergeError::Write)?);
        }
    }
    let mut walk = Walk::new(input, &mut analysis, writers, contents)?;
    walk.go()?;
    let (written, children) = walk.finish()?;
    let parts = match parked {
        _ if same => family.tables.iter().map(|_| None).collect(),
        Some(files) => files.iter().cloned().map(Some).collect(),
        None => written.into_iter().map(Some).collect(),
    };
    let all: Vec<Counts> = std::iter::once(counts).chain(children).collect();
    if let Some(counts) = all.iter().find(|counts| !counts.balance()) {
        return Err(MergeError::Unbalanced { counts: *counts });
    }
    Ok(Merged {
        parts,
        counts: all,
        new_rejects: analysis.new_rejects,
    })
}

/// What a walk that writes nothing reads: enough to count rows by object.
const COUNTED: &[&str] = &["account_id", "region", "source_object", "record_index"];

/// What becomes of a row.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// It is stored, with this variant if that is another one.
    Stored(Option<u32>),
    /// It is listed.
    Twin,
    /// Its object was read again, or could not be read.
    Gone,
}

impl Counts {
    /// Counts a child of a row of run `run`.
    fn child(&mut self, run: usize, fate: Fate) {
        match (run, fate) {
            (0, Fate::Gone) => {
                self.before += 1;
                self.replaced += 1;
            }
            (0, _) => self.before += 1,
            (_, Fate::Gone) => {}
            (_, _) => self.accepted += 1,
        }
        match fate {
            Fate::Stored(variant) => {
                self.after += 1;
                self.variants += u64::from(variant.is_some_and(|variant| variant > 0));
            }
            Fate::Twin => self.new_twins += 1,
            Fate::Gone => {}
        }
    }
}

/// One walk over all runs.
struct Walk<'a, 'i, 'b> {
    input: &'a MergeInput<'i>,
    analysis: &'b mut Analysis,
    writers: Vec<TableWriter>,
    contents: &'b mut dyn Contents,
    /// By run: a cursor a table.
    parents: Vec<RunCursor<'a>>,
    children: Vec<Vec<RunCursor<'a>>>,
    weights: Vec<(u64, Vec<u64>)>,
    held: Option<(RecordBatch, usize, Range<usize>)>,
    objects: Vec<Option<ObjectRows>>,
    rank: u64,
    child_counts: Vec<Counts>,
    changed: Option<crate::duplicates::Decision>,
    twin: Option<(u64, u64)>,
    taken: VecDeque<(u64, Vec<RecordBatch>)>,
}

impl<'a, 'i, 'b> Walk<'a, 'i, 'b> {
    fn new(
        input: &'a MergeInput<'i>,
        analysis: &'b mut Analysis,
        writers: Vec<TableWriter>,
        contents: &'b mut dyn Contents,
    ) -> Result<Self, MergeError> {
        let (mut parents, mut children) = (Vec::new(), Vec::new());
        for run in &input.runs {
            let columns = writers.is_empty().then_some(COUNTED);
            let cursor = |table| RunCursor::new(run, input.partition, table, columns);
            parents.push(cursor(0).map_err(MergeError::Read)?);
            let cursors = (1..input.partition.family.tables.len()).map(cursor);
            children.push(
                cursors
                    .collect::<Result<Vec<_>, _>>()
                    .map_err(MergeError::Read)?,
            );
        }
        let changed = analysis.decisions.changed.next()?;
        let twin = analysis.decisions.next_twin()?;
        Ok(Self {
            objects: input.partition.family.tables.iter().map(|_| None).collect(),
            weights: parents.iter().map(|_| (0, Vec::new())).collect(),
            input,
            analysis,
            writers,
            contents,
            parents,
            children,
            held: None,
            rank: 0,
            child_counts: vec![Counts::default(); input.partition.family.tables.len() - 1],
            changed,
            twin,
            taken: VecDeque::new(),
        })
    }

    fn go(&mut self) -> Result<(), MergeError> {
        let mut twins = (self.input.listed)()?;
        let mut listed = twins.next().transpose()?;
        loop {
            let run = first(&self.parents);
            let place = run.and_then(|run| self.parents[run].place());
            if listed.as_ref().is_some_and(|twin| {
                place.is_none_or(|place| twin.place(self.input.partition) < place)
            }) && let Some(twin) = listed.take()
            {
                self.flush()?;
                self.listed(twin)?;
                listed = twins.next().transpose()?;
                continue;
            }
            let Some(run) = run else { break };
            if self.copies(run, listed.is_none())? {
                continue;
            }
            self.row(run)?;
        }
        for cursors in &self.children {
            if let Some(child) = cursors.iter().position(|cursor| cursor.place().is_some()) {
                return Err(MergeError::OutOfStep {
                    table: self.input.partition.family.tables[child + 1].name,
                });
            }
        }
        self.flush()?;
        for table in 0..self.objects.len() {
            if let Some(object) = self.objects[table].take() {
                self.contents.object(table, &object)?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(Vec<FinishedPart>, Vec<Counts>), MergeError> {
        let parts: Result<Vec<_>, _> = self
            .writers
            .into_iter()
            .map(|writer| writer.finish().map_err(MergeError::Write))
            .collect();
        Ok((parts?, self.child_counts))
    }

    /// Copies the group at a cursor, if it comes out as it went in.
    fn copies(&mut self, run: usize, no_twins: bool) -> Result<bool, MergeError> {
        let cursor = &self.parents[run];
        if self.input.partition.family.tables.len() > 1
            || !cursor.at_group_start()
            || self.writers.is_empty()
        {
            return Ok(false);
        }
        let number = cursor.group();
        if !self.analysis.clean[run]
            .get(number)
            .copied()
            .unwrap_or(false)
        {
            return Ok(false);
        }
        let Some((file, group)) = self.input.runs[run].group(0, number) else {
            return Ok(false);
        };
        // The last group of a file was closed by the end of the rows, not by the rule.
        let closed_by_rule = group + 1 < file.groups();
        let last_of_all = no_twins
            && number + 1 == self.input.runs[run].groups(0)
            && self
                .parents
                .iter()
                .enumerate()
                .all(|(other, cursor)| other == run || cursor.place().is_none());
        if !file.same_encoding() || !(closed_by_rule || last_of_all) {
            return Ok(false);
        }
        self.flush()?;
        if !self.writers[0].at_boundary() {
            return Ok(false);
        }
        self.writers[0]
            .copy(file, group)
            .map_err(MergeError::Write)?;
        let heads = file.read(Some(COUNTED), vec![group], None);
        for batch in heads.map_err(MergeError::Read)? {
            let batch = batch.map_err(MergeError::Read)?;
            self.count(0, &batch, 0..batch.num_rows())?;
        }
        self.rank += file.group_rows(group);
        self.parents[run].skip_group().map_err(MergeError::Read)?;
        Ok(true)
    }

    /// Takes the row at a cursor.
    fn row(&mut self, run: usize) -> Result<(), MergeError> {
        let (rank, table) = (self.rank, self.input.partition.family.tables[0]);
        self.rank += 1;
        let variant = self.take_changed(rank)?.map(|decision| decision.variant);
        let twin_of = self.take_twin(rank)?;
        let emitted = self.analysis.emitted.get(rank);
        if emitted && variant.is_none() {
            self.hold(run)?;
        } else {
            self.flush()?;
            let (batch, row) = self.parents[run]
                .row()
                .expect("invariant: the cursor stands at a row");
            let one = batch.slice(row, 1);
            if let Some(variant) = variant.filter(|_| emitted) {
                let patched = with_variant(&one, table, variant);
                self.emit(0, &patched, &weights(&patched), 0..1)?;
            } else if let Some(standing) = twin_of {
                let twin = self.twin_of_row(&one, standing);
                self.list(&twin)?;
            }
        }
        let fate = match (emitted, twin_of) {
            (true, _) => Fate::Stored(variant),
            (false, Some(_)) => Fate::Twin,
            (false, None) => Fate::Gone,
        };
        self.children_of(run, fate)?;
        self.parents[run].advance().map_err(MergeError::Read)
    }

    /// Takes the children of the row at a run's parent cursor along.
    fn children_of(&mut self, run: usize, fate: Fate) -> Result<(), MergeError> {
        let tables = self.input.partition.family.tables;
        for child in 0..self.children[run].len() {
            loop {
                let parent = self.parents[run].place();
                let cursor = &self.children[run][child];
                match (cursor.place(), parent) {
                    (Some(place), Some(parent)) if place == parent => {}
                    (Some(place), Some(parent)) if place < parent => {
                        return Err(MergeError::OutOfStep {
                            table: tables[child + 1].name,
                        });
                    }
                    _ => break,
                }
                self.child_counts[child].child(run, fate);
                if let (Fate::Stored(variant), Some((batch, row))) = (fate, cursor.row()) {
                    let slice = batch.slice(row, 1);
                    let slice = variant.map_or(slice.clone(), |variant| {
                        with_variant(&slice, tables[child + 1], variant)
                    });
                    self.emit(child + 1, &slice, &weights(&slice), 0..1)?;
                }
                self.children[run][child]
                    .advance()
                    .map_err(MergeError::Read)?;
            }
        }
        Ok(())
    }

    /// Takes a twin that was listed with the old part.
    fn listed(&mut self, twin: ListedTwin) -> Result<(), MergeError> {
        let rank = self.rank;
        self.rank += 1;
        let decision = self.take_changed(rank)?;
        let twin_of = self.take_twin(rank)?;
        if self.analysis.emitted.get(rank) {
            let variant = decision.map_or(0, |decision| decision.variant);
            let rows = self.taken_rows(rank)?;
            for (number, batch) in rows.iter().enumerate() {
                let patched = with_lineage(
                    batch,
                    self.input.partition.family.tables[number],
                    &twin,
                    variant,
                );
                self.emit(number, &patched, &weights(&patched), 0..patched.num_rows())?;
            }
        } else if let Some(standing) = twin_of {
            let row = self.analysis.emitted.rank(standing);
            self.list(&ListedTwin { row, ..twin })?;
        }
        Ok(())
    }

    /// Appends the row at a run's parent cursor to those that are held back to be emitted together.
    fn hold(&mut self, run: usize) -> Result<(), MergeError> {
        let batch_no = self.parents[run].batch_no;
        let (_, row) = self.parents[run]
            .row()
            .expect("invariant: the cursor stands at a row");
        if let Some((_, held_run, rows)) = &mut self.held
            && *held_run == run
            && self.weights[run].0 == batch_no
            && rows.end == row
        {
            rows.end += 1;
            return Ok(());
        }
        self.flush()?;
        let (batch, row) = self.parents[run]
            .row()
            .expect("invariant: the cursor stands at a row");
        if self.weights[run].0 != batch_no {
            self.weights[run] = (batch_no, weights(batch));
        }
        self.held = Some((batch.clone(), run, row..row + 1));
        Ok(())
    }

    fn flush(&mut self) -> Result<(), MergeError> {
        let Some((batch, run, rows)) = self.held.take() else {
            return Ok(());
        };
        let weights = std::mem::take(&mut self.weights[run].1);
        let result = self.emit(0, &batch, &weights, rows);
        self.weights[run].1 = weights;
        result
    }

    fn emit(
        &mut self,
        table: usize,
        batch: &RecordBatch,
        weights: &[u64],
        rows: Range<usize>,
    ) -> Result<(), MergeError> {
        self.count(table, batch, rows.clone())?;
        match self.writers.get_mut(table) {
            Some(writer) => writer
                .append(batch, weights, rows)
                .map_err(MergeError::Write),
            None => Ok(()),
        }
    }

    /// Counts stored rows by their object.
    fn count(
        &mut self,
        table: usize,
        batch: &RecordBatch,
        rows: Range<usize>,
    ) -> Result<(), MergeError> {
        let objects = text(batch, "source_object");
        for row in rows {
            let object = objects.value(row);
            if self.objects[table]
                .as_ref()
                .is_none_or(|last| last.object != object)
            {
                let day = day_of(self.input.partition, object);
                self.next_object(
                    table,
                    day,
                    object,
                    value(batch, "account_id", row),
                    value(batch, "region", row),
                )?;
            }
            if let Some(last) = &mut self.objects[table] {
                last.rows += 1;
            }
        }
        Ok(())
    }

    fn next_object(
        &mut self,
        table: usize,
        day: Day,
        object: &str,
        account_id: Option<&str>,
        region: Option<&str>,
    ) -> Result<(), MergeError> {
        let next = ObjectRows {
            day,
            object: object.to_owned(),
            rows: 0,
            account_id: account_id.map(str::to_owned),
            region: region.map(str::to_owned),
        };
        if let Some(last) = self.objects[table].replace(next) {
            self.contents.object(table, &last)?;
        }
        Ok(())
    }

    /// Lists a twin with the new part.
    fn list(&mut self, twin: &ListedTwin) -> Result<(), MergeError> {
        if self.objects[0]
            .as_ref()
            .is_none_or(|last| last.object != twin.object)
        {
            let day = day_of(self.input.partition, &twin.object);
            self.next_object(
                0,
                day,
                &twin.object,
                twin.account_id.as_deref(),
                twin.region.as_deref(),
            )?;
        }
        Ok(self.contents.twin(twin)?)
    }

    fn twin_of_row(&self, one: &RecordBatch, standing: u64) -> ListedTwin {
        let report_ts = one
            .column_by_name("report_ts")
            .map(|column| column.as_primitive::<TimestampMillisecondType>().clone());
        let owned = |name| value(one, name, 0).map(str::to_owned);
        ListedTwin {
            object: owned("source_object").unwrap_or_default(),
            index: crate::cut::Places::of(one).index(0).unwrap_or(-1),
            account_id: owned("account_id"),
            region: owned("region"),
            source: owned("source"),
            report_ts: report_ts.and_then(|column| column.is_valid(0).then(|| column.value(0))),
            row: self.analysis.emitted.rank(standing),
            key: row_hash::keys(self.input.partition.family.tables[0], one)[0].unwrap_or_default(),
        }
    }

    fn take_changed(
        &mut self,
        rank: u64,
    ) -> Result<Option<crate::duplicates::Decision>, MergeError> {
        if self.changed.is_none_or(|decision| decision.rank != rank) {
            return Ok(None);
        }
        let next = self.analysis.decisions.changed.next()?;
        Ok(std::mem::replace(&mut self.changed, next))
    }

    fn take_twin(&mut self, rank: u64) -> Result<Option<u64>, MergeError> {
        if self.twin.is_none_or(|(twin, _)| twin != rank) {
            return Ok(None);
        }
        let next = self.analysis.decisions.next_twin()?;
        Ok(std::mem::replace(&mut self.twin, next).map(|(_, standing)| standing))
    }

    /// The rows (a batch a table) with whose content the twin of this rank takes over. Reads those of the next ones too.
    fn taken_rows(&mut self, rank: u64) -> Result<Vec<RecordBatch>, MergeError> {
        if self.taken.is_empty() {
            let mut next = Vec::new();
            while next.len() < TAKEN_AT_ONCE
                && let Some(decision) = self.analysis.decisions.taking.next()?
            {
                next.extend(decision.takes.map(|row| (row, decision.rank)));
            }
            next.sort_unstable();
            let mut reader = RowReader::new(&self.input.runs[0], self.input.partition)?;
            let mut taken = Vec::new();
            for (row, rank) in next {
                taken.push((rank, reader.read(row)?));
            }
            taken.sort_unstable_by_key(|(rank, _)| *rank);
            self.taken = taken.into();
        }
        match self.taken.pop_front() {
            Some((taken, rows)) if taken == rank => Ok(rows),
            _ => Err(MergeError::OutOfStep {
                table: self.input.partition.family.tables[0].name,
            }),
        }
    }
}

fn text<'b>(batch: &'b RecordBatch, name: &str) -> &'b StringArray {
    batch
        .column_by_name(name)
        .expect("invariant: every table has the lineage columns")
        .as_string()
}

fn value<'b>(batch: &'b RecordBatch, name: &str, row: usize) -> Option<&'b str> {
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

fn with_variant(batch: &RecordBatch, table: &Table, variant: u32) -> RecordBatch {
    let variants: ArrayRef = Arc::new(Int64Array::from(vec![i64::from(variant); batch.num_rows()]));
    with_columns(batch, table, vec![("variant", variants)])
}

/// The rows as those of the twin.
fn with_lineage(
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
