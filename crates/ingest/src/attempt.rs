//! One attempt of a run: check, list, plan, read, publish, note.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use promptlake_datasets::day::Day;
use promptlake_datasets::drift::Drift;
use promptlake_lake::source::Window;
use promptlake_lake::storage::Storage;
use promptlake_lake::temp::RunTemp;

use crate::commit::{CommitError, Committed, Committer};
use crate::discover::{Discovery, Filter, discover, with_causes};
use crate::options::RunOptions;
use crate::permits::Permits;
use crate::plan::{LedgerView, PlanOptions, PlanProblem, Planner};
use crate::progress::{Progress, Stage as At};
use crate::read::{ReadOptions, read};
use crate::reading::{Read, Reading};
use crate::repair::{self, Repairs};
use crate::report::{LargeRow, RunReport};
use crate::run::{RunError, Shares};
use crate::snapshot::Snapshot;
use crate::stage::{ParkedRun, PartitionId, Stage};
use crate::table_writer::Encoder;
use crate::tally::Tally;
use crate::write_ledger::LedgerUpdate;

/// How many partitions are published at once: a publish waits for the disk, not for the processor.
const PUBLISHES: usize = 8;

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is left that another attempt could do.
    Done,
    /// Somebody was in the way: another attempt is due.
    Again,
}

/// An attempt.
pub struct Attempt<'a> {
    /// The run's options.
    pub options: &'a RunOptions,
    /// The lake.
    pub storage: &'a dyn Storage,
    /// Temporary files.
    pub temp: &'a RunTemp,
    /// Encodes.
    pub encoder: &'a Arc<Encoder>,
    /// Told how it goes on.
    pub progress: &'a dyn Progress,
    /// Told to stop.
    pub stop: &'a AtomicBool,
    /// No other attempt follows: what is in the way is a failure.
    pub last: bool,
}

impl std::fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attempt of run {}", self.options.run_id)
    }
}

