//! A size in bytes, as people write it: `512MiB`, `2GiB`, `1048576`.

use std::fmt;
use std::str::FromStr;

/// Bytes. Written as digits and one of `B`, `KiB`, `MiB`, `GiB`, `TiB` (powers of 1024); none means bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ByteSize(pub u64);

/// Why a text is no size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ByteSizeError {
    /// It does not begin with digits, or has a fraction.
    #[error("expected a whole number and a unit, such as 512MiB")]
    Number,
    /// Another unit.
    #[error("unknown unit, expected B, KiB, MiB, GiB or TiB (as in 512MiB)")]
    Unit,
    /// More than 2^64 - 1 bytes.
    #[error("too large")]
    TooLarge,
}

const UNITS: [(&str, u64); 5] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

impl FromStr for ByteSize {
    type Err = ByteSizeError;

    fn from_str(text: &str) -> Result<Self, ByteSizeError> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        if number.is_empty() || unit.starts_with(['.', ',']) {
            return Err(ByteSizeError::Number);
        }
        let number: u64 = number.parse().map_err(|_| ByteSizeError::TooLarge)?;
        let unit = unit.trim();
        let factor = if unit.is_empty() {
            1
        } else {
            UNITS
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(unit))
                .ok_or(ByteSizeError::Unit)?
                .1
        };
        number
            .checked_mul(factor)
            .map(Self)
            .ok_or(ByteSizeError::TooLarge)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, factor) = UNITS
            .iter()
            .find(|(_, factor)| self.0 >= *factor && self.0.is_multiple_of(*factor))
            .unwrap_or(&("B", 1));
        write!(f, "{}{name}", self.0 / factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_units() {
        for (text, expected) in [
            ("0", Ok(0)),
            ("1048576", Ok(1 << 20)),
            ("64MiB", Ok(64 << 20)),
            ("1 gib", Ok(1 << 30)),
            ("3B", Ok(3)),
            ("2TiB", Ok(2 << 40)),
            ("64MB", Err(ByteSizeError::Unit)),
            ("64M", Err(ByteSizeError::Unit)),
            ("1.5GiB", Err(ByteSizeError::Number)),
            ("MiB", Err(ByteSizeError::Number)),
            ("-1", Err(ByteSizeError::Number)),
            ("", Err(ByteSizeError::Number)),
            ("99999999999999999999", Err(ByteSizeError::TooLarge)),
            ("16777216TiB", Err(ByteSizeError::TooLarge)),
        ] {
            assert_eq!(text.parse::<ByteSize>().map(|s| s.0), expected, "{text}");
        }
    }

    #[test]
    fn sizes_are_written_as_they_are_read() {
        for (bytes, text) in [
            (0, "0B"),
            (1, "1B"),
            (1536, "1536B"),
            (512 << 20, "512MiB"),
            (2 << 30, "2GiB"),
        ] {
            assert_eq!(ByteSize(bytes).to_string(), text);
            assert_eq!(text.parse(), Ok(ByteSize(bytes)));
        }
    }
}
