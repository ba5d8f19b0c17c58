//! What stands in the lake when a run begins, by one listing: every publish of the run expects to find it so.

use std::collections::{BTreeMap, BTreeSet};

use promptlake_datasets::dataset::DATASETS;
use promptlake_datasets::day::Day;
use promptlake_datasets::rejects;
use promptlake_datasets::table::Family;
use promptlake_lake::layout::{self, Place};
use promptlake_lake::storage::{Storage, StorageError, Version};

use crate::stage::PartitionId;

/// Versions by (table, `dt`).
type Versions = BTreeMap<(String, Day), Version>;

/// The parts and inventories of a lake.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    parts: Versions,
    inventories: Versions,
    /// Sizes of the parts.
    sizes: BTreeMap<(String, Day), u64>,
    /// What lies under `tables/` and is none of ours; the first hundred, in order.
    pub foreign: BTreeSet<String>,
}

/// How many foreign objects are named.
const FOREIGN: usize = 100;

impl Snapshot {
    /// Lists the lake.
    ///
    /// # Errors
    /// If it cannot be listed.
    pub fn load(storage: &dyn Storage) -> Result<Self, StorageError> {
        let mut snapshot = Self::default();
        storage.list(
            layout::TABLES,
            &mut |entry| match layout::place(&entry.path) {
                Place::Part { table, dt } if family_of(table).is_some() => {
                    snapshot.sizes.insert((table.to_owned(), dt), entry.size);
                    snapshot.parts.insert((table.to_owned(), dt), entry.version);
                }
                _ => {
                    snapshot.foreign.insert(entry.path);
                    if snapshot.foreign.len() > FOREIGN {
                        snapshot.foreign.pop_last();
                    }
                }
            },
        )?;
        storage.list(layout::INVENTORY, &mut |entry| {
            if let Place::Inventory { table, dt } = layout::place(&entry.path) {
                snapshot
                    .inventories
                    .insert((table.to_owned(), dt), entry.version);
            }
        })?;
        Ok(snapshot)
    }

    /// The version of a part; `None`: there is none.
    pub fn part(&self, table: &str, dt: Day) -> Option<&Version> {
        self.parts.get(&(table.to_owned(), dt))
    }

    /// The bytes of a part.
    pub fn size(&self, table: &str, dt: Day) -> Option<u64> {
        self.sizes.get(&(table.to_owned(), dt)).copied()
    }

    /// The version of an inventory; `None`: there is none.
    pub fn inventory(&self, table: &str, dt: Day) -> Option<&Version> {
        self.inventories.get(&(table.to_owned(), dt))
    }

    /// Every (table, `dt`) that has a part or an inventory, ordered.
    pub fn partitions(&self) -> BTreeSet<(&str, Day)> {
        self.parts
            .keys()
            .chain(self.inventories.keys())
            .map(|(table, dt)| (table.as_str(), *dt))
            .collect()
    }

    /// Whether there is no part.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

/// Every family of tables, in the order of their names.
pub fn families() -> Vec<&'static Family> {
    let mut families: Vec<&'static Family> =
        DATASETS.iter().map(|dataset| dataset.family).collect();
    families.push(&rejects::FAMILY);
    families.sort_by_key(|family| family.name);
    families.dedup_by_key(|family| family.name);
    families
}

/// The family of a table.
pub fn family_of(table: &str) -> Option<&'static Family> {
    families()
        .into_iter()
        .find(|family| family.tables.iter().any(|member| member.name == table))
}

/// The partition of a table.
pub fn partition_of(table: &str, dt: Day) -> Option<PartitionId> {
    family_of(table).map(|family| PartitionId { family, dt })
}
