//! What is remembered of keys that are no objects: bounded, and independent of the order in which they come.

use std::collections::{BTreeMap, BTreeSet};

use promptlake_datasets::day::Day;
use promptlake_datasets::drift::{Drift, DriftKind};
use promptlake_datasets::key::folder_day;

/// How many keys that are nothing known are named.
const MAX_SAMPLES: usize = 20;
/// How many folders are named, and how many are told apart before that.
const MAX_PREFIXES: usize = 10;
const MAX_PREFIXES_HELD: usize = 1000;
/// How many event types are told apart.
const MAX_EVENT_TYPES: usize = 1000;
/// How many folders of a key a prefix has.
const PREFIX_FOLDERS: usize = 3;

/// The first few keys in order.
#[derive(Default)]
pub(super) struct Samples(BTreeSet<String>);

impl Samples {
    pub(super) fn note(&mut self, source: &str, key: &str) {
        let name = format!("{source}/{key}");
        if self.0.len() < MAX_SAMPLES || self.0.last().is_some_and(|last| name < *last) {
            self.0.insert(name);
            if self.0.len() > MAX_SAMPLES {
                self.0.pop_last();
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
        while self.0.len() > MAX_SAMPLES {
            self.0.pop_last();
        }
    }

    pub(super) fn into_vec(self) -> Vec<String> {
        self.0.into_iter().collect()
    }
}

/// How many objects lie below which folders.
#[derive(Default)]
pub(super) struct Prefixes(BTreeMap<String, u64>);

impl Prefixes {
    pub(super) fn note(&mut self, key: &str) {
        let folders = key
            .match_indices('/')
            .map(|(at, _)| at + 1)
            .take(PREFIX_FOLDERS);
        let prefix = &key[..folders.last().unwrap_or(0)];
        let prefix = if prefix.is_empty() { "./" } else { prefix };
        if let Some(count) = self.0.get_mut(prefix) {
            *count += 1;
        } else {
            self.0.insert(prefix.to_owned(), 1);
            if self.0.len() > MAX_PREFIXES_HELD {
                self.0.pop_last();
            }
        }
    }

    pub(super) fn into_vec(self) -> Vec<(String, u64)> {
        self.0.into_iter().take(MAX_PREFIXES).collect()
    }
}

/// Event types in keys that are new: how often, the first key in order, and the first and last day in their folders.
#[derive(Default)]
pub(super) struct EventTypes(BTreeMap<String, EventType>);

struct EventType {
    count: u64,
    first: String,
    days: Option<(Day, Day)>,
}

impl EventTypes {
    pub(super) fn note(&mut self, event_type: &str, source: &str, key: &str) {
        let seen = EventType {
            count: 1,
            first: format!("{source}/{key}"),
            days: folder_day(key).map(|day| (day, day)),
        };
        self.add(event_type, seen);
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (event_type, seen) in other.0 {
            self.add(&event_type, seen);
        }
    }

    fn add(&mut self, event_type: &str, seen: EventType) {
        if let Some(known) = self.0.get_mut(event_type) {
            known.count += seen.count;
            known.first = std::mem::take(&mut known.first).min(seen.first);
            known.days = match (known.days, seen.days) {
                (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
                (a, b) => a.or(b),
            };
        } else if self.0.len() < MAX_EVENT_TYPES {
            self.0.insert(event_type.to_owned(), seen);
        }
    }

    pub(super) fn into_drift(self) -> Drift {
        let mut drift = Drift::default();
        for (event_type, seen) in self.0 {
            drift.note_many(
                UNRECOGNISED,
                DriftKind::EventType,
                &event_type,
                seen.count,
                &seen.first,
                seen.days,
            );
        }
        drift
    }
}

/// What stands for the dataset of objects that are of none.
const UNRECOGNISED: &str = "unrecognised";
