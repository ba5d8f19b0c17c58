//! What a part holds: one inventory a (table, `dt`), streamed both ways.
//!
//! A header describes the part; then its source objects in canonical order (source day, `source_object` as bytes); then
//! its twins, the rows that were not stored because an equal one is, in canonical order too. JSON lines, zstd.

use std::fs::File;
use std::io::{self, BufRead, Read, Write};
use std::path::Path;

use promptlake_datasets::day::Day;
use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::layout;
use crate::lines::{LineReader, LineWriter};
use crate::storage::{Storage, Version};

/// The version of this file's format.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`VERSION`] of the writer.
    pub version: u32,
    /// Table.
    pub table: String,
    /// Partition.
    #[serde(with = "crate::day_text")]
    pub dt: Day,
    /// The part that it describes.
    pub part: Part,
}

/// A part as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// SHA-256 of its bytes, hex in lower case.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Rows.
    pub rows: u64,
    /// Version of the table's schema.
    pub schema_version: u32,
    /// Version of the program's writer.
    pub writer_version: u32,
    /// Version of the encoding in `lake.json`.
    pub encoding_version: u32,
    /// Its version in the storage when it was published. In another storage (a copy of the lake) it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
}

/// A source object of which the part has rows, or had them: one that feeds it with nothing but twins has 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Its source day.
    #[serde(with = "crate::day_text")]
    pub day: Day,
    /// Its `source_object`.
    pub object: String,
    /// The ETag under which it was read.
    pub etag: String,
    /// Its bytes.
    pub size: u64,
    /// Its rows in the part.
    pub rows: u64,
    /// Account, as its rows have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Region, as its rows have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// A row that is not stored. Its content is that of row `row`; all else that it needs to take over stands here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twin {
    /// Source day of its object.
    #[serde(with = "crate::day_text")]
    pub day: Day,
    /// `source_object`
    pub object: String,
    /// `record_index`
    pub index: u64,
    /// `account_id`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// `region`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// `source`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// `report_ts`, milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_ts: Option<i64>,
    /// The row of the part that stands for it, from 0.
    pub row: u64,
    /// Hash of its key, hex.
    pub key: String,
}

impl Twin {
    /// Whether its key is a hash.
    pub fn has_key(&self) -> bool {
        self.key.len() == 32 && u128::from_str_radix(&self.key, 16).is_ok()
    }
}

/// A line after the header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    /// A source object. All of them come before the first twin.
    Object(Object),
    /// A row that is not stored.
    Twin(Twin),
}

/// The canonical place of a line: objects before twins; an object comes once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Position {
    any: bool,
    twin: bool,
    day: i32,
    object: String,
    index: u64,
}

impl Position {
    /// Goes on to a line; false: it is out of order.
    fn advance(&mut self, twin: bool, day: Day, object: &str, index: u64) -> bool {
        let before = (self.twin, self.day, self.object.as_str(), self.index);
        let now = (twin, day.0, object, index);
        if self.any && (now < before || (now == before && !twin)) {
            return false;
        }
        self.any = true;
        self.twin = twin;
        self.day = day.0;
        object.clone_into(&mut self.object);
        self.index = index;
        true
    }
}

/// Writes lines of an inventory before its header is known, as they will stand in it, not compressed.
pub struct LinesWriter<W: Write> {
    path: String,
    output: W,
    position: Position,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum LineRef<'a> {
    Object(&'a Object),
    Twin(&'a Twin),
}

impl<W: Write> std::fmt::Debug for LinesWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LinesWriter({})", self.path)
    }
}

impl<W: Write> LinesWriter<W> {
    /// Begins the lines of a partition.
    pub fn new(output: W, table: &str, dt: Day) -> Self {
        Self {
            path: layout::inventory(table, dt),
            output,
            position: Position::default(),
        }
    }

    /// Adds an object.
    ///
    /// # Errors
    /// If it does not come after the one before, or after a twin, or `output` cannot be written.
    pub fn object(&mut self, object: &Object) -> Result<(), StateError> {
        self.advance(false, object.day, &object.object, 0)?;
        self.put(&LineRef::Object(object))
    }

    /// Adds a twin.
    ///
    /// # Errors
    /// If it comes before the one before, or `output` cannot be written.
    pub fn twin(&mut self, twin: &Twin) -> Result<(), StateError> {
        self.advance(true, twin.day, &twin.object, twin.index)?;
        self.put(&LineRef::Twin(twin))
    }

