//! The day that the folders of a key name, as far as a walk has come down.

use promptlake_datasets::day::Day;

/// What the folders on the way down tell: below the last `AWSLogs`, `YYYY/MM/DD`.
///
/// Only whole days are told: a folder `2026` may as well hold objects without a day, which are always looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum DayFolders {
    /// Not below `AWSLogs`: what looks like a date is none.
    #[default]
    Outside,
    /// Below it, no date begun.
    Below,
    Year(i32),
    Month(i32, u32),
    /// A whole day. Folders below it (an hour) change nothing.
    Day(Day),
}

impl DayFolders {
    /// The state after all folders of a path.
    pub(super) fn of(path: &str) -> Self {
        path.split('/').fold(Self::default(), Self::enter)
    }

    /// The state in a folder of this one.
    pub(super) fn enter(self, folder: &str) -> Self {
        if folder == "AWSLogs" {
            return Self::Below;
        }
        if matches!(self, Self::Outside | Self::Day(_)) {
            return self;
        }
        let digits = folder.bytes().all(|b| b.is_ascii_digit());
        match (self, folder.len(), folder.parse::<u16>()) {
            (_, 4, Ok(year)) if digits => Self::Year(i32::from(year)),
            (Self::Year(year), 2, Ok(month)) if digits => Self::Month(year, u32::from(month)),
            (Self::Month(year, month), 2, Ok(day)) if digits => {
                Day::from_ymd(year, month, u32::from(day)).map_or(Self::Below, Self::Day)
            }
            _ => Self::Below,
        }
    }

    /// The day, if the folders name one that exists.
    pub(super) fn day(self) -> Option<Day> {
        match self {
            Self::Day(day) => Some(day),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_days_below_awslogs_are_told() {
        let logs = "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1";
        for (path, day) in [
            (format!("{logs}/2026/01/09"), Some("2026-01-09")),
            (
                format!("p/AWSLogs/{logs}/2026/01/09/23"),
                Some("2026-01-09"),
            ),
            (format!("{logs}/2026/01"), None),
            (format!("{logs}/2026"), None),
            (format!("{logs}/2026/02/30"), None),
            (format!("{logs}/2026/x/01/09"), None),
            (format!("{logs}/2026/+1/09"), None),
            (format!("{logs}/2025/2026/01/09"), Some("2026-01-09")),
            ("2026/01/09".to_owned(), None),
            (format!("2026/01/09/{logs}"), None),
            (format!("{logs}/2026/01/09/AWSLogs"), None),
            ("awslogs/2026/01/09".to_owned(), None),
        ] {
            assert_eq!(
                DayFolders::of(&path)
                    .day()
                    .map(|d| d.to_string())
                    .as_deref(),
                day,
                "{path}"
            );
        }
    }
}
