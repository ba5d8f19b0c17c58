//! `promptlake status`

mod drift;
mod table;

use anyhow::Context as _;
use promptlake_ingest::exit::Exit;
use promptlake_ingest::status::{Status, StatusOptions};
use promptlake_lake::temp::RunTemp;

use crate::args::{StatusArgs, StatusFormat};
use crate::clock::Now;
use crate::printer::Printer;
use crate::{escape, resolve};

pub(super) use table::summary;

/// How many streams that have stopped are named on stderr.
const NAMED: usize = 10;

/// Prints the streams, or the drift, to stdout; and what needs somebody's eye to stderr.
pub(crate) fn run(args: &StatusArgs, printer: &Printer) -> anyhow::Result<Exit> {
    let lake = resolve::existing_lake(&args.lake.lake)?;
    if args.drift {
        return drift::run(lake.storage.as_ref(), args.format, printer);
    }
    let status = read(&lake, resolve::now(args.now), args.days)?;
    printer.data(&match args.format {
        StatusFormat::Table if status.streams.is_empty() => String::new(),
        StatusFormat::Table => format!("{}\n{}", summary(&status), table::days(&status)),
        StatusFormat::Json => {
            format!(
                "{}\n",
                serde_json::to_string_pretty(&status).context("write JSON")?
            )
        }
    })?;
    if status.streams.is_empty() {
        printer.info("no streams: no run has read anything into this lake yet");
    }
    warn(&status, printer);
    for problem in &status.problems {
        printer.error(&escape::one_line(problem));
    }
    Ok(if status.problems.is_empty() {
        Exit::Clean
    } else {
        Exit::Failed
    })
}

/// Reads the status of a lake.
pub(super) fn read(lake: &resolve::Lake, now: Now, days: u32) -> anyhow::Result<Status> {
    let temp = RunTemp::in_dir(&resolve::temp_dir(None), &now.run_id(std::process::id()))?;
    let options = StatusOptions {
        storage: lake.storage.as_ref(),
        temp: temp.path(),
        now: now.instant(),
        days,
    };
    Ok(promptlake_ingest::status::status(&options)?)
}

/// Names the streams that have stopped, the most recent first.
fn warn(status: &Status, printer: &Printer) {
    let stopped = table::by_urgency(status);
    let mut stopped = stopped.iter().filter(|stream| stream.has_stopped());
    for stream in stopped.by_ref().take(NAMED) {
        let day = |day: &Option<String>| day.clone().unwrap_or_default();
        printer.warning(&format!(
            "{} is {}: its last object is of {}, and there is none of {} or later",
            table::name(stream),
            stream.state,
            day(&stream.last_day),
            day(&stream.since),
        ));
    }
    let more = stopped.count();
    if more > 0 {
        printer.warning(&format!("{more} more streams are late or stale"));
    }
}
