//! One object of the list, and its compact form.

use std::cmp::Ordering;

use promptlake_datasets::dataset::Dataset;
use promptlake_datasets::day::Day;
use promptlake_lake::source::Listed;

/// An object of the list. What else its key tells is had again by classifying it once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// What it holds; `None`: its content tells.
    pub dataset: Option<&'static Dataset>,
    /// Its source day.
    pub day: Day,
    /// Its name in the lake.
    pub source_object: &'a str,
    /// The place of its source on the command line, from 0.
    pub source: u16,
    /// Its key in that source.
    pub key: &'a str,
    /// Its size in bytes.
    pub size: u64,
    /// Changes with its content.
    pub etag: &'a str,
    /// Not readable at once.
    pub archived: bool,
}

impl Entry<'_> {
    /// The object as its source listed it.
    pub fn listed(&self) -> Listed {
        Listed {
            key: self.key.to_owned(),
            size: self.size,
            etag: self.etag.to_owned(),
            archived: self.archived,
        }
    }

    /// Whether two entries are of one dataset and day.
    pub fn same_day(&self, other: &Self) -> bool {
        (self.dataset, self.day) == (other.dataset, other.day)
    }
}

/// How `key` and `source_object` lie in one text: nearly always one is the end of the other.
const KEY_IS_LONG: u8 = 0;
const OBJECT_IS_LONG: u8 = 1;
const APART: u8 = 2;
const ARCHIVED: u8 = 4;

/// Length of the fixed part of a slot.
pub(super) const HEAD: usize = 28;

/// An entry as bytes: rank, flags, source, day, size, three lengths; then the `ETag` and the text. Little endian.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a> {
    rank: u8,
    flags: u8,
    source: u16,
    day: i32,
    size: u64,
    etag: &'a [u8],
    long: &'a [u8],
    short: &'a [u8],
}

impl<'a> Slot<'a> {
    pub(super) fn of(entry: &Entry<'a>, registry: &[&Dataset]) -> Self {
        let rank = entry
            .dataset
            .and_then(|d| registry.iter().position(|r| *r == d))
            .unwrap_or(registry.len());
        let (form, long, short) = if entry.key.ends_with(entry.source_object) {
            (KEY_IS_LONG, entry.key, entry.source_object)
        } else if entry.source_object.ends_with(entry.key) {
            (OBJECT_IS_LONG, entry.source_object, entry.key)
        } else {
            (APART, entry.key, entry.source_object)
        };
        Self {
            rank: u8::try_from(rank).expect("invariant: fewer than 255 datasets"),
            flags: form | if entry.archived { ARCHIVED } else { 0 },
            source: entry.source,
            day: entry.day.0,
            size: entry.size,
            etag: entry.etag.as_bytes(),
            long: long.as_bytes(),
            short: short.as_bytes(),
        }
    }

    /// The entry, its dataset by the registry with which it was made; `None` if these are not the bytes that were written.
    pub(super) fn entry(&self, registry: &'static [&'static Dataset]) -> Option<Entry<'a>> {
        let (source_object, key) = (self.source_object(), self.key());
        Some(Entry {
            dataset: registry.get(usize::from(self.rank)).copied(),
            day: Day(self.day),
            source_object: str::from_utf8(source_object).ok()?,
            source: self.source,
            key: str::from_utf8(key).ok()?,
            size: self.size,
            etag: str::from_utf8(self.etag).ok()?,
            archived: self.flags & ARCHIVED != 0,
        })
    }

    fn source_object(&self) -> &'a [u8] {
        if self.flags & 3 == OBJECT_IS_LONG {
            self.long
        } else {
            self.short
        }
    }

    fn key(&self) -> &'a [u8] {
        if self.flags & 3 == OBJECT_IS_LONG {
            self.short
        } else {
            self.long
        }
    }

    /// Dataset and day as one number that sorts as they do.
    fn group(&self) -> u64 {
        u64::from(self.rank) << 32 | u64::from(self.day.cast_unsigned() ^ 1 << 31)
    }

    pub(super) fn cmp(&self, other: &Self) -> Ordering {
        self.group()
            .cmp(&other.group())
            .then_with(|| self.cmp_in_day(other))
    }

    fn cmp_in_day(&self, other: &Self) -> Ordering {
        self.source_object()
            .cmp(other.source_object())
            .then(self.source.cmp(&other.source))
            .then_with(|| self.key().cmp(other.key()))
    }

    /// How many bytes the slot that begins with `head` has.
    pub(super) fn size_of(head: &[u8; HEAD]) -> usize {
        let length = |at: usize| {
            u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]) as usize
        };
        let short = if head[1] & 3 == APART { length(24) } else { 0 };
        HEAD + length(16) + length(20) + short
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        let length = |text: &[u8]| {
            u32::try_from(text.len())
                .expect("invariant: no name has 4 GiB")
                .to_le_bytes()
        };
        bytes.push(self.rank);
        bytes.push(self.flags);
        bytes.extend_from_slice(&self.source.to_le_bytes());
        bytes.extend_from_slice(&self.day.to_le_bytes());
        bytes.extend_from_slice(&self.size.to_le_bytes());
        bytes.extend_from_slice(&length(self.etag));
        bytes.extend_from_slice(&length(self.long));
        bytes.extend_from_slice(&length(self.short));
        bytes.extend_from_slice(self.etag);
        bytes.extend_from_slice(self.long);
        if self.flags & 3 == APART {
            bytes.extend_from_slice(self.short);
        }
    }

    /// Reads the slot with which `bytes` begins; `None` if there is no whole one.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<HEAD>()?;
        let (number, rest_of_head) = head.split_first_chunk::<8>()?;
        let (size, lengths) = rest_of_head.split_first_chunk::<8>()?;
        let length = |at: usize| {
            let bytes = &lengths[at * 4..at * 4 + 4];
            u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize
        };
        let (etag, rest) = rest.split_at_checked(length(0))?;
        let (long, rest) = rest.split_at_checked(length(1))?;
        let short = if number[1] & 3 == APART {
            rest.get(..length(2))?
        } else {
            long.get(long.len().checked_sub(length(2))?..)?
        };
        Some(Self {
            rank: number[0],
            flags: number[1],
            source: u16::from_le_bytes([number[2], number[3]]),
            day: i32::from_le_bytes([number[4], number[5], number[6], number[7]]),
            size: u64::from_le_bytes(*size),
            etag,
            long,
            short,
        })
    }
}

