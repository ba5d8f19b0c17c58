//! The second pass of a merge: walks the runs in canonical order and writes the rows that stay.

use std::collections::VecDeque;
use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMillisecondType;
use arrow_array::{Array, RecordBatch};
use promptlake_datasets::day::Day;

use crate::analyse::{Analysis, Counts};
use crate::cut::weights;
use crate::duplicates::Decision;
use crate::fate::Fate;
use crate::merge::{Contents, ListedTwin, MergeError, MergeInput, ObjectRows};
use crate::part::FinishedPart;
use crate::patch::{text, value, with_lineage, with_variant};
use crate::row_hash;
use crate::row_reader::RowReader;
use crate::run_cursor::{Place, RunCursor, day_of, first};
use crate::table_writer::TableWriter;

const AT_A_ROW: &str = "invariant: the cursor stands at a row";
/// How many twins that take over are read at once.
const TAKEN_AT_ONCE: usize = 1024;
/// What a walk that writes nothing reads: enough to count rows by object.
const COUNTED: &[&str] = &["account_id", "region", "source_object", "record_index"];

/// Rows of a table that follow one another in a batch, to be emitted together: a slice of one row is many times as large
/// as the row.
struct Held {
    /// By run: the number of the batch, and the weights of its rows.
    weights: Vec<(u64, Vec<u64>)>,
    rows: Option<(RecordBatch, usize, Range<usize>)>,
}

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
    objects: Vec<Option<ObjectRows>>,
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
                    RunCursor::new(run, input.partition, table, Some(COUNTED))
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
        Ok(Self {
            objects: input.partition.family.tables.iter().map(|_| None).collect(),
            held: input
                .partition
                .family
                .tables
                .iter()
                .map(|_| Held {
                    weights: vec![(0, Vec::new()); parents.len()],
                    rows: None,
                })
                .collect(),
            input,
            analysis,
            writers,
            contents,
            parents,
            children,
            rank: 0,
            child_counts: vec![Counts::default(); input.partition.family.tables.len() - 1],
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
        for table in 0..self.objects.len() {
            if let Some(object) = self.objects[table].take() {
                self.contents.object(table, &object)?;
            }
        }
        Ok(())
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
            self.count(0, &batch, 0..batch.num_rows())?;
        }
        self.rank += file.group_rows(group);
        self.parents[run].skip_group().map_err(MergeError::Read)?;
        Ok(true)
    }

    /// Takes the row at a cursor.
    fn row(&mut self, run: usize) -> Result<(), MergeError> {
        self.parents[run].settle().map_err(MergeError::Read)?;
        let (rank, table) = (self.rank, self.input.partition.family.tables[0]);
        self.rank += 1;
        let variant = self.take_changed(rank)?.map(|decision| decision.variant);
        let twin_of = self.take_twin(rank)?;
        let emitted = self.analysis.emitted.get(rank);
        if emitted && variant.is_none() {
            self.hold(0, run)?;
        } else {
            self.flush(0)?;
            let (batch, row) = self.parents[run].row().expect(AT_A_ROW);
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
                        self.orphan(run, child)?;
                        continue;
                    }
                    _ => break,
                }
                self.child_counts[child].child(run, fate);
                self.children[run][child]
                    .settle()
                    .map_err(MergeError::Read)?;
                match fate {
                    Fate::Stored(None) => self.hold(child + 1, run)?,
                    Fate::Stored(Some(variant)) => {
                        self.flush(child + 1)?;
                        let (batch, row) = self.cursor(child + 1, run).row().expect(AT_A_ROW);
                        let patched =
                            with_variant(&batch.slice(row, 1), tables[child + 1], variant);
                        self.emit(child + 1, &patched, &weights(&patched), 0..1)?;
                    }
                    Fate::Twin | Fate::Gone => {}
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
            self.list(&ListedTwin { row, ..twin })?;
        }
        Ok(())
    }

    fn cursor(&self, table: usize, run: usize) -> &RunCursor<'a> {
        match table {
            0 => &self.parents[run],
            child => &self.children[run][child - 1],
        }
    }

    /// Appends the row at a run's cursor to those of the table that are held back to be emitted together.
    fn hold(&mut self, table: usize, run: usize) -> Result<(), MergeError> {
        let cursor = self.cursor(table, run);
        let (batch_no, (_, row)) = (cursor.batch_no, cursor.row().expect(AT_A_ROW));
        let held = &mut self.held[table];
        if let Some((_, held_run, rows)) = &mut held.rows
            && *held_run == run
            && held.weights[run].0 == batch_no
            && rows.end == row
        {
            rows.end += 1;
            return Ok(());
        }
        self.flush(table)?;
        let (batch, row) = self.cursor(table, run).row().expect(AT_A_ROW);
        let batch = batch.clone();
        let held = &mut self.held[table];
        if held.weights[run].0 != batch_no {
            held.weights[run] = (batch_no, weights(&batch));
        }
        held.rows = Some((batch, run, row..row + 1));
        Ok(())
    }

    /// Emits the rows of a table that are held back.
    fn flush(&mut self, table: usize) -> Result<(), MergeError> {
        let Some((batch, run, rows)) = self.held[table].rows.take() else {
            return Ok(());
        };
        let weights = std::mem::take(&mut self.held[table].weights[run].1);
        let result = self.emit(table, &batch, &weights, rows);
        self.held[table].weights[run].1 = weights;
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
