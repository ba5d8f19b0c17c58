//! Rows of a table that follow one another in a batch, held back to be emitted together: a slice of one row is many times
//! as large as the row.

use std::ops::Range;

use arrow_array::RecordBatch;
use promptlake_datasets::table::Table;

use crate::cut::weights;
use crate::patch::with_variants;

/// What is held back of one table.
#[derive(Debug)]
pub struct Held {
    /// By run: the number of the batch, and the weights of its rows.
    weights: Vec<(u64, Vec<u64>)>,
    rows: Option<HeldRows>,
}

#[derive(Debug)]
struct HeldRows {
    run: usize,
    batch: RecordBatch,
    range: Range<usize>,
    /// One a row: the variant that it gets.
    variants: Vec<Option<u32>>,
}

impl Held {
    /// Nothing of `runs` runs.
    pub fn new(runs: usize) -> Self {
        Self {
            weights: vec![(0, Vec::new()); runs],
            rows: None,
        }
    }

    /// Holds a row back with those before it, if it follows them in batch `batch_no` of the run.
    pub fn extend(&mut self, run: usize, batch_no: u64, row: usize, variant: Option<u32>) -> bool {
        let follows = |rows: &&mut HeldRows| {
            rows.run == run && self.weights[run].0 == batch_no && rows.range.end == row
        };
        let Some(rows) = self.rows.as_mut().filter(follows) else {
            return false;
        };
        rows.range.end += 1;
        rows.variants.push(variant);
        true
    }

    /// Holds back a first row; what was held before was taken.
    pub fn begin(
        &mut self,
        run: usize,
        batch_no: u64,
        batch: &RecordBatch,
        row: usize,
        variant: Option<u32>,
    ) {
        debug_assert!(self.rows.is_none(), "invariant: taken");
        if self.weights[run].0 != batch_no {
            self.weights[run] = (batch_no, weights(batch));
        }
        self.rows = Some(HeldRows {
            run,
            batch: batch.clone(),
            range: row..row + 1,
            variants: vec![variant],
        });
    }

    /// The rows, under the variants that they get: a batch, the weights of all its rows, and the place of these in it.
    pub fn take(&mut self, table: &Table) -> Option<(RecordBatch, &[u64], Range<usize>)> {
        let HeldRows {
            run,
            batch,
            range,
            variants,
        } = self.rows.take()?;
        let weights = self.weights[run].1.as_slice();
        if variants.iter().all(Option::is_none) {
            return Some((batch, weights, range));
        }
        let rows = batch.slice(range.start, range.len());
        // A number weighs the same, whichever it is.
        let patched = with_variants(&rows, table, &variants);
        Some((patched, &weights[range.clone()], 0..range.len()))
    }
}
