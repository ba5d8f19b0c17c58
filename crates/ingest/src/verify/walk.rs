//! One walk over the rows of a partition's tables, parents and children in step; every check sees every row once.

use std::io;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, TimestampMillisecondType};
use arrow_array::{Array, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray};
use parquet::errors::ParquetError;
use promptlake_datasets::day::Day;
use promptlake_datasets::table::Table;
use xxhash_rust::xxh3::xxh3_128;

use super::finding::{Kind, Tally};
use super::keys::{KeyCheck, KeyedRow};
use super::order::{Lineage, ObjectList, OrderCheck};
use super::rows::RowCheck;
use super::twins::TwinCheck;
use crate::row_hash;
use crate::run_cursor::{Run, RunCursor};
use crate::run_file::RunFile;
use crate::stage::PartitionId;

/// What a walk looks at of one table.
#[derive(Debug)]
pub(super) struct WalkedTable {
    /// Its part; `None`: there is none that can be opened.
    pub(super) file: Option<RunFile>,
    /// The objects of an inventory that describes the part.
    pub(super) list: Option<ObjectList>,
}

/// What a walk found of one table.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Of the part.
    pub(super) part: Vec<(Kind, String)>,
    /// Of its inventory.
    pub(super) inventory: Vec<(Kind, String)>,
    /// Rows that were read.
    pub(super) rows: u64,
    /// Some of them say of no object.
    pub(super) without_object: bool,
}

/// Walks the tables of a partition, the parent first. `bytes`: about what the checks may hold.
///
/// # Errors
/// If a temporary file cannot be used.
pub(super) fn walk(
    id: PartitionId,
    tables: Vec<WalkedTable>,
    twins: Option<TwinCheck>,
    temp: &Path,
    bytes: usize,
) -> io::Result<Vec<Found>> {
    let (mut runs, mut lists) = (Vec::new(), Vec::new());
    for table in tables {
        let segments = table.file.into_iter().map(|file| vec![file]).collect();
        runs.push(Run { segments });
        lists.push(table.list);
    }
    // Keys and contents are sorted one after the other, of one table at a time.
    let share = bytes / (2 * runs.len().max(1));
    let mut walked: Vec<TableWalk<'_>> = runs
        .iter()
        .zip(lists)
        .zip(id.family.tables)
        .enumerate()
        .map(|(number, ((run, list), table))| {
            TableWalk::new(id, table, run, list, temp, share, number == 0)
        })
        .collect();
    let (parent, children) = walked
        .split_first_mut()
        .expect("invariant: a family has a parent table");
    let joined = !runs[0].segments.is_empty();
    step(parent, children, twins, joined)?;
    walked.into_iter().map(TableWalk::finish).collect()
}

fn step(
    parent: &mut TableWalk<'_>,
    children: &mut [TableWalk<'_>],
    mut twins: Option<TwinCheck>,
    joined: bool,
) -> io::Result<()> {
    let mut content = Vec::new();
    while parent.look() {
        content.clear();
        parent.feed(&mut content);
        let variant = parent.variant();
        for child in &mut *children {
            while child.look() {
                match child.cursor_place().cmp(&parent.cursor_place()) {
                    std::cmp::Ordering::Less => child.orphan(),
                    std::cmp::Ordering::Equal => {
                        child.feed(&mut content);
                        child.beside(variant);
                    }
                    std::cmp::Ordering::Greater => break,
                }
                child.take(0)?;
            }
        }
        if let Some(twins) = &mut twins {
            twins.row(parent.row_no(), parent.key())?;
        }
        parent.take(xxh3_128(&content))?;
    }
    // A parent that cannot be read to its end says nothing of what follows.
    let joined = joined && parent.broken.is_none();
    for child in children {
        while child.look() {
            if joined {
                child.orphan();
            }
            child.take(0)?;
        }
    }
    if let Some(twins) = twins
        && joined
    {
        parent.twins = twins.findings()?;
    }
    Ok(())
}

/// The walk over one table.
struct TableWalk<'a> {
    table: &'static Table,
    dt: Day,
    cursor: Option<RunCursor<'a>>,
    broken: Option<u64>,
    columns: Option<Columns>,
    rows: RowCheck,
    order: OrderCheck,
    keys: Option<KeyCheck>,
    orphans: Tally,
    variants: Tally,
    twins: Vec<(Kind, String)>,
    count: u64,
}

/// The columns of a batch that are looked at row by row.
struct Columns {
    batch_no: u64,
    keys: Vec<Option<u128>>,
    variant: Option<Int64Array>,
    report_ts: Option<TimestampMillisecondArray>,
    event_ts: Option<TimestampMillisecondArray>,
    account: StringArray,
    region: StringArray,
}

impl Columns {
    fn of(table: &Table, batch: &RecordBatch, batch_no: u64) -> Self {
        let time = |name| {
            let column = batch.column_by_name(name)?;
            Some(column.as_primitive::<TimestampMillisecondType>().clone())
        };
        let text = |name| batch.column(table.index_of(name)).as_string().clone();
        Self {
            batch_no,
            keys: row_hash::keys(table, batch),
            variant: batch
                .column_by_name("variant")
                .map(|column| column.as_primitive::<Int64Type>().clone()),
            report_ts: time("report_ts"),
            event_ts: time("event_ts"),
            account: text("account_id"),
            region: text("region"),
        }
    }
}