/// Length of a block of slots. Blocks, so that growing copies nothing and holds nothing twice.
const BLOCK: usize = 1 << 20;

/// What a slot costs beside its bytes: its reference, and room to sort it.
const PER_SLOT: usize = 40;

#[derive(Clone, Copy)]
struct Reference {
    group: u64,
    block: u32,
    at: u32,
}

/// Slots in the order in which they came.
#[derive(Default)]
pub(super) struct Slots {
    blocks: Vec<Vec<u8>>,
    references: Vec<Reference>,
}

impl Slots {
    pub(super) fn push(&mut self, slot: &Slot<'_>) {
        let size = HEAD + slot.etag.len() + slot.long.len() + slot.short.len();
        if self
            .blocks
            .last()
            .is_none_or(|b| b.capacity() - b.len() < size)
        {
            self.blocks.push(Vec::with_capacity(BLOCK.max(size)));
        }
        let last = self.blocks.len() - 1;
        let block = &mut self.blocks[last];
        self.references.push(Reference {
            group: slot.group(),
            block: u32::try_from(last).expect("invariant: fewer than 2^32 MiB"),
            at: u32::try_from(block.len()).expect("invariant: a block has a few MiB"),
        });
        slot.write(block);
    }

    /// About how many bytes are held.
    pub(super) fn bytes(&self) -> usize {
        self.blocks.len() * BLOCK + self.references.len() * PER_SLOT
    }

    pub(super) fn sorted(mut self) -> SortedSlots {
        let blocks = &self.blocks;
        // Listings come folder by folder, so runs in order are long: the stable sort finds them.
        self.references.sort_by(|a, b| {
            a.group
                .cmp(&b.group)
                .then_with(|| slot_at(blocks, *a).cmp_in_day(&slot_at(blocks, *b)))
        });
        SortedSlots(self)
    }
}

fn slot_at(blocks: &[Vec<u8>], reference: Reference) -> Slot<'_> {
    Slot::read(&blocks[reference.block as usize][reference.at as usize..])
        .expect("invariant: a slot was written there")
}

/// Slots in order.
pub(super) struct SortedSlots(Slots);

impl SortedSlots {
    pub(super) fn len(&self) -> usize {
        self.0.references.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<Slot<'_>> {
        self.bytes(index).and_then(Slot::read)
    }

    /// A slot as bytes, and what follows it in its block.
    fn bytes(&self, index: usize) -> Option<&[u8]> {
        let reference = self.0.references.get(index)?;
        Some(&self.0.blocks[reference.block as usize][reference.at as usize..])
    }

    /// Writes all slots in order.
    pub(super) fn write(&self, out: &mut impl std::io::Write) -> std::io::Result<()> {
        for index in 0..self.len() {
            let bytes = self.bytes(index).unwrap_or_default();
            if let Some(head) = bytes.first_chunk::<HEAD>() {
                out.write_all(&bytes[..Slot::size_of(head)])?;
            }
        }
        Ok(())
    }
}
