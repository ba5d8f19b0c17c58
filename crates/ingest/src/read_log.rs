//! What a run read, object by object, in a temporary file of JSON lines: for the inventories while partitions are merged, and for the
//! ledger once they are committed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use promptlake_datasets::day::Day;
use promptlake_lake::ledger::{Base, Feed, LedgerEntry};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::plan::DayListing;
use crate::shared_file::SharedFile;

/// So much of a log is read at once where it is read from object to object.
const READ_BYTES: usize = 64 << 10;

/// So much where single objects are looked up: they may come in any order.
const PIECE_BYTES: u64 = 16 << 10;

/// An object that was read, or is to be dropped.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Logged {
    /// What the ledger is to say of it.
    pub entry: LedgerEntry,
    /// What it said, if it knew the object.
    pub base: Option<Base>,
    /// The partitions that it fed before.
    pub fed: Vec<Feed>,
    /// It is not there any more and its rows go.
    pub drop: bool,
}

/// A dataset and source day, and where its objects stand in the log.
#[derive(Clone, Debug)]
pub struct LoggedDay {
    /// Its dataset in the ledger.
    pub dataset: String,
    /// The source day.
    pub day: Day,
    /// Offset of its first object.
    pub start: u64,
    /// Offset behind its last object.
    pub end: u64,
    /// What the index is to hold, if all goes well.
    pub listing: Option<DayListing>,
}

/// Writes the log.
///
/// Memory: 24 bytes an object.
#[derive(Debug)]
pub struct ReadLogWriter {
    file: BufWriter<File>,
    at: u64,
    objects: BTreeMap<Day, Vec<(u128, u64)>>,
    days: Vec<LoggedDay>,
}

impl ReadLogWriter {
    /// Begins a log, in a file without a name in `temp`.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn new(temp: &Path) -> io::Result<Self> {
        Ok(Self {
            file: BufWriter::new(tempfile::tempfile_in(temp)?),
            at: 0,
            objects: BTreeMap::new(),
            days: Vec::new(),
        })
    }

    /// Begins a day, or goes on with it.
    pub fn day(&mut self, dataset: &str, day: Day, listing: Option<DayListing>) {
        match self.days.last_mut() {
            Some(last) if last.dataset == dataset && last.day == day => last.listing = listing,
            _ => self.days.push(LoggedDay {
                dataset: dataset.to_owned(),
                day,
                start: self.at,
                end: self.at,
                listing,
            }),
        }
    }

    /// Adds an object of the day, in the order of `source_object`. Where it `replaces`, [`ReadLog::contains`] finds it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn push(&mut self, logged: &Logged, replaces: bool) -> io::Result<()> {
        let Some(day) = self.days.last_mut() else {
            return Err(io::Error::other("an object before its day"));
        };
        let mut line = serde_json::to_vec(logged)?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        if replaces {
            let objects = self.objects.entry(day.day).or_default();
            objects.push((hash(&logged.entry.object), self.at));
        }
        self.at += line.len() as u64;
        day.end = self.at;
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> io::Result<ReadLog> {
        self.objects
            .values_mut()
            .for_each(|objects| objects.sort_unstable());
        let file = self
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        Ok(ReadLog {
            file: SharedFile::new(file),
            objects: self.objects,
            days: self.days,
        })
    }
}

/// A log that was written. May be read from several threads.
#[derive(Debug)]
pub struct ReadLog {
    file: SharedFile,
    objects: BTreeMap<Day, Vec<(u128, u64)>>,
    days: Vec<LoggedDay>,
}

impl ReadLog {
    /// Whether an object was read, or is dropped.
    pub fn contains(&self, day: Day, object: &str) -> bool {
        self.offset(day, object).is_some()
    }

