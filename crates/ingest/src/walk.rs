//! The second pass of a merge: walks the runs in canonical order and writes the rows that stay.

use std::collections::VecDeque;
use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMillisecondType;
use arrow_array::{Array, RecordBatch};
use arrow_select::concat::concat_batches;

use crate::analyse::{Analysis, Counts};
use crate::cut::{Places, weights};
use crate::duplicates::Decision;
use crate::fate::Fate;
use crate::held::Held;
use crate::merge::{Contents, ListedTwin, MergeError, MergeInput};
use crate::object_counter::{COUNTED, ObjectCounter};
use crate::part::FinishedPart;
use crate::patch::{value, with_lineage};
use crate::row_hash::KeyColumns;
use crate::row_reader::RowReader;
use crate::run_cursor::{Place, RunCursor, first};
use crate::table_writer::TableWriter;

const AT_A_ROW: &str = "invariant: the cursor stands at a row";
/// How many twins that take over are read at once.
const TAKEN_AT_ONCE: usize = 1024;
/// What a walk that writes nothing reads: enough to count rows by object.
const COUNTED_IN_STEP: &[&str] = &["account_id", "region", "source_object", "record_index"];

/// One walk over all runs.
pub struct Walk<'a, 'i, 'b> {
    input: &'a MergeInput<'i>,
    analysis: &'b mut Analysis,
    writers: Vec<TableWriter>,
    contents: &'b mut dyn Contents,
    /// By run: a cursor a table.
    parents: Vec<RunCursor<'a>>,
    children: Vec<Vec<RunCursor<'a>>>,
    /// By table.
    held: Vec<Held>,
    objects: ObjectCounter,
    rank: u64,
    child_counts: Vec<Counts>,
    changed: Option<Decision>,
    twin: Option<(u64, u64)>,
    taken: VecDeque<(u64, Vec<RecordBatch>)>,
}

impl std::fmt::Debug for Walk<'_, '_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Walk at rank {}", self.rank)
    }
}

impl<'a, 'i, 'b> Walk<'a, 'i, 'b> {
    /// A walk over the runs; without writers it only counts.
    ///
    /// # Errors
    /// If a run cannot be read.
    pub fn new(
        input: &'a MergeInput<'i>,
        analysis: &'b mut Analysis,
        writers: Vec<TableWriter>,
        contents: &'b mut dyn Contents,
    ) -> Result<Self, MergeError> {
        let (mut parents, mut children) = (Vec::new(), Vec::new());
        for run in &input.runs {
            let cursor = |table| {
                if writers.is_empty() {
                    RunCursor::new(run, input.partition, table, Some(COUNTED_IN_STEP))
                } else {
                    RunCursor::peeking(run, input.partition, table)
                }
            };
            parents.push(cursor(0).map_err(MergeError::Read)?);
            let cursors = (1..input.partition.family.tables.len()).map(cursor);
            children.push(
                cursors
                    .collect::<Result<Vec<_>, _>>()
                    .map_err(MergeError::Read)?,
            );
        }
        let changed = analysis.decisions.changed.pop()?;
        let twin = analysis.decisions.next_twin()?;
        let tables = input.partition.family.tables;
        Ok(Self {
            objects: ObjectCounter::new(input.partition),
            held: tables.iter().map(|_| Held::new(parents.len())).collect(),
            input,
            analysis,
            writers,
            contents,
            parents,
            children,
            rank: 0,
            child_counts: vec![Counts::default(); tables.len() - 1],
            changed,
            twin,
            taken: VecDeque::new(),
        })
    }

