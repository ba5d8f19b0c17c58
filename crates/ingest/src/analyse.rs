//! The first pass of a merge: reads the key and lineage columns of all runs and decides which rows stay.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, TimestampMillisecondArray};
use promptlake_datasets::day::Day;
use promptlake_datasets::table::Table;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::bitmap::Bitmap;
use crate::cut::Places;
use crate::duplicates::{Candidate, Decisions, Duplicates};
use crate::merge::{ListedTwin, MergeError, MergeInput};
use crate::row_hash;
use crate::row_reader::RowReader;
use crate::run_cursor::{RunCursor, first, is_rejects};

/// What the first pass found.
#[derive(Debug)]
pub struct Analysis {
    /// By rank: whether the row is stored.
    pub emitted: Bitmap,
    /// Twins and variants.
    pub decisions: Decisions,
    /// By run and row group of the parent table: whether the group comes out as it went in.
    pub clean: Vec<Vec<bool>>,
    /// Whether a stored row gets another variant or lineage.
    pub changes: bool,
    /// The counts of the parent table.
    pub counts: Counts,
    /// Rejects whose id was not in the table before, by reason.
    pub new_rejects: BTreeMap<String, u64>,
}

/// How a partition's rows came to be: `after = before − replaced + accepted − new_twins + taking_over`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Rows of the old part.
    pub before: u64,
    /// Of these, rows of objects that were read again.
    pub replaced: u64,
    /// New rows.
    pub accepted: u64,
    /// Rows, old and new, that became twins and are not stored any more.
    pub new_twins: u64,
    /// Twins that were listed and are stored now.
    pub taking_over: u64,
    /// Rows of the new part.
    pub after: u64,
    /// Of these, rows with a variant above 0.
    pub variants: u64,
    /// Twins listed with the new part.
    pub twins: u64,
}

impl Counts {
    /// Whether the counts balance.
    pub fn balance(&self) -> bool {
        self.after + self.new_twins + self.replaced
            == self.before + self.accepted + self.taking_over
    }
}

/// The columns that the first pass reads of the parent table.
pub fn head_columns(table: &Table) -> Vec<&'static str> {
    let mut columns = vec!["source_object", "record_index", "account_id"];
    columns.extend(table.key);
    columns.extend(table.key_else.map(|other| other.column));
    if table.lineage.variant {
        columns.push("variant");
    }
    if table.name == "rejects" {
        columns.extend(["reason", "dataset"]);
    }
    columns.extend(
        table
            .columns()
            .map(|column| column.name)
            .filter(|name| *name == "report_ts"),
    );
    columns
}

/// Ranks of a group's first and last row, by run.
struct Groups {
    ranks: Vec<Vec<(u64, u64)>>,
    clean: Vec<Vec<bool>>,
}

impl Groups {
    fn see(&mut self, run: usize, group: usize, rank: u64) {
        while self.ranks[run].len() <= group {
            self.ranks[run].push((rank, rank));
            self.clean[run].push(true);
        }
        // A row of somebody else in between: what follows does not continue the group as it was.
        if rank > self.ranks[run][group].1 + 1 {
            self.clean[run][group] = false;
        }
        self.ranks[run][group].1 = rank;
    }

    fn change(&mut self, rank: u64) {
        for (ranks, clean) in self.ranks.iter().zip(&mut self.clean) {
            let group = ranks.partition_point(|(_, last)| *last < rank);
            if ranks.get(group).is_some_and(|(first, _)| *first <= rank) {
                clean[group] = false;
            }
        }
    }
}

