//! Streams, and what was counted of them.

use std::collections::{BTreeMap, BTreeSet};

use promptlake_datasets::day::Day;

/// What tells one stream from another.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamKey {
    /// AWS account; `None`: neither key nor source says.
    pub account: Option<String>,
    /// AWS region; `None`: neither key nor source says.
    pub region: Option<String>,
    /// Dataset; `unsorted` for objects that turned out to hold nothing known.
    pub dataset: String,
    /// The client of a user report, the bot alias of a Lex log; `None`: datasets without, and objects that do not say.
    pub client: Option<String>,
}

/// Numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Objects.
    pub objects: u64,
    /// Records that became rows; those that are no rows of their own, because an equal one is, are counted too.
    pub rows: u64,
    /// Records and slices that became rejects.
    pub rejects: u64,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.objects += other.objects;
        self.rows += other.rows;
        self.rejects += other.rejects;
    }
}

/// What there is of a stream on a day: its source day, or the day of its events where an object has no source day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayCounts {
    /// Numbers.
    pub counts: Counts,
    /// The last object by its file name, which begins with its time.
    pub last_object: Option<String>,
    /// Partitions of the dataset's first table that its rows lie in.
    pub partitions: BTreeSet<Day>,
}

impl DayCounts {
    /// One object.
    pub(super) fn of(object: &str, counts: Counts, partitions: BTreeSet<Day>) -> Self {
        Self {
            counts,
            last_object: Some(object.to_owned()),
            partitions,
        }
    }

    fn add(&mut self, other: Self) {
        self.counts.add(other.counts);
        self.partitions.extend(other.partitions);
        // In both of the trees that a stream may lie in, and whatever its account's folders.
        let rank = |object: &str| {
            let file = object.rsplit_once('/').map_or(object, |(_, file)| file);
            (file.to_owned(), object.to_owned())
        };
        self.last_object = match (self.last_object.take(), other.last_object) {
            (Some(a), Some(b)) => Some(if rank(&b) > rank(&a) { b } else { a }),
            (a, b) => a.or(b),
        };
    }
}

/// All there is of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stream {
    /// Over all days, undated objects included.
    pub total: Counts,
    /// Days on which it has objects.
    pub days: BTreeMap<Day, DayCounts>,
}

impl Stream {
    /// Its last day up to `today`; a key may name any day to come.
    pub fn last_day(&self, today: Day) -> Option<Day> {
        self.days.range(..=today).next_back().map(|(day, _)| *day)
    }

    fn add(&mut self, other: Self) {
        self.total.add(other.total);
        for (day, counts) in other.days {
            self.days.entry(day).or_default().add(counts);
        }
    }
}

/// Streams by their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Streams {
    by_key: BTreeMap<StreamKey, Stream>,
    /// What became of keys that lacked something.
    folded: BTreeMap<StreamKey, StreamKey>,
}

impl Streams {
    /// All of them, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&StreamKey, &Stream)> {
        self.by_key.iter()
    }

    /// A stream.
    pub fn get(&self, key: &StreamKey) -> Option<&Stream> {
        self.by_key.get(key)
    }

    /// The key under which what has this key is counted.
    pub fn resolve<'a>(&'a self, key: &'a StreamKey) -> &'a StreamKey {
        self.folded.get(key).unwrap_or(key)
    }

    /// Counts to a stream once (`total`), and on a day.
    pub(super) fn count(&mut self, key: &StreamKey, total: Counts) {
        self.stream(key).total.add(total);
    }

    /// Counts on a day.
    pub(super) fn count_day(&mut self, key: &StreamKey, day: Day, counts: DayCounts) {
        self.stream(key).days.entry(day).or_default().add(counts);
    }

    fn stream(&mut self, key: &StreamKey) -> &mut Stream {
        if !self.by_key.contains_key(key) {
            self.by_key.insert(key.clone(), Stream::default());
        }
        self.by_key.get_mut(key).expect("invariant: just put there")
    }

    /// Adds others; the order in which several are added does not matter.
    pub(super) fn merge(mut self, other: Self) -> Self {
        for (key, stream) in other.by_key {
            self.by_key.entry(key).or_default().add(stream);
        }
        self
    }

    /// Objects that do not say where they come from, as files that somebody copied into one folder, count to the one
    /// stream that they can be of; where there are several, they stay apart.
    pub(super) fn fold(&mut self) {
        let mut lacking: Vec<StreamKey> = self.by_key.keys().cloned().collect();
        lacking.retain(|key| known(key) < 3);
        // Those that lack least first: what lacks more may then be of theirs.
        lacking.sort_by_key(|key| 3 - known(key));
        for key in lacking {
            let mut fits = self
                .by_key
                .keys()
                .filter(|other| known(other) > known(&key) && may_be(&key, other));
            if let (Some(only), None) = (fits.next().cloned(), fits.next())
                && let Some(stream) = self.by_key.remove(&key)
            {
                self.stream(&only).add(stream);
                self.folded.insert(key, only);
            }
        }
    }
}

