//! Notes in the ledger what was read, once all partitions of an object are committed; then in its index what stands where.

use std::collections::BTreeMap;

use promptlake_datasets::day::Day;
use promptlake_lake::error::StateError;
use promptlake_lake::layout;
use promptlake_lake::ledger::{self, Change, Updated};
use promptlake_lake::ledger_index::{DayState, IndexChanges, LedgerIndex};
use promptlake_lake::storage::Storage;
use promptlake_lake::temp::RunTemp;

use crate::discover::NamedSource;
use crate::losses;
use crate::plan::DayListing;
use crate::read_log::{Logged, LoggedDay};
use crate::reading::Read;
use crate::repair::Repairs;
use crate::report::{RecordCounts, RunReport};
use crate::run::RunError;
use crate::snapshot::partition_of;
use crate::tally::Tally;

/// What is noted.
pub struct LedgerUpdate<'a> {
    /// The lake.
    pub storage: &'a dyn Storage,
    /// Temporary files.
    pub temp: &'a RunTemp,
    /// What was read.
    pub done: &'a Read,
    /// What was to be mended.
    pub repairs: &'a Repairs,
    /// The sources of the run.
    pub sources: &'a [NamedSource],
    /// The run was stopped before anything was committed.
    pub nothing: bool,
}

impl std::fmt::Debug for LedgerUpdate<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LedgerUpdate of {} days", self.done.log.days().len())
    }
}

/// A source day of the run: where its objects and notes are logged, and what is wanted of it.
#[derive(Default)]
struct DayWork<'a> {
    log: Option<&'a LoggedDay>,
    notes: Option<&'a LoggedDay>,
    listing: Option<DayListing>,
}