/// Reads what decides, and decides.
///
/// # Errors
/// If a run, a listed twin or a temporary file cannot be read.
pub fn analyse(input: &MergeInput<'_>, temp: &Path, memory: usize) -> Result<Analysis, MergeError> {
    let columns = head_columns(input.partition.family.tables[0]);
    let mut cursors = Vec::new();
    for run in &input.runs {
        let cursor = RunCursor::new(run, input.partition, 0, Some(&columns));
        cursors.push(cursor.map_err(MergeError::Read)?);
    }
    let mut pass = FirstPass {
        input,
        heads: cursors.iter().map(|_| Heads::default()).collect(),
        duplicates: Duplicates::new(temp, memory),
        emitted: Bitmap::default(),
        counts: Counts::default(),
        new_rejects: BTreeMap::new(),
        rejects_before: HashSet::new(),
        groups: Groups {
            ranks: vec![Vec::new(); cursors.len()],
            clean: vec![Vec::new(); cursors.len()],
        },
        rank: 0,
    };
    let mut twins = (input.listed)()?;
    let mut listed = twins.next().transpose()?;
    loop {
        let first = first(&cursors);
        let place = first.and_then(|run| cursors[run].place());
        let twin_first =
            |twin: &ListedTwin| place.is_none_or(|place| twin.place(input.partition) < place);
        if listed.as_ref().is_some_and(twin_first)
            && let Some(twin) = listed.take()
        {
            pass.listed(&twin)?;
            listed = twins.next().transpose()?;
            continue;
        }
        let Some(run) = first else { break };
        pass.row(run, &cursors[run])?;
        cursors[run].advance().map_err(MergeError::Read)?;
    }
    drop(cursors);
    pass.decide()
}

/// The first pass, rank by rank.
struct FirstPass<'a, 'i> {
    input: &'a MergeInput<'i>,
    heads: Vec<Heads>,
    duplicates: Duplicates,
    emitted: Bitmap,
    counts: Counts,
    new_rejects: BTreeMap<String, u64>,
    rejects_before: HashSet<u64>,
    groups: Groups,
    rank: u64,
}

impl FirstPass<'_, '_> {
    /// Takes a twin that is listed with the old part.
    fn listed(&mut self, twin: &ListedTwin) -> Result<(), MergeError> {
        let place = twin.place(self.input.partition);
        self.duplicates.push(&Candidate {
            key: twin.key,
            rank: self.rank,
            run: 0,
            row: twin.row,
            listed: true,
            dead: self.input.gone(0, place.day, place.object),
            report_ts: twin.report_ts,
            dated: place.day != Day::UNDATED,
            account: twin.account_id.is_some(),
            variant: u32::MAX,
        })?;
        self.emitted.push(false);
        self.rank += 1;
        Ok(())
    }

    /// Takes the row at a run's cursor.
    fn row(&mut self, run: usize, cursor: &RunCursor<'_>) -> Result<(), MergeError> {
        let (batch, row) = cursor.row().expect("invariant: there is a row");
        let place = cursor.place().expect("invariant: there is a row");
        let head = &mut self.heads[run];
        if head.batch_no != cursor.batch_no {
            *head = Heads::of(
                cursor.batch_no,
                self.input.partition.family.tables[0],
                batch,
            );
        }
        // An object's rows stand together: asked once an object and batch.
        let gone = match &head.last_gone {
            Some((object, gone)) if object == place.object => *gone,
            _ => {
                let gone = self.input.gone(run, place.day, place.object);
                head.last_gone = Some((place.object.to_owned(), gone));
                gone
            }
        };
        let key = head.keys[row];
        if is_rejects(self.input.partition.family) {
            self.reject(run, gone, batch, row);
        }
        match (run, gone) {
            (0, _) => {
                self.counts.before += 1;
                self.counts.replaced += u64::from(gone);
            }
            (_, false) => self.counts.accepted += 1,
            (_, true) => {}
        }
        let head = &self.heads[run];
        if let Some(key) = key {
            self.duplicates.push(&Candidate {
                key,
                rank: self.rank,
                run: u8::try_from(run).expect("invariant: a run a dataset, and the old part"),
                row: cursor.row_no(),
                listed: false,
                dead: gone,
                report_ts: head.report_ts(row),
                dated: place.day != Day::UNDATED,
                account: head.has_account(row),
                variant: head.variant(row),
            })?;
        }
        self.emitted.push(!gone);
        self.groups.see(run, cursor.group(), self.rank);
        if gone {
            self.groups.change(self.rank);
        }
        self.rank += 1;
        Ok(())
    }

    /// Counts a reject that was not in the table before. The old one of the same record comes first.
    fn reject(&mut self, run: usize, gone: bool, batch: &RecordBatch, row: usize) {
        let id = reject_id(batch, row);
        if run == 0 {
            self.rejects_before.insert(id);
        } else if !gone && !self.rejects_before.contains(&id) {
            let reason = text(batch, "reason", row).unwrap_or_default();
            *self.new_rejects.entry(reason.to_owned()).or_default() += 1;
        }
    }

