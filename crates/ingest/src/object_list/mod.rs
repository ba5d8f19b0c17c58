//! The objects that the sources listed, in order, in bounded memory.
//!
//! A listing may show hundreds of thousands of objects, in no order. They are held in a compact form; what does not fit
//! is sorted and put into a temporary file, and at the end the files are merged into one. The sorted list is read by as
//! many cursors as are wanted, from any place, so that a day can be compared first and walked again only if it differs.

mod entry;
mod sorted;
mod spill;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::path::PathBuf;

use promptlake_datasets::dataset::Dataset;

pub use entry::Entry;
pub use sorted::{Cursor, Position, SortedObjects};

use entry::{Slot, Slots};
use spill::Run;

/// As many files are open at once; more are merged into one.
const MAX_RUNS: usize = 64;

/// Objects being listed. Push them in any order, from one thread at a time, then [`ObjectList::finish`].
pub struct ObjectList {
    registry: &'static [&'static Dataset],
    max_bytes: usize,
    temp: PathBuf,
    slots: Slots,
    runs: Vec<Run>,
    len: u64,
}

impl fmt::Debug for ObjectList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ObjectList of {} objects, {} runs spilled",
            self.len,
            self.runs.len()
        )
    }
}

impl ObjectList {
    /// An empty list. `registry` is what `dataset` of an entry is one of, in the order in which the list is to have
    /// them; about `max_bytes` are held in memory, the rest in unnamed files in the folder `temp`.
    pub fn new(
        registry: &'static [&'static Dataset],
        max_bytes: usize,
        temp: impl Into<PathBuf>,
    ) -> Self {
        Self {
            registry,
            max_bytes,
            temp: temp.into(),
            slots: Slots::default(),
            runs: Vec::new(),
            len: 0,
        }
    }

    /// Adds an object.
    ///
    /// # Errors
    /// If a temporary file cannot be written.
    pub fn push(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        self.slots.push(&Slot::of(entry, self.registry));
        self.len += 1;
        if self.slots.bytes() >= self.max_bytes {
            let slots = std::mem::take(&mut self.slots);
            self.runs.push(Run::write(&slots.sorted(), &self.temp)?);
            if self.runs.len() >= MAX_RUNS {
                let runs = std::mem::take(&mut self.runs);
                self.runs
                    .push(spill::merge(runs, self.max_bytes, &self.temp)?);
            }
        }
        Ok(())
    }

    /// Sorts: by dataset in the order of the registry (objects whose content decides come last), source day,
    /// `source_object` as bytes, source, key. The sort is stable.
    ///
    /// # Errors
    /// If a temporary file cannot be written or read.
    pub fn finish(self) -> io::Result<SortedObjects> {
        let last = self.slots.sorted();
        if self.runs.is_empty() {
            return Ok(SortedObjects::in_memory(self.registry, last));
        }
        let mut runs = self.runs;
        runs.push(Run::write(&last, &self.temp)?);
        drop(last);
        let merged = spill::merge(runs, self.max_bytes, &self.temp)?;
        Ok(SortedObjects::in_file(
            self.registry,
            merged.into_file(),
            self.len,
        ))
    }
}
