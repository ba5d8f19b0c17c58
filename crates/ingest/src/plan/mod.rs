//! Compares what was listed with what the ledger knows, and gives what is to be read as jobs, one after the other.
//!
//! A day whose listing has the digest that the index holds is passed over. Of any other day, the listed objects and
//! the ledger's entries are walked side by side; neither is held in memory.

mod day;
mod decision;
mod job;
mod ledger_view;
mod outline;
mod sameness;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::Path;

use promptlake_datasets::dataset::{DATASETS, Dataset};
use promptlake_datasets::day::Day;
use promptlake_lake::error::StateError;
use promptlake_lake::ledger::LedgerReader;
use promptlake_lake::ledger_index::DayDigest;
use promptlake_lake::storage::Storage;

use crate::discover::{Discovery, NamedSource, with_causes};
use crate::object_list::{Entry, Position};
use day::DayJoin;
use decision::Rules;

pub use job::{DayListing, MAX_OBJECTS, Missing, Noted, PlannedObject, ReadJob, UNSORTED, Why};
pub use ledger_view::LedgerView;
pub use outline::{DayOutline, Outline};

/// What a run wants beside what is new or changed.
#[derive(Clone, Debug, Default)]
pub struct PlanOptions {
    /// Everything is read again.
    pub rebuild: bool,
    /// What the ledger has of a fully listed source, and no listing showed, is to be dropped.
    pub drop_missing: bool,
    /// No object is read: where reading would tell a mirror from a clash, it is taken for a mirror.
    pub listing_only: bool,
    /// Objects that a repair needs, by (dataset, source day).
    pub wanted: BTreeMap<(String, Day), BTreeSet<String>>,
}

/// What became of the listed objects:
/// `read + skipped + archived + mirrored + clashed + repeated + failed` are all of them once the plan is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanCounts {
    /// To be read.
    pub read: u64,
    /// Unchanged since they were read.
    pub skipped: u64,
    /// To be read, but in a storage class that cannot be read at once.
    pub archived: u64,
    /// The same bytes as the first of their `source_object`.
    pub mirrored: u64,
    /// Other bytes than the first of their `source_object`, or than what the lake has of it.
    pub clashed: u64,
    /// Shown twice by one listing.
    pub repeated: u64,
    /// Could not be compared.
    pub failed: u64,
    /// Not come to, because the run was stopped; a plan does not set it.
    pub unplanned: u64,
}

impl PlanCounts {
    /// All objects that were come to.
    pub fn total(&self) -> u64 {
        self.read
            + self.skipped
            + self.archived
            + self.mirrored
            + self.clashed
            + self.repeated
            + self.failed
    }
}

/// What is wrong with an object or a day; the plan goes on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanProblem {
    /// Two objects of one `source_object` have different bytes: exit 1.
    #[error("{what} has other bytes than {source_object} from source {stands}; it is not read")]
    Clash {
        /// NAME/key of the one that is not read.
        what: String,
        /// What both are in the lake.
        source_object: String,
        /// NAME of the source whose object stands.
        stands: String,
    },
    /// An object could not be compared with another one: exit 1.
    #[error("{what}: {error}")]
    Object {
        /// NAME/key.
        what: String,
        /// Why.
        error: String,
    },
    /// A day of the ledger is damaged, and counts as lost: its objects are read again.
    #[error("{error}")]
    Ledger {
        /// Which, and what was noticed.
        error: String,
    },
}

