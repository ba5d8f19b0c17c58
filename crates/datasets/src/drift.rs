//! What the source showed that the schema does not know.

use std::collections::BTreeMap;

use crate::day::Day;

/// What kind of thing is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DriftKind {
    /// A field of a JSON record, named by its path down to the first unknown level.
    Field,
    /// A column of a CSV, named by its header.
    Column,
    /// An event type in a key.
    EventType,
    /// A model's name.
    Model,
    /// A client's name.
    Client,
    /// A subscription tier.
    Tier,
    /// A value of another closed list, named by its field only.
    Value,
}

impl DriftKind {
    /// Its name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Column => "column",
            Self::EventType => "event_type",
            Self::Model => "model",
            Self::Client => "client",
            Self::Tier => "tier",
            Self::Value => "value",
        }
    }
}

/// How often a thing was seen, and where first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Occurrences.
    pub count: u64,
    /// The `source_object` that showed it first, in canonical order of what was read.
    pub first_object: String,
    /// The first and the last source day that showed it; `None`: no dated object did, or nobody said ([`Drift::on`]).
    pub days: Option<(Day, Day)>,
}

/// The days from the first to the last of two spans.
fn span(a: Option<(Day, Day)>, b: Option<(Day, Day)>) -> Option<(Day, Day)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}

/// Drift by (dataset, kind, name), in that order. Bounded: beyond [`Drift::MAX_NAMES`] names, further ones of a kind count as `…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    seen: BTreeMap<(&'static str, DriftKind, String), Seen>,
}

impl Drift {
    /// How many names are told apart.
    pub const MAX_NAMES: usize = 10_000;
    /// How much of a name is kept, in bytes: the source may bring any.
    pub const MAX_NAME: usize = 256;

    /// Notes one occurrence.
    pub fn note(&mut self, dataset: &'static str, kind: DriftKind, name: &str, object: &str) {
        self.add(dataset, kind, name, 1, object, None);
    }

    /// Notes `count` occurrences of which `object` showed the first, on the source days `days`.
    pub fn note_many(
        &mut self,
        dataset: &'static str,
        kind: DriftKind,
        name: &str,
        count: u64,
        object: &str,
        days: Option<(Day, Day)>,
    ) {
        self.add(dataset, kind, name, count, object, days);
    }

    /// Says that all of it was seen on one source day. [`Day::UNDATED`] says nothing.
    #[must_use]
    pub fn on(mut self, day: Day) -> Self {
        if day != Day::UNDATED {
            for seen in self.seen.values_mut() {
                seen.days = Some((day, day));
            }
        }
        self
    }

    /// Adds what came later.
    pub fn merge(&mut self, later: &Self) {
        for ((dataset, kind, name), seen) in &later.seen {
            self.add(
                dataset,
                *kind,
                name,
                seen.count,
                &seen.first_object,
                seen.days,
            );
        }
    }

    /// Everything seen, ordered.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, DriftKind, &str, &Seen)> {
        self.seen
            .iter()
            .map(|((dataset, kind, name), seen)| (*dataset, *kind, name.as_str(), seen))
    }

    /// Whether nothing was new.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    fn add(
        &mut self,
        dataset: &'static str,
        kind: DriftKind,
        name: &str,
        count: u64,
        object: &str,
        days: Option<(Day, Day)>,
    ) {
        let key = (dataset, kind, cut(name));
        let key = if self.seen.len() >= Self::MAX_NAMES && !self.seen.contains_key(&key) {
            (dataset, kind, "…".to_owned())
        } else {
            key
        };
        let seen = self.seen.entry(key).or_insert_with(|| Seen {
            count: 0,
            first_object: object.to_owned(),
            days: None,
        });
        seen.count += count;
        seen.days = span(seen.days, days);
    }
}

/// A name as it is kept: a long one is cut at a character.
fn cut(name: &str) -> String {
    if name.len() <= Drift::MAX_NAME {
        return name.to_owned();
    }
    format!("{}…", &name[..name.floor_char_boundary(Drift::MAX_NAME)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_span_what_was_seen_on_them() {
        let drift_of = |day| {
            let mut drift = Drift::default();
            drift.note("chat", DriftKind::Field, "novel", "a");
            drift.on(day)
        };
        let mut all = Drift::default();
        for (day, expected) in [
            (Day::UNDATED, None),
            (Day(20_002), Some((20_002, 20_002))),
            (Day(20_005), Some((20_002, 20_005))),
            (Day(20_001), Some((20_001, 20_005))),
            (Day::UNDATED, Some((20_001, 20_005))),
        ] {
            all.merge(&drift_of(day));
            let days = all.iter().next().and_then(|(.., seen)| seen.days);
            assert_eq!(days.map(|(first, last)| (first.0, last.0)), expected);
        }
    }

    #[test]
    fn long_names_are_cut_once() {
        let mut drift = Drift::default();
        let name = "é".repeat(200);
        drift.note("chat", DriftKind::Field, &name, "a");
        let mut merged = Drift::default();
        merged.merge(&drift);
        merged.note("chat", DriftKind::Field, &name, "b");
        let kept: Vec<_> = merged
            .iter()
            .map(|(_, _, name, seen)| (name.to_owned(), seen.count, seen.first_object.as_str()))
            .collect();
        assert_eq!(kept, [(format!("{}…", "é".repeat(128)), 2, "a")]);
    }
}
