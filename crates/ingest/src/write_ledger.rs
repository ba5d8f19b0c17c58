//! Notes in the ledger what was read, once all partitions of an object are committed; then in its index what stands where.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use promptlake_datasets::day::Day;
use promptlake_lake::error::StateError;
use promptlake_lake::layout;
use promptlake_lake::ledger::{self, Change, Updated};
use promptlake_lake::ledger_index::{DayState, IndexChanges, LedgerIndex};
use promptlake_lake::storage::{Storage, Version};
use promptlake_lake::temp::RunTemp;

use crate::discover::{NamedSource, with_causes};
use crate::losses;
use crate::plan::{DayListing, LedgerView};
use crate::read_log::{Logged, LoggedDay};
use crate::reading::Read;
use crate::repair::Repairs;
use crate::report::{RecordCounts, RunReport};
use crate::run::RunError;
use crate::side_by_side::{self, PUBLISHES};
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
    /// The ledger as it was when the attempt began.
    pub ledger: &'a LedgerView,
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

/// By dataset and source day.
type Days<'a> = BTreeMap<(String, Day), DayWork<'a>>;

/// What stands in the logs of a day.
#[derive(Debug, Default)]
struct DayCount {
    /// An object is not committed.
    missing: bool,
    /// The records of objects that are not committed, and of those that are, by dataset.
    records: [BTreeMap<String, RecordCounts>; 2],
}

impl DayCount {
    fn add(&mut self, dataset: &str, noted: bool, counts: RecordCounts) {
        let sums = &mut self.records[usize::from(noted)];
        match sums.get_mut(dataset) {
            Some(sum) => *sum += counts,
            None => drop(sums.insert(dataset.to_owned(), counts)),
        }
    }

    /// `written`: the ledger has now what is committed.
    fn tell(self, written: bool, tally: &mut Tally) {
        for (noted, sums) in [false, written].into_iter().zip(self.records) {
            for (dataset, sum) in sums {
                tally.count(&dataset, noted, sum);
            }
        }
    }
}

/// A day that is written.
struct NotedDay {
    count: DayCount,
    /// Objects that another run changed meanwhile.
    reopened: u64,
    /// For the index.
    state: Option<DayState>,
    notices: Vec<String>,
}