/// How many of account, region and client are known. A client that no object of the dataset has is not missed: then
/// nothing fits that says more.
fn known(key: &StreamKey) -> usize {
    [&key.account, &key.region, &key.client]
        .into_iter()
        .flatten()
        .count()
}

/// Whether all that `key` says, `other` says too.
fn may_be(key: &StreamKey, other: &StreamKey) -> bool {
    let says = |mine: &Option<String>, other: &Option<String>| mine.is_none() || mine == other;
    key.dataset == other.dataset
        && says(&key.account, &other.account)
        && says(&key.region, &other.region)
        && says(&key.client, &other.client)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(account: &str, region: &str, client: &str) -> StreamKey {
        let part = |text: &str| (text != "-").then(|| text.to_owned());
        StreamKey {
            account: part(account),
            region: part(region),
            dataset: "user_report".to_owned(),
            client: part(client),
        }
    }

    fn streams(keys: &[StreamKey]) -> Streams {
        let mut streams = Streams::default();
        let one = Counts {
            objects: 1,
            rows: 2,
            rejects: 0,
        };
        for key in keys {
            streams.count(key, one);
            let day = DayCounts::of("x/a", one, BTreeSet::from([Day(7)]));
            streams.count_day(key, Day(7), day);
        }
        streams.fold();
        streams
    }

    #[test]
    fn objects_count_to_the_only_stream_that_they_can_be_of() {
        let (ide, cli) = (key("1", "r", "IDE"), key("1", "r", "CLI"));
        for (unknown, others, folded) in [
            (key("1", "-", "IDE"), vec![&ide, &cli], Some(&ide)),
            (key("-", "-", "CLI"), vec![&ide, &cli], Some(&cli)),
            (key("1", "r", "-"), vec![&ide, &cli], None),
            (key("1", "-", "-"), vec![&ide], Some(&ide)),
            (key("2", "-", "IDE"), vec![&ide], None),
        ] {
            let mut keys: Vec<StreamKey> = others.iter().map(|&key| key.clone()).collect();
            keys.push(unknown.clone());
            let streams = streams(&keys);
            let target = folded.unwrap_or(&unknown);
            assert_eq!(streams.resolve(&unknown), target);
            let objects = streams.get(target).unwrap().total.objects;
            assert_eq!(objects, 1 + u64::from(folded.is_some()), "{unknown:?}");
            assert_eq!(
                streams.iter().count(),
                keys.len() - usize::from(folded.is_some())
            );
        }
    }

    #[test]
    fn a_dataset_without_clients_is_left_alone() {
        let keys = [key("1", "r", "-"), key("1", "s", "-"), key("2", "r", "-")];
        assert_eq!(streams(&keys).iter().count(), 3);
    }

    #[test]
    fn the_last_object_is_so_by_its_file_name() {
        let mut day = DayCounts::default();
        for object in ["K/1/b_0900", "Q/1/a_1000", "K/2/b_0800"] {
            day.add(DayCounts::of(object, Counts::default(), BTreeSet::new()));
        }
        assert_eq!(day.last_object.as_deref(), Some("K/1/b_0900"));
    }
}
