//! The sorted list, and cursors over it.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader};
use std::os::unix::fs::FileExt as _;

use promptlake_datasets::dataset::Dataset;

use super::entry::{Entry, SortedSlots};
use super::spill::{SlotReader, changed};

/// Buffer of a cursor over a file.
const BUFFER: usize = 64 << 10;

/// A place in the list, between two objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(u64);

/// All objects, in order.
pub struct SortedObjects {
    registry: &'static [&'static Dataset],
    len: u64,
    slots: Place,
}

enum Place {
    Memory(SortedSlots),
    File(File),
}

impl fmt::Debug for SortedObjects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SortedObjects of {} objects", self.len)
    }
}

impl SortedObjects {
    pub(super) fn in_memory(registry: &'static [&'static Dataset], slots: SortedSlots) -> Self {
        Self {
            registry,
            len: slots.len() as u64,
            slots: Place::Memory(slots),
        }
    }

    pub(super) fn in_file(registry: &'static [&'static Dataset], file: File, len: u64) -> Self {
        Self {
            registry,
            len,
            slots: Place::File(file),
        }
    }

    /// How many objects there are.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A cursor before the first object.
    pub fn cursor(&self) -> Cursor<'_> {
        self.cursor_at(Position(0))
    }

    /// A cursor at a place where another one was.
    pub fn cursor_at(&self, position: Position) -> Cursor<'_> {
        Cursor {
            registry: self.registry,
            position: position.0,
            at: match &self.slots {
                Place::Memory(slots) => At::Memory(slots),
                Place::File(file) => At::File(SlotReader::new(BufReader::with_capacity(
                    BUFFER,
                    FileFrom {
                        file,
                        at: position.0,
                    },
                ))),
            },
        }
    }
}

/// A file read from a place on, without moving the place of others that read it.
struct FileFrom<'a> {
    file: &'a File,
    at: u64,
}

impl io::Read for FileFrom<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read_at(out, self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}

/// Walks the list.
pub struct Cursor<'a> {
    registry: &'static [&'static Dataset],
    position: u64,
    at: At<'a>,
}

enum At<'a> {
    Memory(&'a SortedSlots),
    File(SlotReader<BufReader<FileFrom<'a>>>),
}

impl fmt::Debug for Cursor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cursor at {}", self.position)
    }
}

impl Cursor<'_> {
    /// Where the cursor is: before the object that [`Cursor::next`] gives next.
    pub fn position(&self) -> Position {
        Position(self.position)
    }

    /// The next object; `None` after the last.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    #[expect(
        clippy::should_implement_trait,
        reason = "what it gives borrows from the cursor"
    )]
    pub fn next(&mut self) -> io::Result<Option<Entry<'_>>> {
        let slot = match &mut self.at {
            At::Memory(slots) => {
                let Some(slot) = usize::try_from(self.position)
                    .ok()
                    .and_then(|index| slots.get(index))
                else {
                    return Ok(None);
                };
                self.position += 1;
                slot
            }
            At::File(reader) => {
                if !reader.advance()? {
                    return Ok(None);
                }
                self.position += reader.bytes().len() as u64;
                reader.slot()?
            }
        };
        match slot.entry(self.registry) {
            Some(entry) => Ok(Some(entry)),
            None => Err(changed()),
        }
    }
}
