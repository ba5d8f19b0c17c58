//! What a run read, object by object, in a temporary file: for the inventories while partitions are merged, and for the
//! ledger once they are committed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use promptlake_datasets::day::Day;
use promptlake_lake::ledger::{Base, Feed, LedgerEntry};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::plan::DayListing;

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
    /// Records of something else, and control messages.
    pub skipped: (u64, u64),
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
        let json = serde_json::to_vec(logged)?;
        self.file
            .write_all(&u32::try_from(json.len()).unwrap_or(u32::MAX).to_le_bytes())?;
        self.file.write_all(&json)?;
        if replaces {
            let objects = self.objects.entry(day.day).or_default();
            objects.push((hash(&logged.entry.object), self.at));
        }
        self.at += 4 + json.len() as u64;
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
            file,
            objects: self.objects,
            days: self.days,
        })
    }
}

/// A log that was written. May be read from several threads.
#[derive(Debug)]
pub struct ReadLog {
    file: File,
    objects: BTreeMap<Day, Vec<(u128, u64)>>,
    days: Vec<LoggedDay>,
}

impl ReadLog {
    /// Whether an object was read, or is dropped.
    pub fn contains(&self, day: Day, object: &str) -> bool {
        self.offset(day, object).is_some()
    }

    /// What was logged of an object.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn get(&self, day: Day, object: &str) -> io::Result<Option<Logged>> {
        match self.offset(day, object) {
            Some(at) => Ok(Some(self.at(at)?.0)),
            None => Ok(None),
        }
    }

    /// Its days, in the order of reading.
    pub fn days(&self) -> &[LoggedDay] {
        &self.days
    }

    /// The objects of a day, in order.
    pub fn objects(&self, day: &LoggedDay) -> impl Iterator<Item = io::Result<Logged>> {
        let (mut at, end) = (day.start, day.end);
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            match self.at(at) {
                Ok((logged, next)) => {
                    at = next;
                    Some(Ok(logged))
                }
                Err(error) => {
                    at = end;
                    Some(Err(error))
                }
            }
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

    /// The object at an offset, and the offset behind it.
    fn at(&self, at: u64) -> io::Result<(Logged, u64)> {
        let mut head = [0; 512];
        // Mostly one read: few objects take more.
        let got = self.file.read_at(&mut head, at)?;
        if got < 4 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let next = at + 4 + length as u64;
        if 4 + length <= got {
            return Ok((serde_json::from_slice(&head[4..4 + length])?, next));
        }
        let mut json = vec![0; length];
        self.file.read_exact_at(&mut json, at + 4)?;
        Ok((serde_json::from_slice(&json)?, next))
    }
}

fn hash(object: &str) -> u128 {
    xxh3_128(object.as_bytes())
}
