//! Lists the sources, tells what each key is, and gives the objects in order.
//!
//! Every source is listed on a thread of its own. What is counted and named does not depend on the order in which
//! listings show their objects.

mod listing;
mod sightings;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::path::Path;

use promptlake_datasets::dataset::{DATASETS, Dataset};
use promptlake_datasets::day::Day;
use promptlake_datasets::drift::Drift;
use promptlake_datasets::key::{self, Class, KeyContext};
use promptlake_lake::source::{Source, SourceError, Window};

use crate::object_list::{ObjectList, SortedObjects};
use listing::{Listing, list_source};
use sightings::Prefixes;

/// A source with its name and what its options say of its keys.
#[derive(Debug)]
pub struct NamedSource {
    /// Where it lies, for people.
    pub place: String,
    /// What its options say; the name is in it.
    pub context: KeyContext,
    /// Where objects are listed and read.
    pub source: Box<dyn Source>,
}

impl NamedSource {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.context.name
    }
}

/// Which objects a run looks at.
#[derive(Clone, Copy, Debug)]
pub struct Filter<'a> {
    /// The source days; undated objects are always in it.
    pub window: Window,
    /// Days that are looked at whatever the window says, because a repair needs them; in order.
    pub extra_days: &'a [Day],
    /// Only what may fill this table; `None`: everything. Objects whose content decides always may.
    pub table: Option<&'a str>,
}

impl Filter<'_> {
    /// The days that have to be listed: one window, since that is what a source takes.
    fn listed_window(&self) -> Window {
        let (Some(first), Some(last)) = (self.extra_days.first(), self.extra_days.last()) else {
            return self.window;
        };
        Window {
            from: self.window.from.map(|from| from.min(*first)),
            to: self.window.to.map(|to| to.max(*last)),
        }
    }
}

/// How many objects were listed, and what became of them:
/// `listed == strays + unrecognised + elsewhere + selected`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Shown by the listings, a key that was shown twice counted twice.
    pub listed: u64,
    /// Known strays: skipped.
    pub strays: u64,
    /// Nothing that is known.
    pub unrecognised: u64,
    /// Outside the window or of another table.
    pub elsewhere: u64,
    /// In the list.
    pub selected: u64,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.listed += other.listed;
        self.strays += other.strays;
        self.unrecognised += other.unrecognised;
        self.elsewhere += other.elsewhere;
        self.selected += other.selected;
    }
}

/// A source, or a part of it, that could not be listed or holds nothing that is known.
#[derive(Debug)]
pub struct Problem {
    /// Name of the source.
    pub source: String,
    /// What was wrong.
    pub error: ListError,
}

/// Why a source gave nothing, or not all.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// It could not be listed, or a part of it.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It was listed, and nothing in it is an object of a known kind.
    #[error("{place}: no object of a known kind {}", Seen(prefixes, *listed))]
    NothingKnown {
        /// Where it lies.
        place: String,
        /// How many objects it showed.
        listed: u64,
        /// Folders that were seen, with the number of objects below each; the first in order.
        prefixes: Vec<(String, u64)>,
    },
}

struct Seen<'a>(&'a [(String, u64)], u64);

impl fmt::Display for Seen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.1 == 0 {
            return f.write_str("(it is empty)");
        }
        write!(f, "among {} objects; seen below it:", self.1)?;
        for (prefix, count) in self.0 {
            write!(f, " {} ({count})", prefix.escape_debug())?;
        }
        Ok(())
    }
}

/// What the listings gave.
#[derive(Debug)]
pub struct Discovery {
    /// The objects that are looked at, in order.
    pub objects: SortedObjects,
    /// Their number, and that of the others.
    pub counts: Counts,
    /// Some keys that are nothing known, as `NAME/key`, the first in order.
    pub unrecognised: Vec<String>,
    /// Event types that are new.
    pub drift: Drift,
    /// What could not be listed, by source.
    pub problems: Vec<Problem>,
    /// For each source, whether its listing was complete: what it does not show is not there.
    pub complete: Vec<bool>,
}

/// Why there is nothing to go on with.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// No source could be listed, or none holds an object of a known kind.
    #[error("no source can be read: {}", first(problems))]
    NoSource {
        /// One for each source, at least.
        problems: Vec<Problem>,
    },
    /// A temporary file failed.
    #[error("sort the list of objects")]
    Sort(#[from] io::Error),
}

fn first(problems: &[Problem]) -> String {
    let mut texts = problems
        .iter()
        .map(|p| format!("source {}: {}", p.source, with_causes(&p.error)));
    let first = texts.next().unwrap_or_default();
    texts.fold(first, |all, text| format!("{all}; {text}"))
}

/// An error with its causes, as a person reads it.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

/// How a key is told; [`key::classify`] but for tests.
pub(crate) type Classify = fn(&KeyContext, &str, u64) -> Class;

/// Lists all sources. About `max_bytes` of the list are held in memory, the rest in the folder `temp`.
///
/// # Errors
/// If no source gives an object of a known kind, or a temporary file fails. One of several sources that gives none
/// is a [`Problem`].
///
/// # Panics
/// If there are more than 65,536 sources.
pub fn discover(
    sources: &[NamedSource],
    filter: Filter<'_>,
    max_bytes: usize,
    temp: &Path,
) -> Result<Discovery, DiscoverError> {
    discover_with(sources, filter, max_bytes, temp, DATASETS, key::classify)
}

pub(crate) fn discover_with(
    sources: &[NamedSource],
    filter: Filter<'_>,
    max_bytes: usize,
    temp: &Path,
    registry: &'static [&'static Dataset],
    classify: Classify,
) -> Result<Discovery, DiscoverError> {
    let list = std::sync::Mutex::new(ObjectList::new(registry, max_bytes, temp));
    let listings: Vec<Listing> = std::thread::scope(|scope| {
        let threads: Vec<_> = sources
            .iter()
            .enumerate()
            .map(|(ordinal, source)| {
                let list = &list;
                scope.spawn(move || list_source(ordinal, source, filter, classify, list))
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    let list = list
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    gather(sources, listings, list)
}

fn gather(
    sources: &[NamedSource],
    listings: Vec<Listing>,
    list: ObjectList,
) -> Result<Discovery, DiscoverError> {
    let mut counts = Counts::default();
    let mut unrecognised = sightings::Samples::default();
    let mut event_types = sightings::EventTypes::default();
    let mut problems = Vec::new();
    let mut complete = Vec::new();
    let mut usable = 0;
    for (source, listing) in sources.iter().zip(listings) {
        if let Some(error) = listing.spill_error {
            return Err(error.into());
        }
        counts.add(&listing.counts);
        unrecognised.merge(listing.samples);
        event_types.merge(listing.event_types);
        complete.push(listing.problems.is_empty());
        usable += usize::from(listing.usable);
        problems.extend(listing.problems.into_iter().map(|error| Problem {
            source: source.name().to_owned(),
            error,
        }));
    }
    if usable == 0 {
        return Err(DiscoverError::NoSource { problems });
    }
    Ok(Discovery {
        objects: list.finish()?,
        counts,
        unrecognised: unrecognised.into_vec(),
        drift: event_types.into_drift(),
        problems,
        complete,
    })
}
