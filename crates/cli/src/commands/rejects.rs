//! `promptlake rejects list` and `show`

use std::fmt::Write as _;
use std::io;
use std::ops::ControlFlow;

use anyhow::{Context as _, ensure};
use promptlake_ingest::exit::Exit;
use promptlake_ingest::rejects::{RejectFilter, RejectRow, read_rejects};

use crate::args::{RejectsArgs, RejectsCommand, RejectsListArgs};
use crate::printer::Printer;
use crate::{escape, resolve};

/// What `list` prints first.
const HEADER: &str =
    "ID            DAY         DATASET           REASON            RECORD  OBJECT\n";

/// Lists rejects, or shows those of an id.
pub(crate) fn run(args: RejectsArgs, printer: &Printer) -> anyhow::Result<Exit> {
    let uri = args
        .lake
        .context("--lake URI is missing (or PROMPTLAKE_LAKE)")?;
    let lake = resolve::existing_lake(&uri)?;
    let storage = lake.storage.as_ref();
    match args.command {
        RejectsCommand::List(list) => {
            printer.data(HEADER)?;
            let read = Reading::of(list);
            let shown = read.each(storage, false, printer, |row| printer.data(&line(row)))?;
            printer.info(&match shown.rows {
                0 => "no rejects".to_owned(),
                1 => "1 reject".to_owned(),
                rows => format!("{rows} rejects"),
            });
            Ok(shown.exit)
        }
        RejectsCommand::Show { id } => {
            let read = Reading(RejectFilter {
                id: Some(id.to_ascii_lowercase()),
                ..RejectFilter::default()
            });
            let escaped = printer.data_is_shown();
            let shown = read.each(storage, true, printer, |row| {
                printer.data(&details(row, escaped))
            })?;
            ensure!(
                shown.rows > 0 || shown.exit != Exit::Clean,
                "no reject {id}"
            );
            Ok(shown.exit)
        }
    }
}

/// Which rejects are read.
struct Reading(RejectFilter);

struct Shown {
    rows: u64,
    exit: Exit,
}

impl Reading {
    fn of(args: RejectsListArgs) -> Self {
        Self(RejectFilter {
            since: args.since,
            reason: args.reason,
            dataset: args.dataset,
            id: None,
        })
    }

    fn each(
        &self,
        storage: &dyn promptlake_lake::storage::Storage,
        with_raw: bool,
        printer: &Printer,
        mut print: impl FnMut(&RejectRow) -> io::Result<()>,
    ) -> anyhow::Result<Shown> {
        let mut shown = Shown {
            rows: 0,
            exit: Exit::Clean,
        };
        let mut failed = None;
        let mut damaged = false;
        read_rejects(
            storage,
            &resolve::temp_dir(None),
            &self.0,
            with_raw,
            &mut |row| match print(&row) {
                Ok(()) => {
                    shown.rows += 1;
                    ControlFlow::Continue(())
                }
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            },
            &mut |problem| {
                printer.error(&format!("{:#}", anyhow::Error::from(problem)));
                damaged = true;
            },
        )?;
        if let Some(error) = failed {
            return Err(error).context("write to stdout");
        }
        if damaged {
            shown.exit = Exit::Failed;
        }
        Ok(shown)
    }
}

fn line(row: &RejectRow) -> String {
    let record = row
        .record_index
        .map_or_else(|| "-".to_owned(), |index| index.to_string());
    format!(
        "{:<12}  {:<10}  {:<16}  {:<16}  {record:>6}  {}\n",
        row.id,
        row.event_date,
        row.dataset.as_deref().unwrap_or("-"),
        row.reason,
        escape::one_line(&row.source_object)
    )
}

/// All fields, a line each, then the raw text. What does not go to a terminal has the text as it is.
fn details(row: &RejectRow, escaped: bool) -> String {
    let number = |n: Option<i64>| n.map(|n| n.to_string());
    let fields = [
        ("id", Some(row.id.clone())),
        ("event_date", Some(row.event_date.clone())),
        ("dataset", row.dataset.clone()),
        ("reason", Some(row.reason.clone())),
        ("detail", row.detail.clone()),
        ("source_object", Some(row.source_object.clone())),
        ("record_index", number(row.record_index)),
        ("byte_offset", number(row.byte_offset)),
        ("line", number(row.line)),
        ("account_id", row.account_id.clone()),
        ("region", row.region.clone()),
        ("source", row.source.clone()),
        ("raw_bytes", number(row.raw_bytes)),
        ("raw_sha256", row.raw_sha256.clone()),
    ];
    let mut text = String::new();
    for (name, value) in fields {
        let value = value.map_or_else(|| "NULL".to_owned(), |value| escape::one_line(&value));
        writeln!(text, "{name:<14}{value}").expect("invariant: a String takes any text");
    }
    text.push_str("raw\n");
    let raw = row.raw.as_deref().unwrap_or_default();
    if escaped {
        text.push_str(&escape::lines(raw));
    } else {
        text.push_str(raw);
    }
    text.push_str("\n\n");
    text
}