impl LedgerUpdate<'_> {
    /// Writes days and index; gives how many objects another run changed meanwhile.
    ///
    /// # Errors
    /// If the ledger cannot be written: what is committed is read again by the next run, and comes out the same.
    pub fn write(&self, tally: &mut Tally, report: &mut RunReport) -> Result<u64, RunError> {
        let mut days: BTreeMap<(&str, Day), DayWork<'_>> = BTreeMap::new();
        for day in self.done.log.days() {
            let work = days.entry((&day.dataset, day.day)).or_default();
            (work.log, work.listing) = (Some(day), day.listing.clone());
        }
        for day in self.done.notes.days() {
            days.entry((&day.dataset, day.day)).or_default().notes = Some(day);
        }
        for (dataset, day) in self.repairs.wanted.keys().chain(&self.repairs.lost_days) {
            days.entry((dataset, *day)).or_default();
        }
        let given_up = tally
            .all_committed()
            .flat_map(|(id, committed)| committed.given_up.iter().map(move |table| (*table, id.dt)))
            .collect();
        let losses = losses::find(self.storage, self.temp, self.done, &given_up)?;
        for (dataset, day) in losses.keys() {
            days.entry((dataset, *day)).or_default();
        }
        let mut changes = IndexChanges::default();
        let mut reopened = 0;
        for ((dataset, day), work) in days {
            let whole = self.count(dataset, &work, tally)?;
            if self.nothing {
                continue;
            }
            let mut unread = self.unread(dataset, day);
            if let Some(lost) = losses.get(&(dataset.to_owned(), day)) {
                unread.extend(lost.iter().cloned());
                unread.sort_by(|a, b| a.object().cmp(b.object()));
            }
            let updated = self.update(dataset, day, &work, tally, &unread, report)?;
            reopened += updated.reopened.len() as u64;
            let state = match (work.listing, updated.version) {
                (Some(listing), Some(version))
                    if whole && updated.open == 0 && unread.is_empty() =>
                {
                    Some(DayState {
                        count: listing.count,
                        digest: listing.digest,
                        version,
                    })
                }
                // That there is such a day, so that its loss is noticed; no listing is like this.
                (_, version) => version.map(|version| DayState {
                    count: 0,
                    digest: String::new(),
                    version,
                }),
            };
            changes.day(dataset, day, state);
        }
        for (id, committed) in tally.all_committed() {
            for (table, state) in id.family.tables.iter().zip(&committed.tables) {
                changes.part(table.name, id.dt, state.state.clone());
            }
        }
        if !changes.is_empty() {
            LedgerIndex::merge(self.storage, &changes)?;
        }
        Ok(reopened)
    }

    /// Counts the records of a day; whether all of its objects are committed.
    fn count(
        &self,
        dataset: &str,
        work: &DayWork<'_>,
        tally: &mut Tally,
    ) -> Result<bool, RunError> {
        let mut whole = true;
        for logged in work
            .log
            .into_iter()
            .flat_map(|day| self.done.log.objects(day))
        {
            let logged = logged?;
            let noted = !self.nothing && committed(tally, &logged);
            whole &= noted;
            let counts = RecordCounts {
                read: logged.entry.records,
                accepted: logged.entry.accepted,
                rejected: logged.entry.rejected,
                skipped: logged.skipped.0,
                control: logged.skipped.1,
            };
            tally.count(
                logged.entry.dataset.as_deref().unwrap_or(dataset),
                noted,
                &counts,
            );
        }
        for logged in work
            .notes
            .into_iter()
            .flat_map(|day| self.done.notes.objects(day))
        {
            whole &= committed(tally, &logged?);
        }
        // An object that failed stands in no log.
        Ok(whole && self.done.failed.is_empty())
    }

    fn update(
        &self,
        dataset: &str,
        day: Day,
        work: &DayWork<'_>,
        tally: &Tally,
        unread: &[Change],
        report: &mut RunReport,
    ) -> Result<Updated, RunError> {
        let changes = || self.changes(work, tally, unread);
        match ledger::update(self.storage, self.temp, dataset, day, changes) {
            Err(error) if error.is_damage() => {
                // Its objects were planned as unknown, and read.
                report.notice(format!("{error}; it is written anew"));
                let path = layout::ledger_day(dataset, day);
                if let Some((_, version)) = self.storage.read(&path)? {
                    self.storage.remove(&path, &version)?;
                }
                Ok(ledger::update(
                    self.storage,
                    self.temp,
                    dataset,
                    day,
                    changes,
                )?)
            }
            result => Ok(result?),
        }
    }

    /// The changes of a day, in the order of their objects.
    fn changes<'s>(
        &'s self,
        work: &DayWork<'s>,
        tally: &'s Tally,
        unread: &'s [Change],
    ) -> impl Iterator<Item = Result<Change, StateError>> + 's {
        let change = |logged: Logged| {
            if logged.drop {
                logged.base.map(|base| Change::Drop {
                    object: logged.entry.object,
                    base,
                })
            } else {
                Some(Change::Put {
                    entry: logged.entry,
                    base: logged.base,
                })
            }
        };
        let error = |source| StateError::Read {
            path: "the log of this run".to_owned(),
            source,
        };
        let read = work
            .log
            .into_iter()
            .flat_map(|day| self.done.log.objects(day));
        let notes = work
            .notes
            .into_iter()
            .flat_map(|day| self.done.notes.objects(day));
        let logged = move |items: std::io::Result<Logged>| match items {
            Ok(logged) if committed(tally, &logged) => change(logged).map(Ok),
            Ok(_) => None,
            Err(source) => Some(Err(error(source))),
        };
        let read = read.filter_map(logged);
        let notes = notes.filter_map(logged);
        let unread = unread.iter().cloned().map(Ok);
        merged(merged(read, notes), unread)
    }

    /// What a repair wanted and no listing showed, and the ledger does not know: kept open, with the partitions that hold
    /// its rows, so that they are found should the object come back.
    fn unread(&self, dataset: &str, day: Day) -> Vec<Change> {
        let wanted = self.repairs.wanted.get(&(dataset.to_owned(), day));
        let mut unread = Vec::new();
        for (object, entry) in wanted.into_iter().flatten() {
            if self.done.log.contains(day, object) || self.done.failed.contains(object) {
                continue;
            }
            let known = !entry.name.is_empty();
            if !known {
                let mut entry = entry.clone();
                // With one source there is no doubt where it came from.
                if let [only] = self.sources {
                    only.name().clone_into(&mut entry.name);
                }
                unread.push(Change::Put { entry, base: None });
            }
        }
        unread
    }
}

/// Whether every partition that an object fed or feeds is committed.
fn committed(tally: &Tally, logged: &Logged) -> bool {
    let feeds = logged.entry.feeds.iter().chain(&logged.fed);
    // What was only noted was in no merge, and fed nothing new.
    let noted = logged.fed.is_empty() && logged.base.is_some() && !logged.drop;
    feeds
        .filter_map(|feed| partition_of(&feed.table, feed.dt))
        .all(|id| tally.committed(id).is_some() || (noted && tally.untouched(id)))
}

/// Two streams of changes in the order of their objects.
fn merged<'a>(
    a: impl Iterator<Item = Result<Change, StateError>> + 'a,
    b: impl Iterator<Item = Result<Change, StateError>> + 'a,
) -> impl Iterator<Item = Result<Change, StateError>> + 'a {
    let (mut a, mut b) = (a.peekable(), b.peekable());
    std::iter::from_fn(move || {
        let b_first = match (a.peek(), b.peek()) {
            (Some(Ok(a)), Some(Ok(b))) => b.object() < a.object(),
            (None, _) => true,
            _ => false,
        };
        if b_first { b.next() } else { a.next() }
    })
}
