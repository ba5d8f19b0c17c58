//! What became of the partitions and the records of an attempt.

use std::collections::{BTreeMap, BTreeSet};

use promptlake_lake::layout;

use crate::commit::{CommitError, Committed};
use crate::discover::with_causes;
use crate::report::{RecordCounts, RunReport};
use crate::stage::PartitionId;

/// The outcome of every touched partition.
#[derive(Debug, Default)]
pub struct Tally {
    committed: BTreeMap<PartitionId, Committed>,
    /// Changed by another run meanwhile.
    pub conflicts: BTreeMap<PartitionId, String>,
    failed: BTreeMap<PartitionId, String>,
    left: BTreeSet<PartitionId>,
    noted: BTreeMap<String, RecordCounts>,
    unnoted: BTreeMap<String, RecordCounts>,
}

impl Tally {
    /// Adds the outcome of a partition.
    pub fn add(&mut self, id: PartitionId, result: Result<Committed, CommitError>) {
        match result {
            Ok(committed) => drop(self.committed.insert(id, committed)),
            Err(error @ CommitError::Conflict { .. }) => {
                drop(self.conflicts.insert(id, error.to_string()));
            }
            Err(error) => drop(self.failed.insert(id, with_causes(&error))),
        }
    }

    /// Notes which partitions were not come to.
    pub fn leave<'a>(&mut self, touched: impl Iterator<Item = &'a PartitionId>) {
        let known = |id: &&PartitionId| {
            self.committed.contains_key(id)
                || self.conflicts.contains_key(id)
                || self.failed.contains_key(id)
        };
        self.left = touched.filter(|id| !known(id)).copied().collect();
    }

    /// A partition that is up to date.
    pub fn committed(&self, id: PartitionId) -> Option<&Committed> {
        self.committed.get(&id)
    }

    /// Whether a partition was not to be touched at all.
    pub fn untouched(&self, id: PartitionId) -> bool {
        !self.conflicts.contains_key(&id)
            && !self.failed.contains_key(&id)
            && !self.left.contains(&id)
    }

    /// All of them, ordered.
    pub fn all_committed(&self) -> impl Iterator<Item = (PartitionId, &Committed)> {
        self.committed
            .iter()
            .map(|(id, committed)| (*id, committed))
    }

    /// Counts records of objects; `noted`: the ledger has these now.
    pub fn count(&mut self, dataset: &str, noted: bool, counts: RecordCounts) {
        let all = if noted {
            &mut self.noted
        } else {
            &mut self.unnoted
        };
        *all.entry(dataset.to_owned()).or_default() += counts;
    }

    /// The records by dataset; those that another attempt reads `again` are left out.
    pub fn records(&self, again: bool) -> impl Iterator<Item = (&str, RecordCounts)> {
        let unnoted = self.unnoted.iter().filter(move |_| !again);
        self.noted
            .iter()
            .chain(unnoted)
            .map(|(dataset, counts)| (dataset.as_str(), *counts))
    }

    /// Tells what became of the partitions; conflicts are failures unless another attempt follows.
    pub fn tell(&self, report: &mut RunReport, again: bool) {
        for (id, committed) in &self.committed {
            for (reason, count) in &committed.new_rejects {
                *report.new_rejects.entry(reason.clone()).or_default() += count;
            }
            for ((table, counts), state) in id
                .family
                .tables
                .iter()
                .zip(&committed.counts)
                .zip(&committed.tables)
            {
                let sum = report.table(table.name);
                sum.rows_before += counts.before;
                sum.rows_replaced += counts.replaced;
                sum.rows_new += counts.accepted;
                sum.twins_new += counts.new_twins;
                sum.twins_back += counts.taking_over;
                sum.rows_after += counts.after;
                sum.variants += counts.variants;
                if state.written {
                    sum.partitions_written += 1;
                    sum.bytes_written += state.bytes;
                } else if state.state.is_some() {
                    sum.partitions_unchanged += 1;
                }
            }
        }
        let conflicts = self.conflicts.iter().filter(|_| !again);
        for (id, error) in self.failed.iter().chain(conflicts) {
            let table = id.family.tables[0].name;
            report.table(table).partitions_failed += 1;
            report.fail("partition", &layout::part(table, id.dt), error.clone());
        }
        if !self.left.is_empty() {
            report.notice(format!(
                "{} partitions were left as they were",
                self.left.len()
            ));
        }
    }
}
