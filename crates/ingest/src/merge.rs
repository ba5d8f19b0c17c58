//! Merges what stands in a partition with what was read: two passes over sorted runs, `analyse` and `walk`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use parquet::errors::ParquetError;
use promptlake_datasets::day::Day;

use crate::analyse::{Counts, analyse};
use crate::encoder::Encoder;
use crate::part::FinishedPart;
use crate::run_cursor::{PLACE, Place, Run, RunCursor, day_of};
use crate::stage::PartitionId;
use crate::table_writer::TableWriter;
use crate::walk::Walk;
use crate::whole;

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

/// Whether the old part of a child table has rows without a parent: one of the family's parts was lost, or a crash fell between
/// their publishes. No count of the parent shows it.
fn has_orphans(input: &MergeInput<'_>) -> Result<bool, MergeError> {
    let cursor = |table| {
        RunCursor::new(&input.runs[0], input.partition, table, Some(PLACE))
            .map_err(MergeError::Read)
    };
    for table in 1..input.partition.family.tables.len() {
        let (mut parent, mut child) = (cursor(0)?, cursor(table)?);
        while let Some(place) = child.place() {
            while parent.place().is_some_and(|parent| parent < place) {
                parent.advance().map_err(MergeError::Read)?;
            }
            if parent.place() != Some(place) {
                return Ok(true);
            }
            child.advance().map_err(MergeError::Read)?;
        }
    }
    Ok(false)
}

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
            .all(crate::run_file::RunFile::same_encoding)
        && !has_orphans(input)?;
    // What was parked in one file is in canonical order already, and cut canonically. It is the part if nothing of the old one
    // is left.
    let parked = input.parked.as_ref().filter(|files| {
        counts.replaced == counts.before
            && !analysis.changes
            && counts.new_twins + counts.twins == 0
            && files.first().is_some_and(|file| file.rows == counts.after)
    });
    if let Some(files) = parked
        && whole::replaces_children(input)?
    {
        let children = whole::tell(input, contents)?;
        let parts = files.iter().cloned().map(Some).collect();
        return Merged::balanced(parts, counts, children, analysis.new_rejects);
    }
    let mut writers = Vec::new();
    if !same {
        for table in family.tables {
            let path = encoder.new_path(temp, table, input.partition.dt);
            writers.push(TableWriter::create(encoder, table, &path).map_err(MergeError::Write)?);
        }
    }
    let mut walk = Walk::new(input, &mut analysis, writers, contents)?;
    walk.go()?;
    let (written, children) = walk.finish()?;
    let parts = if same {
        family.tables.iter().map(|_| None).collect()
    } else {
        written.into_iter().map(Some).collect()
    };
    Merged::balanced(parts, counts, children, analysis.new_rejects)
}

impl Merged {
    /// With the counts of the parent table and its children, if all of them balance.
    fn balanced(
        parts: Vec<Option<FinishedPart>>,
        parent: Counts,
        children: Vec<Counts>,
        new_rejects: BTreeMap<String, u64>,
    ) -> Result<Self, MergeError> {
        let counts: Vec<Counts> = std::iter::once(parent).chain(children).collect();
        if let Some(counts) = counts.iter().find(|counts| !counts.balance()) {
            return Err(MergeError::Unbalanced { counts: *counts });
        }
        Ok(Self {
            parts,
            counts,
            new_rejects,
        })
    }
}
