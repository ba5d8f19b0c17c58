//! A day in UTC.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

/// A UTC day, as days since 1970-01-01: what Arrow's `Date32` and the `dt` of a partition hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// Text that is not a day written `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a day of the form YYYY-MM-DD")]
pub struct ParseDayError;

impl Day {
    /// The source day of an object whose key has no date, the earliest accepted time and the floor of the partition projection.
    pub const UNDATED: Self = Self(17_897);
    /// The last accepted day of a record in an undated object, 2099-12-31.
    pub const LAST: Self = Self(47_481);
    /// Nanoseconds in a day.
    pub const NANOS: i64 = 86_400_000_000_000;

    /// The day of a calendar date, if that exists.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        Some(Self(date.num_days_from_ce() - EPOCH_FROM_CE))
    }

    /// The day on which an instant falls, given in nanoseconds since the epoch.
    pub fn of_nanos(nanos: i64) -> Self {
        // never the maximum: 2^63 ns are 106,752 days
        Self(i32::try_from(nanos.div_euclid(Self::NANOS)).unwrap_or(i32::MAX))
    }

    /// The day `days` later (earlier where negative).
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// Year, month and day of month.
    pub fn ymd(self) -> (i32, u32, u32) {
        let date = NaiveDate::from_num_days_from_ce_opt(self.0.saturating_add(EPOCH_FROM_CE))
            .unwrap_or(NaiveDate::MAX);
        (date.year(), date.month(), date.day())
    }
}

/// Days from 0001-01-01 (day 1) to 1970-01-01.
const EPOCH_FROM_CE: i32 = 719_163;

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = ParseDayError;

    fn from_str(text: &str) -> Result<Self, ParseDayError> {
        let bytes = text.as_bytes();
        let form = bytes.len() == 10
            && bytes.iter().enumerate().all(|(i, b)| {
                if i == 4 || i == 7 {
                    *b == b'-'
                } else {
                    b.is_ascii_digit()
                }
            });
        if !form {
            return Err(ParseDayError);
        }
        let number =
            |range: std::ops::Range<usize>| text[range].parse::<u32>().map_err(|_| ParseDayError);
        let year = i32::try_from(number(0..4)?).map_err(|_| ParseDayError)?;
        Self::from_ymd(year, number(5..7)?, number(8..10)?).ok_or(ParseDayError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_the_days_they_name() {
        assert_eq!(Day::UNDATED.to_string(), "2019-01-01");
        assert_eq!(Day::LAST.to_string(), "2099-12-31");
        assert_eq!(Day(0).to_string(), "1970-01-01");
    }

    #[test]
    fn only_real_days_in_one_form_are_read() {
        assert_eq!(
            "2026-02-28".parse::<Day>().map(|d| d.plus(1).to_string()),
            Ok("2026-03-01".to_owned())
        );
        for text in [
            "2026-02-30",
            "2026-2-03",
            "20260203",
            "2026/02/03",
            " 2026-02-03",
            "2026-02-0３",
            "",
        ] {
            assert_eq!(text.parse::<Day>(), Err(ParseDayError), "{text}");
        }
    }

    #[test]
    fn instants_before_the_epoch_fall_on_the_day_they_are_in() {
        assert_eq!(Day::of_nanos(-1), Day(-1));
        assert_eq!(Day::of_nanos(Day::NANOS), Day(1));
    }
}
