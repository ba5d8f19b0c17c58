//! `json_extract_scalar(json, path)`: the text of a text, number or flag in JSON; NULL for anything else.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef};
use datafusion::common::{Result, exec_err};
use serde_json::Value;

use super::scalar::{Argument, Scalar, text};

pub(super) fn function() -> Scalar {
    Scalar::new(
        "json_extract_scalar",
        &[Argument::Text, Argument::Text],
        text,
        call,
    )
}

/// A step of a path.
enum Step {
    Field(String),
    Place(usize),
}

fn call(args: &[ArrayRef]) -> Result<ArrayRef> {
    let (texts, paths) = (args[0].as_string::<i32>(), args[1].as_string::<i32>());
    let mut builder = StringBuilder::new();
    let mut known: Option<(&str, Vec<Step>)> = None;
    for row in 0..texts.len() {
        if texts.is_null(row) || paths.is_null(row) {
            builder.append_null();
            continue;
        }
        let path = paths.value(row);
        if known.as_ref().is_none_or(|(seen, _)| *seen != path) {
            let Some(steps) = parse(path) else {
                return exec_err!("json_extract_scalar: the path is not of the form $.a[0].b");
            };
            known = Some((path, steps));
        }
        let steps = known.as_ref().map_or(&[][..], |(_, steps)| steps);
        let value: Option<Value> = serde_json::from_str(texts.value(row)).ok();
        builder.append_option(value.as_ref().and_then(|value| scalar(value, steps)));
    }
    Ok(Arc::new(builder.finish()))
}

fn scalar(value: &Value, steps: &[Step]) -> Option<String> {
    let mut value = value;
    for step in steps {
        value = match step {
            Step::Field(name) => value.get(name)?,
            Step::Place(place) => value.get(place)?,
        };
    }
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `$`, then `.name`, `["name"]` and `[n]`.
fn parse(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (name, after) = after.split_at(end);
            if name.is_empty() {
                return None;
            }
            steps.push(Step::Field(name.to_owned()));
            rest = after;
        } else if let Some(after) = rest.strip_prefix("[\"") {
            let (name, after) = after.split_once("\"]")?;
            steps.push(Step::Field(name.to_owned()));
            rest = after;
        } else {
            let (place, after) = rest.strip_prefix('[')?.split_once(']')?;
            steps.push(Step::Place(place.parse().ok()?));
            rest = after;
        }
    }
    Some(steps)
}
