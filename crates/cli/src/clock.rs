//! The time at which the program was called: the only place with a clock.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use promptlake_datasets::day::Day;
use promptlake_ingest::status::Clock;

const DAY_SECS: i64 = 86_400;

/// An instant in UTC, to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Now {
    secs: i64,
}

/// Text that is no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ (UTC)")]
pub(crate) struct ParseNowError;

impl Now {
    /// What the clock says.
    #[expect(clippy::disallowed_methods, reason = "this is where the time is taken")]
    pub(crate) fn from_clock() -> Self {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            secs: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        }
    }

    /// Its day.
    pub(crate) fn day(self) -> Day {
        Day(i32::try_from(self.secs.div_euclid(DAY_SECS)).unwrap_or(i32::MAX))
    }

    /// The same for the library.
    pub(crate) fn instant(self) -> Clock {
        Clock(self.secs)
    }

    /// The id of a run begun now by this process: `YYYYMMDDTHHMMSSZ-<process id>`.
    pub(crate) fn run_id(self, process: u32) -> String {
        let (year, month, day) = self.day().ymd();
        let (hour, minute, second) = self.clock();
        format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z-{process}")
    }

    fn clock(self) -> (i64, i64, i64) {
        let secs = self.secs.rem_euclid(DAY_SECS);
        (secs / 3600, secs / 60 % 60, secs % 60)
    }
}

impl fmt::Display for Now {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = self.clock();
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}Z", self.day())
    }
}

impl FromStr for Now {
    type Err = ParseNowError;

    fn from_str(text: &str) -> Result<Self, ParseNowError> {
        let (day, time) = match text.split_once('T') {
            Some((day, time)) => (day, Some(time)),
            None => (text, None),
        };
        let day: Day = day.parse().map_err(|_| ParseNowError)?;
        let secs = match time {
            None => 0,
            Some(time) => seconds(time).ok_or(ParseNowError)?,
        };
        Ok(Self {
            secs: i64::from(day.0) * DAY_SECS + secs,
        })
    }
}

/// Seconds of `HH:MM:SSZ`.
fn seconds(time: &str) -> Option<i64> {
    let time = time.strip_suffix('Z')?;
    let mut parts = time.split(':').map(|part| {
        let form = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        form.then(|| part.parse::<i64>().ok()).flatten()
    });
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let valid = parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
    valid.then_some(hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_in_two_forms() {
        let now: Now = "2026-01-10T02:03:04Z".parse().unwrap();
        assert_eq!(now.to_string(), "2026-01-10T02:03:04Z");
        assert_eq!(now.day().to_string(), "2026-01-10");
        assert_eq!(now.run_id(7), "20260110T020304Z-7");
        let midnight: Now = "2026-01-10".parse().unwrap();
        assert_eq!(midnight.to_string(), "2026-01-10T00:00:00Z");
        for text in [
            "",
            "2026-01-32",
            "2026-01-10T02:03:04",
            "2026-01-10T24:00:00Z",
            "2026-01-10T2:03:04Z",
            "2026-01-10T02:03Z",
            "2026-01-10T02:03:04:05Z",
            "2026-01-10T-1:03:04Z",
        ] {
            assert_eq!(text.parse::<Now>(), Err(ParseNowError), "{text}");
        }
    }
}
