//! A bucket a name, a lake, and what the lake should hold: goes through the steps of a history and looks after every run.

use std::collections::{BTreeMap, BTreeSet};

use promptlake_datasets::day::Day;
use promptlake_datasets::generate::kit::{KITS, Record, Spot};
use promptlake_datasets::key::{Class, classify};
use promptlake_ingest::discover::NamedSource;
use promptlake_ingest::plan::UNSORTED;
use promptlake_ingest::report::RunReport;
use promptlake_ingest::snapshot::family_of;
use promptlake_lake::inventory::{InventoryReader, Line};
use promptlake_lake::layout::{self, Place};
use promptlake_lake::ledger::{LedgerEntry, LedgerReader};
use promptlake_lake::source::Window;
use promptlake_lake::storage::Storage;
use promptlake_properties::memory_lake::MemoryLake;

use crate::bucket::Bucket;
use crate::compare::{difference, same};
use crate::history::{Damage, FIRST, History, Loss, RunStep, Slot, Step};
use crate::model::{self, Decoded, TwinPlace};
use crate::new_lake::{new_lake, tiny_groups};
use crate::parts;
use crate::start::{self, How};
use crate::stored::{bytes, context, place};

/// The sources: one an account, and one of Lex.
const NAMES: [&str; 3] = ["a", "b", "lex"];

/// An object as the lake has it.
#[derive(Clone, Debug)]
struct Held {
    source: usize,
    key: String,
    etag: String,
    bytes: Vec<u8>,
    decoded: Decoded,
    /// The ledger has lost the NAME that it came under: nobody may drop it.
    nameless: bool,
}

/// Where a history happens.
#[derive(Debug)]
pub(crate) struct World {
    buckets: [Bucket; 3],
    lake: MemoryLake,
    /// By `source_object`.
    held: BTreeMap<String, Held>,
    /// Twins that nothing knows of any more.
    lost: BTreeSet<TwinPlace>,
    /// Twins that no inventory knows of until the next run.
    unlisted: BTreeSet<TwinPlace>,
    /// The most row groups that any part had.
    pub(crate) groups: usize,
    /// The most parts that the lake had.
    pub(crate) parts: usize,
    /// The most twins that were listed.
    pub(crate) twins: usize,
}

impl World {
    /// An empty bucket a source, but for an object without records; and a lake with its settings.
    pub(crate) fn new() -> Self {
        let world = Self {
            buckets: Default::default(),
            lake: new_lake(),
            held: BTreeMap::new(),
            lost: BTreeSet::new(),
            unlisted: BTreeSet::new(),
            groups: 0,
            parts: 0,
            twins: 0,
        };
        // So that no source is without an object.
        for kit in 0..KITS.len() {
            for account in 0..2 {
                let slot = Slot {
                    kit,
                    spot: Spot {
                        account,
                        day: FIRST,
                        place: promptlake_datasets::generate::kit::Place::Kiro,
                        number: 9,
                    },
                };
                if !world.buckets[place(&slot).0].holds_any() {
                    world.put(&slot, &[], Damage::None);
                }
            }
        }
        world
    }

    /// Goes through a history and its end. The error says what is not as it should be.
    pub(crate) fn live(&mut self, history: &History) -> Result<(), String> {
        for (number, step) in history.steps.iter().enumerate() {
            let told = |error| format!("step {number} ({step:?}): {error}");
            match step {
                Step::Put {
                    slot,
                    records,
                    damage,
                } => self.put(&history.slots[*slot], records, *damage),
                Step::Delete { slot } => {
                    let (source, key) = place(&history.slots[*slot]);
                    self.buckets[source].delete(&key);
                }
                Step::Lose(loss) => {
                    if self.lose(*loss) {
                        // Before an object that it needs is deleted.
                        self.run_as(&How::ALL).map_err(told)?;
                    }
                }
                Step::Run(run) => self.run(run).map_err(told)?,
            }
        }
        self.end()
    }

    fn put(&self, slot: &Slot, records: &[Record], damage: Damage) {
        let (source, key) = place(slot);
        self.buckets[source].put(&key, bytes(&KITS[slot.kit], &slot.spot, records, damage));
    }

    fn sources(&self) -> Vec<NamedSource> {
        named(&self.buckets)
    }

