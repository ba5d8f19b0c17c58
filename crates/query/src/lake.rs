//! An opened lake: its storage, what is listed of it, and what is known of its parts.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use parquet::file::metadata::ParquetMetaData;
use promptlake_lake::inventory::InventoryReader;
use promptlake_lake::layout;
use promptlake_lake::location::Location;
use promptlake_lake::s3::S3Options;
use promptlake_lake::settings::Settings;
use promptlake_lake::storage::{S3Storage, Storage, Version};

use crate::error::QueryError;
use crate::listing::{ListedPart, Listing};
use crate::remote::Remote;

/// Footers that are kept; when there are more, all are forgotten.
const FOOTERS: usize = 512;

/// A lake that is read. Cheap to share; nothing in it writes.
#[derive(Debug)]
pub struct Lake {
    location: Location,
    storage: Arc<dyn Storage>,
    temp_dir: PathBuf,
    remote: Option<Remote>,
    has_settings: bool,
    listing: RwLock<Arc<Listing>>,
    rows: Mutex<HashMap<String, (Version, u64)>>,
    footers: Mutex<HashMap<String, (Version, Arc<ParquetMetaData>)>>,
    read: Mutex<BTreeMap<String, ListedPart>>,
    work: Work,
}

/// What was done since it was last taken.
#[derive(Debug, Default)]
struct Work {
    bytes: AtomicU64,
    parts: AtomicU64,
    pruned: AtomicU64,
}

/// What a statement read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkDone {
    /// Bytes read of parts.
    pub bytes: u64,
    /// Parts of the tables in the statement.
    pub parts: u64,
    /// Those of them that were not opened, because their day cannot match.
    pub pruned: u64,
}

impl Lake {
    /// Opens a lake by one listing of `tables/` and one of `dims/`. `temp_dir`: for copies of remote state files.
    ///
    /// # Errors
    /// If there is no lake, it cannot be listed, or `lake.json` is damaged or of a later version.
    pub fn open(
        location: Location,
        storage: Arc<dyn Storage>,
        temp_dir: PathBuf,
    ) -> Result<Self, QueryError> {
        let has_settings = Settings::read(storage.as_ref())?.is_some();
        let listing = Listing::load(storage.as_ref())?;
        if !has_settings && listing.is_empty() {
            return Err(QueryError::NoLake(location));
        }
        let remote = match &location {
            Location::Local(_) => None,
            Location::S3 { bucket, prefix } => Some(Remote {
                store: S3Storage::new(bucket, prefix, S3Options::default()).object_store()?,
                prefix: prefix.clone(),
            }),
        };
        Ok(Self {
            location,
            storage,
            temp_dir,
            remote,
            has_settings,
            listing: RwLock::new(Arc::new(listing)),
            rows: Mutex::default(),
            footers: Mutex::default(),
            read: Mutex::default(),
            work: Work::default(),
        })
    }

    /// Where it lies.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// How parts are read, if the lake lies in a bucket.
    pub(crate) fn remote(&self) -> Option<&Remote> {
        self.remote.as_ref()
    }

    /// How it is read.
    pub fn storage(&self) -> &Arc<dyn Storage> {
        &self.storage
    }

    /// Whether it has `lake.json`; one without may be a copy of the tables alone.
    pub fn has_settings(&self) -> bool {
        self.has_settings
    }

    /// What is listed.
    pub fn listing(&self) -> Arc<Listing> {
        Arc::clone(&self.listing.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lists again.
    ///
    /// # Errors
    /// If it cannot be listed; what was listed before stays.
    pub fn refresh(&self) -> Result<(), QueryError> {
        let listing = Arc::new(Listing::load(self.storage.as_ref())?);
        *self.listing.write().unwrap_or_else(PoisonError::into_inner) = listing;
        Ok(())
    }

    /// The rows of a part by its inventory; `None` where that is missing, damaged, or describes another version.
    /// Read once a version.
    pub(crate) fn inventoried_rows(&self, table: &str, part: &ListedPart) -> Option<u64> {
        if let Some((version, rows)) = lock(&self.rows).get(&part.path)
            && *version == part.version
        {
            return Some(*rows);
        }
        let (reader, _) =
            InventoryReader::open(self.storage.as_ref(), &self.temp_dir, table, part.dt?)
                .ok()
                .flatten()?;
        let described = &reader.header().part;
        if described.version.as_ref() != Some(&part.version) || described.size != part.size {
            return None;
        }
        let rows = described.rows;
        self.remember_rows(part, rows);
        Some(rows)
    }

    /// Keeps the rows of a part.
    pub(crate) fn remember_rows(&self, part: &ListedPart, rows: u64) {
        lock(&self.rows).insert(part.path.clone(), (part.version.clone(), rows));
    }

    /// A footer that was read before, of this version of the part.
    pub(crate) fn footer(&self, path: &str, version: &Version) -> Option<Arc<ParquetMetaData>> {
        let footers = lock(&self.footers);
        let (kept, footer) = footers.get(path)?;
        (kept == version).then(|| Arc::clone(footer))
    }

    /// Keeps a footer.
    pub(crate) fn keep_footer(&self, path: &str, version: &Version, footer: &Arc<ParquetMetaData>) {
        let mut footers = lock(&self.footers);
        if footers.len() >= FOOTERS {
            footers.clear();
        }
        footers.insert(path.to_owned(), (version.clone(), Arc::clone(footer)));
    }

    /// A part's rows are about to be read.
    pub(crate) fn note_read(&self, part: &ListedPart) {
        lock(&self.read).insert(part.path.clone(), part.clone());
    }

    /// Forgets which parts were read.
    pub(crate) fn forget_read(&self) {
        lock(&self.read).clear();
    }

    /// The parts that were read since that was last forgotten.
    pub(crate) fn parts_read(&self) -> Vec<ListedPart> {
        lock(&self.read).values().cloned().collect()
    }

    pub(crate) fn count_bytes(&self, bytes: u64) {
        self.work.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn count_parts(&self, all: usize, pruned: usize) {
        let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        self.work.parts.fetch_add(number(all), Ordering::Relaxed);
        self.work
            .pruned
            .fetch_add(number(pruned), Ordering::Relaxed);
    }

    /// What was read since this was last asked.
    pub fn take_work(&self) -> WorkDone {
        WorkDone {
            bytes: self.work.bytes.swap(0, Ordering::Relaxed),
            parts: self.work.parts.swap(0, Ordering::Relaxed),
            pruned: self.work.pruned.swap(0, Ordering::Relaxed),
        }
    }

    /// The lake's state file at a path, whole; `None`: there is none.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn state_file(&self, path: &str) -> Result<Option<Vec<u8>>, QueryError> {
        debug_assert!(path.starts_with(layout::STATE));
        Ok(self.storage.read(path)?.map(|(bytes, _)| bytes))
    }

    pub(crate) fn temp_dir(&self) -> &std::path::Path {
        &self.temp_dir
    }
}

/// A poisoned lock holds what was there before: as good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
