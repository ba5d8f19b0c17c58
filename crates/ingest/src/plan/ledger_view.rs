//! The ledger as a plan sees it: the index, and which version each day's file has now.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use promptlake_datasets::day::Day;
use promptlake_lake::error::StateError;
use promptlake_lake::layout::{self, Place};
use promptlake_lake::ledger::LedgerReader;
use promptlake_lake::ledger_index::{DayState, LedgerIndex};
use promptlake_lake::storage::{Storage, Version};

/// A snapshot of the ledger, taken by one listing. Days are opened only where the plan needs them.
#[derive(Debug, Default)]
pub struct LedgerView {
    index: LedgerIndex,
    versions: BTreeMap<(String, Day), Version>,
    /// What is wrong with the ledger, for people; what cannot be read counts as lost.
    pub notices: Vec<String>,
}

impl LedgerView {
    /// Takes it.
    ///
    /// # Errors
    /// If the lake cannot be listed, or a later version of the program wrote the index. A damaged index is none.
    pub fn load(storage: &dyn Storage) -> Result<Self, StateError> {
        let mut view = Self::default();
        match LedgerIndex::read(storage) {
            Ok(Some((index, _))) => view.index = index,
            Ok(None) => {}
            Err(error) if error.is_damage() => view.notices.push(error.to_string()),
            Err(error) => return Err(error),
        }
        storage.list(layout::LEDGER, &mut |entry| {
            if let Place::LedgerDay { dataset, day } = layout::place(&entry.path) {
                view.versions
                    .insert((dataset.to_owned(), day), entry.version);
            }
        })?;
        Ok(view)
    }

    /// Whether there is no day in it: the lake is new, or has lost its ledger.
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// The index.
    pub fn index(&self) -> &LedgerIndex {
        &self.index
    }

    /// The version of a day's file; `None`: there is none.
    pub fn version(&self, dataset: &str, day: Day) -> Option<&Version> {
        self.versions.get(&(dataset.to_owned(), day))
    }

    /// All days in it, ordered by dataset and day.
    pub fn days(&self) -> impl Iterator<Item = (&str, Day)> {
        self.versions
            .keys()
            .map(|(dataset, day)| (dataset.as_str(), *day))
    }

    /// What the index says of a day, if the day is still as it was then.
    pub(super) fn whole_day(&self, dataset: &str, day: Day) -> Option<&DayState> {
        let state = self.index.day(dataset, day)?;
        let version = self.versions.get(&(dataset.to_owned(), day))?;
        (*version == state.version).then_some(state)
    }

    /// Opens a day.
    pub(super) fn open(
        &self,
        storage: &dyn Storage,
        temp: &Path,
        dataset: &str,
        day: Day,
    ) -> Result<Option<LedgerReader<File>>, StateError> {
        if !self.versions.contains_key(&(dataset.to_owned(), day)) {
            return Ok(None);
        }
        Ok(LedgerReader::open(storage, temp, dataset, day)?.map(|(reader, _)| reader))
    }
}
