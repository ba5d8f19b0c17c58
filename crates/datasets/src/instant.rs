//! Times as the sources write them, and the day on which a record falls.

use crate::day::Day;
use crate::object::Object;
use crate::reason::Reason;

/// Nanoseconds in a millisecond.
const MILLI: i64 = 1_000_000;
/// Nanoseconds in a second.
const SECOND: i64 = 1_000_000_000;

/// Reads a time: `YYYY-MM-DD`, `T` or a space, `hh:mm:ss`, up to nine fractional digits, `Z`, `±hh:mm`, `±hhmm` or nothing (UTC).
/// Gives nanoseconds since the epoch; blank text is `None`. White space around it is no part of it.
///
/// # Errors
/// [`Reason::BadTime`] for anything else, [`Reason::TimeOutOfRange`] for a time that 64 bits cannot hold (before 1677, after 2262).
pub fn parse(text: &str) -> Result<Option<i64>, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let (seconds, nanos) = read(text.as_bytes()).ok_or(Reason::BadTime)?;
    // The first second that 64 bits can hold begins before them.
    i64::try_from(i128::from(seconds) * i128::from(SECOND) + i128::from(nanos))
        .map(Some)
        .map_err(|_| Reason::TimeOutOfRange)
}

/// Whole milliseconds of an instant, rounded towards the past.
pub fn floor_millis(nanos: i64) -> i64 {
    nanos.div_euclid(MILLI)
}

/// Tells whether a day may stand in an object: 2019-01-01 … source day + 2 if its key has a date, else … 2099-12-31.
///
/// # Errors
/// [`Reason::TimeOutOfRange`] if it may not.
pub fn check_range(day: Day, source_day: Day, dated: bool) -> Result<(), Reason> {
    let last = if dated { source_day.plus(2) } else { Day::LAST };
    if (Day::UNDATED..=last).contains(&day) {
        Ok(())
    } else {
        Err(Reason::TimeOutOfRange)
    }
}

/// The `dt` of a record: the UTC date of its time, or the source day where it has none.
///
/// # Errors
/// [`Reason::TimeOutOfRange`] as [`check_range`]; [`Reason::NoTime`] if neither the record nor the key names a day.
pub fn event_day(nanos: Option<i64>, object: &Object) -> Result<Day, Reason> {
    match nanos {
        Some(nanos) => {
            let day = Day::of_nanos(nanos);
            check_range(day, object.day, object.dated)?;
            Ok(day)
        }
        None if object.dated => Ok(object.day),
        None => Err(Reason::NoTime),
    }
}

/// Seconds since the epoch and nanoseconds of the second.
fn read(text: &[u8]) -> Option<(i64, i64)> {
    let (head, tail) = text.split_at_checked(19)?;
    let separated = head[4] == b'-'
        && head[7] == b'-'
        && (head[10] == b'T' || head[10] == b' ')
        && head[13] == b':'
        && head[16] == b':';
    if !separated {
        return None;
    }
    let year = digits(&head[0..4])?;
    let day = Day::from_ymd(
        i32::try_from(year).ok()?,
        digits(&head[5..7])?,
        digits(&head[8..10])?,
    )?;
    let (hour, minute, second) = (
        digits(&head[11..13])?,
        digits(&head[14..16])?,
        digits(&head[17..19])?,
    );
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (nanos, zone) = match tail.split_first() {
        Some((b'.', rest)) => fraction(rest)?,
        _ => (0, tail),
    };
    let clock = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    Some((
        i64::from(day.0) * 86_400 + clock - offset_seconds(zone)?,
        nanos,
    ))
}

/// One to nine fractional digits as nanoseconds, and what follows them.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let count = text.iter().take_while(|b| b.is_ascii_digit()).count();
    if count == 0 || count > 9 {
        return None;
    }
    let (number, rest) = text.split_at(count);
    let mut nanos = i64::from(digits(number)?);
    for _ in count..9 {
        nanos *= 10;
    }
    Some((nanos, rest))
}

