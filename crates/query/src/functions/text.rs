//! `split_part` and `concat`.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_array::{Array as _, ArrayRef};
use datafusion::common::{Result, exec_err};

use super::scalar::{Argument, Scalar, text};

pub(super) fn functions() -> Vec<Scalar> {
    vec![
        Scalar::new(
            "split_part",
            &[Argument::Text, Argument::Text, Argument::Count],
            text,
            split_part,
        ),
        Scalar::new("concat", &[Argument::Text, Argument::Text], text, concat).variadic(),
    ]
}

/// The n-th piece, from 1; NULL beyond the last.
fn split_part(args: &[ArrayRef]) -> Result<ArrayRef> {
    let (texts, delimiters) = (args[0].as_string::<i32>(), args[1].as_string::<i32>());
    let places = args[2].as_primitive::<Int64Type>();
    let mut builder = StringBuilder::new();
    for row in 0..texts.len() {
        if texts.is_null(row) || delimiters.is_null(row) || places.is_null(row) {
            builder.append_null();
            continue;
        }
        let Some(place) = usize::try_from(places.value(row))
            .ok()
            .and_then(|place| place.checked_sub(1))
        else {
            return exec_err!("split_part: the index must be 1 or more");
        };
        let (text, delimiter) = (texts.value(row), delimiters.value(row));
        if delimiter.is_empty() {
            let letter = text.char_indices().nth(place);
            builder.append_option(letter.map(|(at, c)| &text[at..at + c.len_utf8()]));
        } else {
            builder.append_option(text.split(delimiter).nth(place));
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// All of them, one after the other; NULL where one is.
#[expect(clippy::unnecessary_wraps, reason = "as every function is registered")]
fn concat(args: &[ArrayRef]) -> Result<ArrayRef> {
    let texts: Vec<_> = args.iter().map(|arg| arg.as_string::<i32>()).collect();
    let rows = args.first().map_or(0, |arg| arg.len());
    let mut builder = StringBuilder::new();
    let mut whole = String::new();
    for row in 0..rows {
        if texts.iter().any(|text| text.is_null(row)) {
            builder.append_null();
            continue;
        }
        whole.clear();
        for text in &texts {
            whole.push_str(text.value(row));
        }
        builder.append_value(&whole);
    }
    Ok(Arc::new(builder.finish()))
}