    /// Goes to the end.
    ///
    /// # Errors
    /// If anything cannot be read or written.
    pub fn go(&mut self) -> Result<(), MergeError> {
        let mut twins = (self.input.listed)()?;
        let mut listed = twins.next().transpose()?;
        loop {
            let run = first(&self.parents);
            let place = run.and_then(|run| self.parents[run].place());
            if listed.as_ref().is_some_and(|twin| {
                place.is_none_or(|place| twin.place(self.input.partition) < place)
            }) && let Some(twin) = listed.take()
            {
                self.flush_all()?;
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
        for run in 0..self.children.len() {
            for child in 0..self.children[run].len() {
                while self.children[run][child].place().is_some() {
                    self.orphan(run, child)?;
                }
            }
        }
        self.flush_all()?;
        Ok(self.objects.finish(self.contents)?)
    }

    /// The files written, and the counts of the child tables.
    ///
    /// # Errors
    /// If a file cannot be finished.
    pub fn finish(self) -> Result<(Vec<FinishedPart>, Vec<Counts>), MergeError> {
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
        self.flush(0)?;
        if !self.writers[0].at_boundary() {
            return Ok(false);
        }
        self.writers[0]
            .copy(file, group)
            .map_err(MergeError::Write)?;
        let heads = file.read(Some(COUNTED), vec![group], None);
        for batch in heads.map_err(MergeError::Read)? {
            let batch = batch.map_err(MergeError::Read)?;
            self.objects
                .count(0, &batch, 0..batch.num_rows(), self.contents)?;
        }
        self.rank += file.group_rows(group);
        self.parents[run].skip_group().map_err(MergeError::Read)?;
        Ok(true)
    }

    /// Takes the row at a cursor.
    fn row(&mut self, run: usize) -> Result<(), MergeError> {
        self.parents[run].settle().map_err(MergeError::Read)?;
        let rank = self.rank;
        self.rank += 1;
        let variant = self.take_changed(rank)?.map(|decision| decision.variant);
        let twin_of = self.take_twin(rank)?;
        let emitted = self.analysis.emitted.get(rank);
        if emitted {
            self.hold(0, run, variant)?;
        } else if let Some(standing) = twin_of {
            self.flush(0)?;
            let (batch, row) = self.parents[run].row().expect(AT_A_ROW);
            let twin = self.twin_of_row(batch, row, standing);
            self.objects.list(&twin, self.contents)?;
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
        for child in 0..self.children[run].len() {
            loop {
                let parent = self.parents[run].place();
                let cursor = &self.children[run][child];
                match (cursor.place(), parent) {
                    (Some(place), Some(parent)) if place == parent => {}
                    (Some(place), Some(parent)) if place < parent => {
                        self.orphan(run, child)?;
                        continue;
                    }
                    _ => break,
                }
                self.child_counts[child].child(run, fate);
                self.children[run][child]
                    .settle()
                    .map_err(MergeError::Read)?;
                if let Fate::Stored(variant) = fate {
                    self.hold(child + 1, run, variant)?;
                }
                self.children[run][child]
                    .advance()
                    .map_err(MergeError::Read)?;
            }
        }
        Ok(())
    }

    /// Passes by a child without a parent. A crash between the publishes of a family leaves such rows; their objects are
    /// read again.
    fn orphan(&mut self, run: usize, child: usize) -> Result<(), MergeError> {
        let cursor = &self.children[run][child];
        let gone = |place: Place<'_>| self.input.gone(run, place.day, place.object);
        if !cursor.place().is_some_and(gone) {
            let table = self.input.partition.family.tables[child + 1].name;
            return Err(MergeError::OutOfStep { table });
        }
        self.child_counts[child].child(run, Fate::Gone);
        self.children[run][child]
            .advance()
            .map_err(MergeError::Read)
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
            let twin = ListedTwin { row, ..twin };
            self.objects.list(&twin, self.contents)?;
        }
        Ok(())
    }

    fn cursor(&self, table: usize, run: usize) -> &RunCursor<'a> {
        match table {
            0 => &self.parents[run],
            child => &self.children[run][child - 1],
        }
    }

    /// Holds the row at a run's cursor back, under the variant that it gets.
    fn hold(&mut self, table: usize, run: usize, variant: Option<u32>) -> Result<(), MergeError> {
        let cursor = self.cursor(table, run);
        let (batch_no, (_, row)) = (cursor.batch_no, cursor.row().expect(AT_A_ROW));
        if self.held[table].extend(run, batch_no, row, variant) {
            return Ok(());
        }
        self.flush(table)?;
        // Of one field, so that another one can be changed.
        let cursor = match table {
            0 => &self.parents[run],
            child => &self.children[run][child - 1],
        };
        let (batch, row) = cursor.row().expect(AT_A_ROW);
        self.held[table].begin(run, batch_no, batch, row, variant);
        Ok(())
    }

    /// Emits the rows of a table that are held back.
    fn flush(&mut self, table: usize) -> Result<(), MergeError> {
        let tables = self.input.partition.family.tables;
        // It keeps the weights of its batch, and is put back.
        let mut held = std::mem::replace(&mut self.held[table], Held::new(0));
        let result = match held.take(tables[table]) {
            Some((batch, weights, rows)) => self.emit(table, &batch, weights, rows),
            None => Ok(()),
        };
        self.held[table] = held;
        result
    }

    fn flush_all(&mut self) -> Result<(), MergeError> {
        (0..self.held.len()).try_for_each(|table| self.flush(table))
    }

    fn emit(
        &mut self,
        table: usize,
        batch: &RecordBatch,
        weights: &[u64],
        rows: Range<usize>,
    ) -> Result<(), MergeError> {
        self.objects
            .count(table, batch, rows.clone(), self.contents)?;
        let Some(writer) = self.writers.get_mut(table) else {
            return Ok(());
        };
        // A few rows must not keep a large batch alive.
        let result = if rows.len() * 4 < batch.num_rows() {
            let few = batch.slice(rows.start, rows.len());
            concat_batches(batch.schema_ref(), [&few])
                .map_err(Into::into)
                .and_then(|few| writer.append(&few, &weights[rows.clone()], 0..rows.len()))
        } else {
            writer.append(batch, weights, rows)
        };
        result.map_err(MergeError::Write)
    }

    fn twin_of_row(&self, batch: &RecordBatch, row: usize, standing: u64) -> ListedTwin {
        let report_ts = batch
            .column_by_name("report_ts")
            .map(|column| column.as_primitive::<TimestampMillisecondType>());
        let owned = |name| value(batch, name, row).map(str::to_owned);
        let table = self.input.partition.family.tables[0];
        ListedTwin {
            object: owned("source_object").unwrap_or_default(),
            index: Places::of(batch).index(row).unwrap_or(-1),
            account_id: owned("account_id"),
            region: owned("region"),
            source: owned("source"),
            report_ts: report_ts.and_then(|column| column.is_valid(row).then(|| column.value(row))),
            row: self.analysis.emitted.rank(standing),
            key: KeyColumns::of(table, batch).hash(row).unwrap_or_default(),
        }
    }

    fn take_changed(&mut self, rank: u64) -> Result<Option<Decision>, MergeError> {
        if self.changed.is_none_or(|decision| decision.rank != rank) {
            return Ok(None);
        }
        let next = self.analysis.decisions.changed.pop()?;
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
                && let Some(decision) = self.analysis.decisions.taking.pop()?
            {
                next.extend(decision.takes.map(|row| (row, decision.rank)));
            }
            next.sort_unstable();
            let mut reader = RowReader::new(&self.input.runs[0], self.input.partition)?;
            let tables = self.input.partition.family.tables;
            let mut taken = Vec::new();
            for (row, rank) in next {
                let mut rows = vec![Vec::new(); tables.len()];
                reader.read(row, |table, batch, row| {
                    rows[table].push(batch.slice(row, 1));
                })?;
                let joined = tables.iter().zip(rows).map(|(table, rows)| {
                    concat_batches(&table.arrow_schema(), &rows)
                        .map_err(|error| MergeError::Read(error.into()))
                });
                taken.push((rank, joined.collect::<Result<_, _>>()?));
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