    /// What was written to.
    pub fn output(&mut self) -> &mut W {
        &mut self.output
    }

    fn put(&mut self, line: &LineRef<'_>) -> Result<(), StateError> {
        serde_json::to_writer(&mut self.output, line)
            .map_err(io::Error::from)
            .and_then(|()| self.output.write_all(b"\n"))
            .map_err(|source| StateError::Write {
                path: self.path.clone(),
                source,
            })
    }

    fn advance(
        &mut self,
        twin: bool,
        day: Day,
        object: &str,
        index: u64,
    ) -> Result<(), StateError> {
        if self.position.advance(twin, day, object, index) {
            return Ok(());
        }
        Err(StateError::OutOfOrder {
            path: self.path.clone(),
            object: object.to_owned(),
        })
    }
}

/// Writes an inventory.
pub struct InventoryWriter<W: Write> {
    lines: LineWriter<W>,
}

impl<W: Write> std::fmt::Debug for InventoryWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InventoryWriter({})", self.lines.path())
    }
}

impl<W: Write> InventoryWriter<W> {
    /// Begins an inventory; the header's version is set by the writer.
    ///
    /// # Errors
    /// If `output` cannot be written.
    pub fn new(output: W, header: &Header) -> Result<Self, StateError> {
        let path = layout::inventory(&header.table, header.dt);
        let mut lines = LineWriter::new(&path, output)?;
        lines.put(&Header {
            version: VERSION,
            ..header.clone()
        })?;
        Ok(Self { lines })
    }

    /// Adds the lines of a [`LinesWriter`]; those with objects before those with twins.
    ///
    /// # Errors
    /// If they cannot be read, or `output` cannot be written.
    pub fn append(&mut self, lines: impl BufRead) -> Result<(), StateError> {
        self.lines.copy(lines)
    }

    /// Ends it; without this, it counts as damaged.
    ///
    /// # Errors
    /// If `output` cannot be written.
    pub fn finish(self) -> Result<W, StateError> {
        self.lines.finish()
    }
}

/// Reads an inventory: an iterator of its lines, which ends after the first error.
pub struct InventoryReader<R: Read> {
    header: Header,
    lines: LineReader<R>,
    position: Position,
    ended: bool,
}

impl<R: Read> std::fmt::Debug for InventoryReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InventoryReader({})", self.lines.path())
    }
}

impl InventoryReader<File> {
    /// Opens the inventory of a partition; `None`: there is none. `temp`: a directory for a copy.
    ///
    /// # Errors
    /// If it cannot be read, is damaged, describes another partition, or is of a later version.
    pub fn open(
        storage: &dyn Storage,
        temp: &Path,
        table: &str,
        dt: Day,
    ) -> Result<Option<(Self, Version)>, StateError> {
        let Some((file, version)) = storage.open(&layout::inventory(table, dt), temp)? else {
            return Ok(None);
        };
        Ok(Some((Self::new(file, table, dt)?, version)))
    }
}

impl<R: Read> InventoryReader<R> {
    /// Begins to read the inventory of a partition.
    ///
    /// # Errors
    /// As [`InventoryReader::open`].
    pub fn new(input: R, table: &str, dt: Day) -> Result<Self, StateError> {
        let path = layout::inventory(table, dt);
        let mut lines = LineReader::new(&path, input)?;
        let header: Header = lines.header(VERSION)?;
        if header.table != table || header.dt != dt {
            return Err(lines.damaged("it describes another partition"));
        }
        Ok(Self {
            header,
            lines,
            position: Position::default(),
            ended: false,
        })
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    fn line(&mut self) -> Result<Option<Line>, StateError> {
        let Some(line) = self.lines.next()? else {
            return Ok(None);
        };
        let in_order = match &line {
            Line::Object(o) => self.position.advance(false, o.day, &o.object, 0),
            Line::Twin(t) => self.position.advance(true, t.day, &t.object, t.index),
        };
        if in_order {
            Ok(Some(line))
        } else {
            Err(self.lines.damaged("out of order"))
        }
    }
}

impl<R: Read> Iterator for InventoryReader<R> {
    type Item = Result<Line, StateError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let line = self.line().transpose();
        self.ended = !matches!(line, Some(Ok(_)));
        line
    }
}

#[cfg(test)]
mod tests;