    fn run(&mut self, run: &RunStep) -> Result<(), String> {
        let day = |number: u8| Some(FIRST.plus(i32::from(number)));
        let window = run.days.map_or(Window::ALL, |(from, to)| Window {
            from: day(from),
            to: day(to),
        });
        let table = run.table.map(|kit| {
            let dataset = KITS[kit].dataset().expect("a kit has a dataset");
            dataset.family.tables[0].name.to_owned()
        });
        self.run_as(&How {
            window: if run.rebuild { Window::ALL } else { window },
            table,
            rebuild: run.rebuild,
            drop_missing: false,
            threads: run.threads,
            memory_bytes: run.memory_bytes,
        })
        .map(drop)
    }

    /// Runs, and compares the lake with the model.
    fn run_as(&mut self, how: &How) -> Result<RunReport, String> {
        self.buckets.iter().for_each(|b| drop(b.take_fetched()));
        let report = start::run(Box::new(self.lake.clone()), self.sources(), how)
            .map_err(|error| format!("the run failed: {error:?}"))?;
        if report.exit.code != 0 {
            return Err(format!(
                "exit code {}: {:?}",
                report.exit.code, report.failures
            ));
        }
        self.learn(how)?;
        self.look()?;
        Ok(report)
    }

    /// Learns what the lake holds now from what was fetched, and whether that was all that had to be.
    fn learn(&mut self, how: &How) -> Result<(), String> {
        let mut read = BTreeSet::new();
        for (source, bucket) in self.buckets.iter().enumerate() {
            let mut fetched = bucket.take_fetched();
            fetched.extend(self.noted_unread(source, bucket));
            for (key, etag) in fetched {
                let stored = bucket.get(&key).expect("nothing is deleted while it runs");
                let decoded = model::decode(&context(NAMES[source]), &key, &stored.bytes);
                read.insert(decoded.source_object.clone());
                let held = Held {
                    source,
                    key,
                    etag,
                    bytes: stored.bytes.to_vec(),
                    decoded,
                    nameless: false,
                };
                self.held.insert(held.decoded.source_object.clone(), held);
            }
        }
        self.lost.append(&mut self.unlisted);
        self.lost.retain(|(_, _, object, _)| !read.contains(object));
        let missing = |held: &Held| self.buckets[held.source].get(&held.key).is_none();
        if how.drop_missing {
            let gone: Vec<String> = self
                .held
                .iter()
                .filter(|(_, held)| missing(held) && !held.nameless)
                .map(|(object, _)| object.clone())
                .collect();
            for object in gone {
                self.held.remove(&object);
            }
        }
        for (source, bucket) in self.buckets.iter().enumerate() {
            for key in bucket.keys() {
                let stored = bucket.get(&key).expect("it was just listed");
                let decoded = model::decode(&context(NAMES[source]), &key, &stored.bytes);
                let of_table = how.table.as_ref().is_none_or(|table| {
                    decoded.tables.is_empty() || decoded.tables.contains(&table.as_str())
                });
                let in_window = !decoded.dated || how.window.contains(decoded.day);
                let known = self.held.get(&decoded.source_object);
                if of_table && in_window && known.is_none_or(|held| held.etag != stored.etag) {
                    return Err(format!("{key} was not read"));
                }
            }
        }
        Ok(())
    }

    /// Objects of datasets that are not fetched: of these, only the ledger tells that they were taken as they are now.
    fn noted_unread(&self, source: usize, bucket: &Bucket) -> Vec<(String, String)> {
        let temp = tempfile::tempdir_in(start::scratch()).unwrap();
        let mut noted = Vec::new();
        for key in bucket.keys() {
            let Class::Object(object) = classify(&context(NAMES[source]), &key, 1) else {
                continue;
            };
            let Some(dataset) = object.dataset.filter(|dataset| !dataset.reads_content()) else {
                continue;
            };
            let stored = bucket.get(&key).expect("it was just listed");
            let ledger = LedgerReader::open(&self.lake, temp.path(), dataset.name, object.day);
            let entries = ledger.unwrap().into_iter().flat_map(|(reader, _)| reader);
            let of_now = |entry: &LedgerEntry| {
                entry.object == object.source_object && entry.etag == stored.etag && !entry.open
            };
            if entries.map(Result::unwrap).any(|entry| of_now(&entry)) {
                noted.push((key, stored.etag));
            }
        }
        noted
    }

