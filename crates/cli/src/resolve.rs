//! From what was typed to what is meant: sources are opened, windows and defaults filled in, once.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use promptlake_datasets::dataset::DATASETS;
use promptlake_datasets::day::Day;
use promptlake_ingest::discover::NamedSource;
use promptlake_ingest::options::{Limits, RunOptions, VerifyOptions};
use promptlake_ingest::report::Tolerance;
use promptlake_lake::location::Location;
use promptlake_lake::source::{SourceSpec, Window, open_source};
use promptlake_lake::storage::{Storage, open_storage};

use crate::args::{LimitArgs, NowArg, RunArgs, SourceArgs, VerifyArgs, WindowArgs};
use crate::clock::Now;

/// How many days before today the default window begins.
const DAYS_BACK: i32 = 3;
/// Less memory than this does not suffice for one batch a thread.
const MIN_MEMORY: u64 = 64 << 20;

/// The program's version.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A lake, opened.
pub(crate) struct Lake {
    pub location: Location,
    pub storage: Box<dyn Storage>,
}

/// Opens the lake; nothing is made.
pub(crate) fn lake(uri: &str) -> anyhow::Result<Lake> {
    let location = Location::parse(uri).with_context(|| format!("--lake {uri}"))?;
    let storage = open_storage(&location).with_context(|| format!("--lake {uri}"))?;
    Ok(Lake { location, storage })
}

/// Opens the sources.
pub(crate) fn sources(args: &SourceArgs, lake: &Location) -> anyhow::Result<Vec<NamedSource>> {
    let mut names = BTreeSet::new();
    let mut sources = Vec::new();
    ensure!(
        u16::try_from(args.sources.len()).is_ok(),
        "more than {} sources",
        u16::MAX
    );
    for text in &args.sources {
        let spec = SourceSpec::parse(text).with_context(|| format!("--source {text}"))?;
        if !names.insert(spec.name.clone()) {
            bail!(
                "two sources are named {0}: give one another name, --source NAME={1}",
                spec.name,
                spec.location
            );
        }
        let source = open_source(&spec, lake).with_context(|| format!("--source {text}"))?;
        sources.push(NamedSource {
            place: spec.location.to_string(),
            context: spec.context,
            source,
        });
    }
    Ok(sources)
}

/// The time that is taken for now.
pub(crate) fn now(args: NowArg) -> Now {
    args.now.unwrap_or_else(Now::from_clock)
}

/// The window of source days.
pub(crate) fn window(args: &WindowArgs, today: Day) -> anyhow::Result<Window> {
    let open_ended = args.all || args.rebuild || args.from.is_some() || args.to.is_some();
    let window = if open_ended {
        Window {
            from: args.from,
            to: args.to,
        }
    } else {
        Window {
            from: Some(today.plus(-DAYS_BACK)),
            to: Some(today),
        }
    };
    if let (Some(from), Some(to)) = (window.from, window.to) {
        ensure!(from <= to, "--from {from} is after --to {to}");
    }
    Ok(window)
}

/// The table, if there is one of that name.
pub(crate) fn table(args: &WindowArgs) -> anyhow::Result<Option<String>> {
    let Some(name) = &args.table else {
        return Ok(None);
    };
    let tables: BTreeSet<&str> = DATASETS
        .iter()
        .flat_map(|dataset| dataset.family.tables)
        .map(|table| table.name)
        .collect();
    ensure!(
        tables.contains(name.as_str()),
        "--table {name}: no such table, expected one of {}",
        Vec::from_iter(tables).join(", ")
    );
    Ok(Some(name.clone()))
}

/// The limits.
pub(crate) fn limits(args: &LimitArgs) -> anyhow::Result<Limits> {
    ensure!(
        args.memory.0 >= MIN_MEMORY,
        "--memory {}: at least 64MiB",
        args.memory
    );
    ensure!(args.max_object_size.0 > 0, "--max-object-size is 0");
    let threads = match args.threads {
        Some(threads) => threads.into(),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    Ok(Limits {
        threads,
        memory_bytes: args.memory.0,
        temp_dir: args.temp_dir.clone(),
        max_object_bytes: args.max_object_size.0,
    })
}

/// The options of `run`.
pub(crate) fn run(args: &RunArgs) -> anyhow::Result<RunOptions> {
    let now = now(args.now);
    let window = window(&args.window, now.day())?;
    let table = table(&args.window)?;
    let limits = limits(&args.limits)?;
    let lake = lake(&args.lake.lake)?;
    Ok(RunOptions {
        run_id: now.run_id(std::process::id()),
        version: VERSION.to_owned(),
        today: now.day(),
        sources: sources(&args.sources, &lake.location)?,
        lake: lake.location,
        storage: lake.storage,
        window,
        table,
        rebuild: args.window.rebuild,
        drop_missing: args.window.drop_missing,
        tolerance: Tolerance {
            max_rejects: args.outcome.max_rejects,
            strict: args.outcome.strict,
        },
        limits,
    })
}

/// The options of `verify`.
pub(crate) fn verify(args: &VerifyArgs) -> anyhow::Result<VerifyOptions> {
    let mut limits = limits(&args.limits)?;
    // Not in the lake: it is only read.
    limits.temp_dir = Some(temp_dir(Some(&args.limits)));
    let lake = existing_lake(&args.lake.lake)?;
    Ok(VerifyOptions {
        today: now(args.now).day(),
        storage: lake.storage,
        since: args.since,
        limits,
    })
}

/// Opens a lake that has to be there.
pub(crate) fn existing_lake(uri: &str) -> anyhow::Result<Lake> {
    let lake = lake(uri)?;
    if let Location::Local(path) = &lake.location {
        ensure!(path.is_dir(), "--lake {uri}: no such directory");
    }
    Ok(lake)
}

/// Where a command that only reads puts its temporary files.
pub(crate) fn temp_dir(args: Option<&LimitArgs>) -> PathBuf {
    args.and_then(|limits| limits.temp_dir.clone())
        .unwrap_or_else(std::env::temp_dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args() -> WindowArgs {
        WindowArgs {
            from: None,
            to: None,
            all: false,
            table: None,
            rebuild: false,
            drop_missing: false,
        }
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn windows_are_what_was_typed_or_the_last_days() {
        let today = day("2026-01-10");
        let of = |args: &WindowArgs| window(args, today).unwrap();
        assert_eq!(
            of(&args()),
            Window {
                from: Some(day("2026-01-07")),
                to: Some(today)
            }
        );
        let from = WindowArgs {
            from: Some(day("2026-01-01")),
            ..args()
        };
        assert_eq!(
            of(&from),
            Window {
                from: from.from,
                to: None
            }
        );
        let to = WindowArgs {
            to: Some(day("2026-01-01")),
            ..args()
        };
        assert_eq!(
            of(&to),
            Window {
                from: None,
                to: to.to
            }
        );
        let all = WindowArgs {
            all: true,
            ..args()
        };
        assert_eq!(of(&all), Window::ALL);
        let rebuild = WindowArgs {
            rebuild: true,
            ..args()
        };
        assert_eq!(of(&rebuild), Window::ALL);
        let wrong = WindowArgs {
            from: Some(today),
            ..to
        };
        assert!(window(&wrong, today).is_err());
    }
}
