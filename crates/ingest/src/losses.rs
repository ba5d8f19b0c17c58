//! Objects whose rows were given up, because the part that held them was lost or damaged and they are not there any more.
//!
//! Their entries in the ledger are opened: should one of them come back, it is read again, though it is the same as ever.

use std::collections::{BTreeMap, BTreeSet};

use promptlake_datasets::day::Day;
use promptlake_lake::error::StateError;
use promptlake_lake::layout::{self, Place};
use promptlake_lake::ledger::{Base, Change, LedgerEntry, LedgerReader};
use promptlake_lake::storage::Storage;
use promptlake_lake::temp::RunTemp;

use crate::reading::Read;

/// What is to be opened, by (dataset, source day), in the order of the objects. `given_up`: (table, `dt`).
///
/// # Errors
/// If the ledger cannot be read.
pub fn find(
    storage: &dyn Storage,
    temp: &RunTemp,
    done: &Read,
    given_up: &BTreeSet<(&str, Day)>,
) -> Result<BTreeMap<(String, Day), Vec<Change>>, StateError> {
    let mut losses: BTreeMap<(String, Day), Vec<Change>> = BTreeMap::new();
    if given_up.is_empty() {
        return Ok(losses);
    }
    let mut days = BTreeSet::new();
    storage.list(layout::LEDGER, &mut |entry| {
        if let Place::LedgerDay { dataset, day } = layout::place(&entry.path) {
            days.insert((dataset.to_owned(), day));
        }
    })?;
    let lost = |entry: &LedgerEntry| {
        let mut feeds = entry.feeds.iter();
        feeds.any(|feed| feed.rows > 0 && given_up.contains(&(feed.table.as_str(), feed.dt)))
    };
    for (dataset, day) in days {
        let reader = match LedgerReader::open(storage, temp.path(), &dataset, day) {
            Ok(reader) => reader,
            Err(error) if error.is_damage() => None,
            Err(error) => return Err(error),
        };
        // A damaged day is written anew, and knows of no object that is not read.
        let entries = reader.into_iter().flat_map(|(entries, _)| entries);
        for entry in entries.map_while(Result::ok) {
            if entry.open || !lost(&entry) || done.replaces(day, &entry.object) {
                continue;
            }
            let base = Some(Base::of(&entry));
            let entry = LedgerEntry {
                open: true,
                ..entry
            };
            let changes = losses.entry((dataset.clone(), day)).or_default();
            changes.push(Change::Put { entry, base });
        }
    }
    Ok(losses)
}
