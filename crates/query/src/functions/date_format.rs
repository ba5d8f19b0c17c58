//! `date_format(moment, pattern)` with MySQL's letters.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef};
use chrono::{Datelike as _, NaiveDateTime, Timelike as _};
use datafusion::common::{Result, exec_err};

use super::moments::Moments;
use super::scalar::{Argument, Scalar, text};

pub(super) fn function() -> Scalar {
    Scalar::new(
        "date_format",
        &[Argument::Moment, Argument::Text],
        text,
        call,
    )
}

fn call(args: &[ArrayRef]) -> Result<ArrayRef> {
    let moments = Moments::of(&args[0])?;
    let patterns = args[1].as_string::<i32>();
    let mut builder = StringBuilder::with_capacity(moments.len(), moments.len() * 10);
    let mut out = String::new();
    for row in 0..moments.len() {
        match moments.get(row) {
            Some(moment) if !patterns.is_null(row) => {
                out.clear();
                format(&mut out, moment, patterns.value(row))?;
                builder.append_value(&out);
            }
            _ => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}

fn format(out: &mut String, t: NaiveDateTime, pattern: &str) -> Result<()> {
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        let Some(letter) = letters.next() else {
            out.push('%');
            break;
        };
        let (hour12, half) = (
            match t.hour() % 12 {
                0 => 12,
                hour => hour,
            },
            if t.hour() < 12 { "AM" } else { "PM" },
        );
        let (hour, minute, second) = (t.hour(), t.minute(), t.second());
        let written = match letter {
            'a' => write!(out, "{}", t.format("%a")),
            'b' => write!(out, "{}", t.format("%b")),
            'c' => write!(out, "{}", t.month()),
            'd' => write!(out, "{:02}", t.day()),
            'e' => write!(out, "{}", t.day()),
            'f' => write!(out, "{:06}", t.nanosecond() / 1_000),
            'H' => write!(out, "{hour:02}"),
            'h' | 'I' => write!(out, "{hour12:02}"),
            'i' => write!(out, "{minute:02}"),
            'j' => write!(out, "{:03}", t.ordinal()),
            'k' => write!(out, "{hour}"),
            'l' => write!(out, "{hour12}"),
            'M' => write!(out, "{}", t.format("%B")),
            'm' => write!(out, "{:02}", t.month()),
            'p' => write!(out, "{half}"),
            'r' => write!(out, "{hour12:02}:{minute:02}:{second:02} {half}"),
            'S' | 's' => write!(out, "{second:02}"),
            'T' => write!(out, "{hour:02}:{minute:02}:{second:02}"),
            'v' => write!(out, "{:02}", t.iso_week().week()),
            'W' => write!(out, "{}", t.format("%A")),
            'x' => write!(out, "{:04}", t.iso_week().year()),
            'Y' => write!(out, "{:04}", t.year()),
            'y' => write!(out, "{:02}", t.year().rem_euclid(100)),
            'D' | 'U' | 'u' | 'V' | 'w' | 'X' => {
                return exec_err!("date_format: %{letter} is not supported, as in Trino");
            }
            other => {
                out.push(other);
                Ok(())
            }
        };
        written.expect("invariant: a String takes any text");
    }
    Ok(())
}
