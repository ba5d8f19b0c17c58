//! Counts the ledger's objects by stream and day.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use promptlake_datasets::day::Day;
use promptlake_lake::error::StateError;
use promptlake_lake::layout::{self, Place};
use promptlake_lake::ledger::{LedgerEntry, LedgerReader};
use promptlake_lake::storage::Storage;
use rayon::prelude::*;

use crate::discover::with_causes;

use super::StatusError;
use super::origin::{Known, Origin};
use super::stream::{Counts, DayCounts, StreamKey, Streams};

/// What the ledger holds.
#[derive(Debug, Default)]
pub struct Scan {
    /// The streams.
    pub streams: Streams,
    /// Files of the lake that cannot be read, and why; what they hold is not counted. Ordered.
    pub problems: Vec<String>,
}

/// Reads the days of the ledger that `wanted` takes by dataset (or `unsorted`) and source day; undated objects are kept
/// under [`Day::UNDATED`]. Days are read side by side; of a day, the objects whose keys do not say all are held.
///
/// # Errors
/// If the lake cannot be listed, or a later version of the program wrote a day.
pub fn scan(
    storage: &dyn Storage,
    temp: &Path,
    wanted: &(dyn Fn(&str, Day) -> bool + Sync),
) -> Result<Scan, StatusError> {
    let mut days = Vec::new();
    storage.list(layout::LEDGER, &mut |entry| {
        if let Place::LedgerDay { dataset, day } = layout::place(&entry.path)
            && wanted(dataset, day)
        {
            days.push((dataset.to_owned(), day));
        }
    })?;
    let lake = Lake { storage, temp };
    let mut scan = days
        .par_iter()
        .map(|(dataset, day)| lake.day(dataset, *day))
        .try_reduce(Scan::default, |a, b| Ok(a.merge(b)))?;
    scan.streams.fold();
    scan.problems.sort();
    scan.problems.dedup();
    Ok(scan)
}

impl Scan {
    fn merge(mut self, other: Self) -> Self {
        self.problems.extend(other.problems);
        Self {
            streams: self.streams.merge(other.streams),
            problems: self.problems,
        }
    }

    fn problem(&mut self, path: &str, error: &dyn std::error::Error) {
        let error = with_causes(error);
        self.problems.push(if error.contains(path) {
            error
        } else {
            format!("{path}: {error}")
        });
    }

    /// Counts an object to the stream `key`: `rows` by partition.
    fn count(&mut self, object: &Counted, key: &StreamKey, rows: &BTreeMap<Day, u64>) {
        let counts = Counts {
            objects: 1,
            rows: rows.values().sum(),
            rejects: object.rejects,
        };
        self.streams.count(key, counts);
        if object.origin.dated {
            let partitions = rows.keys().copied().collect();
            let day = DayCounts::of(&object.object, counts, partitions);
            self.streams.count_day(key, object.day, day);
        } else {
            // The days of its events; its rejects have none.
            for (dt, rows) in rows {
                let counts = Counts {
                    objects: 1,
                    rows: *rows,
                    rejects: 0,
                };
                let day = DayCounts::of(&object.object, counts, BTreeSet::from([*dt]));
                self.streams.count_day(key, *dt, day);
            }
        }
    }
}

/// An object of the ledger.
struct Counted {
    object: String,
    day: Day,
    origin: Origin,
    /// Rows of the dataset's first table, by partition; twins included.
    rows: BTreeMap<Day, u64>,
    rejects: u64,
}

impl Counted {
    fn of(entry: LedgerEntry, dataset: &str, day: Day) -> Self {
        let dataset = entry.dataset.as_deref().unwrap_or(dataset);
        let origin = Origin::of_key(&entry.object, dataset);
        let table = origin.table().map(|table| table.name);
        let feeds = entry.feeds.iter().filter(|f| Some(&*f.table) == table);
        Self {
            rows: feeds.map(|feed| (feed.dt, feed.rows)).collect(),
            rejects: entry.rejected,
            object: entry.object,
            day,
            origin,
        }
    }
}

