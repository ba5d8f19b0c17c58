//! A generated object and the keys under which objects lie.

use crate::day::Day;

/// An object of a generated bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedObject {
    /// Its key. One that ends in `/` is a folder marker: on a local disk, a directory.
    pub key: String,
    /// Its content, not compressed.
    pub body: Vec<u8>,
    /// Whether it is stored compressed, as one gzip member; whoever writes it compresses it.
    pub gzip: bool,
}

/// Where an object is delivered.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// What the user chose, without a slash at its end.
    pub prefix: &'a str,
    /// Account, 12 digits.
    pub account: &'a str,
    /// `KiroLogs` or `QDeveloperLogs`.
    pub tree: &'a str,
    /// Event type or report.
    pub kind: &'a str,
    /// Region.
    pub region: &'a str,
}

impl Place<'_> {
    /// The folder of a day: `…/<YYYY>/<MM>/<DD>`.
    pub fn folder(&self, day: Day) -> String {
        let Self {
            prefix,
            account,
            tree,
            kind,
            region,
        } = self;
        let (y, m, d) = day.ymd();
        format!("{prefix}/AWSLogs/{account}/{tree}/{kind}/{region}/{y:04}/{m:02}/{d:02}")
    }

    /// The key of a prompt log delivered at `nanos` since the epoch; `tail` is the 16 letters and digits at its end.
    pub fn log_key(&self, nanos: i64, tail: &str) -> String {
        let day = Day::of_nanos(nanos);
        let minute = nanos.rem_euclid(Day::NANOS) / 60_000_000_000;
        let (hour, minute) = (minute / 60, minute % 60);
        format!(
            "{}/{hour:02}/{}_{}_{}{hour:02}{minute:02}_{tail}.json.gz",
            self.folder(day),
            self.account,
            self.kind,
            digits(day)
        )
    }
}

/// A day as `YYYYMMDD`.
pub fn digits(day: Day) -> String {
    let (y, m, d) = day.ymd();
    format!("{y:04}{m:02}{d:02}")
}

/// An instant as ISO-8601 in UTC with `fraction` fractional digits (0–9), floored.
pub fn iso(nanos: i64, fraction: usize) -> String {
    let day = Day::of_nanos(nanos);
    let rest = nanos.rem_euclid(Day::NANOS);
    let (seconds, nanos) = (rest / 1_000_000_000, rest % 1_000_000_000);
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let nine = format!("{nanos:09}");
    let point = if fraction == 0 { "" } else { "." };
    format!(
        "{day}T{h:02}:{m:02}:{s:02}{point}{}Z",
        &nine[..fraction.min(9)]
    )
}

/// A gzip stream that ends in the middle: `body` in one stored block, of which `kept` bytes are there and nothing after.
///
/// Made by hand, so that it is the same bytes with every version of every compressor.
pub fn truncated_gzip(body: &[u8], kept: usize) -> Vec<u8> {
    let body = &body[..body.len().min(usize::from(u16::MAX))];
    let length = u16::try_from(body.len()).unwrap_or(u16::MAX);
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    bytes.push(1);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&(!length).to_le_bytes());
    bytes.extend_from_slice(&body[..kept.min(body.len())]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const NANOS: i64 = 1_765_324_799_123_456_789;

    #[test]
    fn instants_are_written_with_the_digits_asked_for() {
        assert_eq!(iso(NANOS, 9), "2025-12-09T23:59:59.123456789Z");
        assert_eq!(iso(NANOS, 3), "2025-12-09T23:59:59.123Z");
        assert_eq!(iso(NANOS, 0), "2025-12-09T23:59:59Z");
    }

    #[test]
    fn a_log_lies_in_the_folder_of_its_hour() {
        let place = Place {
            prefix: "p",
            account: "111122223333",
            tree: "KiroLogs",
            kind: "GenerateAssistantResponse",
            region: "us-east-1",
        };
        assert_eq!(
            place.log_key(NANOS, "AbCdEfGh12345678"),
            "p/AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2025/12/09/23/\
             111122223333_GenerateAssistantResponse_202512092359_AbCdEfGh12345678.json.gz"
        );
    }
}
