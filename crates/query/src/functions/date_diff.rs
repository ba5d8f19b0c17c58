//! `date_diff(unit, from, to)`: whole units between two moments, towards zero.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef, Int64Array};
use chrono::{Datelike as _, NaiveDateTime};
use datafusion::common::Result;

use super::moments::{Moments, Unit, add_months, to_ms};
use super::scalar::{Argument, Scalar, count};

pub(super) fn function() -> Scalar {
    Scalar::new(
        "date_diff",
        &[Argument::Text, Argument::Moment, Argument::Moment],
        count,
        call,
    )
}

fn call(args: &[ArrayRef]) -> Result<ArrayRef> {
    let units = args[0].as_string::<i32>();
    let (from, to) = (Moments::of(&args[1])?, Moments::of(&args[2])?);
    let mut last: Option<(&str, Unit)> = None;
    let mut values = Vec::with_capacity(from.len());
    for row in 0..from.len() {
        let (false, Some(from), Some(to)) = (units.is_null(row), from.get(row), to.get(row)) else {
            values.push(None);
            continue;
        };
        let name = units.value(row);
        let unit = match last {
            Some((seen, unit)) if seen == name => unit,
            _ => Unit::parse(name)?,
        };
        last = Some((name, unit));
        values.push(Some(between(unit, from, to)));
    }
    Ok(Arc::new(Int64Array::from(values)))
}

fn between(unit: Unit, from: NaiveDateTime, to: NaiveDateTime) -> i64 {
    match unit {
        Unit::Ms(ms) => (to_ms(to) - to_ms(from)) / ms,
        Unit::Months(_) if to < from => -between(unit, to, from),
        Unit::Months(unit) => {
            let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month())
                - i64::from(from.month());
            // The last month counts once it is over.
            let over = add_months(from, months).is_some_and(|end| end <= to);
            (if over { months } else { months - 1 }) / unit
        }
    }
}
