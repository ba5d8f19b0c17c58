//! `year(x)` … `second(x)`, `day_of_week(x)`, …, `last_day_of_month(x)` and `date(x)`.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef, Date32Array, Int64Array};
use arrow_schema::DataType;
use chrono::{Datelike as _, Months, NaiveDate, NaiveDateTime, Timelike as _};
use datafusion::common::{Result, exec_err};

use super::moments::{Moments, to_day};
use super::scalar::{Argument, Scalar, count, date};

const MOMENT: &[Argument] = &[Argument::Moment];

pub(super) fn functions() -> Vec<Scalar> {
    vec![
        Scalar::new("year", MOMENT, count, |args| {
            part(args, |t| t.year().into())
        }),
        Scalar::new("quarter", MOMENT, count, |args| {
            part(args, |t| (t.month0() / 3 + 1).into())
        }),
        Scalar::new("month", MOMENT, count, |args| {
            part(args, |t| t.month().into())
        }),
        Scalar::new("week", MOMENT, count, |args| {
            part(args, |t| t.iso_week().week().into())
        })
        .or(&["week_of_year"]),
        Scalar::new("year_of_week", MOMENT, count, |args| {
            part(args, |t| t.iso_week().year().into())
        })
        .or(&["yow"]),
        Scalar::new("day", MOMENT, count, |args| part(args, |t| t.day().into()))
            .or(&["day_of_month"]),
        Scalar::new("day_of_week", MOMENT, count, |args| {
            part(args, |t| t.weekday().number_from_monday().into())
        })
        .or(&["dow"]),
        Scalar::new("day_of_year", MOMENT, count, |args| {
            part(args, |t| t.ordinal().into())
        })
        .or(&["doy"]),
        Scalar::new("hour", MOMENT, count, |args| {
            part(args, |t| t.hour().into())
        }),
        Scalar::new("minute", MOMENT, count, |args| {
            part(args, |t| t.minute().into())
        }),
        Scalar::new("second", MOMENT, count, |args| {
            part(args, |t| t.second().into())
        }),
        Scalar::new("millisecond", MOMENT, count, |args| {
            part(args, |t| (t.nanosecond() / 1_000_000).into())
        }),
        Scalar::new("last_day_of_month", MOMENT, date, last_day_of_month),
        Scalar::new("date", &[Argument::TextOrMoment], date, date_of),
    ]
}

fn part(args: &[ArrayRef], of: fn(NaiveDateTime) -> i64) -> Result<ArrayRef> {
    let moments = Moments::of(&args[0])?;
    let values: Int64Array = (0..moments.len())
        .map(|row| moments.get(row).map(of))
        .collect();
    Ok(Arc::new(values))
}

fn last_day_of_month(args: &[ArrayRef]) -> Result<ArrayRef> {
    let moments = Moments::of(&args[0])?;
    let last = |moment: NaiveDateTime| {
        let next = moment
            .with_day(1)?
            .checked_add_months(Months::new(1))?
            .date()
            .pred_opt()?;
        Some(to_day(next.and_hms_opt(0, 0, 0)?))
    };
    let values: Date32Array = (0..moments.len())
        .map(|row| moments.get(row).and_then(last))
        .collect();
    Ok(Arc::new(values))
}

fn date_of(args: &[ArrayRef]) -> Result<ArrayRef> {
    if *args[0].data_type() != DataType::Utf8 {
        let moments = Moments::of(&args[0])?;
        let values: Date32Array = (0..moments.len())
            .map(|row| moments.get(row).map(to_day))
            .collect();
        return Ok(Arc::new(values));
    }
    let texts = args[0].as_string::<i32>();
    let mut values = Vec::with_capacity(texts.len());
    for text in texts {
        values.push(match text {
            None => None,
            Some(text) => match NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d") {
                Ok(day) => day.and_hms_opt(0, 0, 0).map(to_day),
                Err(_) => return exec_err!("date: a text is not of the form YYYY-MM-DD"),
            },
        });
    }
    Ok(Arc::new(Date32Array::from(values)))
}
