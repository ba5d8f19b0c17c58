//! What a run has to mend before it can trust the lake's state: parts, inventories and ledger that do not fit together,
//! after a crash, a lost file or a write by somebody else.
//!
//! The ledger's index holds the versions of part and inventory as the last run left them. Where they are the same now,
//! nothing is opened. Of any other partition the inventory is compared with its part, and its objects with the ledger.

use std::collections::{BTreeMap, BTreeSet};

use promptlake_datasets::day::Day;
use promptlake_datasets::key::{Class, KeyContext, classify};
use promptlake_lake::error::StateError;
use promptlake_lake::inventory::{Header, InventoryReader, Line};
use promptlake_lake::layout;
use promptlake_lake::ledger::{Feed, LedgerEntry};
use promptlake_lake::storage::Storage;
use promptlake_lake::temp::RunTemp;

use crate::cut::Places;
use crate::digest;
use crate::ledger_state::{entries, known_parts, lost_days};
use crate::plan::{LedgerView, UNSORTED};
use crate::run_cursor::day_of;
use crate::run_file::RunFile;
use crate::snapshot::{Snapshot, partition_of};
use crate::stage::PartitionId;

/// What is to be mended.
#[derive(Debug, Default)]
pub struct Repairs {
    /// Partitions that the index does not know as they are: they are merged whatever is read.
    pub suspect: BTreeSet<PartitionId>,
    /// Those of them whose inventory does not describe the part, or whose part is lost or damaged.
    pub stale: BTreeSet<PartitionId>,
    /// Those of which a part is lost altogether.
    pub partless: BTreeSet<PartitionId>,
    /// For stale partitions, the objects of which they hold rows, as far as anything tells.
    pub fed_by: BTreeMap<PartitionId, BTreeSet<(Day, String)>>,
    /// Objects to be read again whatever the window, by (dataset, source day), with what is known of them.
    pub wanted: BTreeMap<(String, Day), BTreeMap<String, LedgerEntry>>,
    /// Days of the ledger that are not there any more, or are damaged.
    pub lost_days: BTreeSet<(String, Day)>,
    /// What a person should know.
    pub notices: Vec<String>,
}

impl Repairs {
    /// The wanted objects, as a plan takes them.
    pub fn wanted_names(&self) -> BTreeMap<(String, Day), BTreeSet<String>> {
        self.wanted
            .iter()
            .map(|(day, objects)| (day.clone(), objects.keys().cloned().collect()))
            .collect()
    }
}

/// Looks for what has to be mended.
///
/// # Errors
/// If the lake cannot be read, or a later version of the program wrote a part of its state.
pub fn find(
    storage: &dyn Storage,
    temp: &RunTemp,
    snapshot: &Snapshot,
    ledger: &LedgerView,
) -> Result<Repairs, StateError> {
    let mut repairs = Repairs::default();
    let known = known_parts(storage, temp, ledger)?;
    let changed = changed(snapshot, ledger, &known);
    let lost = lost_days(storage, temp, ledger)?;
    if !lost.is_empty() {
        // Where the rows of their objects lie, only inventories tell; they are looked at, not merged.
        for id in all_partitions(snapshot).difference(&changed) {
            let mut objects = Known::new();
            for table in id.family.tables {
                match read_inventory(storage, temp, snapshot, table, id.dt, &mut objects) {
                    Ok(_) => {}
                    Err(error) if error.is_damage() => {}
                    Err(error) => return Err(error),
                }
            }
            objects.retain(|(day, object), _| lost.contains(&(dataset_of(*id, object), *day)));
            want_unknown(&mut repairs, storage, temp, ledger, *id, objects)?;
        }
    }
    repairs.lost_days = lost;
    for id in changed {
        let mut objects = Known::new();
        let mut sound = true;
        for table in id.family.tables {
            let known = known.contains(&(table.name.to_owned(), id.dt));
            if snapshot.part(table.name, id.dt).is_none()
                && (known || snapshot.inventory(table.name, id.dt).is_some())
            {
                repairs.partless.insert(id);
            }
            sound &= inspect(
                storage,
                temp,
                snapshot,
                id,
                table,
                (known, ledger.is_empty()),
                &mut objects,
            )?;
        }
        repairs.suspect.insert(id);
        if sound {
            want_unknown(&mut repairs, storage, temp, ledger, id, objects)?;
        } else {
            repairs.stale.insert(id);
            repairs.fed_by.insert(id, objects.into_keys().collect());
        }
    }
    if !repairs.stale.is_empty() {
        for id in &repairs.stale {
            repairs.notices.push(format!(
                "{} and its inventory do not fit together: its objects are read again",
                layout::part(id.family.tables[0].name, id.dt)
            ));
        }
        from_ledger(&mut repairs, storage, temp, ledger)?;
        let fed: Vec<(PartitionId, Day, String)> = repairs
            .fed_by
            .iter()
            .flat_map(|(id, objects)| {
                objects
                    .iter()
                    .map(|(day, object)| (*id, *day, object.clone()))
            })
            .collect();
        for (id, day, object) in fed {
            want(
                &mut repairs,
                id,
                day,
                unknown(id, object, String::new(), 0, 0),
            );
        }
    }
    Ok(repairs)
}

