//! The rows of `dim_date`.

use std::sync::Arc;

use arrow_array::{BooleanArray, Date32Array, Int64Array, RecordBatch, StringArray};

use super::DIM_DATE;
use crate::day::Day;

/// The last day of the calendar, 2039-12-31.
const LAST: Day = Day(25_566);

/// Every day from 2019-01-01 to 2039-12-31.
pub fn calendar() -> RecordBatch {
    let days: Vec<Day> = (Day::UNDATED.0..=LAST.0).map(Day).collect();
    let count = |of: fn(Day) -> i64| -> Arc<Int64Array> {
        Arc::new(days.iter().map(|day| Some(of(*day))).collect())
    };
    let date = |of: fn(Day) -> Day| -> Arc<Date32Array> {
        Arc::new(days.iter().map(|day| Some(of(*day).0)).collect())
    };
    let weekends: BooleanArray = days.iter().map(|day| Some(weekday(*day) > 5)).collect();
    DIM_DATE.batch(vec![
        date(|day| day),
        Arc::new(StringArray::from_iter_values(
            days.iter().map(ToString::to_string),
        )),
        count(|day| i64::from(day.ymd().0)),
        count(|day| i64::from((day.ymd().1 - 1) / 3 + 1)),
        count(|day| i64::from(day.ymd().1)),
        date(month_start),
        date(month_end),
        count(|day| i64::from(month_end(day).0 - month_start(day).0 + 1)),
        date(|day| day.plus(1 - i32::try_from(weekday(day)).unwrap_or(1))),
        count(weekday),
        Arc::new(weekends),
    ])
}

/// 1 for Monday to 7 for Sunday.
fn weekday(day: Day) -> i64 {
    // 1970-01-01 was a Thursday.
    i64::from(day.0 + 3).rem_euclid(7) + 1
}

fn month_start(day: Day) -> Day {
    let (_, _, of_month) = day.ymd();
    day.plus(1 - i32::try_from(of_month).unwrap_or(1))
}

fn month_end(day: Day) -> Day {
    // The 1st plus 31 days lies in the month after, whatever the month.
    month_start(month_start(day).plus(31)).plus(-1)
}
