//! Runs decoders over bytes at hand, whole or in pieces. For tests only.
//!
//! What holds for every dataset is tested here: [`fixtures`] give what stands beside them, [`properties`] hold for them
//! however they are cut and changed. A dataset brings its fixtures.

mod fixtures;
mod properties;
mod show;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, RecordBatch};

use crate::dataset::Dataset;
use crate::drift::Drift;
use crate::input::{End, Input, Refill};
use crate::object::{Object, Product};
use crate::output::{Outcome, Output, Rows};
use crate::reason::Reason;
use crate::rejects::REJECTS;

/// All that decoding one object gave.
#[derive(Debug, PartialEq)]
pub(crate) struct Trial {
    /// Of the parent table.
    pub(crate) rows: Vec<RecordBatch>,
    /// Of the child tables, with their place in the family.
    pub(crate) children: Vec<(usize, RecordBatch)>,
    pub(crate) rejects: Vec<RecordBatch>,
    pub(crate) outcome: Outcome,
    pub(crate) drift: Drift,
}

/// An object of 2026-07-27, dated or not.
pub(crate) fn object(dated: bool) -> Object {
    Object {
        source_object: "AWSLogs/111122223333/KiroLogs/x/us-east-1/2026/07/27/23/o.json.gz".into(),
        dataset: None,
        size: 0,
        day: if dated {
            crate::day::Day::from_ymd(2026, 7, 27).unwrap()
        } else {
            crate::day::Day::UNDATED
        },
        dated,
        account_id: dated.then(|| "111122223333".into()),
        region: dated.then(|| "us-east-1".into()),
        product: dated.then_some(Product::Kiro),
        client: None,
        report_ts: None,
    }
}

/// Decodes an object of a dataset, in pieces of `size` or whole. Asserts what was counted, and the schemas.
pub(crate) fn decode(
    dataset: &Dataset,
    object: &Object,
    bytes: &[u8],
    end: &End,
    size: Option<usize>,
) -> Trial {
    let mut decoder = (dataset.decoder)();
    let trial = run(bytes, end, size, &mut |input, output| {
        decoder.decode(object, input, output);
        decoder.finish(output);
    });
    trial.assert_balanced();
    trial
}

/// Decodes `bytes`, in pieces of `size` or whole.
pub(crate) fn run(
    bytes: &[u8],
    end: &End,
    size: Option<usize>,
    decode: &mut dyn FnMut(&mut Input<'_>, &mut Output<'_>),
) -> Trial {
    let mut all = Vec::new();
    let mut sink = |rows: Rows| all.push(rows);
    let mut output = Output::new(&mut sink);
    let mut input = match size {
        None => Input::whole(bytes, end.clone()),
        Some(size) => Input::pieces(Pieces {
            rest: bytes,
            size,
            end: end.clone(),
        }),
    };
    decode(&mut input, &mut output);
    assert!(input.window().is_empty() && !input.more(), "all is used up");
    output.flush_rejects();
    let outcome = output.take_outcome();
    let drift = std::mem::take(&mut output.drift);
    let (rejects, rows): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|rows| rows.family.name == REJECTS.name);
    let batches = |rows: Vec<Rows>| {
        rows.into_iter().flat_map(|rows| {
            for (table, batch) in rows.family.tables.iter().zip(&rows.tables) {
                assert_eq!(batch.schema(), table.arrow_schema());
            }
            rows.tables.into_iter().enumerate()
        })
    };
    let (parents, children): (Vec<_>, Vec<_>) = batches(rows).partition(|(table, _)| *table == 0);
    Trial {
        rows: parents.into_iter().map(|(_, batch)| batch).collect(),
        children,
        rejects: batches(rejects).map(|(_, batch)| batch).collect(),
        outcome,
        drift,
    }
}

impl Trial {
    /// Reason and place of each reject; -1: it has none, the object is rejected.
    pub(crate) fn reasons(&self) -> Vec<(String, i64)> {
        let mut all = Vec::new();
        for batch in &self.rejects {
            let reasons = batch.column(REJECTS.index_of("reason")).as_string::<i32>();
            let places = batch
                .column(REJECTS.index_of("record_index"))
                .as_primitive::<Int64Type>();
            all.extend((0..batch.num_rows()).map(|n| {
                let place = if places.is_null(n) {
                    -1
                } else {
                    places.value(n)
                };
                (reasons.value(n).to_owned(), place)
            }));
        }
        all
    }

    /// A text column of the rejects.
    pub(crate) fn reject_texts(&self, column: &str) -> Vec<String> {
        self.rejects
            .iter()
            .flat_map(|batch| {
                let texts = batch.column(REJECTS.index_of(column)).as_string::<i32>();
                texts
                    .iter()
                    .map(|text| text.unwrap().to_owned())
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// Asserts that what was counted is what there is.
    pub(crate) fn assert_balanced(&self) {
        let count = |batches: &[RecordBatch]| {
            batches
                .iter()
                .map(|batch| batch.num_rows() as u64)
                .sum::<u64>()
        };
        let outcome = &self.outcome;
        assert_eq!(
            outcome.records,
            outcome.accepted + outcome.rejected + outcome.skipped + outcome.control
        );
        assert_eq!(outcome.accepted, count(&self.rows));
        assert_eq!(outcome.accepted, outcome.rows.values().sum::<u64>());
        assert_eq!(outcome.rejected, count(&self.rejects));
        let children = self
            .children
            .iter()
            .map(|(_, batch)| batch.num_rows() as u64);
        assert_eq!(
            outcome.child_rows.values().sum::<u64>(),
            children.sum::<u64>()
        );
    }
}

/// How an object breaks off.
pub(crate) fn broken() -> End {
    End::Broken {
        reason: Reason::GzipTruncated,
        detail: "the stream ends in the middle".into(),
    }
}

struct Pieces<'a> {
    rest: &'a [u8],
    size: usize,
    end: End,
}

impl Refill for Pieces<'_> {
    fn refill(&mut self, buffer: &mut Vec<u8>) -> Option<End> {
        if self.rest.is_empty() {
            return Some(self.end.clone());
        }
        let (piece, rest) = self.rest.split_at(self.size.min(self.rest.len()));
        buffer.extend_from_slice(piece);
        self.rest = rest;
        None
    }
}