/// Every partition that has a part or an inventory.
fn all_partitions(snapshot: &Snapshot) -> BTreeSet<PartitionId> {
    let partitions = snapshot.partitions();
    let partitions = partitions.into_iter();
    partitions
        .filter_map(|(table, dt)| partition_of(table, dt))
        .collect()
}

/// The partitions that are not as the index says.
fn changed(
    snapshot: &Snapshot,
    ledger: &LedgerView,
    known: &BTreeSet<(String, Day)>,
) -> BTreeSet<PartitionId> {
    let index = ledger.index();
    let listed = snapshot
        .partitions()
        .into_iter()
        .map(|(table, dt)| (table.to_owned(), dt));
    let all: BTreeSet<(String, Day)> = listed.chain(known.iter().cloned()).collect();
    let differs = |(table, dt): &(String, Day)| match index.part(table, *dt) {
        Some(state) => {
            snapshot.part(table, *dt) != Some(&state.part)
                || snapshot.inventory(table, *dt) != Some(&state.inventory)
        }
        None => true,
    };
    all.iter()
        .filter(|partition| differs(partition))
        .filter_map(|(table, dt)| partition_of(table, *dt))
        .collect()
}

/// What inventories say of objects.
type Known = BTreeMap<(Day, String), Inventoried>;

/// What the inventories of a family say of an object.
#[derive(Clone, Debug, Default)]
struct Inventoried {
    /// As the last of the tables has it, which is published first; empty: not known.
    etag: String,
    size: u64,
    /// Its stored rows, by the tables of the family that have any.
    rows: BTreeMap<&'static str, u64>,
    /// It has twins: rows that are not stored, nor are their children.
    twins: bool,
}

impl Inventoried {
    /// Whether an entry of the ledger says the same of the object's rows in a partition. It does not where a run ended, or is,
    /// between two of the tables, or has not come to the ledger.
    fn is_as_noted(&self, id: PartitionId, entry: &LedgerEntry) -> bool {
        let fed = |table: &str| {
            let mut feeds = entry.feeds.iter();
            feeds.find(|feed| feed.table == table && feed.dt == id.dt)
        };
        let noted = |table: &&promptlake_datasets::table::Table| {
            let stored = self.rows.get(table.name);
            match (fed(table.name), stored) {
                (None, stored) => stored.is_none(),
                (Some(_), _) if self.twins => true,
                (Some(feed), stored) => feed.rows == stored.copied().unwrap_or_default(),
            }
        };
        (self.etag.is_empty() || self.etag == entry.etag) && id.family.tables.iter().all(noted)
    }
}

