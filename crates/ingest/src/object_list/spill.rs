//! Sorted runs in temporary files, and their merge.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::entry::{HEAD, Slot, SortedSlots};

/// Buffer of a file that is written or read from front to end.
const BUFFER: usize = 256 << 10;

/// Fewer bytes than this are not worth a read.
const MIN_BUFFER: usize = 4 << 10;

/// A temporary file of slots in order. It has no name, and goes with the process.
pub(super) struct Run(File);

impl Run {
    pub(super) fn write(slots: &SortedSlots, temp: &Path) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(BUFFER, tempfile::tempfile_in(temp)?);
        slots.write(&mut out)?;
        Ok(Self(out.into_inner()?))
    }

    pub(super) fn into_file(self) -> File {
        self.0
    }
}

pub(super) fn changed() -> io::Error {
    io::Error::other("a temporary file was changed")
}

/// Reads slots one after the other.
pub(super) struct SlotReader<R> {
    reader: R,
    slot: Vec<u8>,
}

impl<R: io::BufRead> SlotReader<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            slot: Vec::new(),
        }
    }

    /// Goes to the next slot; false at the end.
    pub(super) fn advance(&mut self) -> io::Result<bool> {
        if self.reader.fill_buf()?.is_empty() {
            self.slot.clear();
            return Ok(false);
        }
        let mut head = [0; HEAD];
        self.reader.read_exact(&mut head)?;
        self.slot.clear();
        self.slot.extend_from_slice(&head);
        self.slot.resize(Slot::size_of(&head), 0);
        self.reader.read_exact(&mut self.slot[HEAD..])?;
        Ok(true)
    }

    /// The slot at hand.
    pub(super) fn slot(&self) -> io::Result<Slot<'_>> {
        Slot::read(&self.slot).ok_or_else(changed)
    }

    /// The bytes of the slot at hand.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.slot
    }
}

/// The front of a run, the least of all first in a max-heap.
struct Front {
    reader: SlotReader<BufReader<File>>,
    run: usize,
}

impl Front {
    fn order(&self, other: &Self) -> Ordering {
        match (self.reader.slot(), other.reader.slot()) {
            (Ok(a), Ok(b)) => a.cmp(&b).then(self.run.cmp(&other.run)),
            _ => self.run.cmp(&other.run),
        }
    }
}

impl PartialEq for Front {
    fn eq(&self, other: &Self) -> bool {
        self.order(other).is_eq()
    }
}

impl Eq for Front {}

impl PartialOrd for Front {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Front {
    fn cmp(&self, other: &Self) -> Ordering {
        other.order(self)
    }
}

/// Merges runs into one; of equal slots, those of an earlier run come first. The buffers share `max_bytes`.
pub(super) fn merge(runs: Vec<Run>, max_bytes: usize, temp: &Path) -> io::Result<Run> {
    let buffer = (max_bytes / (runs.len() + 1)).clamp(MIN_BUFFER, BUFFER);
    let mut fronts = BinaryHeap::with_capacity(runs.len());
    for (run, file) in runs.into_iter().enumerate() {
        let mut file = file.into_file();
        file.seek(SeekFrom::Start(0))?;
        let mut reader = SlotReader::new(BufReader::with_capacity(buffer, file));
        if reader.advance()? {
            reader.slot()?;
            fronts.push(Front { reader, run });
        }
    }
    let mut out = BufWriter::with_capacity(buffer, tempfile::tempfile_in(temp)?);
    while let Some(mut least) = fronts.peek_mut() {
        out.write_all(least.reader.bytes())?;
        if least.reader.advance()? {
            least.reader.slot()?;
        } else {
            std::collections::binary_heap::PeekMut::pop(least);
        }
    }
    Ok(Run(out.into_inner()?))
}
