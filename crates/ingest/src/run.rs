//! `promptlake run`: from sources to a lake that holds what they hold, and a report of it.
//!
//! A run makes attempts. Where another run changed a partition or the ledger since an attempt began, or an object
//! changed since it was listed, nothing is overwritten: another attempt lists and reads again what is not committed yet.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use promptlake_datasets::drift::Drift;
use promptlake_lake::drift_list::DriftList;
use promptlake_lake::error::StateError;
use promptlake_lake::layout;
use promptlake_lake::location::Location;
use promptlake_lake::settings::Settings;
use promptlake_lake::storage::{Content, Expect, StorageError};
use promptlake_lake::temp::{RunTemp, TempError};
use promptlake_lake::write_guard::WriteGuard;

use crate::attempt::{self, Attempt};
use crate::discover::{DiscoverError, NamedSource, with_causes};
use crate::encode::SETTINGS_KEY;
use crate::encoder::Encoder;
use crate::expect;
use crate::options::RunOptions;
use crate::plan::PlanError;
use crate::progress::Progress;
use crate::report::{RunReport, SourceLine};
use crate::run_file::RunFile;
use crate::snapshot::{Snapshot, family_of};
use crate::stage::StageError;

/// So often a run tries again where others are in its way.
const ATTEMPTS: u32 = 8;

/// Why a run could not go on: exit 2. What was committed before stands.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Temporary files have no place.
    #[error(transparent)]
    Temp(#[from] TempError),
    /// A lake in a bucket has no place for temporary files: `Limits::temp_dir` has to say one.
    #[error("a lake in a bucket has no place for temporary files")]
    NoTempDir,
    /// Two runs at once would overwrite each other's work.
    #[error(transparent)]
    NoCompareAndSwap(StorageError),
    /// The lake cannot be listed or written.
    #[error("use the lake")]
    Storage(#[source] StorageError),
    /// The lake's state cannot be read, or is of a later version.
    #[error("use the lake")]
    State(#[from] StateError),
    /// No source gives anything.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// The plan cannot be made.
    #[error("plan")]
    Plan(#[from] PlanError),
    /// Rows cannot be staged: no space for temporary files, most of all.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// A temporary file.
    #[error("use a temporary file")]
    File(#[from] std::io::Error),
    /// The threads that encode cannot be started.
    #[error("start threads")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// `--drop-missing` needs to know what was there.
    #[error(
        "--drop-missing: the ledger is lost, so nothing tells what was there before; run once without it"
    )]
    NothingToDropBy,
}

impl From<StorageError> for RunError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::NoCompareAndSwap => Self::NoCompareAndSwap(error),
            error => Self::Storage(error),
        }
    }
}

/// Runs. `stop` may become true at any time: what is being published is finished, the rest is left.
///
/// # Errors
/// If it cannot run at all. What fails for single objects and partitions is in the report.
pub fn run(
    options: &RunOptions,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<RunReport, RunError> {
    let begun = Instant::now();
    let storage = options.storage.as_ref();
    let mut report = RunReport::new(&options.run_id, &options.version, options.window);
    report.lake = options.lake.to_string();
    report.rebuild = options.rebuild;
    let line = |source: &NamedSource| SourceLine {
        name: source.name().to_owned(),
        place: source.place.clone(),
    };
    report.sources = options.sources.iter().map(line).collect();

    let temp = temp(options)?;
    let guard = WriteGuard::new(storage);
    let settings = settings(options, &guard, temp.path())?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.limits.threads)
        .thread_name(|number| format!("encode-{number}"))
        // The group's receiver notices; a run never hangs on it, and ends with an error that names the part.
        .panic_handler(|_| {})
        .build()?;
    let shares = Shares::of(options.limits.memory_bytes);
    let encoder = Encoder::new(
        pool,
        settings.encoding,
        shares.queued,
        // In another directory a part is written once more when it is published.
        matches!(options.lake, Location::Local(_)) && options.limits.temp_dir.is_none(),
    );
    let mut drift = Drift::default();
    for number in 1..=ATTEMPTS {
        let attempt = Attempt {
            options,
            storage,
            guard: &guard,
            temp: &temp,
            encoder: &encoder,
            progress,
            stop,
            last: number == ATTEMPTS,
        };
        if attempt.go(&mut report, &mut drift)? == attempt::Outcome::Done {
            break;
        }
    }
    report.set_drift(&drift);
    match DriftList::merge(&guard, &drift) {
        Ok(()) => {}
        Err(StateError::Storage(error @ StorageError::NoCompareAndSwap)) => {
            return Err(error.into());
        }
        Err(error) => report.fail("state", layout::DRIFT, with_causes(&error)),
    }
    match expect::missing(storage, temp.path(), &options.expect, options.today) {
        Ok(missing) => report.missing_reports = missing,
        Err(error) => report.fail("state", layout::LEDGER, with_causes(&error)),
    }
    report.stopped = stop.load(Ordering::Relaxed);
    report
        .seconds
        .insert("total".to_owned(), begun.elapsed().as_secs_f64());
    for source in &options.sources {
        report.requests.sources += source.source.stats();
    }
    report.requests.lake = storage.stats();
    report.finish(options.tolerance);
    let path = layout::run_report(&options.run_id);
    match storage.publish(
        &path,
        Content::Bytes(report.to_json().as_bytes()),
        &Expect::Absent,
    ) {
        Ok(_) => {}
        Err(error) => progress.notice(&format!("the report was not kept in the lake: {error}")),
    }
    Ok(report)
}

