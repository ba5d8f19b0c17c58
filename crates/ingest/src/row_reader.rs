//! Reads single rows of a run with their children, going forward.

use arrow_array::RecordBatch;

use crate::merge::MergeError;
use crate::run_cursor::{Run, RunCursor};
use crate::stage::PartitionId;

/// Reads rows in ascending order; row groups in between are not decoded.
#[derive(Debug)]
pub struct RowReader<'a> {
    run: &'a Run,
    partition: PartitionId,
    parent: RunCursor<'a>,
    children: Vec<RunCursor<'a>>,
}

impl<'a> RowReader<'a> {
    /// A reader before the first row.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn new(run: &'a Run, partition: PartitionId) -> Result<Self, MergeError> {
        let cursor = |table| RunCursor::peeking(run, partition, table).map_err(MergeError::Read);
        let children = (1..partition.family.tables.len())
            .map(cursor)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            run,
            partition,
            parent: cursor(0)?,
            children,
        })
    }

    /// Shows `visit` a row of the parent table, then its children, by table: a batch, and the row's place in it. `row` must not be
    /// below the last one asked for.
    ///
    /// # Errors
    /// If a file cannot be read, or has no such row.
    pub fn read(
        &mut self,
        row: u64,
        mut visit: impl FnMut(usize, &RecordBatch, usize),
    ) -> Result<(), MergeError> {
        while self.parent.row_no() < row && self.parent.place().is_some() {
            let group = self.run.group(0, self.parent.group());
            let rows = group.map_or(0, |(file, group)| file.group_rows(group));
            let skips = self.parent.at_group_start() && self.parent.row_no() + rows <= row;
            if skips {
                self.parent.skip_group()
            } else {
                self.parent.advance()
            }
            .map_err(MergeError::Read)?;
        }
        let missing = || MergeError::OutOfStep {
            table: self.partition.family.tables[0].name,
        };
        self.parent.settle().map_err(MergeError::Read)?;
        let (batch, at) = self.parent.row().ok_or_else(missing)?;
        visit(0, batch, at);
        let place = self.parent.place().ok_or_else(missing)?;
        for (number, child) in self.children.iter_mut().enumerate() {
            while let Some(at) = child.place()
                && at <= place
            {
                if at == place {
                    child.settle().map_err(MergeError::Read)?;
                    if let Some((batch, row)) = child.row() {
                        visit(number + 1, batch, row);
                    }
                }
                child.advance().map_err(MergeError::Read)?;
            }
        }
        Ok(())
    }
}
