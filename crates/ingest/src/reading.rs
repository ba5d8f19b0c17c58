//! Takes what is read: stages the rows, and keeps a log of the objects.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use promptlake_datasets::day::Day;
use promptlake_datasets::drift::Drift;
use promptlake_lake::ledger::{Base, Feed, LedgerEntry};

use crate::options::RunOptions;
use crate::plan::{PlanCounts, ReadJob, UNSORTED};
use crate::progress::Progress;
use crate::read::{Event, ReadObject};
use crate::read_log::{Logged, ReadLog, ReadLogWriter};
use crate::repair::Repairs;
use crate::report::{LargeRow, MAX_LISTED, RunReport};
use crate::run::RunError;
use crate::snapshot::partition_of;
use crate::stage::{Large, ParkedRun, PartitionId, Stage};
use crate::tally::Tally;

/// What is being read.
pub struct Reading<'a> {
    options: &'a RunOptions,
    repairs: &'a Repairs,
    progress: &'a dyn Progress,
    stage: Stage,
    log: ReadLogWriter,
    notes: ReadLogWriter,
    job: Option<(String, Day)>,
    read: Counted,
}

/// What is counted while reading.
#[derive(Debug, Default)]
struct Counted {
    touched: BTreeSet<PartitionId>,
    failed: BTreeSet<String>,
    failures: Vec<(String, String)>,
    changed: u64,
    drift: Drift,
    objects: u64,
    bytes: u64,
    inflated: u64,
}

/// What was read.
#[derive(Debug)]
pub struct Read {
    /// The objects that were read.
    pub log: ReadLog,
    /// What else the ledger should know, by day in the same order: objects to drop, other sightings.
    pub notes: ReadLog,
    /// New rows by partition.
    pub staged: BTreeMap<PartitionId, Vec<ParkedRun>>,
    /// Partitions that get or lose rows, or are to be mended.
    pub touched: BTreeSet<PartitionId>,
    /// Objects that could not be read to their end.
    pub failed: BTreeSet<String>,
    /// What failed and why; the first hundred.
    failures: Vec<(String, String)>,
    /// How many of them are others than were listed.
    pub changed: u64,
    /// What the schema does not know.
    pub drift: Drift,
    /// Rows over 32 MB, the first hundred.
    large: Vec<Large>,
    /// Their number.
    large_count: u64,
    objects: u64,
    bytes: u64,
    inflated: u64,
}

impl std::fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reading, {} objects so far", self.read.objects)
    }
}

impl<'a> Reading<'a> {
    /// Begins.
    ///
    /// # Errors
    /// If a temporary file cannot be created.
    pub fn new(
        options: &'a RunOptions,
        temp: &Path,
        repairs: &'a Repairs,
        stage: Stage,
        progress: &'a dyn Progress,
    ) -> io::Result<Self> {
        Ok(Self {
            options,
            repairs,
            progress,
            stage,
            log: ReadLogWriter::new(temp)?,
            notes: ReadLogWriter::new(temp)?,
            job: None,
            read: Counted {
                touched: repairs.suspect.clone(),
                ..Counted::default()
            },
        })
    }

    /// Takes what comes next.
    ///
    /// # Errors
    /// If rows or the log cannot be written.
    pub fn take(&mut self, event: Event) -> Result<(), RunError> {
        match event {
            Event::Job(job) => Ok(self.job(*job)?),
            Event::Rows(rows) => {
                let day = self.job.as_ref().map_or(Day::UNDATED, |(_, day)| *day);
                Ok(self.stage.append(day, &rows)?)
            }
            Event::Objects(objects) => {
                self.progress.advance(objects.len() as u64);
                objects
                    .into_iter()
                    .try_for_each(|object| self.object(object))
                    .map_err(RunError::from)
            }
            Event::Drift(drift) => {
                let day = self.job.as_ref().map_or(Day::UNDATED, |(_, day)| *day);
                self.read.drift.merge(&drift.on(day));
                Ok(())
            }
        }
    }

    /// Ends.
    ///
    /// # Errors
    /// If rows or the log cannot be written.
    pub fn finish(self) -> Result<Read, RunError> {
        let parked = self.stage.finish()?;
        let mut read = self.read;
        read.touched.extend(parked.runs.keys().copied());
        Ok(Read {
            log: self.log.finish()?,
            notes: self.notes.finish()?,
            staged: parked.runs,
            touched: read.touched,
            failed: read.failed,
            failures: read.failures,
            changed: read.changed,
            drift: read.drift,
            large: parked.large,
            large_count: parked.large_count,
            objects: read.objects,
            bytes: read.bytes,
            inflated: read.inflated,
        })
    }

    fn job(&mut self, job: ReadJob) -> io::Result<()> {
        self.log.day(&job.dataset, job.day, job.listing.clone());
        self.notes.day(&job.dataset, job.day, job.listing);
        let noted = job.noted.into_iter().map(|noted| Logged {
            base: Some(Base::of(&noted.entry)),
            entry: LedgerEntry {
                also: noted.also,
                ..noted.entry
            },
            fed: Vec::new(),
            drop: false,
        });
        let dropped = job
            .missing
            .into_iter()
            .filter(|missing| missing.drop)
            .map(|missing| Logged {
                base: Some(Base::of(&missing.entry)),
                fed: missing.entry.feeds.clone(),
                entry: missing.entry,
                drop: true,
            });
        let mut all: Vec<Logged> = noted.chain(dropped).collect();
        all.sort_by(|a, b| a.entry.object.cmp(&b.entry.object));
        for note in all {
            self.touch(&note.fed);
            self.notes.push(&note, note.drop)?;
        }
        self.job = Some((job.dataset, job.day));
        Ok(())
    }