/// Why a plan cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The list of objects cannot be read.
    #[error("read the list of objects")]
    List(#[source] io::Error),
    /// The ledger cannot be read, or a later version of the program wrote it.
    #[error(transparent)]
    State(#[from] StateError),
}

/// Gives jobs until there is none. Order: by dataset (objects whose content decides last), then source day; days that
/// no listing showed come at the end.
pub struct Planner<'a> {
    found: &'a Discovery,
    sources: &'a [NamedSource],
    ledger: &'a LedgerView,
    storage: &'a dyn Storage,
    temp: &'a Path,
    options: &'a PlanOptions,
    droppable: BTreeSet<String>,
    at: Position,
    seen: BTreeSet<(&'static str, Day)>,
    unlisted: Option<std::vec::IntoIter<(String, Day)>>,
    day: Option<DayJoin<'a>>,
    counts: PlanCounts,
    problems: Vec<PlanProblem>,
}

impl std::fmt::Debug for Planner<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Planner")
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

/// The listed objects of a dataset and day, as one pass over them shows them.
struct Group {
    dataset: Option<&'static Dataset>,
    day: Day,
    start: Position,
    /// Entries in the list.
    len: u64,
    listing: DayListing,
    /// Entries of a `source_object` beyond its first.
    further: u64,
    /// Entries that one listing showed twice.
    repeated: u64,
}

impl<'a> Planner<'a> {
    /// A plan for what was found. Days of the ledger are read through `storage`, copies of them lie in `temp`.
    pub fn new(
        found: &'a Discovery,
        sources: &'a [NamedSource],
        ledger: &'a LedgerView,
        storage: &'a dyn Storage,
        temp: &'a Path,
        options: &'a PlanOptions,
    ) -> Self {
        let droppable = sources
            .iter()
            .zip(&found.complete)
            .filter(|(_, complete)| options.drop_missing && **complete)
            .map(|(source, _)| source.name().to_owned())
            .collect();
        Self {
            found,
            sources,
            ledger,
            storage,
            temp,
            options,
            droppable,
            at: found.objects.cursor().position(),
            seen: BTreeSet::new(),
            unlisted: None,
            day: None,
            counts: PlanCounts::default(),
            problems: Vec::new(),
        }
    }

    /// What became of the objects so far; all of them once there is no job left.
    pub fn counts(&self) -> PlanCounts {
        self.counts
    }

    /// What is wrong, since the last call.
    pub fn take_problems(&mut self) -> Vec<PlanProblem> {
        std::mem::take(&mut self.problems)
    }

    /// The next job. A job without objects only has something for the ledger or its index.
    ///
    /// # Errors
    /// If the list or the ledger cannot be read.
    pub fn next_job(&mut self) -> Result<Option<ReadJob>, PlanError> {
        loop {
            if let Some(day) = &mut self.day {
                let rules = Rules {
                    sources: self.sources,
                    dataset: day.dataset,
                    rebuild: self.options.rebuild,
                    listing_only: self.options.listing_only,
                    wanted: self.options.wanted.get(&(day.name.to_owned(), day.day)),
                    droppable: &self.droppable,
                };
                if let Some(job) = day.next_job(rules, &mut self.counts, &mut self.problems)? {
                    return Ok(Some(job));
                }
                self.day = None;
            }
            if let Some(group) = self.next_group()? {
                let name = name_of(group.dataset);
                self.seen.insert((name, group.day));
                if self.is_whole(&group, name) {
                    self.counts.skipped += group.len - group.further - group.repeated;
                    self.counts.mirrored += group.further;
                    self.counts.repeated += group.repeated;
                } else {
                    self.day = Some(self.join(&group, name)?);
                }
            } else if let Some(day) = self.next_unlisted()? {
                self.day = Some(day);
            } else {
                return Ok(None);
            }
        }
    }

    fn is_whole(&self, group: &Group, name: &str) -> bool {
        let state = self.ledger.whole_day(name, group.day);
        !self.options.rebuild
            && !self
                .options
                .wanted
                .contains_key(&(name.to_owned(), group.day))
            && state.is_some_and(|state| {
                state.count == group.listing.count && state.digest == group.listing.digest
            })
    }

    /// Walks the listed objects of the next dataset and day.
    fn next_group(&mut self) -> Result<Option<Group>, PlanError> {
        let mut cursor = self.found.objects.cursor_at(self.at);
        let Some(first) = cursor.next().map_err(PlanError::List)? else {
            return Ok(None);
        };
        let (dataset, day) = (first.dataset, first.day);
        let mut digest = DayDigest::new(decoder_version(dataset));
        let (mut len, mut further, mut repeated) = (0, 0, 0);
        let mut last = Seen::default();
        let mut cursor = self.found.objects.cursor_at(self.at);
        let end = loop {
            let before = cursor.position();
            let Some(entry) = cursor.next().map_err(PlanError::List)? else {
                break before;
            };
            if (entry.dataset, entry.day) != (dataset, day) {
                break before;
            }
            match last.step(&entry) {
                Step::Repeated => repeated += 1,
                step => {
                    further += u64::from(step == Step::Further);
                    digest.add(entry.source_object, entry.etag, entry.size);
                }
            }
            len += 1;
        };
        let start = std::mem::replace(&mut self.at, end);
        Ok(Some(Group {
            dataset,
            day,
            start,
            len,
            listing: DayListing {
                count: digest.count(),
                digest: digest.finish(),
            },
            further,
            repeated,
        }))
    }

    fn join(&mut self, group: &Group, name: &'static str) -> Result<DayJoin<'a>, PlanError> {
        Ok(DayJoin {
            dataset: group.dataset,
            name,
            day: group.day,
            entries: self.found.objects.cursor_at(group.start),
            left: group.len,
            ahead: None,
            ledger: self.open(name, group.day)?,
            listing: Some(group.listing.clone()),
            done: false,
        })
    }

    fn open(&mut self, name: &str, day: Day) -> Result<Option<Ledger>, PlanError> {
        match self.ledger.open(self.storage, self.temp, name, day) {
            Ok(reader) => Ok(reader.map(Iterator::peekable)),
            Err(error) if error.is_damage() => {
                self.problems.push(PlanProblem::Ledger {
                    error: with_causes(&error),
                });
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The next day of the ledger that no listing showed, if what is not there is to be dropped.
    fn next_unlisted(&mut self) -> Result<Option<DayJoin<'a>>, PlanError> {
        if self.droppable.is_empty() {
            return Ok(None);
        }
        let days = self.unlisted.get_or_insert_with(|| {
            let days: Vec<(String, Day)> = self
                .ledger
                .days()
                .filter(|(name, day)| !self.seen.contains(&(*name, *day)))
                .map(|(name, day)| (name.to_owned(), day))
                .collect();
            days.into_iter()
        });
        let known = days.find_map(|(name, day)| {
            let dataset = DATASETS.iter().find(|d| d.name == name).copied();
            (dataset.is_some() || name == UNSORTED).then_some((dataset, day))
        });
        let Some((dataset, day)) = known else {
            return Ok(None);
        };
        let name = name_of(dataset);
        Ok(Some(DayJoin {
            dataset,
            name,
            day,
            entries: self.found.objects.cursor(),
            left: 0,
            ahead: None,
            ledger: self.open(name, day)?,
            listing: None,
            done: false,
        }))
    }
}

/// A day of the ledger, being read.
type Ledger = std::iter::Peekable<LedgerReader<File>>;

fn name_of(dataset: Option<&'static Dataset>) -> &'static str {
    dataset.map_or(UNSORTED, |d| d.name)
}

/// What has a day looked at again when a decoder is mended.
fn decoder_version(dataset: Option<&'static Dataset>) -> u64 {
    match dataset {
        Some(dataset) => dataset.decoder_version.into(),
        None => DATASETS.iter().map(|d| u64::from(d.decoder_version)).sum(),
    }
}

/// The object that was walked over last.
#[derive(Default)]
struct Seen {
    any: bool,
    source_object: String,
    source: u16,
    key: String,
}

#[derive(PartialEq, Eq)]
enum Step {
    /// Another `source_object`.
    Other,
    /// The same, from another place.
    Further,
    /// The same place once more.
    Repeated,
}

impl Seen {
    fn step(&mut self, entry: &Entry<'_>) -> Step {
        let step = if !self.any || self.source_object != entry.source_object {
            Step::Other
        } else if (self.source, self.key.as_str()) == (entry.source, entry.key) {
            Step::Repeated
        } else {
            Step::Further
        };
        self.any = true;
        self.source = entry.source;
        entry.source_object.clone_into(&mut self.source_object);
        entry.key.clone_into(&mut self.key);
        step
    }
}