    /// Compares the lake with the model.
    fn look(&mut self) -> Result<(), String> {
        let rows = self.held.values().flat_map(|held| &held.decoded.rows);
        let (mut expected, twins) = model::expected(rows, &self.lost);
        let bytes = parts::bytes(&self.lake);
        self.parts = self.parts.max(bytes.len());
        for ((table, dt), opened) in parts::open_all(&bytes) {
            self.groups = self.groups.max(opened.groups);
            let wanted = expected.remove(&(table, dt)).unwrap_or_default();
            if wanted != opened.rows {
                return Err(format!(
                    "{table} {dt} holds other rows than it should:\n{}",
                    difference(table, &wanted, &opened.rows)
                ));
            }
        }
        if let Some(((table, dt), rows)) = expected.first_key_value() {
            return Err(format!("{table} {dt} should have {} rows", rows.len()));
        }
        let listed = self.listed_twins();
        if listed != twins {
            return Err(format!(
                "listed twins differ\n  should: {twins:?}\n  listed: {listed:?}"
            ));
        }
        self.twins = self.twins.max(twins.len());
        Ok(())
    }

    fn listed_twins(&self) -> BTreeSet<TwinPlace> {
        let temp = tempfile::tempdir_in(start::scratch()).unwrap();
        let mut twins = BTreeSet::new();
        for (table, dt) in self.inventories() {
            let lines = InventoryReader::open(&self.lake, temp.path(), &table, dt)
                .and_then(|opened| opened.expect("it was just listed").0.collect());
            // A torn one lists nothing; with `--table`, those of other tables wait.
            let lines: Vec<Line> = match lines {
                Err(error) if error.is_damage() => continue,
                lines => lines.unwrap(),
            };
            let family = family_of(&table).expect("a known table").name;
            for line in lines {
                if let Line::Twin(twin) = line {
                    let index = i64::try_from(twin.index).unwrap();
                    twins.insert((family, dt, twin.object, index));
                }
            }
        }
        twins
    }

    fn inventories(&self) -> Vec<(String, Day)> {
        let mut all = Vec::new();
        self.lake
            .list(layout::INVENTORY, &mut |entry| {
                if let Place::Inventory { table, dt } = layout::place(&entry.path) {
                    all.push((table.to_owned(), dt));
                }
            })
            .unwrap();
        all.sort();
        all
    }

    fn paths(&self, prefix: &str) -> Vec<String> {
        let mut paths = Vec::new();
        self.lake
            .list(prefix, &mut |entry| paths.push(entry.path))
            .unwrap();
        paths.sort();
        paths
    }

    /// Whether a part is lost.
    fn lose(&mut self, loss: Loss) -> bool {
        let chosen = |paths: Vec<String>, number: u8| {
            (!paths.is_empty()).then(|| paths[usize::from(number) % paths.len()].clone())
        };
        match loss {
            Loss::Index => self.lake.lose(layout::LEDGER_INDEX),
            Loss::Ledger => {
                self.unname(layout::LEDGER);
                self.lake.lose(layout::LEDGER);
            }
            Loss::LedgerDay(number) => {
                if let Some(path) = chosen(self.paths(layout::LEDGER), number) {
                    self.unname(&path);
                    self.lake.lose(&path);
                }
            }
            Loss::Inventory(number) => {
                if let Some(path) = chosen(self.paths(layout::INVENTORY), number) {
                    self.unlist(&path);
                    self.lake.lose(&path);
                }
            }
            Loss::Inventories => {
                for path in self.paths(layout::INVENTORY) {
                    self.unlist(&path);
                }
                self.lake.lose(layout::INVENTORY);
            }
            Loss::State => {
                for path in self.paths(layout::INVENTORY) {
                    self.unlist(&path);
                }
                self.unname(layout::LEDGER);
                self.lake.lose(layout::STATE);
                if self.paths(layout::TABLES).is_empty() {
                    // Nothing is left that could tell the settings.
                    tiny_groups().create(&self.lake).unwrap();
                }
            }
            Loss::Part(number) => {
                if let Some(path) = chosen(self.paths(layout::TABLES), number)
                    && self.is_readable(&path)
                {
                    self.lake.lose(&path);
                    return true;
                }
            }
            Loss::Torn(number) => {
                let mut paths = self.paths(layout::LEDGER);
                paths.extend(self.paths(layout::INVENTORY));
                if let Some(path) = chosen(paths, number) {
                    self.unlist(&path);
                    self.unname(&path);
                    self.lake.tear(&path);
                }
            }
        }
        false
    }

