//! What lies in the lake, by one listing, and what should not.

use std::collections::BTreeMap;

use promptlake_datasets::dataset;
use promptlake_datasets::day::Day;
use promptlake_lake::layout::{self, Place};
use promptlake_lake::storage::{Storage, StorageError, Version};

use super::finding::{Finding, Kind, Remedy};
use crate::plan::UNSORTED;
use crate::snapshot::{family_of, partition_of};
use crate::stage::PartitionId;

/// Partition projection ends so many days after today.
const PROJECTED_DAYS: i32 = 3;

/// Versions by (table or dataset, day).
pub(super) type Versions = BTreeMap<(String, Day), Version>;

/// The files of a lake.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listing {
    /// Parts, by table and `dt`.
    pub(super) parts: Versions,
    /// Inventories, likewise.
    pub(super) inventories: Versions,
    /// Days of the ledger, by dataset and source day.
    pub(super) ledger: Versions,
    /// Whether there is anything of a lake.
    pub(super) any: bool,
    /// What is none of ours, or of a later version.
    pub(super) foreign: Vec<String>,
    pub(super) later: Vec<String>,
}

impl Listing {
    /// Lists the lake. What lies beside its three folders is none of our business.
    pub(super) fn load(storage: &dyn Storage) -> Result<Self, StorageError> {
        let mut listing = Self::default();
        for folder in [layout::TABLES, layout::DIMS, layout::STATE] {
            storage.list(folder, &mut |entry| {
                listing.see(&entry.path, entry.version);
            })?;
        }
        listing.foreign.sort_unstable();
        listing.later.sort_unstable();
        Ok(listing)
    }

    fn see(&mut self, path: &str, version: Version) {
        let known = |name: &str| dataset::by_name(name).is_some() || name == UNSORTED;
        match layout::place(path) {
            Place::Part { table, dt } if family_of(table).is_some() => {
                self.parts.insert((table.to_owned(), dt), version);
            }
            Place::Inventory { table, dt } if family_of(table).is_some() => {
                self.inventories.insert((table.to_owned(), dt), version);
            }
            Place::LedgerDay { dataset, day } if known(dataset) => {
                self.ledger.insert((dataset.to_owned(), day), version);
            }
            Place::Part { .. } | Place::Inventory { .. } | Place::LedgerDay { .. } => {
                self.later.push(path.to_owned());
            }
            Place::Foreign => {
                self.foreign.push(path.to_owned());
                return;
            }
            Place::LedgerIndex | Place::Settings | Place::RunReport { .. } | Place::Dim { .. } => {}
        }
        self.any = true;
    }

    /// Every partition that has a part or an inventory, from `since` on.
    pub(super) fn partitions(
        &self,
        since: Option<Day>,
    ) -> impl Iterator<Item = PartitionId> + use<'_> {
        self.parts
            .keys()
            .chain(self.inventories.keys())
            .filter(move |(_, dt)| since.is_none_or(|since| since <= *dt))
            .filter_map(|(table, dt)| partition_of(table, *dt))
    }

    /// What the listing alone shows.
    pub(super) fn findings(&self, since: Option<Day>, today: Day) -> Vec<Finding> {
        let mut findings = Vec::new();
        for path in &self.foreign {
            let what = if path.starts_with(layout::TABLES) {
                "it is none of promptlake's, and engines read whatever lies under tables/"
            } else {
                "it is none of promptlake's"
            };
            findings.push(Finding {
                path: path.clone(),
                kind: Kind::Foreign,
                what: what.to_owned(),
                remedy: Remedy::Remove,
            });
        }
        for path in &self.later {
            findings.push(Finding {
                path: path.clone(),
                kind: Kind::Foreign,
                what: "it is of a table or dataset that this program does not know".to_owned(),
                remedy: Remedy::Newer,
            });
        }
        let last = today.plus(PROJECTED_DAYS);
        for (table, dt) in self.parts.keys() {
            if since.is_some_and(|since| *dt < since) || (Day::UNDATED..=last).contains(dt) {
                continue;
            }
            findings.push(Finding {
                path: layout::part(table, *dt),
                kind: Kind::Projection,
                what: format!(
                    "it lies outside the partition projection, {} to {last}, so that Athena does not see it today",
                    Day::UNDATED
                ),
                remedy: Remedy::Nothing,
            });
        }
        findings
    }
}
