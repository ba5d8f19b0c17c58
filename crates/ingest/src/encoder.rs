//! What encodes: the threads, the lake's settings, and account of the memory that rows take on their way into files.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use promptlake_datasets::day::Day;
use promptlake_datasets::table::Table;
use promptlake_lake::settings::Encoding;

use crate::compressors::Compressors;
use crate::cut::CutRule;

/// What all table writers of a run share.
#[derive(Debug)]
pub struct Encoder {
    /// Encodes columns.
    pub pool: rayon::ThreadPool,
    /// The lake's settings.
    pub encoding: Encoding,
    /// Compress texts.
    pub(crate) compressors: Compressors,
    /// Whether files are synced while they grow: in a lake on a disk, where they will be.
    pub sync_ahead: bool,
    /// The weight that may wait for the pool.
    room: u64,
    queued: Mutex<u64>,
    encoded: Condvar,
    /// The weight of rows whose batch is not full yet.
    open: AtomicU64,
    /// Bytes of encoded pages that are in no file yet.
    packed: AtomicU64,
    files: AtomicU64,
}

impl Encoder {
    /// An encoder with its own pool, for files that are synced while they grow or not. At most `room` of weight, and one batch more, waits for it.
    pub fn new(
        pool: rayon::ThreadPool,
        encoding: Encoding,
        room: u64,
        sync_ahead: bool,
    ) -> Arc<Self> {
        Arc::new(Self {
            pool,
            compressors: Compressors::new(encoding.zstd_level),
            encoding,
            sync_ahead,
            room,
            queued: Mutex::new(0),
            encoded: Condvar::new(),
            open: AtomicU64::new(0),
            packed: AtomicU64::new(0),
            files: AtomicU64::new(0),
        })
    }

    /// A path in `temp` that no other call gives.
    pub fn new_path(&self, temp: &Path, table: &Table, dt: Day) -> PathBuf {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        temp.join(format!("{}-{dt}-{number}.parquet", table.name))
    }

    /// About the bytes that rows take which are in no file yet, decoded and encoded, less those that wait for the pool.
    pub fn held(&self) -> u64 {
        self.open.load(Ordering::Relaxed) + self.packed.load(Ordering::Relaxed)
    }

    /// The rule by which groups and batches are cut.
    pub fn rule(&self) -> CutRule {
        let encoding = &self.encoding;
        CutRule {
            batch_weight: encoding.batch_weight,
            batch_rows: encoding.batch_rows,
            group_min: encoding.group_min,
            group_spread: encoding.group_spread,
            group_max: encoding.group_max,
        }
    }
}

/// The weight of rows whose batch is not full yet.
#[derive(Debug)]
pub(crate) struct Opened {
    encoder: Arc<Encoder>,
    weight: u64,
}

impl Opened {
    /// No rows yet.
    pub(crate) fn new(encoder: &Arc<Encoder>) -> Self {
        Self {
            encoder: Arc::clone(encoder),
            weight: 0,
        }
    }

    /// Rows came.
    pub(crate) fn add(&mut self, weight: u64) {
        self.encoder.open.fetch_add(weight, Ordering::Relaxed);
        self.weight += weight;
    }

    /// The batch is full and waits for the pool, until what is returned is dropped. Blocks while too much waits.
    pub(crate) fn queue(&mut self) -> Queued {
        let weight = std::mem::take(&mut self.weight);
        let encoder = &self.encoder;
        encoder.open.fetch_sub(weight, Ordering::Relaxed);
        let queued = encoder
            .queued
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut queued = encoder
            .encoded
            .wait_while(queued, |queued| *queued > encoder.room)
            .unwrap_or_else(PoisonError::into_inner);
        *queued += weight;
        Queued {
            encoder: Arc::clone(encoder),
            weight,
        }
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.encoder.open.fetch_sub(self.weight, Ordering::Relaxed);
    }
}

/// A batch that waits for the pool or is being encoded.
#[derive(Debug)]
pub(crate) struct Queued {
    encoder: Arc<Encoder>,
    weight: u64,
}

impl Drop for Queued {
    fn drop(&mut self) {
        let mut queued = self
            .encoder
            .queued
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *queued -= self.weight;
        drop(queued);
        self.encoder.encoded.notify_all();
    }
}

/// Encoded pages of a column that are in no file yet.
#[derive(Debug)]
pub(crate) struct Packed {
    encoder: Arc<Encoder>,
    bytes: u64,
}

impl Packed {
    /// None yet.
    pub(crate) fn new(encoder: &Arc<Encoder>) -> Self {
        Self {
            encoder: Arc::clone(encoder),
            bytes: 0,
        }
    }

    /// They take so many bytes now.
    pub(crate) fn grew_to(&mut self, bytes: usize) {
        let bytes = bytes as u64;
        let change = bytes.wrapping_sub(self.bytes);
        // Wraps around for a smaller number; the sum of all is never below 0.
        self.encoder.packed.fetch_add(change, Ordering::Relaxed);
        self.bytes = bytes;
    }
}

impl Drop for Packed {
    fn drop(&mut self) {
        self.grew_to(0);
    }
}
