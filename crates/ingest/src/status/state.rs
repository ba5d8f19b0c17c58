//! What a stream's day means by now. The rules are those of `docs/status.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use promptlake_datasets::day::Day;

use super::stream::{DayCounts, Stream, Streams};

/// A stream that has had no object for as many active days is late; for more, stale.
pub const STALE_AFTER: u64 = 7;

const DAY_SECS: i64 = 86_400;
/// Reports of a day are written about 02:00 UTC on the next, and may be a day late.
const DUE_SECS: i64 = 2 * DAY_SECS + 2 * 3600;

/// An instant: seconds since the epoch, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clock(pub i64);

impl Clock {
    /// Its day.
    pub fn today(self) -> Day {
        day_of(self.0)
    }

    /// The last of the days of which everything should be there by now: 24 hours after 02:00 UTC on the day after.
    pub fn last_due(self) -> Day {
        day_of(self.0.saturating_sub(DUE_SECS))
    }

    /// The first and the last of so many days, of which today is the last; at least one.
    pub fn last_days(self, days: u32) -> (Day, Day) {
        let today = self.today();
        let back = i32::try_from(days.max(1) - 1).unwrap_or(i32::MAX);
        (Day(today.0.saturating_sub(back)), today)
    }
}

fn day_of(secs: i64) -> Day {
    Day(
        i32::try_from(secs.div_euclid(DAY_SECS)).unwrap_or(if secs < 0 {
            i32::MIN
        } else {
            i32::MAX
        }),
    )
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secs = self.0.rem_euclid(DAY_SECS);
        let (hour, minute, second) = (secs / 3600, secs / 60 % 60, secs % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}Z", self.today())
    }
}

/// What a day of a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Rows are there, and the day is over.
    Complete,
    /// Rows are there, and the day is not over.
    Partial,
    /// No rows, and nothing that says there should be.
    NoData,
    /// No object, though there should be one by now.
    Late,
    /// The same, for longer than [`STALE_AFTER`] active days.
    Stale,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Complete,
        Self::Partial,
        Self::NoData,
        Self::Late,
        Self::Stale,
    ];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::NoData => "no_data",
            Self::Late => "late",
            Self::Stale => "stale",
        }
    }
}

/// The days on which an account is at work: those on which any stream of it has an object, and all days after the last
/// of these, of which nobody can tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ActiveDays(BTreeSet<Day>);

impl ActiveDays {
    /// By account, up to today.
    pub(super) fn by_account(streams: &Streams, today: Day) -> BTreeMap<Option<&str>, Self> {
        let mut accounts: BTreeMap<Option<&str>, Self> = BTreeMap::new();
        for (key, stream) in streams.iter() {
            let days = stream.days.range(..=today).map(|(day, _)| *day);
            accounts
                .entry(key.account.as_deref())
                .or_default()
                .0
                .extend(days);
        }
        accounts
    }

    fn contains(&self, day: Day) -> bool {
        self.0.last().is_none_or(|last| day > *last) || self.0.contains(&day)
    }

    /// How many there are after one day up to another.
    fn between(&self, after: Day, to: Day) -> u64 {
        if after >= to {
            return 0;
        }
        let known = self.0.range(after.plus(1)..=to).count() as u64;
        let beyond = self.0.last().map_or(after, |last| after.max(*last));
        known + u64::try_from(i64::from(to.0) - i64::from(beyond.0)).unwrap_or(0)
    }

    /// The first one after a day, up to another.
    fn first(&self, after: Day, to: Day) -> Option<Day> {
        let next = after.plus(1);
        let known = self.0.range(next..).next().copied();
        known.or(Some(next)).filter(|day| *day <= to)
    }

    /// The last one up to a day, after another.
    fn last(&self, after: Day, to: Day) -> Option<Day> {
        if self.contains(to) {
            return Some(to).filter(|day| *day > after);
        }
        self.0
            .range(..=to)
            .next_back()
            .copied()
            .filter(|day| *day > after)
    }
}

/// The state of a day of a stream.
pub(super) fn of_day(now: Clock, day: Day, stream: &Stream, active: &ActiveDays) -> State {
    match stream.days.get(&day) {
        Some(counts) => of_counts(now, day, counts),
        None if day > now.last_due() || !active.contains(day) => State::NoData,
        None => match stream.last_day(day) {
            None => State::NoData,
            Some(last) if active.between(last, day) <= STALE_AFTER => State::Late,
            Some(_) => State::Stale,
        },
    }
}

fn of_counts(now: Clock, day: Day, counts: &DayCounts) -> State {
    if counts.counts.rows == 0 {
        State::NoData
    } else if day >= now.today() {
        State::Partial
    } else {
        State::Complete
    }
}

/// The state of a stream, and since which day it has been late or stale: the first day that should have an object. It is
/// that of the last day that should have one by now if there is none since, else that of its last day.
pub(super) fn of_stream(now: Clock, stream: &Stream, active: &ActiveDays) -> (State, Option<Day>) {
    let Some(last) = stream.last_day(now.today()) else {
        return (State::NoData, None);
    };
    let due = now.last_due();
    match active.last(last, due) {
        Some(day) => (of_day(now, day, stream, active), active.first(last, due)),
        None => (of_day(now, last, stream, active), None),
    }
}
