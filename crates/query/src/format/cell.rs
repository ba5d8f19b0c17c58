//! One value as text or JSON.

use std::fmt::Write as _;

use arrow_array::Array;
use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{DataType, TimeUnit};
use promptlake_datasets::day::Day;

/// Appends a value that is not NULL as text: lists and structs as JSON, times in ISO 8601. False: it is NULL.
pub(super) fn plain(out: &mut String, array: &dyn Array, row: usize) -> bool {
    if array.is_null(row) || *array.data_type() == DataType::Null {
        return false;
    }
    match text(array, row) {
        Some(text) => out.push_str(text),
        None => value(out, array, row),
    }
    true
}

/// Appends a value as JSON.
pub(super) fn json(out: &mut String, array: &dyn Array, row: usize) {
    if array.is_null(row) || *array.data_type() == DataType::Null {
        out.push_str("null");
        return;
    }
    if let Some(text) = text(array, row) {
        quoted(out, text);
        return;
    }
    let is_bare = array.data_type().is_numeric()
        || array.data_type().is_nested()
        || *array.data_type() == DataType::Boolean;
    if !is_bare {
        out.push('"');
        value(out, array, row);
        out.push('"');
        return;
    }
    let before = out.len();
    value(out, array, row);
    // JSON has no such numbers.
    if matches!(&out[before..], "NaN" | "Infinity" | "-Infinity") {
        out.truncate(before);
        out.push_str("null");
    }
}

/// Appends text as a JSON string.
pub(super) fn quoted(out: &mut String, text: &str) {
    let quoted = serde_json::to_string(text).expect("invariant: text is JSON");
    out.push_str(&quoted);
}

/// A text value, without its encoding.
fn text(array: &dyn Array, row: usize) -> Option<&str> {
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().value(row)),
        DataType::Utf8View => Some(array.as_string_view().value(row)),
        _ => None,
    }
}

fn value(out: &mut String, array: &dyn Array, row: usize) {
    macro_rules! number {
        ($ty:ty) => {
            write!(out, "{}", array.as_primitive::<$ty>().value(row))
        };
    }
    let written = match array.data_type() {
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float32 => {
            double(
                out,
                f64::from(array.as_primitive::<Float32Type>().value(row)),
            );
            Ok(())
        }
        DataType::Float64 => {
            double(out, array.as_primitive::<Float64Type>().value(row));
            Ok(())
        }
        DataType::Decimal128(..) => {
            out.push_str(&array.as_primitive::<Decimal128Type>().value_as_string(row));
            Ok(())
        }
        DataType::Boolean => write!(out, "{}", array.as_boolean().value(row)),
        DataType::Date32 => write!(
            out,
            "{}",
            Day(array.as_primitive::<Date32Type>().value(row))
        ),
        DataType::Timestamp(unit, zone) => {
            instant(out, array, row, *unit, zone.is_some());
            Ok(())
        }
        DataType::List(_) => {
            list(out, array.as_list::<i32>().value(row).as_ref());
            Ok(())
        }
        DataType::LargeList(_) => {
            list(out, array.as_list::<i64>().value(row).as_ref());
            Ok(())
        }
        DataType::Struct(_) => {
            fields(out, array, row);
            Ok(())
        }
        _ => other(out, array, row),
    };
    written.expect("invariant: a String takes any text");
}

/// The shortest text that reads back as the number; always with a point or an exponent.
fn double(out: &mut String, value: f64) {
    if value.is_nan() {
        out.push_str("NaN");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "Infinity" } else { "-Infinity" });
    } else {
        write!(out, "{value:?}").expect("invariant: a String takes any text");
    }
}

/// `2026-01-09T01:02:03.004Z`; more than three digits only where there is more; no `Z` without a zone.
fn instant(out: &mut String, array: &dyn Array, row: usize, unit: TimeUnit, zoned: bool) {
    use arrow_array::types::{
        TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
        TimestampSecondType,
    };
    let (value, a_second): (i64, i64) = match unit {
        TimeUnit::Second => (array.as_primitive::<TimestampSecondType>().value(row), 1),
        TimeUnit::Millisecond => (
            array.as_primitive::<TimestampMillisecondType>().value(row),
            1_000,
        ),
        TimeUnit::Microsecond => (
            array.as_primitive::<TimestampMicrosecondType>().value(row),
            1_000_000,
        ),
        TimeUnit::Nanosecond => (
            array.as_primitive::<TimestampNanosecondType>().value(row),
            1_000_000_000,
        ),
    };
    let seconds = value.div_euclid(a_second);
    let nanos = value.rem_euclid(a_second) * (1_000_000_000 / a_second);
    let day = Day(i32::try_from(seconds.div_euclid(86_400)).unwrap_or(i32::MAX));
    let second = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    write!(out, "{day}T{hour:02}:{minute:02}:{second:02}")
        .expect("invariant: a String takes any text");
    let fraction = if nanos % 1_000_000 == 0 {
        write!(out, ".{:03}", nanos / 1_000_000)
    } else if nanos % 1_000 == 0 {
        write!(out, ".{:06}", nanos / 1_000)
    } else {
        write!(out, ".{nanos:09}")
    };
    fraction.expect("invariant: a String takes any text");
    if zoned {
        out.push('Z');
    }
}

fn list(out: &mut String, elements: &dyn Array) {
    out.push('[');
    for row in 0..elements.len() {
        if row > 0 {
            out.push(',');
        }
        json(out, elements, row);
    }
    out.push(']');
}

fn fields(out: &mut String, array: &dyn Array, row: usize) {
    let array = array.as_struct();
    out.push('{');
    for (place, (field, column)) in array.fields().iter().zip(array.columns()).enumerate() {
        if place > 0 {
            out.push(',');
        }
        quoted(out, field.name());
        out.push(':');
        json(out, column.as_ref(), row);
    }
    out.push('}');
}

/// A type that no table and no view has: intervals, durations, binary, …
fn other(out: &mut String, array: &dyn Array, row: usize) -> std::fmt::Result {
    match ArrayFormatter::try_new(array, &FormatOptions::new()) {
        Ok(formatter) => write!(out, "{}", formatter.value(row)),
        Err(_) => out.write_str("?"),
    }
}

/// Whether a column is drawn to the right.
pub(super) fn is_number(ty: &DataType) -> bool {
    ty.is_numeric()
}
