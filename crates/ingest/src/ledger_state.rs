//! What the ledger and its index say that there is: parts, days, entries; and which days are lost.

use std::collections::BTreeSet;

use promptlake_datasets::day::Day;
use promptlake_lake::error::StateError;
use promptlake_lake::ledger::{LedgerEntry, LedgerReader};
use promptlake_lake::storage::Storage;
use promptlake_lake::temp::RunTemp;

use crate::plan::LedgerView;

/// The (table, `dt`) of which there has to be a part: those of the index; where that is lost, those that the ledger feeds.
///
/// # Errors
/// If the lake cannot be read, or a later version of the program wrote a part of its state.
pub fn known_parts(
    storage: &dyn Storage,
    temp: &RunTemp,
    ledger: &LedgerView,
) -> Result<BTreeSet<(String, Day)>, StateError> {
    let mut known: BTreeSet<(String, Day)> = ledger
        .index()
        .parts()
        .map(|(table, dt, _)| (table.to_owned(), dt))
        .collect();
    if known.is_empty() {
        for (dataset, day) in ledger.days() {
            for entry in entries(storage, temp, ledger, dataset, day)? {
                let fed = entry?.feeds.into_iter().filter(|feed| feed.rows > 0);
                known.extend(fed.map(|feed| (feed.table, feed.dt)));
            }
        }
    }
    Ok(known)
}

/// Ledger days that the index names and that are not there, or that are damaged.
///
/// # Errors
/// If the lake cannot be read, or a later version of the program wrote a part of its state.
pub fn lost_days(
    storage: &dyn Storage,
    temp: &RunTemp,
    ledger: &LedgerView,
) -> Result<BTreeSet<(String, Day)>, StateError> {
    let mut lost = BTreeSet::new();
    for (dataset, day, state) in ledger.index().days() {
        let sound = match ledger.version(dataset, day) {
            None => false,
            Some(version) => *version == state.version || is_sound(storage, temp, dataset, day)?,
        };
        if !sound {
            lost.insert((dataset.to_owned(), day));
        }
    }
    for (dataset, day) in ledger.days() {
        if ledger.index().day(dataset, day).is_none() && !is_sound(storage, temp, dataset, day)? {
            lost.insert((dataset.to_owned(), day));
        }
    }
    Ok(lost)
}

/// Whether a ledger day can be read to its end.
fn is_sound(
    storage: &dyn Storage,
    temp: &RunTemp,
    dataset: &str,
    day: Day,
) -> Result<bool, StateError> {
    let read = LedgerReader::open(storage, temp.path(), dataset, day).and_then(|opened| {
        opened
            .into_iter()
            .flat_map(|(reader, _)| reader)
            .try_for_each(|entry| entry.map(drop))
    });
    match read {
        Ok(()) => Ok(true),
        Err(error) if error.is_damage() => Ok(false),
        Err(error) => Err(error),
    }
}

/// The entries of a ledger day; a damaged one counts as lost.
///
/// # Errors
/// If the lake cannot be read, or a later version of the program wrote a part of its state.
pub fn entries(
    storage: &dyn Storage,
    temp: &RunTemp,
    ledger: &LedgerView,
    dataset: &str,
    day: Day,
) -> Result<Box<dyn Iterator<Item = Result<LedgerEntry, StateError>>>, StateError> {
    if !ledger.days().any(|known| known == (dataset, day)) {
        return Ok(Box::new(std::iter::empty()));
    }
    let reader = match LedgerReader::open(storage, temp.path(), dataset, day) {
        Ok(reader) => reader,
        Err(error) if error.is_damage() => None,
        Err(error) => return Err(error),
    };
    let sound =
        |entry: &Result<LedgerEntry, StateError>| !entry.as_ref().is_err_and(StateError::is_damage);
    Ok(Box::new(
        reader
            .into_iter()
            .flat_map(|(reader, _)| reader)
            .take_while(sound),
    ))
}