/// Whether a table's inventory describes its part; collects the objects that either names. `known`: there has
/// to be a part.
fn inspect(
    storage: &dyn Storage,
    temp: &RunTemp,
    snapshot: &Snapshot,
    id: PartitionId,
    table: &'static promptlake_datasets::table::Table,
    (known, ledger_is_lost): (bool, bool),
    objects: &mut Known,
) -> Result<bool, StateError> {
    let part = snapshot.part(table.name, id.dt);
    let header = match read_inventory(storage, temp, snapshot, table, id.dt, objects) {
        Ok(header) => header,
        Err(error) if error.is_damage() => None,
        Err(error) => return Err(error),
    };
    let (part, header) = match (part, header) {
        (None, None) if snapshot.inventory(table.name, id.dt).is_none() => {
            // Neither: a child table without rows, or a part that is lost with its inventory.
            return Ok(!known && !std::ptr::eq(id.family.tables[0], table));
        }
        (Some(part), Some(header)) => (part, header),
        (part, _) => {
            if part.is_some() {
                read_part(storage, temp, id, table, ledger_is_lost, objects)?;
            }
            return Ok(false);
        }
    };
    // The bytes tell, not the version: a copy of a lake has other versions, and an inventory may be wrong.
    let Some((file, version)) = storage.open(&layout::part(table.name, id.dt), temp.path())? else {
        return Ok(false);
    };
    let same = version == *part
        && digest::of_file(&file).is_ok_and(|(sha256, size)| {
            digest::hex(&sha256) == header.part.sha256 && size == header.part.size
        })
        && RunFile::open(file, table).is_ok_and(|run| describes(&header, &run));
    if !same {
        read_part(storage, temp, id, table, false, objects)?;
    }
    Ok(same)
}

/// Whether an inventory says of a part what its footer says.
fn describes(header: &Header, run: &RunFile) -> bool {
    let number = |key: &str| run.entry(key).and_then(|text| text.parse().ok());
    header.part.rows == run.rows()
        && number("promptlake.schema_version") == Some(header.part.schema_version)
        && number("promptlake.encoding_version") == Some(header.part.encoding_version)
}

fn read_inventory(
    storage: &dyn Storage,
    temp: &RunTemp,
    snapshot: &Snapshot,
    table: &'static promptlake_datasets::table::Table,
    dt: Day,
    objects: &mut Known,
) -> Result<Option<Header>, StateError> {
    if snapshot.inventory(table.name, dt).is_none() {
        return Ok(None);
    }
    let Some((reader, _)) = InventoryReader::open(storage, temp.path(), table.name, dt)? else {
        return Ok(None);
    };
    let header = reader.header().clone();
    for line in reader {
        match line? {
            Line::Object(object) => {
                let known = objects.entry((object.day, object.object)).or_default();
                (known.etag, known.size) = (object.etag, object.size);
                *known.rows.entry(table.name).or_default() += object.rows;
            }
            Line::Twin(twin) if twin.row >= header.part.rows || !twin.has_key() => return Ok(None),
            Line::Twin(twin) => {
                objects.entry((twin.day, twin.object)).or_default().twins = true;
            }
        }
    }
    Ok(Some(header))
}

/// Collects the objects of a part's rows. What a damaged part names may be none: it is asked only if `nothing_else` tells,
/// and then for what can be read of it.
fn read_part(
    storage: &dyn Storage,
    temp: &RunTemp,
    id: PartitionId,
    table: &'static promptlake_datasets::table::Table,
    nothing_else: bool,
    objects: &mut Known,
) -> Result<(), StateError> {
    let Some((file, _)) = storage.open(&layout::part(table.name, id.dt), temp.path())? else {
        return Ok(());
    };
    let Ok(run) = RunFile::open(file, table) else {
        return Ok(());
    };
    if !nothing_else && run.is_intact() == Some(false) {
        return Ok(());
    }
    let Ok(batches) = run.read(
        Some(&["source_object", "record_index"]),
        (0..run.groups()).collect(),
        None,
    ) else {
        return Ok(());
    };
    let mut last = String::new();
    for batch in batches.map_while(Result::ok) {
        let places = Places::of(&batch);
        for row in 0..batch.num_rows() {
            let object = places.object(row);
            if object != last {
                object.clone_into(&mut last);
                objects
                    .entry((day_of(id, object), object.to_owned()))
                    .or_default();
            }
        }
    }
    Ok(())
}

