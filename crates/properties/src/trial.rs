//! Decodes an object whole and in pieces, by a fresh decoder and by a used one, and holds both equal.

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use promptlake_datasets::dataset::{Dataset, Decoder};
use promptlake_datasets::day::Day;
use promptlake_datasets::drift::Drift;
use promptlake_datasets::input::{End, Input, Refill};
use promptlake_datasets::object::{Object, Product};
use promptlake_datasets::output::{Outcome, Output, Rows};
use promptlake_datasets::reason::Reason;

use crate::draws::Draws;

/// All that decoding an object gave.
#[derive(Debug, PartialEq)]
pub(crate) struct Trial {
    /// Batches with their table's name.
    batches: Vec<(&'static str, RecordBatch)>,
    outcome: Outcome,
    drift: Drift,
}

/// Decodes the object that the draws make of `bytes`, whole and in pieces, and holds the results equal. The result is
/// balanced, and no larger than such an object allows.
pub(crate) fn decode_any_way(
    dataset: &'static Dataset,
    product: Product,
    bytes: &[u8],
    draws: &mut Draws,
) -> Trial {
    let object = object(dataset, product, bytes, draws);
    let end = if draws.once_in(4) {
        broken()
    } else {
        End::Clean
    };
    let mut decoder = (dataset.decoder)();
    let whole = decode(decoder.as_mut(), &object, Input::whole(bytes, end.clone()));
    whole.assert_balanced(dataset);
    whole.assert_bounded(bytes.len());
    for size in [draws.piece(), draws.piece()] {
        let pieces = Pieces {
            rest: bytes,
            size,
            end: end.clone(),
        };
        // The decoder is a used one: nothing of an object may be left in it.
        let pieces = decode(decoder.as_mut(), &object, Input::pieces(pieces));
        assert_eq!(whole, pieces, "whole, and in pieces of {size}");
    }
    whole
}

fn object(dataset: &Dataset, product: Product, bytes: &[u8], draws: &mut Draws) -> Object {
    let dated = !draws.once_in(4);
    Object {
        source_object: "AWSLogs/111122223333/KiroLogs/x/us-east-1/2026/07/27/23/o".into(),
        dataset: None,
        size: bytes.len() as u64,
        day: if dated {
            Day::from_ymd(2026, 7, 27).expect("invariant: a day")
        } else {
            Day::UNDATED
        },
        dated,
        account_id: dated.then(|| "111122223333".into()),
        region: dated.then(|| "us-east-1".into()),
        product: dated.then_some(product),
        client: (dataset.keys.report && draws.once_in(2)).then(|| "KIRO_IDE".into()),
        report_ts: None,
    }
}

fn decode(decoder: &mut dyn Decoder, object: &Object, mut input: Input<'_>) -> Trial {
    let mut all: Vec<Rows> = Vec::new();
    let mut sink = |rows: Rows| all.push(rows);
    let mut output = Output::new(&mut sink);
    decoder.decode(object, &mut input, &mut output);
    decoder.finish(&mut output);
    assert!(input.window().is_empty() && !input.more(), "all is used up");
    output.flush_rejects();
    let outcome = output.take_outcome();
    let drift = std::mem::take(&mut output.drift);
    let named = |rows: Rows| {
        let tables = rows.family.tables.iter().map(|table| table.name);
        tables.zip(rows.tables)
    };
    Trial {
        batches: all.into_iter().flat_map(named).collect(),
        outcome,
        drift,
    }
}

impl Trial {
    /// The records that became rows.
    pub(crate) fn accepted(&self) -> u64 {
        self.outcome.accepted
    }

    /// The codes of all rejects.
    pub(crate) fn reasons(&self) -> Vec<&str> {
        let rejects = self.batches.iter().filter(|(table, _)| *table == "rejects");
        let reasons = rejects.flat_map(|(_, batch)| {
            let column = batch
                .column_by_name("reason")
                .expect("invariant: a column of rejects");
            column.as_string::<i32>().iter().flatten()
        });
        reasons.collect()
    }

    fn rows(&self, table: &str) -> u64 {
        let of_table = self.batches.iter().filter(|(name, _)| *name == table);
        of_table.map(|(_, batch)| batch.num_rows() as u64).sum()
    }

    /// What was counted is what there is.
    fn assert_balanced(&self, dataset: &Dataset) {
        let outcome = &self.outcome;
        let parts = outcome.accepted + outcome.rejected + outcome.skipped + outcome.control;
        assert_eq!(outcome.records, parts, "records are the sum of their fates");
        let (parent, children) = dataset
            .family
            .tables
            .split_first()
            .expect("invariant: a family has a table");
        assert_eq!(outcome.accepted, self.rows(parent.name));
        assert_eq!(outcome.accepted, outcome.rows.values().sum::<u64>());
        assert_eq!(outcome.rejected, self.rows("rejects"));
        for (number, child) in children.iter().enumerate() {
            let counted = outcome.child_rows.iter();
            let counted = counted.filter(|((table, _), _)| *table == number);
            let counted: u64 = counted.map(|(_, rows)| rows).sum();
            assert_eq!(counted, self.rows(child.name), "rows of {}", child.name);
        }
    }

    /// A byte makes no two records or child rows, and text does not grow but by escapes and by what each row repeats.
    fn assert_bounded(&self, bytes: usize) {
        let most = bytes as u64 + 1;
        let rows: u64 = self.batches.iter().map(|(_, b)| b.num_rows() as u64).sum();
        let records = self.outcome.records;
        assert!(records <= most, "{records} records of {bytes} bytes");
        assert!(rows <= 2 * most, "{rows} rows of {bytes} bytes");
        let columns = self.batches.iter().flat_map(|(_, batch)| batch.columns());
        let text: usize = columns.map(|column| text_bytes(column.as_ref())).sum();
        let allowed = 32 * most + 1024 * rows;
        assert!(
            text as u64 <= allowed,
            "{text} bytes of text of {bytes} bytes"
        );
    }
}

/// The bytes of all texts in a column.
fn text_bytes(array: &dyn Array) -> usize {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value_data().len(),
        DataType::List(_) => text_bytes(array.as_list::<i32>().values().as_ref()),
        DataType::Struct(_) => {
            let fields = array.as_struct().columns().iter();
            fields.map(|field| text_bytes(field.as_ref())).sum()
        }
        _ => 0,
    }
}

fn broken() -> End {
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
