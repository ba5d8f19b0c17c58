//! The laws that a report's counts obey.

use std::fmt;

use super::{ObjectCounts, RecordCounts, RunReport, TableCounts};

/// Counts that contradict each other: a defect of the program, never of the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imbalance {
    /// What is counted: `objects`, a dataset, a table.
    pub of: String,
    /// One side, in words and numbers.
    pub left: String,
    /// The other side's number.
    pub right: i128,
}

impl fmt::Display for Imbalance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "counts of {} do not balance: {}, the parts give {}",
            self.of, self.left, self.right
        )
    }
}

impl RunReport {
    /// What does not balance; empty, unless the program has a defect.
    pub fn imbalances(&self) -> Vec<Imbalance> {
        let records = self
            .records
            .iter()
            .filter_map(|(dataset, counts)| counts.imbalance(dataset));
        let tables = self
            .tables
            .iter()
            .filter_map(|(table, counts)| counts.imbalance(table));
        self.objects
            .imbalances()
            .into_iter()
            .chain(records)
            .chain(tables)
            .collect()
    }
}

fn law(of: &str, left: &str, whole: u64, plus: &[u64], minus: &[u64]) -> Option<Imbalance> {
    let sum = |numbers: &[u64]| numbers.iter().map(|n| i128::from(*n)).sum::<i128>();
    let right = sum(plus) - sum(minus);
    (i128::from(whole) != right).then(|| Imbalance {
        of: of.to_owned(),
        left: format!("{left} {whole}"),
        right,
    })
}

impl ObjectCounts {
    fn imbalances(&self) -> Vec<Imbalance> {
        let listed = law(
            "objects",
            "listed",
            self.listed,
            &[
                self.strays,
                self.unrecognised,
                self.elsewhere,
                self.selected,
            ],
            &[],
        );
        let selected = law(
            "objects",
            "selected",
            self.selected,
            &[
                self.read,
                self.skipped,
                self.archived,
                self.mirrored,
                self.clashed,
                self.repeated,
                self.failed,
                self.left,
            ],
            &[],
        );
        listed.into_iter().chain(selected).collect()
    }
}

impl RecordCounts {
    fn imbalance(&self, dataset: &str) -> Option<Imbalance> {
        law(
            dataset,
            "records read",
            self.read,
            &[self.accepted, self.rejected, self.skipped, self.control],
            &[],
        )
    }
}

impl TableCounts {
    fn imbalance(&self, table: &str) -> Option<Imbalance> {
        law(
            table,
            "rows after",
            self.rows_after,
            &[self.rows_before, self.rows_new, self.twins_back],
            &[self.rows_replaced, self.twins_new],
        )
    }
}
