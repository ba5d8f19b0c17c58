//! A plan in numbers, for a person or a scheduler.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{ReadJob, Why};

/// What a plan would read, by dataset and day, and which partitions are expected to change. Holds no objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outline {
    /// Days of which something is read, ordered by dataset and day.
    pub days: Vec<DayOutline>,
    /// Partitions as `<table>/dt=<day>`, ordered: those that the objects fed before, and for a new object those of its
    /// source day. Records may fall on other days, so this is a forecast.
    pub partitions: BTreeSet<String>,
}

/// What of a day would be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DayOutline {
    /// Dataset, or `unsorted`.
    pub dataset: String,
    /// Source day.
    pub day: String,
    /// Objects by reason.
    pub objects: BTreeMap<Why, u64>,
    /// Their bytes as they lie in the source.
    pub bytes: u64,
    /// Objects whose rows are dropped, because no listing shows them.
    pub dropped: u64,
}

impl Outline {
    /// Adds a job. Jobs of one day come one after the other.
    pub fn add(&mut self, job: &ReadJob) {
        let dropped = job.missing.iter().filter(|m| m.drop);
        for feed in dropped.clone().flat_map(|m| &m.entry.feeds) {
            self.partitions.insert(partition(&feed.table, &feed.dt));
        }
        let dropped = dropped.count() as u64;
        if job.objects.is_empty() && dropped == 0 {
            return;
        }
        let day = job.day.to_string();
        let same = |last: &DayOutline| last.dataset == job.dataset && last.day == day;
        if !self.days.last().is_some_and(same) {
            self.days.push(DayOutline {
                dataset: job.dataset.clone(),
                day,
                ..DayOutline::default()
            });
        }
        if let Some(last) = self.days.last_mut() {
            last.dropped += dropped;
            for object in &job.objects {
                *last.objects.entry(object.why).or_default() += 1;
                last.bytes += object.size;
            }
        }
        for object in &job.objects {
            match &object.known {
                Some(known) => {
                    for feed in &known.feeds {
                        self.partitions.insert(partition(&feed.table, &feed.dt));
                    }
                }
                None => {
                    for table in job.dataset().into_iter().flat_map(|d| d.family.tables) {
                        self.partitions.insert(partition(table.name, &job.day));
                    }
                }
            }
        }
    }

    /// Objects by reason, over all days.
    pub fn objects(&self) -> BTreeMap<Why, u64> {
        let mut objects = BTreeMap::new();
        for (why, count) in self.days.iter().flat_map(|day| &day.objects) {
            *objects.entry(*why).or_default() += count;
        }
        objects
    }
}

fn partition(table: &str, dt: &impl std::fmt::Display) -> String {
    format!("{table}/dt={dt}")
}