impl Attempt<'_> {
    /// Goes through all stages.
    ///
    /// # Errors
    /// If the run cannot go on.
    pub fn go(&self, report: &mut RunReport, drift: &mut Drift) -> Result<Outcome, RunError> {
        let mut clock = Clock(Instant::now());
        self.progress.stage(At::Check, None);
        // The lake first: whatever is published from here on makes this attempt's publishes fail.
        let snapshot = Snapshot::load(self.storage)?;
        let ledger = LedgerView::load(self.storage)?;
        let repairs = repair::find(self.storage, self.temp, &snapshot, &ledger)?;
        if self.options.drop_missing && ledger.is_empty() && snapshot.is_empty() {
            return Err(RunError::NothingToDropBy);
        }
        self.tell_state(report, &snapshot, &ledger, &repairs);
        clock.stop(report, At::Check);

        self.progress.stage(At::List, None);
        let shares = Shares::of(self.options.limits.memory_bytes);
        let extra_days: Vec<Day> = repairs
            .wanted
            .keys()
            .map(|(_, day)| *day)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let filter = Filter {
            window: self.window(&snapshot, &ledger, report),
            extra_days: &extra_days,
            table: self.options.table.as_deref(),
        };
        let found = discover(
            &self.options.sources,
            filter,
            shares.listing,
            self.temp.path(),
        )?;
        self.tell_listing(report, &found);
        drift.merge(&found.drift);
        clock.stop(report, At::List);

        let plan_options = PlanOptions {
            rebuild: self.options.rebuild,
            drop_missing: self.options.drop_missing,
            listing_only: false,
            wanted: repairs.wanted_names(),
        };
        let mut planner = Planner::new(
            &found,
            &self.options.sources,
            &ledger,
            self.storage,
            self.temp.path(),
            &plan_options,
        );
        self.progress.stage(At::Read, None);
        // Of this attempt alone: what another one parked must not be in the way, nor take space.
        let parked = tempfile::tempdir_in(self.temp.path())?;
        let stage = Stage::new(self.encoder, parked.path().to_owned(), shares.staged);
        let mut reading = Reading::new(
            self.options,
            self.temp.path(),
            &repairs,
            stage,
            self.progress,
        )?;
        let read_options = ReadOptions {
            sources: &self.options.sources,
            threads: self.options.limits.threads,
            max_object_bytes: self.options.limits.max_object_bytes,
            stop: self.stop,
        };
        read::<RunError>(
            &read_options,
            || planner.next_job(),
            |event| reading.take(event),
        )?;
        let (counts, problems) = (planner.counts(), planner.take_problems());
        let done = reading.finish()?;
        drift.merge(&done.drift);
        clock.stop(report, At::Read);
        for problem in problems {
            let (kind, what) = match &problem {
                PlanProblem::Clash { what, .. } => ("clash", what.clone()),
                PlanProblem::Object { what, .. } => ("object", what.clone()),
                PlanProblem::Ledger { error } => {
                    report.notice(error.clone());
                    continue;
                }
            };
            report.fail(kind, &what, problem.to_string());
        }
        for large in &done.large {
            report.large_row(LargeRow {
                table: large.table.to_owned(),
                dt: large.dt.to_string(),
                source_object: large.object.clone(),
                record_index: large.index,
                bytes: large.bytes,
            });
        }
        report.rows_over_32_mb = report.rows_over_32_mb.max(done.large_count);

        self.progress
            .stage(At::Publish, Some(done.touched.len() as u64));
        let stopped = self.stop.load(Ordering::Relaxed);
        let replaceable = self.replaceable(&repairs, &done);
        let mut tally = Tally::default();
        if !stopped {
            self.publish(&snapshot, &repairs, &replaceable, &done, shares, &mut tally);
        }
        let update = LedgerUpdate {
            storage: self.storage,
            temp: self.temp,
            done: &done,
            repairs: &repairs,
            ledger: &ledger,
            sources: &self.options.sources,
            nothing: stopped,
        };
        let reopened = update.write(&mut tally, report)?;
        clock.stop(report, At::Publish);

        let in_the_way = !tally.conflicts.is_empty() || reopened > 0 || done.changed > 0;
        let again = in_the_way && !self.last && !self.stop.load(Ordering::Relaxed);
        tally.tell(report, again);
        done.tell(report, &counts, &tally, again);
        Ok(if again { Outcome::Again } else { Outcome::Done })
    }

    /// The source days to list: the run's, or all where the ledger is lost.
    fn window(&self, snapshot: &Snapshot, ledger: &LedgerView, report: &mut RunReport) -> Window {
        if ledger.is_empty() && !snapshot.is_empty() && self.options.window != Window::ALL {
            report.notice(
                "the ledger is lost: everything is listed, and what it does not know is read again"
                    .to_owned(),
            );
            return Window::ALL;
        }
        self.options.window
    }

    /// The partitions that may be made anew from what was read.
    fn replaceable(&self, repairs: &Repairs, done: &Read) -> BTreeSet<PartitionId> {
        if self.options.rebuild {
            return done.touched.union(&repairs.stale).copied().collect();
        }
        let all_read = |id: &&PartitionId| {
            repairs.fed_by.get(id).is_some_and(|objects| {
                objects
                    .iter()
                    .all(|(day, object)| done.log.contains(*day, object))
            })
        };
        repairs.stale.iter().filter(all_read).copied().collect()
    }

    /// Commits all partitions, those that gain rows before those that only lose some.
    fn publish(
        &self,
        snapshot: &Snapshot,
        repairs: &Repairs,
        replaceable: &BTreeSet<PartitionId>,
        done: &Read,
        shares: Shares,
        tally: &mut Tally,
    ) {
        let merges = Permits::new(self.options.limits.threads);
        let committer = Committer {
            storage: self.storage,
            temp: self.temp,
            encoder: self.encoder,
            snapshot,
            read: done,
            stale: &repairs.stale,
            memory: shares.merge,
            replaceable,
            merges: &merges,
        };
        let (gaining, losing): (Vec<PartitionId>, Vec<PartitionId>) = done
            .touched
            .iter()
            .partition(|id| done.staged.contains_key(id));
        let no_rows: Vec<ParkedRun> = Vec::new();
        for ids in [gaining, losing] {
            let next = Mutex::new(ids.into_iter());
            let results: Mutex<BTreeMap<PartitionId, Result<Committed, CommitError>>> =
                Mutex::default();
            let work = || {
                while !self.stop.load(Ordering::Relaxed)
                    && let Some(id) = lock(&next).next()
                {
                    let staged = done.staged.get(&id).unwrap_or(&no_rows);
                    let result = self
                        .missing(snapshot, repairs, replaceable, id)
                        .map_or_else(|| committer.commit(id, staged), Err);
                    lock(&results).insert(id, result);
                    self.progress.advance(1);
                }
            };
            std::thread::scope(|scope| {
                for _ in 0..PUBLISHES.max(self.options.limits.threads) {
                    scope.spawn(work);
                }
            });
            let results = results
                .into_inner()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            results
                .into_iter()
                .for_each(|(id, result)| tally.add(id, result));
        }
        tally.leave(done.touched.iter());
    }

    /// A part that was there and is lost is not made again from some of its objects alone.
    fn missing(
        &self,
        snapshot: &Snapshot,
        repairs: &Repairs,
        replaceable: &BTreeSet<PartitionId>,
        id: PartitionId,
    ) -> Option<CommitError> {
        let table = id.family.tables[0].name;
        let lost = repairs.stale.contains(&id)
            && snapshot.part(table, id.dt).is_none()
            && !replaceable.contains(&id);
        lost.then(|| CommitError::Damaged {
            path: promptlake_lake::layout::part(table, id.dt),
            error: "it is lost, and not all of its objects can be read again".to_owned(),
        })
    }

    fn tell_state(
        &self,
        report: &mut RunReport,
        snapshot: &Snapshot,
        ledger: &LedgerView,
        repairs: &Repairs,
    ) {
        for path in &snapshot.foreign {
            report.notice(format!(
                "{path} is none of ours: Athena reads whatever lies under tables/"
            ));
        }
        ledger
            .notices
            .iter()
            .chain(&repairs.notices)
            .for_each(|notice| report.notice(notice.clone()));
    }

    fn tell_listing(&self, report: &mut RunReport, found: &Discovery) {
        for source in &self.options.sources {
            if let Some(lake) = source.source.excluded() {
                report.notice(format!(
                    "source {}: the lake in it ({lake}) is left out",
                    source.name()
                ));
            }
        }
        for problem in &found.problems {
            report.fail("source", &problem.source, with_causes(&problem.error));
        }
        report.unrecognised.clone_from(&found.unrecognised);
        report.objects.listed = found.counts.listed;
        report.objects.strays = found.counts.strays;
        report.objects.unrecognised = found.counts.unrecognised;
        report.objects.elsewhere = found.counts.elsewhere;
        report.objects.selected = found.counts.selected;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Measures stages.
struct Clock(Instant);

impl Clock {
    fn stop(&mut self, report: &mut RunReport, stage: At) {
        *report.seconds.entry(stage.as_str().to_owned()).or_default() +=
            self.0.elapsed().as_secs_f64();
        self.0 = Instant::now();
    }
}
