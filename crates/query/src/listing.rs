//! What lies in a lake, by one listing.

use std::collections::BTreeMap;

use promptlake_datasets::day::Day;
use promptlake_lake::layout::{self, Place};
use promptlake_lake::storage::{Entry, Storage, StorageError, Version};

/// A part as the listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPart {
    /// Its partition; `None` for a dimension table.
    pub dt: Option<Day>,
    /// Its path below the lake.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Its version.
    pub version: Version,
}

/// The parts of a lake by table, in the order of their days.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    tables: BTreeMap<String, Vec<ListedPart>>,
    dims: BTreeMap<String, ListedPart>,
    foreign: usize,
}

impl Listing {
    /// Lists `tables/` and `dims/`.
    ///
    /// # Errors
    /// If they cannot be listed.
    pub fn load(storage: &dyn Storage) -> Result<Self, StorageError> {
        let mut listing = Self::default();
        for folder in [layout::TABLES, layout::DIMS] {
            storage.list(folder, &mut |entry| listing.add(&entry))?;
        }
        for parts in listing.tables.values_mut() {
            parts.sort_unstable_by_key(|part| part.dt);
        }
        Ok(listing)
    }

    fn add(&mut self, entry: &Entry) {
        let part = |dt, entry: &Entry| ListedPart {
            dt,
            path: entry.path.clone(),
            size: entry.size,
            version: entry.version.clone(),
        };
        match layout::place(&entry.path) {
            Place::Part { table, dt } => {
                let listed = part(Some(dt), entry);
                match self.tables.get_mut(table) {
                    Some(parts) => parts.push(listed),
                    None => {
                        self.tables.insert(table.to_owned(), vec![listed]);
                    }
                }
            }
            Place::Dim { name } => {
                self.dims.insert(name.to_owned(), part(None, entry));
            }
            _ => self.foreign += 1,
        }
    }

    /// The parts of a table, by day; empty if it has none.
    pub fn parts(&self, table: &str) -> &[ListedPart] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    /// The part of a dimension table.
    pub fn dim(&self, name: &str) -> Option<&ListedPart> {
        self.dims.get(name)
    }

    /// The tables that have a part.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    /// How many objects under `tables/` and `dims/` are none of promptlake's; they are not read.
    pub fn foreign(&self) -> usize {
        self.foreign
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.dims.is_empty()
    }
}
