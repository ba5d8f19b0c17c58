//! What reading and writing a place came to, in requests.

use std::ops::AddAssign;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// Requests by kind, tries that were repeated included. All 0 for a local place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Pages of listings.
    pub lists: u64,
    /// `GET`s of objects, or of parts of them.
    pub gets: u64,
    /// `HEAD`s of objects and buckets.
    pub heads: u64,
    /// Objects put in one request.
    pub puts: u64,
    /// Requests of multipart uploads: begin, part, complete, abort.
    pub upload_requests: u64,
    /// Deletions.
    pub deletes: u64,
    /// Requests that were repeated.
    pub retries: u64,
    /// Answers that asked to slow down.
    pub throttles: u64,
    /// Bytes of bodies that came.
    pub bytes_read: u64,
    /// Bytes of bodies that were sent.
    pub bytes_written: u64,
}

impl AddAssign for Stats {
    fn add_assign(&mut self, other: Self) {
        self.lists += other.lists;
        self.gets += other.gets;
        self.heads += other.heads;
        self.puts += other.puts;
        self.upload_requests += other.upload_requests;
        self.deletes += other.deletes;
        self.retries += other.retries;
        self.throttles += other.throttles;
        self.bytes_read += other.bytes_read;
        self.bytes_written += other.bytes_written;
    }
}

/// [`Stats`] that many threads count up.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) lists: AtomicU64,
    pub(crate) gets: AtomicU64,
    pub(crate) heads: AtomicU64,
    pub(crate) puts: AtomicU64,
    pub(crate) upload_requests: AtomicU64,
    pub(crate) deletes: AtomicU64,
    pub(crate) retries: AtomicU64,
    pub(crate) throttles: AtomicU64,
    pub(crate) bytes_read: AtomicU64,
    pub(crate) bytes_written: AtomicU64,
}

impl Counters {
    /// As they are now.
    pub(crate) fn stats(&self) -> Stats {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            lists: get(&self.lists),
            gets: get(&self.gets),
            heads: get(&self.heads),
            puts: get(&self.puts),
            upload_requests: get(&self.upload_requests),
            deletes: get(&self.deletes),
            retries: get(&self.retries),
            throttles: get(&self.throttles),
            bytes_read: get(&self.bytes_read),
            bytes_written: get(&self.bytes_written),
        }
    }
}

/// Counts one, or so many bytes.
pub(crate) fn count(counter: &AtomicU64, by: usize) {
    counter.fetch_add(by as u64, Ordering::Relaxed);
}