    fn object(&mut self, object: ReadObject) -> io::Result<()> {
        let Some((dataset, day)) = self.job.clone() else {
            return Ok(());
        };
        let planned = object.planned;
        let outcome = match object.outcome {
            Ok(outcome) => outcome,
            Err(failure) => {
                let source = &self.options.sources[usize::from(planned.source)];
                self.read.changed += u64::from(failure.changed);
                self.read.failed.insert(planned.source_object);
                if self.read.failures.len() < MAX_LISTED {
                    self.read
                        .failures
                        .push((format!("{}/{}", source.name(), planned.key), failure.error));
                }
                return Ok(());
            }
        };
        self.read.objects += 1;
        self.read.bytes += planned.size;
        self.read.inflated += object.inflated;
        let mut feeds = Vec::new();
        if let Some(dataset) = object.dataset {
            let tables = dataset.family.tables;
            let feed = |table: &str, dt: Day, rows: u64| Feed {
                table: table.to_owned(),
                dt,
                rows,
            };
            feeds.extend(
                outcome
                    .rows
                    .iter()
                    .map(|(dt, rows)| feed(tables[0].name, *dt, *rows)),
            );
            feeds.extend(
                outcome
                    .child_rows
                    .iter()
                    .map(|((child, dt), rows)| feed(tables[child + 1].name, *dt, *rows)),
            );
        }
        if outcome.rejected > 0 {
            feeds.push(Feed {
                table: "rejects".to_owned(),
                dt: day,
                rows: outcome.rejected,
            });
        }
        feeds.sort();
        let wanted = self
            .repairs
            .wanted
            .get(&(dataset.clone(), day))
            .and_then(|objects| objects.get(&planned.source_object));
        let mut fed = wanted.map(|entry| entry.feeds.clone()).unwrap_or_default();
        fed.extend(
            planned
                .known
                .iter()
                .flat_map(|entry| entry.feeds.iter().cloned()),
        );
        self.touch(&fed);
        self.touch(&feeds);
        let entry = LedgerEntry {
            object: planned.source_object,
            name: self.options.sources[usize::from(planned.source)]
                .name()
                .to_owned(),
            etag: planned.etag,
            size: planned.size,
            hash: object.hash,
            dataset: (dataset == UNSORTED)
                .then(|| object.dataset.map(|dataset| dataset.name.to_owned()))
                .flatten(),
            decoder_version: object.dataset.map_or(0, |dataset| dataset.decoder_version),
            open: false,
            records: outcome.records,
            accepted: outcome.accepted,
            rejected: outcome.rejected,
            skipped: outcome.skipped,
            control: outcome.control,
            feeds,
            also: planned.also,
        };
        let base = planned.known.as_deref().map(Base::of);
        self.log.push(
            &Logged {
                entry,
                base,
                fed,
                drop: false,
            },
            true,
        )
    }

    fn touch(&mut self, feeds: &[Feed]) {
        self.read.touched.extend(
            feeds
                .iter()
                .filter_map(|feed| partition_of(&feed.table, feed.dt)),
        );
    }
}

impl Read {
    /// Whether there is nothing to publish, and nothing to note.
    pub fn is_empty(&self) -> bool {
        self.touched.is_empty() && self.log.days().is_empty() && self.notes.days().is_empty()
    }

    /// Whether the rows of an object go from the old part.
    pub fn replaces(&self, day: Day, object: &str) -> bool {
        self.log.contains(day, object) || self.notes.contains(day, object)
    }

    /// Tells what became of the objects.
    pub fn tell(&self, report: &mut RunReport, plan: &PlanCounts, tally: &Tally, again: bool) {
        let objects = &mut report.objects;
        // What an earlier attempt read and committed is skipped by this one, and still was read.
        let earlier = objects.read.min(plan.skipped);
        objects.read = self.objects + earlier;
        objects.skipped = plan.skipped - earlier;
        objects.archived = plan.archived;
        objects.mirrored = plan.mirrored;
        objects.clashed = plan.clashed;
        objects.repeated = plan.repeated;
        objects.failed = plan.failed + self.failed.len() as u64;
        let unread = plan
            .read
            .saturating_sub(self.objects + self.failed.len() as u64);
        objects.left = unread + plan.unplanned;
        report.rows_over_32_mb = report.rows_over_32_mb.max(self.large_count);
        if report.large_rows.is_empty() {
            report.large_rows = self.large.iter().map(large_row).collect();
        }
        report.bytes.read += self.bytes;
        report.bytes.inflated += self.inflated;
        if !again {
            for (what, error) in &self.failures {
                report.fail("object", what, error.clone());
            }
            report.failure_count +=
                (self.failed.len() - self.failures.len().min(self.failed.len())) as u64;
        }
        for (dataset, counts) in tally.records(again) {
            *report.records_of(dataset) += counts;
        }
    }
}

fn large_row(large: &Large) -> LargeRow {
    LargeRow {
        table: large.table.to_owned(),
        dt: large.dt.to_string(),
        source_object: large.object.clone(),
        record_index: large.index,
        bytes: large.bytes,
    }
}
