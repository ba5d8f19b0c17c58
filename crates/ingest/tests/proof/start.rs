//! Starts runs.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use promptlake_datasets::day::Day;
use promptlake_ingest::discover::NamedSource;
use promptlake_ingest::options::{Limits, RunOptions};
use promptlake_ingest::progress::Silent;
use promptlake_ingest::report::{RunReport, Tolerance};
use promptlake_ingest::run::{self, RunError};
use promptlake_lake::location::Location;
use promptlake_lake::source::Window;
use promptlake_lake::storage::Storage;

/// Where temporary files lie: in memory, if that is to be had.
pub(crate) fn scratch() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    }
}

/// How a run is done.
#[derive(Clone, Debug)]
pub(crate) struct How {
    pub(crate) window: Window,
    pub(crate) table: Option<String>,
    pub(crate) rebuild: bool,
    pub(crate) drop_missing: bool,
    pub(crate) threads: usize,
    pub(crate) memory_bytes: u64,
}

impl How {
    /// Everything, with two threads.
    pub(crate) const ALL: Self = Self {
        window: Window::ALL,
        table: None,
        rebuild: false,
        drop_missing: false,
        threads: 2,
        memory_bytes: 1 << 26,
    };
}

static RUNS: AtomicU64 = AtomicU64::new(0);

/// Runs. Rejects and drift are no failures.
pub(crate) fn run(
    lake: Box<dyn Storage>,
    sources: Vec<NamedSource>,
    how: &How,
) -> Result<RunReport, RunError> {
    run_until(lake, sources, how, &AtomicBool::new(false))
}

/// Runs until `stop`.
pub(crate) fn run_until(
    lake: Box<dyn Storage>,
    sources: Vec<NamedSource>,
    how: &How,
    stop: &AtomicBool,
) -> Result<RunReport, RunError> {
    let temp = tempfile::tempdir_in(scratch()).unwrap();
    let options = RunOptions {
        run_id: format!("run-{}", RUNS.fetch_add(1, Ordering::Relaxed)),
        version: "0".to_owned(),
        today: Day(20_430),
        sources,
        lake: Location::Local(temp.path().join("no-lake")),
        storage: lake,
        window: how.window,
        table: how.table.clone(),
        rebuild: how.rebuild,
        drop_missing: how.drop_missing,
        tolerance: Tolerance {
            max_rejects: u64::MAX,
            strict: false,
        },
        expect: Vec::new(),
        limits: Limits {
            threads: how.threads,
            memory_bytes: how.memory_bytes,
            temp_dir: Some(temp.path().to_owned()),
            max_object_bytes: 1 << 20,
        },
    };
    run::run(&options, &Silent, stop)
}
