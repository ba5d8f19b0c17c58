//! `promptlake run`

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use promptlake_ingest::exit::Exit;
use promptlake_ingest::options::RunOptions;
use promptlake_ingest::report::RunReport;

use crate::args::RunArgs;
use crate::printer::Printer;
use crate::progress::Bar;
use crate::{resolve, stop};

/// Runs, prints the summary, and writes the report where it was asked for.
pub(crate) fn run(args: &RunArgs, printer: &Printer) -> anyhow::Result<Exit> {
    let options = resolve::run(args)?;
    let target = args.outcome.report.clone().map(Target::open).transpose()?;
    let report = convert(&options, printer)?;
    if let Some(target) = target {
        target.write(&report.to_json(), printer)?;
    }
    Ok(exit(&report))
}

/// Runs with what was resolved, and prints the summary.
pub(super) fn convert(options: &RunOptions, printer: &Printer) -> anyhow::Result<RunReport> {
    let stop = stop::on_signal().context("handle signals")?;
    let bar = Bar::new(printer);
    let result = promptlake_ingest::run::run(options, &bar, &stop);
    bar.finish();
    let report = result?;
    printer.info(&report.summary());
    Ok(report)
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
