//! Logs against the rows, rejects and drift that they must give.

mod bad_input;
mod properties;
mod shapes;

use super::DATASET;
use crate::input::End;
use crate::object::{Object, Product};
use crate::trial::{self, Trial};

/// An object of a source of logs, of 2026-07-27 or undated.
fn object(dated: bool) -> Object {
    Object {
        source_object: "calls/2026/07/27/22/logs-1".into(),
        product: Some(Product::Lex),
        account_id: Some("999999999999".into()),
        ..trial::object(dated)
    }
}

/// Decodes bytes at hand, whole or in pieces of a size.
fn decode(object: &Object, bytes: &[u8], end: &End, size: Option<usize>) -> Trial {
    trial::decode(&DATASET, object, bytes, end, size)
}

/// A text column of the rows.
fn texts(trial: &Trial, column: &str) -> Vec<Option<String>> {
    use arrow_array::cast::AsArray;
    let of = |batch: &arrow_array::RecordBatch| {
        let column = batch.column(super::CONVERSATION.index_of(column));
        let texts = column.as_string::<i32>().iter();
        texts
            .map(|text| text.map(str::to_owned))
            .collect::<Vec<_>>()
    };
    trial.rows.iter().flat_map(of).collect()
}