impl<'a> TableWalk<'a> {
    fn new(
        id: PartitionId,
        table: &'static Table,
        run: &'a Run,
        list: Option<ObjectList>,
        temp: &Path,
        bytes: usize,
        parent: bool,
    ) -> Self {
        let (mut cursor, mut broken) = (None, None);
        if !run.segments.is_empty() {
            match RunCursor::new(run, id, 0, None) {
                Ok(opened) => cursor = Some(opened),
                Err(_) => broken = Some(0),
            }
        }
        let single = parent && table.name != "rejects";
        Self {
            table,
            dt: id.dt,
            cursor,
            broken,
            columns: None,
            rows: RowCheck::new(table, id.dt),
            order: OrderCheck::new(single, list),
            keys: (!table.key.is_empty()).then(|| KeyCheck::new(temp, bytes, parent)),
            orphans: Tally::default(),
            variants: Tally::default(),
            twins: Vec::new(),
            count: 0,
        }
    }

    /// Whether there is a row; prepares the batch that holds it.
    fn look(&mut self) -> bool {
        let Some(cursor) = self.cursor.as_ref().filter(|_| self.broken.is_none()) else {
            return false;
        };
        let Some((batch, _)) = cursor.row() else {
            return false;
        };
        if self
            .columns
            .as_ref()
            .is_none_or(|columns| columns.batch_no != cursor.batch_no)
        {
            self.columns = Some(Columns::of(self.table, batch, cursor.batch_no));
            self.rows.batch(batch, cursor.row_no());
        }
        true
    }

    /// The row at the cursor: after `look` said that there is one.
    fn at(&self) -> (&RunCursor<'a>, &RecordBatch, usize, &Columns) {
        let cursor = self.cursor.as_ref().expect("invariant: there is a row");
        let (batch, row) = cursor.row().expect("invariant: there is a row");
        let columns = self.columns.as_ref().expect("invariant: there is a row");
        (cursor, batch, row, columns)
    }

    fn cursor_place(&self) -> crate::run_cursor::Place<'_> {
        let (cursor, ..) = self.at();
        cursor.place().expect("invariant: there is a row")
    }

    fn row_no(&self) -> u64 {
        self.at().0.row_no()
    }

    fn key(&self) -> Option<u128> {
        let (_, _, row, columns) = self.at();
        columns.keys[row]
    }

    /// The variant; what is none is the last one that can be.
    fn variant(&self) -> u32 {
        let (_, _, row, columns) = self.at();
        let Some(variants) = &columns.variant else {
            return 0;
        };
        if variants.is_valid(row) {
            u32::try_from(variants.value(row)).unwrap_or(u32::MAX)
        } else {
            u32::MAX
        }
    }

    fn feed(&self, content: &mut Vec<u8>) {
        let (_, batch, row, _) = self.at();
        row_hash::feed_content(self.table, batch, row, content);
    }

    fn orphan(&mut self) {
        let row = self.row_no();
        self.orphans.add(row);
    }

    fn beside(&mut self, parents_variant: u32) {
        if self.variant() != parents_variant {
            let row = self.row_no();
            self.variants.add(row);
        }
    }

    /// Looks at the row and goes to the next.
    fn take(&mut self, content: u128) -> io::Result<()> {
        let (cursor, _, row, columns) = self.at();
        let row_no = cursor.row_no();
        let (key, variant) = (columns.keys[row], self.variant());
        let report_ts = columns
            .report_ts
            .as_ref()
            .filter(|times| times.is_valid(row))
            .map(|times| times.value(row));
        if let Some(keys) = &mut self.keys {
            match key {
                Some(key) => keys.row(&KeyedRow {
                    key,
                    variant,
                    report_ts,
                    row: row_no,
                    content,
                })?,
                None => keys.keyless(row_no, variant),
            }
        }
        let (Some(cursor), Some(columns)) = (&mut self.cursor, &self.columns) else {
            return Ok(());
        };
        if let Some(place) = cursor.place() {
            let text = |column: &'_ StringArray| {
                column.is_valid(row).then(|| column.value(row).to_owned())
            };
            let timeless = columns
                .event_ts
                .as_ref()
                .is_some_and(|times| times.is_null(row));
            let (account, region) = (text(&columns.account), text(&columns.region));
            let lineage = Lineage {
                account: account.as_deref(),
                region: region.as_deref(),
                dt_if_timeless: timeless.then_some(self.dt),
            };
            self.order.row(row_no, place, lineage);
        }
        self.count += 1;
        if let Err(error) = cursor.advance() {
            self.break_at(row_no + 1, &error);
        }
        Ok(())
    }

    /// What a decoder says of damaged bytes may hold some of them: only the row is told.
    fn break_at(&mut self, row: u64, _: &ParquetError) {
        self.broken = Some(row);
    }

    fn finish(self) -> io::Result<Found> {
        let without_object = self.rows.any_without_object();
        let mut part = self.rows.findings();
        let (order, inventory) = self.order.findings();
        part.extend(order);
        let texts = [
            self.orphans.text("without a parent"),
            self.variants.text("with another variant than their parent"),
        ];
        part.extend(texts.into_iter().flatten().map(|text| (Kind::Child, text)));
        if let Some(keys) = self.keys {
            part.extend(keys.findings()?);
        }
        let mut found = Found {
            part,
            inventory,
            rows: self.count,
            without_object,
        };
        if let Some(row) = self.broken {
            found.part = vec![(
                Kind::Damaged,
                format!("it cannot be decoded from row {row} on"),
            )];
            found.inventory.clear();
        } else {
            found.inventory.extend(self.twins);
            // Of a damaged inventory nothing else can be said.
            if let Some(at) = found
                .inventory
                .iter()
                .position(|(kind, _)| *kind == Kind::Damaged)
            {
                found.inventory = vec![found.inventory.swap_remove(at)];
            }
        }
        Ok(found)
    }
}