/// How far a zone is ahead of UTC.
fn offset_seconds(zone: &[u8]) -> Option<i64> {
    let (sign, hours, minutes) = match zone {
        b"" | b"Z" => return Some(0),
        [sign, h1, h2, b':', m1, m2] | [sign, h1, h2, m1, m2] => {
            (sign, digits(&[*h1, *h2])?, digits(&[*m1, *m2])?)
        }
        _ => return None,
    };
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i64::from(hours) * 3600 + i64::from(minutes) * 60;
    match sign {
        b'+' => Some(seconds),
        b'-' => Some(-seconds),
        _ => None,
    }
}

/// The number that at most nine digits write.
fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + u32::from(byte - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_written_form_is_read() {
        let cases = [
            (
                "2026-07-27T23:03:29.027400929Z",
                1_785_193_409_027_400_929_i64,
            ),
            ("2026-07-27T23:03:29.027400Z", 1_785_193_409_027_400_000),
            ("2026-07-27T23:03:29.027Z", 1_785_193_409_027_000_000),
            ("2026-07-27T23:03:29Z", 1_785_193_409_000_000_000),
            (" 2026-07-27T23:03:29Z\n", 1_785_193_409_000_000_000),
            ("2026-07-27 23:03:29", 1_785_193_409_000_000_000),
            ("2026-07-28T08:03:29+09:00", 1_785_193_409_000_000_000),
            ("2026-07-27T17:33:29.5-0530", 1_785_193_409_500_000_000),
            ("1969-12-31T23:59:59.999999999Z", -1),
            ("1677-09-21T00:12:43.145224192Z", i64::MIN),
            ("2262-04-11T23:47:16.854775807Z", i64::MAX),
        ];
        for (text, nanos) in cases {
            assert_eq!(parse(text), Ok(Some(nanos)), "{text}");
        }
    }

    #[test]
    fn blank_is_no_time() {
        for text in ["", " ", "\t\n", &" ".repeat(40)] {
            assert_eq!(parse(text), Ok(None), "{text:?}");
        }
    }

    #[test]
    fn anything_else_cannot_be_read() {
        for text in [
            "2026-07-27",
            "2026-07-27T23:03",
            "2026-07-27T23:03:29.",
            "2026-07-27T23:03:29.0123456789Z",
            "2026-07-27T23:03:29,5Z",
            "2026-07-27T24:00:00Z",
            "2026-07-27T23:60:00Z",
            "2026-07-27T23:03:60Z",
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-07-27t23:03:29Z",
            "2026-07-27T23:03:29z",
            "2026-07-27T23:03:29+9",
            "2026-07-27T23:03:29+24:00",
            "2026-07-27T23:03:29*09:00",
            "+026-07-27T23:03:29Z",
            "1785193409",
            "２026-07-27T23:03:29Z",
        ] {
            assert_eq!(parse(text), Err(Reason::BadTime), "{text}");
        }
    }

    #[test]
    fn times_beyond_64_bits_are_out_of_range() {
        for text in [
            "0000-01-01T00:00:00Z",
            "1677-01-01T00:00:00Z",
            "1677-09-21T00:12:43.145224191Z",
            "2262-04-11T23:47:16.854775808Z",
            "9999-12-31T23:59:59Z",
        ] {
            assert_eq!(parse(text), Err(Reason::TimeOutOfRange), "{text}");
        }
    }

    #[test]
    fn milliseconds_are_floored() {
        assert_eq!(floor_millis(1_999_999), 1);
        assert_eq!(floor_millis(-1), -1);
    }

    #[test]
    fn ranges_hold_both_ends() {
        let source = Day::from_ymd(2026, 7, 27).unwrap();
        let first = Day::UNDATED;
        for (day, dated, good) in [
            (first, true, true),
            (first.plus(-1), true, false),
            (source.plus(2), true, true),
            (source.plus(3), true, false),
            (Day::LAST, false, true),
            (Day::LAST.plus(1), false, false),
            (first.plus(-1), false, false),
        ] {
            assert_eq!(
                check_range(day, source, dated).is_ok(),
                good,
                "{day} {dated}"
            );
        }
    }
}
