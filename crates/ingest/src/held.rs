//! Rows of a table that follow one another in a batch, held back to be emitted together: a slice of one row is many times as
//! large as the row.

use std::ops::Range;

use arrow_array::RecordBatch;

use crate::cut::weights;

/// The rows of a table that are held back, at most those of one batch.
#[derive(Debug)]
pub(crate) struct Held {
    /// By run: the number of the batch, and the weights of its rows.
    weights: Vec<(u64, Vec<u64>)>,
    rows: Option<(RecordBatch, usize, Range<usize>)>,
}

impl Held {
    /// None yet, of so many runs.
    pub(crate) fn new(runs: usize) -> Self {
        Self {
            weights: vec![(0, Vec::new()); runs],
            rows: None,
        }
    }

    /// Takes a row of a run's batch, if it follows the last one; false: those that are held have to be emitted first.
    pub(crate) fn extend(&mut self, run: usize, batch_no: u64, row: usize) -> bool {
        let Some((_, held_run, rows)) = &mut self.rows else {
            return false;
        };
        let follows = *held_run == run && self.weights[run].0 == batch_no && rows.end == row;
        rows.end += usize::from(follows);
        follows
    }

    /// Begins with a row, where none is held.
    pub(crate) fn begin(&mut self, run: usize, batch_no: u64, batch: RecordBatch, row: usize) {
        if self.weights[run].0 != batch_no {
            self.weights[run] = (batch_no, weights(&batch));
        }
        self.rows = Some((batch, run, row..row + 1));
    }

    /// The rows that are held, if any, with the weights of all rows of their batch; holds none afterwards.
    pub(crate) fn take(&mut self) -> Option<(RecordBatch, &[u64], Range<usize>)> {
        let (batch, run, rows) = self.rows.take()?;
        Some((batch, &self.weights[run].1, rows))
    }
}
