//! `regexp_replace` (every match) and `regexp_extract`. Patterns are those of the `regex` crate, without look-around.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_array::{Array as _, ArrayRef};
use datafusion::common::{Result, exec_err};
use regex::Regex;

use super::scalar::{Argument, Scalar, text};

pub(super) fn functions() -> Vec<Scalar> {
    vec![
        Scalar::new(
            "regexp_replace",
            &[Argument::Text, Argument::Text, Argument::Text],
            text,
            replace,
        )
        .required(2),
        Scalar::new(
            "regexp_extract",
            &[Argument::Text, Argument::Text, Argument::Count],
            text,
            extract,
        )
        .required(2),
    ]
}

/// The pattern of the row before, which nearly always is that of all rows.
#[derive(Default)]
struct Patterns(Option<(String, Regex)>);

impl Patterns {
    fn get(&mut self, pattern: &str) -> Result<&Regex> {
        if self.0.as_ref().is_none_or(|(seen, _)| seen != pattern) {
            let Ok(regex) = Regex::new(pattern) else {
                return exec_err!("a pattern is no regular expression that is known here");
            };
            self.0 = Some((pattern.to_owned(), regex));
        }
        match &self.0 {
            Some((_, regex)) => Ok(regex),
            None => exec_err!("no pattern"),
        }
    }
}

fn replace(args: &[ArrayRef]) -> Result<ArrayRef> {
    let (texts, patterns) = (args[0].as_string::<i32>(), args[1].as_string::<i32>());
    let replacements = args.get(2).map(|arg| arg.as_string::<i32>());
    let mut known = Patterns::default();
    let mut builder = StringBuilder::new();
    for row in 0..texts.len() {
        let replacement = match replacements {
            Some(all) => (!all.is_null(row)).then(|| all.value(row)),
            None => Some(""),
        };
        let (false, false, Some(replacement)) =
            (texts.is_null(row), patterns.is_null(row), replacement)
        else {
            builder.append_null();
            continue;
        };
        let regex = known.get(patterns.value(row))?;
        builder.append_value(regex.replace_all(texts.value(row), groups(replacement).as_str()));
    }
    Ok(Arc::new(builder.finish()))
}

/// Trino's replacement in this crate's words: `$1a` is group 1 and an `a`, `\$` a dollar sign.
fn groups(replacement: &str) -> String {
    let mut out = String::with_capacity(replacement.len() + 4);
    let mut letters = replacement.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('$') => out.push_str("$$"),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            '$' if letters.peek().is_some_and(char::is_ascii_digit) => {
                out.push_str("${");
                while let Some(digit) = letters.next_if(char::is_ascii_digit) {
                    out.push(digit);
                }
                out.push('}');
            }
            other => out.push(other),
        }
    }
    out
}

fn extract(args: &[ArrayRef]) -> Result<ArrayRef> {
    let (texts, patterns) = (args[0].as_string::<i32>(), args[1].as_string::<i32>());
    let places = args.get(2).map(|arg| arg.as_primitive::<Int64Type>());
    let mut known = Patterns::default();
    let mut builder = StringBuilder::new();
    for row in 0..texts.len() {
        let place = match places {
            Some(all) => (!all.is_null(row)).then(|| all.value(row)),
            None => Some(0),
        };
        let (false, false, Some(place)) = (texts.is_null(row), patterns.is_null(row), place) else {
            builder.append_null();
            continue;
        };
        let regex = known.get(patterns.value(row))?;
        let Some(place) = usize::try_from(place)
            .ok()
            .filter(|place| *place < regex.captures_len())
        else {
            return exec_err!("regexp_extract: the pattern has no such group");
        };
        let found = regex
            .captures(texts.value(row))
            .and_then(|found| found.get(place));
        builder.append_option(found.map(|found| found.as_str()));
    }
    Ok(Arc::new(builder.finish()))
}
