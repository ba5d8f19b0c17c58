//! What a run is told, with everything resolved.

use std::path::PathBuf;

use promptlake_datasets::day::Day;
use promptlake_lake::location::Location;
use promptlake_lake::source::Window;
use promptlake_lake::storage::Storage;

use crate::discover::NamedSource;
use crate::report::Tolerance;

/// The options of a run.
#[derive(Debug)]
pub struct RunOptions {
    /// Names the run's report and its temporary folder.
    pub run_id: String,
    /// The program's version, for the report.
    pub version: String,
    /// The day on which the run runs, UTC.
    pub today: Day,
    /// Where objects are read from, in the order of the command line; their names differ.
    pub sources: Vec<NamedSource>,
    /// Where the lake lies.
    pub lake: Location,
    /// How it is written.
    pub storage: Box<dyn Storage>,
    /// The source days.
    pub window: Window,
    /// Only what may fill this table.
    pub table: Option<String>,
    /// Everything readable is read again.
    pub rebuild: bool,
    /// Rows of what is not there any more are dropped; only with `rebuild`.
    pub drop_missing: bool,
    /// What is taken for a failure.
    pub tolerance: Tolerance,
    /// Datasets whose objects of yesterday should be there after the run.
    pub expect: Vec<String>,
    /// How much is worked on at once, and where it may lie.
    pub limits: Limits,
}

/// The options of `verify`.
#[derive(Debug)]
pub struct VerifyOptions {
    /// The day on which it runs, UTC.
    pub today: Day,
    /// How the lake is read.
    pub storage: Box<dyn Storage>,
    /// Partitions from this `dt` on.
    pub since: Option<Day>,
    /// How much is worked on at once, and where it may lie.
    pub limits: Limits,
}

/// How much is worked on at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Threads that decode and encode, at least 1.
    pub threads: usize,
    /// What the whole process may hold, in bytes.
    pub memory_bytes: u64,
    /// Where temporary files lie; `None`: in the lake, which has to be local.
    pub temp_dir: Option<PathBuf>,
    /// An object that inflates to more is cut there.
    pub max_object_bytes: u64,
}
