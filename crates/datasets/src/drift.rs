//! What the source showed that the schema does not know.

use std::collections::BTreeMap;

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
        self.add(dataset, kind, name, 1, object);
    }

    /// Notes `count` occurrences of which `object` showed the first.
    pub fn note_many(
        &mut self,
        dataset: &'static str,
        kind: DriftKind,
        name: &str,
        count: u64,
        object: &str,
    ) {
        self.add(dataset, kind, name, count, object);
    }

    /// Adds what came later.
    pub fn merge(&mut self, later: &Self) {
        for ((dataset, kind, name), seen) in &later.seen {
            self.add(dataset, *kind, name, seen.count, &seen.first_object);
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
    ) {
        let key = (dataset, kind, cut(name));
        let key = if self.seen.len() >= Self::MAX_NAMES && !self.seen.contains_key(&key) {
            (dataset, kind, "…".to_owned())
        } else {
            key
        };
        self.seen
            .entry(key)
            .or_insert_with(|| Seen {
                count: 0,
                first_object: object.to_owned(),
            })
            .count += count;
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