    fn decide(self) -> Result<Analysis, MergeError> {
        let (mut emitted, mut groups, mut counts) = (self.emitted, self.groups, self.counts);
        let before = emitted.clone();
        let mut contents = Contents {
            input: self.input,
            open: None,
            bytes: Vec::new(),
        };
        let mut changes = false;
        let change = |rank| {
            changes = true;
            groups.change(rank);
        };
        let content = |run, row| contents.hash(usize::from(run), row);
        let decisions = self.duplicates.decide(&mut emitted, change, content)?;
        for at in 0..self.rank {
            if before.get(at) != emitted.get(at) {
                groups.change(at);
                if before.get(at) {
                    counts.new_twins += 1;
                } else {
                    counts.taking_over += 1;
                }
            }
        }
        emitted.freeze();
        counts.after = emitted.count();
        counts.variants = decisions.variant_count;
        counts.twins = decisions.twin_count;
        if !counts.balance() {
            return Err(MergeError::Unbalanced { counts });
        }
        Ok(Analysis {
            emitted,
            decisions,
            clean: groups.clean,
            changes,
            counts,
            new_rejects: self.new_rejects,
        })
    }
}

/// What was computed of a cursor's batch.
#[derive(Default)]
struct Heads {
    batch_no: u64,
    keys: Vec<Option<u128>>,
    last_gone: Option<(String, bool)>,
    accounts: Option<ArrayRef>,
    report_ts: Option<TimestampMillisecondArray>,
    variants: Option<Int64Array>,
}

impl Heads {
    fn of(batch_no: u64, table: &Table, batch: &RecordBatch) -> Self {
        let column = |name| batch.column_by_name(name);
        Self {
            batch_no,
            keys: row_hash::keys(table, batch),
            last_gone: None,
            accounts: column("account_id").cloned(),
            report_ts: column("report_ts").map(|column| column.as_primitive().clone()),
            variants: column("variant").map(|column| column.as_primitive().clone()),
        }
    }

    fn has_account(&self, row: usize) -> bool {
        let accounts = self.accounts.as_ref();
        accounts.is_some_and(|accounts| accounts.is_valid(row))
    }

    fn report_ts(&self, row: usize) -> Option<i64> {
        let times = self.report_ts.as_ref()?;
        times.is_valid(row).then(|| times.value(row))
    }

    fn variant(&self, row: usize) -> u32 {
        match &self.variants {
            None => 0,
            Some(variants) if variants.is_valid(row) => {
                u32::try_from(variants.value(row)).unwrap_or(u32::MAX)
            }
            Some(_) => u32::MAX,
        }
    }
}

/// Hashes the content of rows, parents with their children, going forward through each run.
struct Contents<'a, 'i> {
    input: &'a MergeInput<'i>,
    open: Option<(usize, RowReader<'a>)>,
    bytes: Vec<u8>,
}

impl Contents<'_, '_> {
    /// The content of row `row` of a run; rows are asked for in ascending order.
    fn hash(&mut self, run: usize, row: u64) -> Result<u128, MergeError> {
        if self.open.as_ref().is_none_or(|(open, _)| *open != run) {
            self.open = Some((
                run,
                RowReader::new(&self.input.runs[run], self.input.partition)?,
            ));
        }
        let (_, reader) = self.open.as_mut().expect("invariant: it was just opened");
        let (tables, bytes) = (self.input.partition.family.tables, &mut self.bytes);
        bytes.clear();
        reader.read(row, |table, batch, row| {
            row_hash::feed_content(tables[table], batch, row, bytes);
        })?;
        Ok(xxh3_128(&self.bytes))
    }
}

/// What a reject is known by: its object, dataset, record and reason.
fn reject_id(batch: &RecordBatch, row: usize) -> u64 {
    let index = Places::of(batch).index(row);
    let texts = ["source_object", "dataset", "reason"].map(|name| text(batch, name, row));
    xxh3_64(format!("{texts:?}{index:?}").as_bytes())
}

fn text<'b>(batch: &'b RecordBatch, name: &str, row: usize) -> Option<&'b str> {
    let column = batch.column_by_name(name)?.as_string::<i32>();
    column.is_valid(row).then(|| column.value(row))
}
