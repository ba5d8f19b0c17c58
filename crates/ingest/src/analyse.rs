//! The first pass of a merge: reads the key and lineage columns of all runs and decides which rows stay.

use std::collections::HashSet;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, TimestampMillisecondType};
use arrow_array::{Array, RecordBatch};
use promptlake_datasets::day::Day;
use promptlake_datasets::table::Table;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::bitmap::Bitmap;
use crate::duplicates::{Candidate, Decisions, Duplicates};
use crate::merge::{MergeError, MergeInput};
use crate::row_hash;
use crate::row_reader::RowReader;
use crate::run_cursor::{RunCursor, is_rejects};

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
    /// Rejects whose id was not in the table before.
    pub new_rejects: u64,
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
    let table = input.partition.family.tables[0];
    let columns = head_columns(table);
    let mut cursors = Vec::new();
    for run in &input.runs {
        cursors.push(
            RunCursor::new(run, input.partition, 0, Some(&columns)).map_err(MergeError::read)?,
        );
    }
    let mut heads: Vec<Heads> = cursors.iter().map(|_| Heads::default()).collect();
    let mut twins = (input.listed)()?;
    let mut listed = twins.next().transpose()?;
    let mut duplicates = Duplicates::new(temp, memory);
    let mut emitted = Bitmap::default();
    let mut counts = Counts::default();
    let mut groups = Groups {
        ranks: vec![Vec::new(); cursors.len()],
        clean: vec![Vec::new(); cursors.len()],
    };
    let mut rejects_before: HashSet<u64> = HashSet::new();
    let mut rank = 0;
    loop {
        let first = crate::run_cursor::first(&cursors);
        let twin_first = listed.as_ref().is_some_and(|twin| {
            first
                .and_then(|run| cursors[run].place())
                .is_none_or(|place| twin.place(input.partition) < place)
        });
        if twin_first && let Some(twin) = listed.take() {
            let place = twin.place(input.partition);
            let dead = input.gone(0, place.day, place.object);
            duplicates.push(&Candidate {
                key: twin.key,
                rank,
                run: 0,
                row: twin.row,
                listed: true,
                dead,
                report_ts: twin.report_ts,
                dated: place.day != Day::UNDATED,
                account: twin.account_id.is_some(),
                variant: u32::MAX,
            })?;
            emitted.push(false);
            listed = twins.next().transpose()?;
            rank += 1;
            continue;
        }
        let Some(run) = first else { break };
        let cursor = &mut cursors[run];
        let Some((batch, row)) = cursor.row() else {
            break;
        };
        let head = &mut heads[run];
        if head.batch_no != cursor.batch_no {
            *head = Heads {
                batch_no: cursor.batch_no,
                keys: row_hash::keys(table, batch),
                last_gone: None,
            };
        }
        let place = cursor.place().expect("invariant: there is a row");
        // An object's rows stand together: asked once an object and batch.
        let gone = match &head.last_gone {
            Some((object, gone)) if object == place.object => *gone,
            _ => {
                let gone = input.gone(run, place.day, place.object);
                head.last_gone = Some((place.object.to_owned(), gone));
                gone
            }
        };
        if is_rejects(input.partition.family) {
            let id = reject_id(batch, row);
            if run == 0 {
                rejects_before.insert(id);
            } else if !gone && !rejects_before.contains(&id) {
                counts.new_rejects += 1;
            }
        }
        match (run, gone) {
            (0, _) => {
                counts.before += 1;
                counts.replaced += u64::from(gone);
            }
            (_, false) => counts.accepted += 1,
            (_, true) => {}
        }
        if let Some(key) = head.keys[row] {
            duplicates.push(&Candidate {
                key,
                rank,
                run: u8::try_from(run).unwrap_or(u8::MAX - 1),
                row: cursor.row_no(),
                listed: false,
                dead: gone,
                report_ts: timestamp(batch, row),
                dated: place.day != Day::UNDATED,
                account: batch
                    .column_by_name("account_id")
                    .is_some_and(|column| column.is_valid(row)),
                variant: variant(batch, row),
            })?;
        }
        emitted.push(!gone);
        groups.see(run, cursor.group(), rank);
        if gone {
            groups.change(rank);
        }
        rank += 1;
        cursor.advance().map_err(MergeError::read)?;
    }
    drop(cursors);
    let before = emitted.clone();
    let mut contents = Contents {
        input,
        open: None,
        bytes: Vec::new(),
    };
    let mut changes = false;
    let change = |rank| {
        changes = true;
        groups.change(rank);
    };
    let decisions = duplicates.decide(&mut emitted, change, |run, row| {
        contents.hash(usize::from(run), row)
    })?;
    for at in 0..rank {
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
    })
}

/// What was computed of a cursor's batch.
#[derive(Default)]
struct Heads {
    batch_no: u64,
    keys: Vec<Option<u128>>,
    last_gone: Option<(String, bool)>,
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
        self.bytes.clear();
        for (table, rows) in self
            .input
            .partition
            .family
            .tables
            .iter()
            .zip(reader.read(row)?)
        {
            for row in 0..rows.num_rows() {
                row_hash::feed_content(table, &rows, row, &mut self.bytes);
            }
        }
        Ok(xxh3_128(&self.bytes))
    }
}

fn timestamp(batch: &RecordBatch, row: usize) -> Option<i64> {
    let column = batch
        .column_by_name("report_ts")?
        .as_primitive::<TimestampMillisecondType>();
    column.is_valid(row).then(|| column.value(row))
}

fn variant(batch: &RecordBatch, row: usize) -> u32 {
    let Some(column) = batch.column_by_name("variant") else {
        return 0;
    };
    let column = column.as_primitive::<Int64Type>();
    if column.is_valid(row) {
        u32::try_from(column.value(row)).unwrap_or(u32::MAX)
    } else {
        u32::MAX
    }
}

/// What a reject is known by: its object, dataset, record and reason.
fn reject_id(batch: &RecordBatch, row: usize) -> u64 {
    let text = |name: &str| {
        let column = batch.column_by_name(name)?.as_string::<i32>();
        column.is_valid(row).then(|| column.value(row))
    };
    let index = batch
        .column_by_name("record_index")
        .map(|column| column.as_primitive::<Int64Type>());
    let index = index.and_then(|column| column.is_valid(row).then(|| column.value(row)));
    xxh3_64(
        format!(
            "{:?}{:?}{:?}{index:?}",
            text("source_object"),
            text("dataset"),
            text("reason")
        )
        .as_bytes(),
    )
}
