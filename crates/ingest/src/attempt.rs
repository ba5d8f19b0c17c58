//! One attempt of a run: check, list, plan, read, publish, note.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use promptlake_datasets::day::Day;
use promptlake_datasets::drift::Drift;
use promptlake_lake::source::Window;
use promptlake_lake::storage::Storage;
use promptlake_lake::temp::RunTemp;
use promptlake_lake::write_guard::WriteGuard;

use crate::commit::{CommitError, Committer};
use crate::discover::{Discovery, Filter, discover, with_causes};
use crate::encoder::Encoder;
use crate::mending::Mending;
use crate::options::RunOptions;
use crate::permits::Permits;
use crate::plan::{LedgerView, PlanCounts, PlanOptions, PlanProblem, Planner};
use crate::progress::{Progress, Stage as At};
use crate::read::{ReadOptions, read};
use crate::reading::{Read, Reading};
use crate::repair::{self, Repairs};
use crate::report::RunReport;
use crate::run::{RunError, Shares};
use crate::side_by_side::{self, PUBLISHES};
use crate::snapshot::Snapshot;
use crate::stage::{ParkedRun, PartitionId, Stage};
use crate::tally::Tally;
use crate::write_ledger::LedgerUpdate;

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
    /// Asked before anything is published.
    pub guard: &'a WriteGuard<'a>,
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
        if self.options.drop_missing && ledger.is_empty() && !snapshot.is_empty() {
            return Err(RunError::NothingToDropBy);
        }
        tell_state(report, &snapshot, &ledger, &repairs);
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

        let (done, plan) = self.read(&found, &ledger, &repairs, shares)?;
        drift.merge(&done.drift);
        clock.stop(report, At::Read);

        self.progress
            .stage(At::Publish, Some(done.touched.len() as u64));
        let stopped = self.stop.load(Ordering::Relaxed);
        let nothing = done.is_empty() && repairs.wanted.is_empty();
        if !stopped && !nothing {
            self.guard.check()?;
        }
        let mending = Mending::new(self.options, &repairs, &found.complete, &done);
        let mut tally = Tally::default();
        if !stopped {
            self.publish(&snapshot, &repairs, &mending, &done, shares, &mut tally);
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
        done.tell(report, &plan.counts, &tally, again);
        if !again {
            plan.tell(report);
        }
        Ok(if again { Outcome::Again } else { Outcome::Done })
    }

    /// Reads what the plan says and stages its rows.
    fn read(
        &self,
        found: &Discovery,
        ledger: &LedgerView,
        repairs: &Repairs,
        shares: Shares,
    ) -> Result<(Read, Planned), RunError> {
        let sources = &self.options.sources;
        let plan_options = PlanOptions {
            rebuild: self.options.rebuild,
            drop_missing: self.options.drop_missing,
            listing_only: false,
            wanted: repairs.wanted_names(),
        };
        let temp = self.temp.path();
        let mut planner = Planner::new(found, sources, ledger, self.storage, temp, &plan_options);
        self.progress.stage(At::Read, None);
        let stage = Stage::new(self.encoder, temp.to_owned(), shares.staged);
        let mut reading = Reading::new(self.options, temp, repairs, stage, self.progress)?;
        let options = ReadOptions {
            sources,
            threads: self.options.limits.threads,
            max_object_bytes: self.options.limits.max_object_bytes,
            stop: self.stop,
        };
        read::<RunError>(&options, || planner.next_job(), |event| reading.take(event))?;
        let (mut counts, problems) = (planner.counts(), planner.take_problems());
        if self.stop.load(Ordering::Relaxed) {
            counts.unplanned = found.counts.selected.saturating_sub(counts.total());
        }
        Ok((reading.finish()?, Planned { counts, problems }))
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

    /// Commits all partitions, those that gain rows before those that only lose some.
    fn publish(
        &self,
        snapshot: &Snapshot,
        repairs: &Repairs,
        mending: &Mending,
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
            replaceable: &mending.replaceable,
            merges: &merges,
        };
        let (gaining, losing): (Vec<PartitionId>, Vec<PartitionId>) = done
            .touched
            .iter()
            .filter(|id| !mending.left.contains(id))
            .partition(|id| done.staged.contains_key(id));
        let no_rows: Vec<ParkedRun> = Vec::new();
        for ids in [gaining, losing] {
            let threads = PUBLISHES.max(self.options.limits.threads);
            let results = side_by_side::each(ids.iter(), threads, |id| {
                if self.stop.load(Ordering::Relaxed) {
                    return None;
                }
                let staged = done.staged.get(id).unwrap_or(&no_rows);
                let result = match mending.blocked.get(id) {
                    Some(why) => Err(CommitError::Blocked { why: why.clone() }),
                    None => committer.commit(*id, staged),
                };
                // Published, or to be read again: nobody needs them, and the disk may be small.
                for file in staged.iter().flatten().flatten() {
                    std::fs::remove_file(&file.path).ok();
                }
                self.progress.advance(1);
                Some(result)
            });
            for (id, result) in ids.iter().zip(results) {
                if let Some(result) = result {
                    tally.add(*id, result);
                }
            }
        }
        tally.leave(done.touched.iter());
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

fn tell_state(report: &mut RunReport, snapshot: &Snapshot, ledger: &LedgerView, repairs: &Repairs) {
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

/// What a plan found.
struct Planned {
    counts: PlanCounts,
    problems: Vec<PlanProblem>,
}

impl Planned {
    fn tell(&self, report: &mut RunReport) {
        for problem in &self.problems {
            match problem {
                PlanProblem::Clash { what, .. } => report.fail("clash", what, problem.to_string()),
                PlanProblem::Object { what, .. } => {
                    report.fail("object", what, problem.to_string());
                }
                PlanProblem::Ledger { error } => report.notice(error.clone()),
            }
        }
    }
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
