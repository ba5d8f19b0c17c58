//! What a run did, for a scheduler and for a person. The JSON is documented in `docs/report.md`.

mod balance;
mod summary;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use promptlake_datasets::drift::Drift;
use promptlake_lake::source::Window;
use promptlake_lake::stats::Stats;
use serde::{Deserialize, Serialize};

use crate::exit::Exit;

pub use balance::Imbalance;

/// The version of the JSON. Fields may be added in any release; a change of meaning raises it.
pub const FORMAT: u32 = 1;

/// How many failures, notices, names of drift and unrecognised keys are listed; more are only counted.
pub const MAX_LISTED: usize = 100;

/// The report of a run. The run fills the fields as it goes on, then calls [`RunReport::finish`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunReport {
    /// [`FORMAT`].
    pub format: u32,
    /// The run's id.
    pub run_id: String,
    /// The program's version.
    pub version: String,
    /// The lake's place.
    pub lake: String,
    /// The sources, in the order of the command line.
    pub sources: Vec<SourceLine>,
    /// The window of source days.
    pub window: Days,
    /// Whether everything readable was read again.
    pub rebuild: bool,
    /// Objects.
    pub objects: ObjectCounts,
    /// Records by dataset.
    pub records: BTreeMap<String, RecordCounts>,
    /// Rows and partitions by table.
    pub tables: BTreeMap<String, TableCounts>,
    /// Rejects that were not in the lake before, by reason.
    pub new_rejects: BTreeMap<String, u64>,
    /// Bytes.
    pub bytes: ByteCounts,
    /// Requests to buckets, but for that of the report itself.
    pub requests: Requests,
    /// What the schema does not know, in the order of dataset, kind, name; the first [`MAX_LISTED`].
    pub drift: Vec<DriftLine>,
    /// How many names of drift there are.
    pub drift_names: u64,
    /// Some keys of nothing known, as `NAME/key`.
    pub unrecognised: Vec<String>,
    /// What failed, in the order in which it did; the first [`MAX_LISTED`].
    pub failures: Vec<Failure>,
    /// How many failures there are.
    pub failure_count: u64,
    /// What a person should know, though nothing failed; the first [`MAX_LISTED`].
    pub notices: Vec<String>,
    /// Rows of more than 32 MB, which Athena does not read.
    pub rows_over_32_mb: u64,
    /// The first [`MAX_LISTED`] of them, in the order in which they were read.
    pub large_rows: Vec<LargeRow>,
    /// Whether the run was told to stop before it was done.
    pub stopped: bool,
    /// Expected reports that have not arrived, in the order of dataset and account.
    pub missing_reports: Vec<MissingReport>,
    /// Wall time by stage, in seconds; `total` is all of it.
    pub seconds: BTreeMap<String, f64>,
    /// The exit code, and why it is not 0.
    pub exit: ExitLine,
}

/// A source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLine {
    /// Its name.
    pub name: String,
    /// Its place.
    pub place: String,
}

/// Days, both ends included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// First day, `YYYY-MM-DD`; null: from the beginning.
    pub from: Option<String>,
    /// Last day; null: whatever is there.
    pub to: Option<String>,
}

impl From<Window> for Days {
    fn from(window: Window) -> Self {
        Self {
            from: window.from.map(|day| day.to_string()),
            to: window.to.map(|day| day.to_string()),
        }
    }
}

/// What became of the objects. `listed == strays + unrecognised + elsewhere + selected` and
/// `selected == read + skipped + archived + mirrored + clashed + repeated + failed + left`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ObjectCounts {
    /// Shown by the listings.
    pub listed: u64,
    /// Known strays.
    pub strays: u64,
    /// Nothing that is known.
    pub unrecognised: u64,
    /// Outside the window, or of another table than asked for.
    pub elsewhere: u64,
    /// Looked at.
    pub selected: u64,
    /// Read.
    pub read: u64,
    /// Unchanged since they were read.
    pub skipped: u64,
    /// To be read, but in a storage class that cannot be read at once.
    pub archived: u64,
    /// The same bytes as another one of the same `source_object`.
    pub mirrored: u64,
    /// Other bytes than another one of the same `source_object`: not read.
    pub clashed: u64,
    /// Shown twice by one listing.
    pub repeated: u64,
    /// Could not be fetched.
    pub failed: u64,
    /// To be read, or not compared with the ledger yet, when the run was stopped.
    pub left: u64,
}

/// What became of the records of a dataset. `read == accepted + rejected + skipped + control`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordCounts {
    /// Read.
    pub read: u64,
    /// Became a row of the dataset's first table.
    pub accepted: u64,
    /// Became a row of `rejects`.
    pub rejected: u64,
    /// Of something else (Lex).
    pub skipped: u64,
    /// Control messages (Lex).
    pub control: u64,
}

impl std::ops::AddAssign for RecordCounts {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        self.skipped += other.skipped;
        self.control += other.control;
    }
}

/// What became of a table. `rows_after == rows_before - rows_replaced + rows_new - twins_new + twins_back`, over the
/// partitions that were merged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TableCounts {
    /// Rows of the merged partitions before the run.
    pub rows_before: u64,
    /// Of those, rows of objects that were read again.
    pub rows_replaced: u64,
    /// Rows of the objects that were read.
    pub rows_new: u64,
    /// Of those that were read or stood before, rows that became twins of another and are not stored any more.
    pub twins_new: u64,
    /// Twins that were not stored before and took over.
    pub twins_back: u64,
    /// Rows of the merged partitions after the run.
    pub rows_after: u64,
    /// Of those, variants other than 0.
    pub variants: u64,
    /// Partitions whose bytes changed.
    pub partitions_written: u64,
    /// Partitions that were merged and came out as they were.
    pub partitions_unchanged: u64,
    /// Partitions that could not be merged or published.
    pub partitions_failed: u64,
    /// Bytes of the parts written.
    pub bytes_written: u64,
}

/// Bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ByteCounts {
    /// Of the objects that were read, as they lie in the source.
    pub read: u64,
    /// Of the same, inflated.
    pub inflated: u64,
    /// Of the parts written.
    pub written: u64,
}

/// Requests to buckets; all 0 where a place is local.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Requests {
    /// Of all sources.
    pub sources: Stats,
    /// Of the lake.
    pub lake: Stats,
}

/// Something new in the data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftLine {
    /// Dataset.
    pub dataset: String,
    /// `field`, `column`, `event_type`, `model`, `client`, `tier`, `value`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// How often.
    pub count: u64,
    /// The object that showed it first.
    pub first_object: String,
}

/// Something that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// `source`, `object`, `clash`, `partition`, `balance`, `state`.
    pub kind: String,
    /// What it was: a source's name, a key, a path of the lake.
    pub what: String,
    /// Why.
    pub error: String,
}

/// A row that Athena does not read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LargeRow {
    /// Table.
    pub table: String,
    /// Partition.
    pub dt: String,
    /// Its object.
    pub source_object: String,
    /// Its place in the object.
    pub record_index: i64,
    /// Its bytes.
    pub bytes: u64,
}

/// A report that was expected (`--expect`) and has not arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingReport {
    /// Dataset.
    pub dataset: String,
    /// Account; null: of no known account, or none was seen in the week before.
    pub account: Option<String>,
    /// The source day, `YYYY-MM-DD`.
    pub day: String,
}

/// How the run ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitLine {
    /// The exit code.
    pub code: u8,
    /// Why it is not 0.
    pub because: Vec<String>,
}

/// What of a run's outcome is taken for a failure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tolerance {
    /// As many new rejects are no failure.
    pub max_rejects: u64,
    /// Drift is a failure.
    pub strict: bool,
}

impl RunReport {
    /// A report in which nothing has happened yet.
    pub fn new(run_id: &str, version: &str, window: Window) -> Self {
        Self {
            format: FORMAT,
            run_id: run_id.to_owned(),
            version: version.to_owned(),
            window: window.into(),
            ..Self::default()
        }
    }

    /// Notes a failure: the run will end with 1.
    pub fn fail(&mut self, kind: &str, what: &str, error: String) {
        self.failure_count += 1;
        if self.failures.len() < MAX_LISTED {
            self.failures.push(Failure {
                kind: kind.to_owned(),
                what: what.to_owned(),
                error,
            });
        }
    }

    /// Notes something that a person should know.
    pub fn notice(&mut self, text: String) {
        if self.notices.len() < MAX_LISTED && !self.notices.contains(&text) {
            self.notices.push(text);
        }
    }

    /// Sets the drift.
    pub fn set_drift(&mut self, drift: &Drift) {
        self.drift_names = drift.iter().count() as u64;
        self.drift = drift
            .iter()
            .take(MAX_LISTED)
            .map(|(dataset, kind, name, seen)| DriftLine {
                dataset: dataset.to_owned(),
                kind: kind.as_str().to_owned(),
                name: name.to_owned(),
                count: seen.count,
                first_object: seen.first_object.clone(),
            })
            .collect();
    }

    /// The counts of a dataset's records.
    pub fn records_of(&mut self, dataset: &str) -> &mut RecordCounts {
        self.records.entry(dataset.to_owned()).or_default()
    }

    /// The counts of a table.
    pub fn table(&mut self, table: &str) -> &mut TableCounts {
        self.tables.entry(table.to_owned()).or_default()
    }

    /// Counts what must balance, decides the exit code and sets it. Counts that do not balance are a failure.
    pub fn finish(&mut self, tolerance: Tolerance) -> Exit {
        self.bytes.written = self.tables.values().map(|t| t.bytes_written).sum();
        for imbalance in self.imbalances() {
            self.fail("balance", &imbalance.of, imbalance.to_string());
        }
        let mut because = Vec::new();
        if self.stopped {
            because.push("stopped before it was done".to_owned());
        }
        if self.failure_count > 0 {
            because.push(format!("{} failed", summary::number(self.failure_count)));
        }
        let rejects: u64 = self.new_rejects.values().sum();
        if rejects > tolerance.max_rejects {
            because.push(format!(
                "{} new rejects, {} allowed",
                summary::number(rejects),
                summary::number(tolerance.max_rejects)
            ));
        }
        if tolerance.strict && self.drift_names > 0 {
            because.push(format!(
                "--strict takes for a failure what is new in the data: {}",
                self.drift_named()
            ));
        }
        let exit = if !because.is_empty() {
            Exit::Failed
        } else if self.missing_reports.is_empty() {
            Exit::Clean
        } else {
            because.push(self.missing_named());
            Exit::ReportMissing
        };
        self.exit = ExitLine {
            code: exit.code(),
            because,
        };
        exit
    }

    /// The report as JSON, indented, with a line feed at its end.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self)
            .expect("invariant: text keys and finite numbers are JSON");
        json.push('\n');
        json
    }
}