/// Wants the objects of a sound partition that the ledger does not know as the inventories do.
fn want_unknown(
    repairs: &mut Repairs,
    storage: &dyn Storage,
    temp: &RunTemp,
    ledger: &LedgerView,
    id: PartitionId,
    objects: Known,
) -> Result<(), StateError> {
    let mut by_day: BTreeMap<(String, Day), BTreeMap<String, Inventoried>> = BTreeMap::new();
    for ((day, object), known) in objects {
        by_day
            .entry((dataset_of(id, &object), day))
            .or_default()
            .insert(object, known);
    }
    for ((dataset, day), mut objects) in by_day {
        for entry in entries(storage, temp, ledger, &dataset, day)? {
            let entry = entry?;
            let known = objects.get(&entry.object);
            if known.is_some_and(|known| known.is_as_noted(id, &entry)) {
                objects.remove(&entry.object);
            }
        }
        for (object, known) in objects {
            let rows = known.rows.values().copied().max().unwrap_or_default();
            let entry = unknown(id, object, known.etag, known.size, rows);
            want(repairs, id, day, entry);
        }
    }
    Ok(())
}

/// Adds the objects that the ledger names for stale partitions.
fn from_ledger(
    repairs: &mut Repairs,
    storage: &dyn Storage,
    temp: &RunTemp,
    ledger: &LedgerView,
) -> Result<(), StateError> {
    for (dataset, day) in ledger.days() {
        for entry in entries(storage, temp, ledger, dataset, day)? {
            let entry = entry?;
            let ids = entry
                .feeds
                .iter()
                .filter_map(|feed| partition_of(&feed.table, feed.dt));
            let stale: BTreeSet<PartitionId> =
                ids.filter(|id| repairs.stale.contains(id)).collect();
            for id in &stale {
                repairs
                    .fed_by
                    .entry(*id)
                    .or_default()
                    .insert((day, entry.object.clone()));
            }
            if !stale.is_empty() {
                repairs
                    .wanted
                    .entry((dataset.to_owned(), day))
                    .or_default()
                    .insert(entry.object.clone(), entry);
            }
        }
    }
    Ok(())
}

fn want(repairs: &mut Repairs, id: PartitionId, day: Day, entry: LedgerEntry) {
    let objects = repairs
        .wanted
        .entry((dataset_of(id, &entry.object), day))
        .or_default();
    match objects.get_mut(&entry.object) {
        Some(known) => {
            for feed in entry.feeds {
                if !known
                    .feeds
                    .iter()
                    .any(|other| other.table == feed.table && other.dt == feed.dt)
                {
                    known.feeds.push(feed);
                }
            }
            known.feeds.sort();
        }
        None => {
            objects.insert(entry.object.clone(), entry);
        }
    }
}

/// What can be said of an object that a partition holds and the ledger does not know.
fn unknown(id: PartitionId, object: String, etag: String, size: u64, rows: u64) -> LedgerEntry {
    let feed = |table: &&promptlake_datasets::table::Table| Feed {
        table: table.name.to_owned(),
        dt: id.dt,
        rows,
    };
    let mut feeds: Vec<Feed> = id.family.tables.iter().map(feed).collect();
    feeds.sort();
    LedgerEntry {
        object,
        etag,
        size,
        open: true,
        feeds,
        ..LedgerEntry::default()
    }
}

/// The dataset under which the ledger keeps an object of a partition.
fn dataset_of(id: PartitionId, object: &str) -> String {
    let context = KeyContext {
        lex: id.family.name.starts_with("lex"),
        ..KeyContext::default()
    };
    match classify(&context, object, 1) {
        Class::Object(object) => object
            .dataset
            .map_or(UNSORTED, |dataset| dataset.name)
            .to_owned(),
        _ => UNSORTED.to_owned(),
    }
}
