//! Dates and instants as the calendar has them.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, TimestampMillisecondType};
use arrow_array::{Array as _, ArrayRef};
use arrow_schema::DataType;
use chrono::{DateTime, Datelike as _, Months, NaiveDate, NaiveDateTime, TimeDelta};
use datafusion::common::{Result, exec_err};

/// The values of an array of dates or of instants in milliseconds.
pub(crate) enum Moments<'a> {
    Dates(&'a arrow_array::Date32Array),
    Instants(&'a arrow_array::TimestampMillisecondArray),
}

impl<'a> Moments<'a> {
    pub(crate) fn of(array: &'a ArrayRef) -> Result<Self> {
        match array.data_type() {
            DataType::Date32 => Ok(Self::Dates(array.as_primitive::<Date32Type>())),
            DataType::Timestamp(..) => Ok(Self::Instants(
                array.as_primitive::<TimestampMillisecondType>(),
            )),
            other => exec_err!("expected a date or timestamp, not {other}"),
        }
    }

    /// The value of a row; `None` where it is NULL or beyond the calendar.
    pub(crate) fn get(&self, row: usize) -> Option<NaiveDateTime> {
        match self {
            Self::Dates(dates) => (!dates.is_null(row)).then(|| of_day(dates.value(row)))?,
            Self::Instants(instants) => {
                (!instants.is_null(row)).then(|| of_ms(instants.value(row)))?
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Dates(dates) => dates.len(),
            Self::Instants(instants) => instants.len(),
        }
    }
}

/// Midnight of a day given as days since the epoch.
pub(crate) fn of_day(days: i32) -> Option<NaiveDateTime> {
    let date = NaiveDate::from_ymd_opt(1970, 1, 1)?;
    date.checked_add_signed(TimeDelta::try_days(i64::from(days))?)?
        .and_hms_opt(0, 0, 0)
}

/// An instant given as milliseconds since the epoch.
pub(crate) fn of_ms(ms: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_millis(ms).map(|instant| instant.naive_utc())
}

/// Days since the epoch.
pub(crate) fn to_day(moment: NaiveDateTime) -> i32 {
    moment.date().num_days_from_ce() - 719_163
}

/// Milliseconds since the epoch.
pub(crate) fn to_ms(moment: NaiveDateTime) -> i64 {
    moment.and_utc().timestamp_millis()
}

/// A unit of `date_add` and `date_diff`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// So many milliseconds.
    Ms(i64),
    /// So many months.
    Months(i64),
}

impl Unit {
    /// By its name, in any case.
    pub(crate) fn parse(name: &str) -> Result<Self> {
        Ok(match name.to_ascii_lowercase().as_str() {
            "millisecond" => Self::Ms(1),
            "second" => Self::Ms(1_000),
            "minute" => Self::Ms(60_000),
            "hour" => Self::Ms(3_600_000),
            "day" => Self::Ms(86_400_000),
            "week" => Self::Ms(7 * 86_400_000),
            "month" => Self::Months(1),
            "quarter" => Self::Months(3),
            "year" => Self::Months(12),
            _ => {
                return exec_err!(
                    "unknown unit, expected millisecond, second, minute, hour, day, week, month, quarter or year"
                );
            }
        })
    }

    /// Whether it divides days, which dates do not have.
    pub(crate) fn is_below_a_day(self) -> bool {
        matches!(self, Self::Ms(ms) if ms < 86_400_000)
    }
}

/// A moment some months later; the end of the month is as far as it goes.
pub(crate) fn add_months(moment: NaiveDateTime, months: i64) -> Option<NaiveDateTime> {
    let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 {
        moment.checked_sub_months(count)
    } else {
        moment.checked_add_months(count)
    }
}