    /// Tells ETags and sizes.
    pub fn identities(&self) -> Identities<'_> {
        Identities {
            log: self,
            start: 0,
            piece: Vec::new(),
        }
    }

    /// Its days, in the order of reading.
    pub fn days(&self) -> &[LoggedDay] {
        &self.days
    }

    /// The objects of a day, in order.
    pub fn objects(&self, day: &LoggedDay) -> impl Iterator<Item = io::Result<Logged>> {
        let file = self.file.read_from(day.start).take(day.end - day.start);
        let mut reader = BufReader::with_capacity(READ_BYTES, file);
        let mut line = Vec::new();
        let mut failed = false;
        std::iter::from_fn(move || {
            if failed {
                return None;
            }
            let logged = next(&mut reader, &mut line).transpose();
            failed = matches!(logged, Some(Err(_)));
            logged
        })
    }

    fn offset(&self, day: Day, object: &str) -> Option<u64> {
        let objects = self.objects.get(&day)?;
        let hash = hash(object);
        let found = objects.partition_point(|(other, _)| *other < hash);
        objects
            .get(found)
            .filter(|(other, _)| *other == hash)
            .map(|(_, at)| *at)
    }
}

/// Tells ETags and sizes of objects, quickest in the order of the log.
#[derive(Debug)]
pub struct Identities<'a> {
    log: &'a ReadLog,
    /// Offset of `piece`.
    start: u64,
    /// What was read of the log last.
    piece: Vec<u8>,
}

impl Identities<'_> {
    /// ETag and size of an object as it was read; `None`: it was not.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub fn of(&mut self, day: Day, object: &str) -> io::Result<Option<(String, u64)>> {
        let Some(at) = self.log.offset(day, object) else {
            return Ok(None);
        };
        let Identified { entry } = serde_json::from_slice(self.line(at)?)?;
        Ok(Some((entry.etag, entry.size)))
    }

    /// The line at an offset.
    fn line(&mut self, at: u64) -> io::Result<&[u8]> {
        let mut bytes = PIECE_BYTES;
        loop {
            let from = at
                .checked_sub(self.start)
                .and_then(|from| usize::try_from(from).ok());
            let rest = from.and_then(|from| self.piece.get(from..));
            if let (Some(from), Some(rest)) = (from, rest)
                && let Some(length) = memchr::memchr(b'\n', rest)
            {
                return Ok(&self.piece[from..from + length]);
            }
            self.piece.clear();
            self.start = at;
            let read = self.log.file.read_from(at);
            if (read.take(bytes).read_to_end(&mut self.piece)? as u64) < bytes
                && !self.piece.contains(&b'\n')
            {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            bytes *= 2;
        }
    }
}

/// What identifies the bytes of an object, of a [`Logged`].
#[derive(Deserialize)]
struct Identified {
    entry: Identity,
}

#[derive(Deserialize)]
struct Identity {
    etag: String,
    size: u64,
}

/// The next line of a log, read by way of `line`.
fn next<T: DeserializeOwned>(
    mut reader: impl BufRead,
    line: &mut Vec<u8>,
) -> io::Result<Option<T>> {
    line.clear();
    if reader.read_until(b'\n', line)? == 0 {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(line)?))
}

fn hash(object: &str) -> u128 {
    xxh3_128(object.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_are_told_in_any_order_however_long_a_line_is() {
        let temp = tempfile::tempdir().unwrap();
        let mut log = ReadLogWriter::new(temp.path()).unwrap();
        let day = Day(20_000);
        log.day("chat", day, None);
        let long = usize::try_from(3 * PIECE_BYTES).unwrap();
        let objects: Vec<String> = (0..200_usize).map(|n| format!("object {n:03}")).collect();
        for (number, object) in objects.iter().enumerate() {
            // Some lines are longer than a piece.
            let name = "x".repeat(if number % 50 == 7 { long } else { number });
            let entry = LedgerEntry {
                object: object.clone(),
                name,
                etag: format!("etag of {object}"),
                size: number as u64,
                ..LedgerEntry::default()
            };
            let logged = Logged {
                entry,
                base: None,
                fed: Vec::new(),
                drop: false,
            };
            log.push(&logged, true).unwrap();
        }
        let log = log.finish().unwrap();
        let forward = 0..objects.len();
        let orders: [Vec<usize>; 3] = [
            forward.clone().collect(),
            forward.clone().rev().collect(),
            forward.map(|n| n * 77 % 200).collect(),
        ];
        for order in orders {
            let mut identities = log.identities();
            for number in order {
                let object = &objects[number];
                let told = identities.of(day, object).unwrap();
                assert_eq!(told, Some((format!("etag of {object}"), number as u64)));
                assert_eq!(identities.of(day, "another").unwrap(), None);
                assert_eq!(identities.of(Day(20_001), object).unwrap(), None);
            }
        }
    }
}
