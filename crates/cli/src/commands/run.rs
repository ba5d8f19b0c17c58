//! `promptlake run`

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use arrow_array::RecordBatch;
use promptlake_datasets::dims::{DimFileError, read_plans, read_users};
use promptlake_ingest::dims::GivenDims;
use promptlake_ingest::exit::Exit;
use promptlake_ingest::options::RunOptions;
use promptlake_ingest::report::RunReport;
use promptlake_lake::write_guard::WriteGuard;

use crate::args::{DimArgs, RunArgs};
use crate::printer::Printer;
use crate::progress::Bar;
use crate::{resolve, stop};

/// Runs, prints the summary, and writes the report where it was asked for.
pub(crate) fn run(args: &RunArgs, printer: &Printer) -> anyhow::Result<Exit> {
    let options = resolve::run(args)?;
    let target = args.outcome.report.clone().map(Target::open).transpose()?;
    let dims = dims(&args.dims)?;
    let report = convert(&options, &dims, printer)?;
    if let Some(target) = target {
        target.write(&report.to_json(), printer)?;
    }
    Ok(exit(&report))
}

/// Runs with what was resolved, and prints the summary.
pub(super) fn convert(
    options: &RunOptions,
    dims: &GivenDims,
    printer: &Printer,
) -> anyhow::Result<RunReport> {
    let stop = stop::on_signal().context("handle signals")?;
    let bar = Bar::new(printer);
    let result = promptlake_ingest::run::run(options, &bar, &stop);
    bar.finish();
    let report = result?;
    printer.info(&report.summary());
    let guard = WriteGuard::new(options.storage.as_ref());
    let written = promptlake_ingest::dims::publish(&guard, dims)?;
    if !written.is_empty() {
        printer.info(&format!("dimension tables written: {}", written.join(", ")));
    }
    Ok(report)
}

/// The dimension tables that were given.
fn dims(args: &DimArgs) -> anyhow::Result<GivenDims> {
    fn rows(
        flag: &str,
        path: Option<&PathBuf>,
        read: fn(&[u8]) -> Result<RecordBatch, DimFileError>,
    ) -> anyhow::Result<Option<RecordBatch>> {
        let Some(path) = path else {
            return Ok(None);
        };
        let said = || format!("{flag} {}", path.display());
        let bytes = std::fs::read(path).with_context(said)?;
        Ok(Some(read(&bytes).with_context(said)?))
    }
    Ok(GivenDims {
        plans: rows("--plans", args.plans.as_ref(), read_plans)?,
        users: rows("--users", args.users.as_ref(), read_users)?,
    })
}

/// How a run ended, as its report says.
pub(super) fn exit(report: &RunReport) -> Exit {
    match report.exit.code {
        0 => Exit::Clean,
        2 => Exit::CouldNotRun,
        3 => Exit::ReportMissing,
        _ => Exit::Failed,
    }
}

/// Where the report goes. Opened before the run, so that a path that cannot be written is found at once.
enum Target {
    Stdout,
    File(PathBuf, File),
}

impl Target {
    fn open(path: PathBuf) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self::Stdout);
        }
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .with_context(|| format!("--report {}", path.display()))?;
        Ok(Self::File(path, file))
    }

    fn write(self, json: &str, printer: &Printer) -> anyhow::Result<()> {
        match self {
            Self::Stdout => printer.data(json)?,
            Self::File(path, mut file) => {
                // A pipe or a device has no length.
                file.set_len(0).ok();
                file.write_all(json.as_bytes())
                    .with_context(|| format!("--report {}", path.display()))?;
            }
        }
        Ok(())
    }
}