impl LedgerUpdate<'_> {
    /// Writes days and index; gives how many objects another run changed meanwhile. If that fails the report says so, and the
    /// index stays as it is: what is committed is read again by the next run, and comes out the same.
    ///
    /// # Errors
    /// If the log of this run cannot be read.
    pub fn write(&self, tally: &mut Tally, report: &mut RunReport) -> Result<u64, RunError> {
        let mut days = self.days();
        let mut reopened = 0;
        if !self.nothing
            && let Err(error) = self.note(&mut days, &mut reopened, tally, report)
        {
            report.fail("state", layout::LEDGER, with_causes(&error));
        }
        // Those that are not noted are counted all the same.
        for ((dataset, _), work) in days {
            let count = RefCell::default();
            for change in self.changes(&dataset, &work, tally, &[], &count) {
                change?;
            }
            count.into_inner().tell(false, tally);
        }
        Ok(reopened)
    }

    /// The days of which there is something to say.
    fn days(&self) -> Days<'_> {
        let mut days = Days::new();
        for day in self.done.log.days() {
            let work = days.entry((day.dataset.clone(), day.day)).or_default();
            (work.log, work.listing) = (Some(day), day.listing.clone());
        }
        for day in self.done.notes.days() {
            let work = days.entry((day.dataset.clone(), day.day)).or_default();
            work.notes = Some(day);
        }
        for day in self.repairs.wanted.keys().chain(&self.repairs.lost_days) {
            days.entry(day.clone()).or_default();
        }
        days
    }

    /// Writes the days, and takes away those that are written; then, if these are all of them, the index.
    fn note(
        &self,
        days: &mut Days<'_>,
        reopened: &mut u64,
        tally: &mut Tally,
        report: &mut RunReport,
    ) -> Result<(), StateError> {
        let given_up = tally
            .all_committed()
            .flat_map(|(id, committed)| committed.given_up.iter().map(move |table| (*table, id.dt)))
            .collect();
        let losses = losses::find(self.storage, self.temp, self.done, &given_up)?;
        for day in losses.keys() {
            days.entry(day.clone()).or_default();
        }
        let mut changes = IndexChanges::default();
        // An index that was lost names all days again, so that the loss of one is noticed.
        for (dataset, day) in self.ledger.days() {
            if let (None, Some(version)) = (
                self.ledger.index().day(dataset, day),
                self.ledger.version(dataset, day),
            ) {
                changes.day(dataset, day, Some(is_there(version.clone())));
            }
        }
        let failed = AtomicBool::new(false);
        let noted = side_by_side::each(days.iter(), PUBLISHES, |((dataset, day), work)| {
            if failed.load(Ordering::Relaxed) {
                return None;
            }
            let lost = losses.get(&(dataset.clone(), *day));
            let noted = self.note_day(dataset, *day, work, lost, tally);
            failed.fetch_or(noted.is_err(), Ordering::Relaxed);
            Some(noted)
        });
        let mut failure = None;
        for ((dataset, day), noted) in days.keys().cloned().zip(noted).collect::<Vec<_>>() {
            match noted {
                None => {}
                Some(Err(error)) => failure = failure.or(Some(error)),
                Some(Ok(noted)) => {
                    days.remove(&(dataset.clone(), day));
                    noted.count.tell(true, tally);
                    *reopened += noted.reopened;
                    changes.day(&dataset, day, noted.state);
                    noted
                        .notices
                        .into_iter()
                        .for_each(|text| report.notice(text));
                }
            }
        }
        if let Some(error) = failure {
            return Err(error);
        }
        for (id, committed) in tally.all_committed() {
            for (table, state) in id.family.tables.iter().zip(&committed.tables) {
                changes.part(table.name, id.dt, state.state.clone());
            }
        }
        if !changes.is_empty() {
            LedgerIndex::merge(self.storage, &changes)?;
        }
        Ok(())
    }

    /// Writes a day. `lost`: what of it is to be opened.
    fn note_day(
        &self,
        dataset: &str,
        day: Day,
        work: &DayWork<'_>,
        lost: Option<&Vec<Change>>,
        tally: &Tally,
    ) -> Result<NotedDay, StateError> {
        let mut unread = self.unread(dataset, day);
        if let Some(lost) = lost {
            unread.extend(lost.iter().cloned());
            unread.sort_by(|a, b| a.object().cmp(b.object()));
        }
        let count = RefCell::default();
        let changed = || {
            // Asked again if another run was faster, and counted again.
            count.take();
            self.changes(dataset, work, tally, &unread, &count)
        };
        let mut notices = Vec::new();
        let updated = self.update(dataset, day, changed, &mut notices)?;
        let count = count.into_inner();
        // An object that failed stands in no log.
        let whole = !count.missing && self.done.failed.is_empty();
        let state = match (&work.listing, updated.version) {
            (Some(listing), Some(version)) if whole && updated.open == 0 && unread.is_empty() => {
                Some(DayState {
                    count: listing.count,
                    digest: listing.digest.clone(),
                    version,
                })
            }
            (_, version) => version.map(is_there),
        };
        Ok(NotedDay {
            count,
            reopened: updated.reopened.len() as u64,
            state,
            notices,
        })
    }

    fn update<I>(
        &self,
        dataset: &str,
        day: Day,
        changes: impl Fn() -> I,
        notices: &mut Vec<String>,
    ) -> Result<Updated, StateError>
    where
        I: Iterator<Item = Result<Change, StateError>>,
    {
        match ledger::update(self.storage, self.temp, dataset, day, &changes) {
            Err(error) if error.is_damage() => {
                // Its objects were planned as unknown, and read.
                notices.push(format!("{error}; it is written anew"));
                let path = layout::ledger_day(dataset, day);
                if let Some((_, version)) = self.storage.read(&path)? {
                    self.storage.remove(&path, &version)?;
                }
                ledger::update(self.storage, self.temp, dataset, day, changes)
            }
            result => result,
        }
    }

    /// The changes of a day, in the order of their objects, which are counted on the way.
    fn changes<'s>(
        &'s self,
        dataset: &'s str,
        work: &DayWork<'s>,
        tally: &'s Tally,
        unread: &'s [Change],
        count: &'s RefCell<DayCount>,
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
        // What the ledger is to say of it, if it is to say anything.
        let noted = move |logged: std::io::Result<Logged>, read: bool| {
            let logged = match logged {
                Ok(logged) => logged,
                Err(source) => return Some(Err(error(source))),
            };
            let noted = committed(tally, &logged);
            let mut count = count.borrow_mut();
            count.missing |= !noted;
            if read {
                let dataset = logged.entry.dataset.as_deref().unwrap_or(dataset);
                let counts = RecordCounts {
                    read: logged.entry.records,
                    accepted: logged.entry.accepted,
                    rejected: logged.entry.rejected,
                    skipped: logged.entry.skipped,
                    control: logged.entry.control,
                };
                count.add(dataset, noted, counts);
            }
            noted.then(|| change(logged)).flatten().map(Ok)
        };
        let read = read.filter_map(move |logged| noted(logged, true));
        let notes = notes.filter_map(move |logged| noted(logged, false));
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

/// Says that there is such a day, so that its loss is noticed; no listing is like this.
fn is_there(version: Version) -> DayState {
    DayState {
        count: 0,
        digest: String::new(),
        version,
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
