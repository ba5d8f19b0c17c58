//! `date_add(unit, n, moment)`: a moment some units later, of the same type; the end of the month is as far as months go.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_array::{Array as _, ArrayRef, Date32Array, TimestampMillisecondArray};
use arrow_schema::DataType;
use chrono::{NaiveDateTime, TimeDelta};
use datafusion::common::{Result, exec_err};

use super::moments::{Moments, Unit, add_months, to_day, to_ms};
use super::scalar::{Argument, Scalar};

pub(super) fn function() -> Scalar {
    Scalar::new(
        "date_add",
        &[Argument::Text, Argument::Count, Argument::Same],
        |types| types[2].clone(),
        call,
    )
}

fn call(args: &[ArrayRef]) -> Result<ArrayRef> {
    let units = args[0].as_string::<i32>();
    let counts = args[1].as_primitive::<Int64Type>();
    let moments = Moments::of(&args[2])?;
    let is_date = matches!(moments, Moments::Dates(_));
    let mut values: Vec<Option<NaiveDateTime>> = Vec::with_capacity(moments.len());
    for row in 0..moments.len() {
        let (false, false, Some(moment)) =
            (units.is_null(row), counts.is_null(row), moments.get(row))
        else {
            values.push(None);
            continue;
        };
        let unit = Unit::parse(units.value(row))?;
        if is_date && unit.is_below_a_day() {
            return exec_err!("date_add: a date has no hours; CAST it to timestamp");
        }
        let count = counts.value(row);
        let later = match unit {
            Unit::Ms(ms) => count
                .checked_mul(ms)
                .and_then(TimeDelta::try_milliseconds)
                .and_then(|delta| moment.checked_add_signed(delta)),
            Unit::Months(months) => count
                .checked_mul(months)
                .and_then(|months| add_months(moment, months)),
        };
        if later.is_none() {
            return exec_err!("date_add: beyond the calendar");
        }
        values.push(later);
    }
    if is_date {
        let days: Date32Array = values.into_iter().map(|value| value.map(to_day)).collect();
        return Ok(Arc::new(days));
    }
    let DataType::Timestamp(_, zone) = args[2].data_type() else {
        return exec_err!("date_add: expected a date or timestamp");
    };
    let instants: TimestampMillisecondArray =
        values.into_iter().map(|value| value.map(to_ms)).collect();
    Ok(Arc::new(instants.with_timezone_opt(zone.clone())))
}
