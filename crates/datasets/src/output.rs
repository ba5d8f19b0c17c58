//! What decoding gives: rows, rejects, drift, and the count of each object.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;

use crate::day::Day;
use crate::drift::Drift;
use crate::input::Input;
use crate::object::Object;
use crate::reason::Reason;
use crate::rejects::{self, Reject, RejectRows, Spool};
use crate::table::Family;

/// Rows of one family: a batch a table, in the order of [`Family::tables`], in the table's own schema.
#[derive(Debug)]
pub struct Rows {
    /// The family.
    pub family: &'static Family,
    /// A batch a table.
    pub tables: Vec<RecordBatch>,
}

/// What became of the records of one object. `records == accepted + rejected + skipped + control`, always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Records seen, the reject for the rest of a broken object counted as one.
    pub records: u64,
    /// Records that became rows of the parent table.
    pub accepted: u64,
    /// Records that became rejects.
    pub rejected: u64,
    /// Log events that are of something else (Lex).
    pub skipped: u64,
    /// Control messages (Lex).
    pub control: u64,
    /// Rows of the parent table by `dt`.
    pub rows: BTreeMap<Day, u64>,
    /// Rows of the child tables, by table (in the order of the family, without the parent) and `dt`.
    pub child_rows: BTreeMap<(usize, Day), u64>,
}

/// Takes what decoders give. One serves the objects of a chunk, one after the other.
pub struct Output<'a> {
    sink: &'a mut dyn FnMut(Rows),
    rejects: RejectRows,
    outcome: Outcome,
    /// What the schema does not know.
    pub drift: Drift,
}

impl std::fmt::Debug for Output<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output")
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// How many bytes of rows a decoder holds before it hands them over.
pub const BATCH_BYTES: usize = 1 << 20;

impl<'a> Output<'a> {
    /// An output that hands rows to `sink`.
    pub fn new(sink: &'a mut dyn FnMut(Rows)) -> Self {
        Self {
            sink,
            rejects: RejectRows::default(),
            outcome: Outcome::default(),
            drift: Drift::default(),
        }
    }

    /// Hands over rows.
    pub fn rows(&mut self, rows: Rows) {
        (self.sink)(rows);
    }

    /// Counts a record that became a row of the parent table in `dt`.
    pub fn accept(&mut self, dt: Day) {
        self.outcome.records += 1;
        self.outcome.accepted += 1;
        *self.outcome.rows.entry(dt).or_default() += 1;
    }

    /// Counts a row of child table `table` (1 is the first) in `dt`.
    pub fn child(&mut self, table: usize, dt: Day) {
        *self.outcome.child_rows.entry((table - 1, dt)).or_default() += 1;
    }

    /// Counts a log event of something else.
    pub fn skip(&mut self) {
        self.outcome.records += 1;
        self.outcome.skipped += 1;
    }

    /// Counts a control message.
    pub fn control(&mut self) {
        self.outcome.records += 1;
        self.outcome.control += 1;
    }

    /// Rejects a record or a slice.
    pub fn reject(&mut self, object: &Object, reject: &Reject<'_>) {
        self.outcome.records += 1;
        self.outcome.rejected += 1;
        self.rejects.push(object, reject);
        if self.rejects.bytes() > BATCH_BYTES {
            self.flush_rejects();
        }
    }

    /// Rejects everything from the window's first byte to the object's end as one, without holding it.
    pub fn reject_rest(
        &mut self,
        object: &Object,
        input: &mut Input<'_>,
        reason: Reason,
        detail: String,
        record_index: Option<i64>,
    ) {
        let mut spool = Spool::new(input.offset(), input.line());
        loop {
            let window = input.window();
            spool.add(window);
            input.consume(window.len());
            if !input.more() {
                break;
            }
        }
        let reject = spool.reject(reason, detail, record_index);
        self.reject(object, &reject);
    }

    /// What became of the object, to be called once it was read; the next one starts from nothing.
    pub fn take_outcome(&mut self) -> Outcome {
        std::mem::take(&mut self.outcome)
    }

    /// Hands over the rejects that are still held.
    pub fn flush_rejects(&mut self) {
        if let Some(batch) = self.rejects.take() {
            (self.sink)(Rows {
                family: &rejects::FAMILY,
                tables: vec![batch],
            });
        }
    }
}
