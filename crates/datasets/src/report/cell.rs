//! The text of a cell as a value. All take trimmed text that is not blank.

use crate::day::Day;

/// A count: digits, or digits with `.0…`, below 2⁶³.
pub(crate) fn count(text: &str) -> Option<i64> {
    let digits = match text.split_once('.') {
        Some((digits, zeros)) => {
            let whole = !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0');
            whole.then_some(digits)?
        }
        None => text,
    };
    if digits.is_empty() {
        return None;
    }
    digits.bytes().try_fold(0_i64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// A finite number.
pub(crate) fn double(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// `true` or `false`, in any case.
pub(crate) fn flag(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// A day: `YYYY-MM-DD`, `YYYY/MM/DD`, `MM-DD-YYYY` or `MM/DD/YYYY`.
pub(crate) fn day(text: &str) -> Option<Day> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    let number = |range: std::ops::Range<usize>| {
        bytes[range].iter().try_fold(0_u32, |number, byte| {
            byte.is_ascii_digit()
                .then(|| number * 10 + u32::from(byte - b'0'))
        })
    };
    let parted_at = |a: usize, b: usize| bytes[a] == bytes[b] && matches!(bytes[a], b'-' | b'/');
    let (year, month, date) = if parted_at(4, 7) {
        (number(0..4)?, number(5..7)?, number(8..10)?)
    } else if parted_at(2, 5) {
        (number(6..10)?, number(0..2)?, number(3..5)?)
    } else {
        return None;
    };
    Day::from_ymd(i32::try_from(year).ok()?, month, date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_whole_and_not_negative() {
        for (text, value) in [
            ("0", 0),
            ("007", 7),
            ("12.0", 12),
            ("12.000", 12),
            ("9223372036854775807", i64::MAX),
        ] {
            assert_eq!(count(text), Some(value), "{text}");
        }
        for text in [
            "-1",
            "+1",
            "-0",
            "1.5",
            "12.",
            ".0",
            "1e3",
            "inf",
            "1e400",
            "NaN",
            "1,000",
            "0x10",
            "١",
            "9223372036854775808",
            "1 2",
            "1.0.0",
            "None",
        ] {
            assert_eq!(count(text), None, "{text}");
        }
    }

    #[test]
    fn doubles_are_finite_and_kept_to_the_last_digit() {
        assert_eq!(double("0.1234567890123456"), Some(0.123_456_789_012_345_6));
        assert_eq!(double("-1.5e3"), Some(-1500.0));
        for text in ["inf", "-Infinity", "nan", "1e400", "1,5", "None", "0x1p3"] {
            assert_eq!(double(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_read_in_four_forms() {
        for text in ["2026-09-08", "2026/09/08", "09-08-2026", "09/08/2026"] {
            assert_eq!(
                day(text).map(|day| day.to_string()),
                Some("2026-09-08".to_owned())
            );
        }
        for text in [
            "13-45-2026",
            "2026-02-30",
            "2026-09/08",
            "20260908",
            "8-9-2026",
            "2026-9-8",
            "2026.09.08",
            "2026-09-08T00:00:00Z",
            "٢٠٢٦-",
            "2026-+9-08",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn flags_have_two_names() {
        assert_eq!((flag("TRUE"), flag("fAlse")), (Some(true), Some(false)));
        assert_eq!((flag("1"), flag("yes"), flag("")), (None, None, None));
    }
}
