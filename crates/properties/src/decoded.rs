//! What the decoder alone makes of an object.

use promptlake_datasets::dataset::Content;
use promptlake_datasets::input::End;
use promptlake_datasets::key::{Class, KeyContext, classify};
use promptlake_datasets::output::{Outcome, Output, Rows};
use promptlake_datasets::reason::Reason;
use promptlake_datasets::sniff::{of_log, sniff};
use promptlake_ingest::inflate::Inflater;
use promptlake_lake::source::Body;

use crate::cells;
use crate::object::{self, MAX_OBJECT_BYTES};
use crate::one_object::OneObject;

/// So many bytes tell what an object holds.
const HEAD: usize = 4 << 10;

/// What was made of it.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) outcome: Outcome,
    pub(crate) rows: object::Rows,
}

/// Inflates and decodes an object at once; `None`: its key is not one of an object.
pub(crate) fn decode(context: &KeyContext, source: &OneObject) -> Option<Decoded> {
    let size = source.body.len() as u64;
    let Class::Object(mut object) = classify(context, &source.key, size) else {
        return None;
    };
    let mut all: Vec<Rows> = Vec::new();
    let mut sink = |rows: Rows| all.push(rows);
    let mut output = Output::new(&mut sink);
    let mut inflater = Inflater::new(MAX_OBJECT_BYTES);
    let mut input = inflater.input(Body::Bytes(source.body.clone()));
    while input.window().len() < HEAD && input.more() {}
    let is_empty = input.window().is_empty() && input.end() == Some(&End::Clean);
    match object.dataset {
        None => object.dataset = sniff(input.window()),
        Some(dataset) if matches!(dataset.content, Content::Log) => {
            object.dataset = Some(of_log(dataset, &object.source_object, input.window()));
        }
        Some(_) => {}
    }
    if let Some(dataset) = object.dataset {
        let mut decoder = (dataset.decoder)();
        decoder.decode(&object, &mut input, &mut output);
        decoder.finish(&mut output);
    } else if !is_empty {
        let detail = "the content is of no known dataset".to_owned();
        output.reject_rest(&object, &mut input, Reason::UnknownContent, detail, None);
    }
    output.flush_rejects();
    let outcome = output.take_outcome();
    drop(output);
    Some(Decoded {
        outcome,
        rows: counted(&all),
    })
}

fn counted(all: &[Rows]) -> object::Rows {
    let mut rows = object::Rows::new();
    for given in all {
        for (table, batch) in given.family.tables.iter().zip(&given.tables) {
            for row in 0..batch.num_rows() {
                let row = cells::stored(batch, row);
                *rows.entry((table.name.to_owned(), row)).or_default() += 1;
            }
        }
    }
    rows
}
