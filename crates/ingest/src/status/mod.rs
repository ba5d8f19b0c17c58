//! Which stream stopped, and when: what the lake holds of each stream, day by day, and what that means by now.
//!
//! A *stream* is what one account and region write of one dataset with one client. Objects, rows and rejects come from
//! the ledger; what a key does not say of its object, from inventories and parts (`origin`); the last events from the
//! few parts that hold them (`last_event`). Nothing is written and no lock is taken. The states are described in
//! `docs/status.md`, and decided in `state`.

mod last_event;
mod origin;
mod outline;
mod scan;
mod state;
mod stream;
#[cfg(test)]
mod tests;

use std::path::Path;

use promptlake_datasets::day::Day;
use promptlake_lake::error::StateError;
use promptlake_lake::storage::{Storage, StorageError};

pub use outline::{DayLine, FORMAT, Status, StreamLine};
pub use scan::{Scan, scan};
pub use state::{Clock, STALE_AFTER, State};
pub use stream::{Counts, DayCounts, Stream, StreamKey, Streams};

/// What is asked.
#[derive(Debug)]
pub struct StatusOptions<'a> {
    /// The lake.
    pub storage: &'a dyn Storage,
    /// A folder for copies of what a remote lake holds.
    pub temp: &'a Path,
    /// The time that is taken for now.
    pub now: Clock,
    /// How many days are shown, the last one today.
    pub days: u32,
}

/// Why there is nothing to tell. A single file of the lake that cannot be read is told in [`Status::problems`].
#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    /// The lake cannot be listed or read.
    #[error("read the lake")]
    Storage(#[from] StorageError),
    /// A later version of the program wrote its state.
    #[error("read the lake")]
    State(#[from] StateError),
}

/// Tells how the streams of a lake are.
///
/// # Errors
/// If the lake cannot be listed, or is of a later version.
pub fn status(options: &StatusOptions<'_>) -> Result<Status, StatusError> {
    let everything = |_: &str, _: Day| true;
    let mut scan = scan(options.storage, options.temp, &everything)?;
    let shown = options.now.last_days(options.days);
    let events = last_event::find(options, &scan.streams, shown, &mut scan.problems);
    Ok(Status::new(options, scan, &events, shown))
}