/// A lake that is read.
struct Lake<'a> {
    storage: &'a dyn Storage,
    temp: &'a Path,
}

impl Lake<'_> {
    /// Counts a day of the ledger.
    fn day(&self, dataset: &str, day: Day) -> Result<Scan, StatusError> {
        let mut scan = Scan::default();
        let mut lacking = Vec::new();
        let path = layout::ledger_day(dataset, day);
        let opened = LedgerReader::open(self.storage, self.temp, dataset, day);
        let reader = match opened {
            Ok(Some((reader, _))) => reader,
            Ok(None) => return Ok(scan),
            Err(error) => {
                told(&mut scan, &path, error)?;
                return Ok(scan);
            }
        };
        for entry in reader {
            match entry {
                Ok(entry) => {
                    let object = Counted::of(entry, dataset, day);
                    if object.origin.lacks_place() || object.origin.lacks_client() {
                        lacking.push(object);
                    } else {
                        scan.count(&object, &object.origin.stream, &object.rows);
                    }
                }
                Err(error) => told(&mut scan, &path, error)?,
            }
        }
        let known = self.ask(&lacking, &mut scan)?;
        for object in lacking {
            count_known(&mut scan, &object, &known);
        }
        Ok(scan)
    }

    /// Looks up in the lake what the keys of objects do not say.
    fn ask(&self, lacking: &[Counted], scan: &mut Scan) -> Result<Known, StatusError> {
        let mut places: BTreeMap<(&str, Day), BTreeSet<&str>> = BTreeMap::new();
        let mut clients = places.clone();
        let mut tables = BTreeMap::new();
        for object in lacking {
            let Some(table) = object.origin.table() else {
                continue;
            };
            tables.insert(table.name, table);
            for dt in object.rows.keys() {
                let key = (table.name, *dt);
                if object.origin.lacks_place() {
                    places.entry(key).or_default().insert(&object.object);
                }
                if object.origin.lacks_client() {
                    clients.entry(key).or_default().insert(&object.object);
                }
            }
        }
        let mut known = Known::default();
        for ((table, dt), objects) in &places {
            let asked = known.ask_inventory(self.storage, self.temp, tables[table], *dt, objects);
            if let Err(error) = asked {
                told(scan, &layout::inventory(table, *dt), error)?;
            }
        }
        for ((table, dt), objects) in &clients {
            if let Err(error) = known.ask_part(self.storage, self.temp, tables[table], *dt, objects)
            {
                scan.problem(&layout::part(table, *dt), &error);
            }
        }
        Ok(known)
    }
}

/// A file that cannot be read is told, and counts as not there; one of a later version is an error.
fn told(scan: &mut Scan, path: &str, error: StateError) -> Result<(), StatusError> {
    if matches!(error, StateError::Newer { .. }) {
        return Err(error.into());
    }
    scan.problem(path, &error);
    Ok(())
}

/// Counts an object with what the lake knows of it.
fn count_known(scan: &mut Scan, object: &Counted, known: &Known) {
    let mut key = object.origin.stream.clone();
    if let Some((account, region)) = known.places.get(&object.object) {
        key.account = key.account.or_else(|| account.clone());
        key.region = key.region.or_else(|| region.clone());
    }
    match known.clients.get(&object.object) {
        None => scan.count(object, &key, &object.rows),
        // Its rejects are of the first; nobody knows better.
        Some(clients) => {
            for (number, (client, rows)) in clients.iter().enumerate() {
                key.client.clone_from(client);
                let object = Counted {
                    object: object.object.clone(),
                    day: object.day,
                    origin: object.origin.clone(),
                    rows: BTreeMap::new(),
                    rejects: if number == 0 { object.rejects } else { 0 },
                };
                scan.count(&object, &key, rows);
            }
        }
    }
}