    /// Nobody knows any more under which NAME the objects of ledger days came, until they are read again.
    fn unname(&mut self, prefix: &str) {
        for held in self.held.values_mut() {
            let dataset = held.decoded.dataset.unwrap_or(UNSORTED);
            let path = layout::ledger_day(dataset, held.decoded.day);
            held.nameless |= path.starts_with(prefix);
        }
    }

    /// Nobody knows of the twins of a partition any more, until their objects are read again.
    fn unlist(&mut self, path: &str) {
        let Place::Inventory { table, dt } = layout::place(path) else {
            return;
        };
        let family = family_of(table).expect("a known table").name;
        let rows = self.held.values().flat_map(|held| &held.decoded.rows);
        let (_, twins) = model::expected(rows, &self.lost);
        self.unlisted.extend(
            twins
                .into_iter()
                .filter(|(of, day, _, _)| *of == family && *day == dt),
        );
    }

    /// Whether every object that feeds a part can be read now.
    fn is_readable(&self, path: &str) -> bool {
        let Place::Part { table, dt } = layout::place(path) else {
            return false;
        };
        let family = family_of(table).expect("a known table").name;
        self.held.values().all(|held| {
            let mut rows = held.decoded.rows.iter();
            !rows.any(|row| row.family.name == family && row.dt == dt)
                || self.buckets[held.source].get(&held.key).is_some()
        })
    }

    /// At last everything is read; the same is reached by a rebuild, and in another lake.
    fn end(&mut self) -> Result<(), String> {
        self.run_as(&How::ALL)
            .map_err(|e| format!("at the end: {e}"))?;
        let bytes = parts::bytes(&self.lake);

        let report = self
            .run_as(&How::ALL)
            .map_err(|e| format!("once more: {e}"))?;
        if report.objects.read + report.bytes.written > 0 || parts::bytes(&self.lake) != bytes {
            return Err(format!(
                "a run that is repeated reads {} objects and writes {} bytes",
                report.objects.read, report.bytes.written
            ));
        }

        self.run_as(&How {
            rebuild: true,
            ..How::ALL
        })
        .map_err(|e| format!("rebuild: {e}"))?;
        // A twin that nothing knew of is known again, and may stand where another one stood.
        let found_again = parts::bytes(&self.lake) != bytes;
        if found_again && self.held.values().all(|held| self.has(held)) {
            same("after a rebuild", &bytes, &parts::bytes(&self.lake))?;
        }

        if self.lost.is_empty() {
            let buckets: [Bucket; 3] = Default::default();
            for held in self.held.values() {
                buckets[held.source].put(&held.key, held.bytes.clone());
            }
            let fresh = new_lake();
            start::run(Box::new(fresh.clone()), named(&buckets), &How::ALL)
                .map_err(|error| format!("in a new lake: {error:?}"))?;
            same(
                "in a new lake",
                &parts::bytes(&self.lake),
                &parts::bytes(&fresh),
            )?;
        }

        self.run_as(&How {
            rebuild: true,
            drop_missing: true,
            ..How::ALL
        })
        .map_err(|e| format!("what is missing dropped: {e}"))?;
        if !self.held.values().all(|held| self.has(held)) {
            return Ok(());
        }
        let fresh = new_lake();
        start::run(Box::new(fresh.clone()), self.sources(), &How::ALL)
            .map_err(|error| format!("in a new lake: {error:?}"))?;
        same(
            "with what is missing dropped",
            &parts::bytes(&self.lake),
            &parts::bytes(&fresh),
        )
    }

    fn has(&self, held: &Held) -> bool {
        self.buckets[held.source].get(&held.key).is_some()
    }
}

/// Buckets as the sources of a run.
pub(crate) fn named(buckets: &[Bucket; 3]) -> Vec<NamedSource> {
    let named = buckets.iter().zip(NAMES);
    named
        .map(|(bucket, name)| bucket.named(context(name)))
        .collect()
}
