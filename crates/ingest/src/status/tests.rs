//! A table of cases for states. Days are numbers: day 100 is the day in question, and `now` is given as a day and an
//! hour. A stream is its days, one character each, beginning with day 90: `o` an object with rows, `e` one without,
//! `.` nothing.

use std::collections::BTreeSet;

use promptlake_datasets::day::Day;

use super::state::{self, ActiveDays, Clock, State};
use super::stream::{Counts, DayCounts, StreamKey, Streams};

const FIRST: i32 = 90;

fn key(number: usize) -> StreamKey {
    StreamKey {
        account: Some("111122223333".to_owned()),
        region: Some("us-east-1".to_owned()),
        dataset: "user_report".to_owned(),
        client: Some(format!("CLIENT {number}")),
    }
}

fn streams(pictures: &[&str]) -> Streams {
    let mut streams = Streams::default();
    for (number, picture) in pictures.iter().enumerate() {
        for (day, what) in (FIRST..).zip(picture.chars()) {
            let counts = Counts {
                objects: 1,
                rows: u64::from(what == 'o'),
                rejects: 0,
            };
            if what != '.' {
                let counts = DayCounts::of("x", counts, BTreeSet::new());
                streams.count_day(&key(number), Day(day), counts);
            }
        }
    }
    streams
}

fn now(day: i32, hour: i64, minute: i64) -> Clock {
    Clock((i64::from(day) * 24 + hour) * 3600 + minute * 60)
}

/// The state of `day` and of the whole stream for the first of some streams of one account.
fn states(pictures: &[&str], now: Clock, day: i32) -> (State, State, Option<i32>) {
    let streams = streams(pictures);
    let accounts = ActiveDays::by_account(&streams, now.today());
    let active = &accounts[&Some("111122223333")];
    let stream = streams.get(&key(0)).unwrap();
    let (whole, since) = state::of_stream(now, stream, active);
    (
        state::of_day(now, Day(day), stream, active),
        whole,
        since.map(|day| day.0),
    )
}

#[test]
fn states_of_days() {
    use State::{Complete, Late, NoData, Partial, Stale};
    //                               90        100
    for (why, pictures, now, day, expected) in [
        (
            "over",
            &["oooooooooo" as &str] as &[&str],
            now(100, 0, 0),
            99,
            Complete,
        ),
        (
            "its last second",
            &["oooooooooo"],
            Clock(100 * 86_400 - 1),
            99,
            Partial,
        ),
        ("to come", &["..........o"], now(98, 12, 0), 100, Partial),
        (
            "today, nothing yet",
            &["oooooooooo"],
            now(100, 12, 0),
            100,
            NoData,
        ),
        ("not due yet", &["oooooooooo"], now(102, 1, 59), 100, NoData),
        ("due", &["oooooooooo"], now(102, 2, 0), 100, Late),
        ("came late", &["ooooooooooo"], now(102, 2, 0), 100, Complete),
        (
            "without rows",
            &["ooooooooooe"],
            now(103, 0, 0),
            100,
            NoData,
        ),
        ("the seventh day", &["oooo"], now(110, 0, 0), 100, Late),
        ("the eighth day", &["ooo"], now(110, 0, 0), 100, Stale),
        (
            "before its first",
            &["............o"],
            now(110, 0, 0),
            100,
            NoData,
        ),
        (
            "nobody at work",
            &["oooooooooo.o"],
            now(110, 0, 0),
            100,
            NoData,
        ),
        (
            "others at work",
            &["oooooooooo.o", "oooooooooooo"],
            now(110, 0, 0),
            100,
            Late,
        ),
        (
            "others were at work on two days of ten",
            &["o", "o....o....o"],
            now(110, 0, 0),
            100,
            Late,
        ),
        (
            "others at work, for long",
            &["o", "ooooooooooo"],
            now(110, 0, 0),
            100,
            Stale,
        ),
    ] {
        assert_eq!(states(pictures, now, day).0, expected, "{why}");
    }
}

#[test]
fn states_of_streams() {
    use State::{Complete, Late, NoData, Partial, Stale};
    for (why, pictures, now, expected, since) in [
        (
            "up to date",
            &["ooooooooooo" as &str] as &[&str],
            now(101, 12, 0),
            Complete,
            None,
        ),
        ("today", &["ooooooooooo"], now(100, 12, 0), Partial, None),
        (
            "a day behind, not due",
            &["ooooooooooo"],
            now(103, 1, 59),
            Complete,
            None,
        ),
        (
            "a day behind",
            &["ooooooooooo"],
            now(103, 2, 0),
            Late,
            Some(101),
        ),
        (
            "seven behind",
            &["ooooooooooo"],
            now(109, 2, 0),
            Late,
            Some(101),
        ),
        (
            "eight behind",
            &["ooooooooooo"],
            now(110, 2, 0),
            Stale,
            Some(101),
        ),
        (
            "a gap, then more",
            &["oooooo....o"],
            now(101, 12, 0),
            Complete,
            None,
        ),
        (
            "two days off, then others",
            &["oooooooo", "oooooooo..o"],
            now(102, 2, 0),
            Late,
            Some(100),
        ),
        (
            "two days off, not due",
            &["oooooooo", "oooooooo..o"],
            now(102, 1, 59),
            Complete,
            None,
        ),
        (
            "a header at last",
            &["ooooooooooe"],
            now(101, 12, 0),
            NoData,
            None,
        ),
        (
            "only days to come",
            &["...............o"],
            now(101, 12, 0),
            NoData,
            None,
        ),
        (
            "a day to come hides nothing",
            &["oooooooo......................o"],
            now(103, 12, 0),
            Late,
            Some(98),
        ),
    ] {
        let (_, state, from) = states(pictures, now, 100);
        assert_eq!((state, from), (expected, since), "{why}");
    }
}

#[test]
fn the_last_days_end_today() {
    let now = now(100, 23, 59);
    assert_eq!(now.last_days(1), (Day(100), Day(100)));
    assert_eq!(now.last_days(7), (Day(94), Day(100)));
    assert_eq!(now.to_string(), "1970-04-11T23:59:00Z");
}
