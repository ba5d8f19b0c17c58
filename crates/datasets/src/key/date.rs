//! Digits of keys: dates, times, accounts.

use crate::day::Day;

/// The number that `text` is, if it is `len` ASCII digits (at most nine).
pub(super) fn number(text: &str, len: usize) -> Option<u32> {
    if text.len() != len {
        return None;
    }
    text.bytes().try_fold(0, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + u32::from(byte - b'0'))
    })
}

/// The source day that `YYYY`, `MM`, `DD` name. A day before [`Day::UNDATED`] or after [`Day::LAST`] is as impossible
/// as the 30th of February: no time of it would be accepted, and its partition lies outside the projection.
pub(super) fn day(year: &str, month: &str, day: &str) -> Option<Day> {
    let year = i32::try_from(number(year, 4)?).ok()?;
    Day::from_ymd(year, number(month, 2)?, number(day, 2)?)
        .filter(|day| (Day::UNDATED..=Day::LAST).contains(day))
}

/// The day of the stamp `YYYYMMDDHHMM`, whatever its hour and minute.
pub(super) fn stamp_day(stamp: &str) -> Option<Day> {
    day(stamp.get(..4)?, stamp.get(4..6)?, stamp.get(6..8)?)
}

/// The instant of the stamp `YYYYMMDDHHMM`, milliseconds UTC.
pub(super) fn stamp_millis(stamp: &str) -> Option<i64> {
    let hour = hour(stamp.get(8..10)?)?;
    let minute = number(stamp.get(10..)?, 2).filter(|minute| *minute < 60)?;
    let minutes = i64::from(hour * 60 + minute);
    Some(i64::from(stamp_day(stamp)?.0) * 86_400_000 + minutes * 60_000)
}

/// The hour that an hour folder names.
pub(super) fn hour(text: &str) -> Option<u32> {
    number(text, 2).filter(|hour| *hour < 24)
}

/// Whether the text is twelve ASCII digits: an account, or a stamp.
pub(super) fn is_twelve_digits(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
