//! What was read: one file a (dataset, source day), streamed both ways.
//!
//! A header, then an entry an object, in the order of `source_object` as bytes. JSON lines, zstd. An entry is written
//! only once all partitions that the object feeds are committed; until then a run that crashed reads it again.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use promptlake_datasets::day::Day;
use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::layout;
use crate::lines::{LineReader, LineWriter};
use crate::storage::{Storage, Version};

mod update;

pub use self::update::{Base, Change, Updated, update};

/// The version of this file's format.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    version: u32,
    dataset: String,
    #[serde(with = "crate::day_text")]
    day: Day,
}

/// What became of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// Its `source_object`.
    pub object: String,
    /// NAME of the source that it was read from.
    pub name: String,
    /// The ETag under which it was read.
    pub etag: String,
    /// Its bytes.
    pub size: u64,
    /// XXH3 (128 bits, hex) of its bytes as they lie in the source, so that another source's object of the same
    /// `source_object` can be told to be the same; `None`: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// What it turned out to hold, where only its content tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// Version of the decoder that read it.
    pub decoder_version: u32,
    /// It has to be read again although nothing about it changed: something of it is not where it should be.
    #[serde(default, skip_serializing_if = "is_false")]
    pub open: bool,
    /// Records in it: `accepted + rejected + skipped + control`.
    pub records: u64,
    /// Records that became rows, or twins of rows.
    pub accepted: u64,
    /// Records and slices that became rejects.
    pub rejected: u64,
    /// Records of something else (Lex).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped: u64,
    /// Control messages (Lex).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub control: u64,
    /// Every partition that it feeds, one that it feeds with nothing but a twin included; ordered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feeds: Vec<Feed>,
    /// The same `source_object` as other sources show it: mirrored, or clashing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Sighting>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands out references"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands out references"
)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// A partition that an object feeds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Feed {
    /// Table.
    pub table: String,
    /// Partition.
    #[serde(with = "crate::day_text")]
    pub dt: Day,
    /// Rows of the object that belong there, twins that are not stored included.
    pub rows: u64,
}

/// An object of the same `source_object` that was not read into the lake.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sighting {
    /// NAME of its source.
    pub name: String,
    /// Its ETag.
    pub etag: String,
    /// Its bytes.
    pub size: u64,
    /// Its content is another one than that of the object that was read.
    #[serde(default, skip_serializing_if = "is_false")]
    pub clash: bool,
}

/// Writes a day of the ledger.
pub struct LedgerWriter<W: Write> {
    lines: LineWriter<W>,
    last: Option<String>,
}

impl<W: Write> std::fmt::Debug for LedgerWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LedgerWriter({})", self.lines.path())
    }
}

impl<W: Write> LedgerWriter<W> {
    /// Begins a day.
    ///
    /// # Errors
    /// If `output` cannot be written.
    pub fn new(output: W, dataset: &str, day: Day) -> Result<Self, StateError> {
        let mut lines = LineWriter::new(&layout::ledger_day(dataset, day), output)?;
        lines.put(&Header {
            version: VERSION,
            dataset: dataset.to_owned(),
            day,
        })?;
        Ok(Self { lines, last: None })
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// If its object does not come after the one before, or `output` cannot be written.
    pub fn put(&mut self, entry: &LedgerEntry) -> Result<(), StateError> {
        if !advance(&mut self.last, &entry.object) {
            return Err(StateError::OutOfOrder {
                path: self.lines.path().to_owned(),
                object: entry.object.clone(),
            });
        }
        self.lines.put(entry)
    }

    /// Ends it; without this, it counts as damaged.
    ///
    /// # Errors
    /// If `output` cannot be written.
    pub fn finish(self) -> Result<W, StateError> {
        self.lines.finish()
    }
}

/// Reads a day of the ledger: an iterator of its entries, which ends after the first error.
pub struct LedgerReader<R: Read> {
    lines: LineReader<R>,
    last: Option<String>,
    ended: bool,
}

impl<R: Read> std::fmt::Debug for LedgerReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LedgerReader({})", self.lines.path())
    }
}

impl LedgerReader<File> {
    /// Opens a day; `None`: there is none. `temp`: a directory for a copy.
    ///
    /// # Errors
    /// If it cannot be read, is damaged, is of another day, or of a later version.
    pub fn open(
        storage: &dyn Storage,
        temp: &Path,
        dataset: &str,
        day: Day,
    ) -> Result<Option<(Self, Version)>, StateError> {
        let Some((file, version)) = storage.open(&layout::ledger_day(dataset, day), temp)? else {
            return Ok(None);
        };
        Ok(Some((Self::new(file, dataset, day)?, version)))
    }
}

impl<R: Read> LedgerReader<R> {
    /// Begins to read a day.
    ///
    /// # Errors
    /// As [`LedgerReader::open`].
    pub fn new(input: R, dataset: &str, day: Day) -> Result<Self, StateError> {
        let mut lines = LineReader::new(&layout::ledger_day(dataset, day), input)?;
        let header: Header = lines.header(VERSION)?;
        if header.dataset != dataset || header.day != day {
            return Err(lines.damaged("it is of another day"));
        }
        Ok(Self {
            lines,
            last: None,
            ended: false,
        })
    }

    fn entry(&mut self) -> Result<Option<LedgerEntry>, StateError> {
        let Some(entry) = self.lines.next::<LedgerEntry>()? else {
            return Ok(None);
        };
        if advance(&mut self.last, &entry.object) {
            Ok(Some(entry))
        } else {
            Err(self.lines.damaged("out of order"))
        }
    }
}

impl<R: Read> Iterator for LedgerReader<R> {
    type Item = Result<LedgerEntry, StateError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let entry = self.entry().transpose();
        self.ended = !matches!(entry, Some(Ok(_)));
        entry
    }
}

/// Goes on to an object; false: it does not come after the last one.
fn advance(last: &mut Option<String>, object: &str) -> bool {
    match last {
        Some(last) if object <= last.as_str() => false,
        Some(last) => {
            object.clone_into(last);
            true
        }
        None => {
            *last = Some(object.to_owned());
            true
        }
    }
}

#[cfg(test)]
mod tests;
