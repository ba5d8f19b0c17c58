//! Which stale partitions may be mended with what this run could read, and which are left alone.

use std::collections::{BTreeMap, BTreeSet};

use promptlake_datasets::day::Day;

use crate::options::RunOptions;
use crate::reading::Read;
use crate::repair::Repairs;
use crate::stage::PartitionId;

/// What may be done with stale partitions.
#[derive(Debug, Default)]
pub struct Mending {
    /// Those that may be made anew without what stands there, should that be damaged: all of their objects were read, or
    /// the loss is accepted.
    pub replaceable: BTreeSet<PartitionId>,
    /// Those that are left as they are, and why: merging them now could lose what another run can still read.
    pub blocked: BTreeMap<PartitionId, String>,
    /// Those of other tables than the run was asked for: they wait for a run that is.
    pub left: BTreeSet<PartitionId>,
}

impl Mending {
    /// Decides. `complete`: for each source, whether its listing was.
    pub fn new(options: &RunOptions, repairs: &Repairs, complete: &[bool], done: &Read) -> Self {
        let mut mending = Self::default();
        if options.rebuild {
            mending.replaceable = done.touched.union(&repairs.stale).copied().collect();
            return mending;
        }
        let sources = Sources { options, complete };
        for id in &repairs.stale {
            let of_table = |name: &String| id.family.tables.iter().any(|table| table.name == name);
            if !options.table.as_ref().is_none_or(of_table) {
                mending.left.insert(*id);
                continue;
            }
            let empty = BTreeSet::new();
            let objects = repairs.fed_by.get(id).unwrap_or(&empty);
            let unread: Vec<&(Day, String)> = objects
                .iter()
                .filter(|(day, object)| !done.replaces(*day, object))
                .collect();
            if unread.is_empty() {
                mending.replaceable.insert(*id);
                continue;
            }
            let pending = unread.iter().filter(|(day, object)| {
                done.failed.contains(object) || !sources.show_gone(name_of(repairs, *day, object))
            });
            let pending = pending.count();
            let lost = repairs.partless.contains(id);
            let why = if pending > 0 {
                format!(
                    "it has to be mended, and {pending} of its objects could not be read again: name all sources of the lake, without --table"
                )
            } else if lost {
                format!(
                    "it is lost, and {} of its objects are gone; --rebuild accepts the loss",
                    unread.len()
                )
            } else {
                continue;
            };
            mending.blocked.insert(*id, why);
        }
        mending
    }
}

/// The source from which the ledger knows an object; `None`: it does not.
fn name_of<'a>(repairs: &'a Repairs, day: Day, object: &str) -> Option<&'a str> {
    let of_day = repairs
        .wanted
        .iter()
        .filter(|((_, wanted), _)| *wanted == day);
    let mut entries = of_day.filter_map(|(_, objects)| objects.get(object));
    entries
        .find(|entry| !entry.name.is_empty())
        .map(|entry| entry.name.as_str())
}

struct Sources<'a> {
    options: &'a RunOptions,
    complete: &'a [bool],
}

impl Sources<'_> {
    /// Whether an object that no listing showed is gone: the source that it came from was listed in full.
    fn show_gone(&self, name: Option<&str>) -> bool {
        let mut sources = self.options.sources.iter().zip(self.complete);
        let listed = match name {
            Some(name) => sources.any(|(source, complete)| source.name() == name && *complete),
            None => self.complete.iter().all(|complete| *complete),
        };
        listed && self.options.table.is_none()
    }
}