/// The run's temporary directory.
///
/// # Errors
/// If it cannot be made.
pub fn temp(options: &RunOptions) -> Result<RunTemp, RunError> {
    Ok(match (&options.limits.temp_dir, &options.lake) {
        (Some(dir), _) => RunTemp::in_dir(dir, &options.run_id)?,
        (None, Location::Local(lake)) => RunTemp::in_lake(lake, &options.run_id)?,
        (None, Location::S3 { .. }) => return Err(RunError::NoTempDir),
    })
}

/// The lake's settings: as they stand, or as the footers have them, or new.
fn settings(
    options: &RunOptions,
    guard: &WriteGuard<'_>,
    temp: &Path,
) -> Result<Settings, RunError> {
    let storage = options.storage.as_ref();
    let names: Vec<String> = options
        .sources
        .iter()
        .map(|source| source.name().to_owned())
        .collect();
    match Settings::read(storage)? {
        Some((settings, _)) if names.iter().all(|name| settings.sources.contains(name)) => {
            return Ok(settings);
        }
        Some(_) => guard.check()?,
        None => {
            guard.check()?;
            let mut settings = Settings::default();
            if let Some(encoding) = footer_settings(options, temp)? {
                settings.encoding = encoding;
            }
            settings.sources.extend(names.iter().cloned());
            settings.create(storage)?;
        }
    }
    Ok(Settings::add_sources(storage, &names)?)
}

/// The encoding settings in the footer of any part.
fn footer_settings(
    options: &RunOptions,
    temp: &Path,
) -> Result<Option<promptlake_lake::settings::Encoding>, RunError> {
    let storage = options.storage.as_ref();
    let snapshot = Snapshot::load(storage)?;
    for (name, dt) in snapshot.partitions() {
        let table = family_of(name).and_then(|family| {
            family
                .tables
                .iter()
                .copied()
                .find(|table| table.name == name)
        });
        let (Some(table), Some((file, _))) = (table, storage.open(&layout::part(name, dt), temp)?)
        else {
            continue;
        };
        let text = RunFile::open(file, table)
            .ok()
            .and_then(|run| run.entry(SETTINGS_KEY));
        if let Some(encoding) = text.and_then(|text| serde_json::from_str(&text).ok()) {
            return Ok(Some(encoding));
        }
    }
    Ok(None)
}

/// How the memory of a run is shared out; together with buffers of fixed size it is what `--memory` allows.
#[derive(Clone, Copy, Debug)]
pub struct Shares {
    /// Rows that are staged: of batches that are not full, and encoded ones that are in no file yet.
    pub staged: u64,
    /// Rows that wait for the threads that encode.
    pub queued: u64,
    /// The list of objects.
    pub listing: usize,
    /// The decisions of one merge.
    pub merge: usize,
}

impl Shares {
    /// Shares of `memory_bytes`.
    pub fn of(memory_bytes: u64) -> Self {
        let part = |of: u64| usize::try_from(memory_bytes / of).unwrap_or(usize::MAX);
        Self {
            staged: memory_bytes / 4,
            queued: memory_bytes / 16,
            listing: part(8),
            merge: part(64),
        }
    }
}
