//! `promptlake plan`

use std::collections::BTreeMap;
use std::fmt::Write as _;

use promptlake_ingest::discover::{Discovery, Filter, discover, with_causes};
use promptlake_ingest::exit::Exit;
use promptlake_ingest::plan::{LedgerView, Outline, PlanCounts, PlanOptions, PlanProblem, Planner};
use promptlake_lake::temp::RunTemp;

use crate::args::{PlanArgs, PlanFormat};
use crate::escape;
use crate::printer::Printer;
use crate::resolve;

/// How much of `--memory` the list of objects may take.
const LIST_SHARE: u64 = 4;

/// Plans, and prints it to stdout.
pub(crate) fn run(args: &PlanArgs, printer: &Printer) -> anyhow::Result<Exit> {
    let now = resolve::now(args.now);
    let window = resolve::window(&args.window, now.day())?;
    let table = resolve::table(&args.window)?;
    let limits = resolve::limits(&args.limits)?;
    let buckets = resolve::buckets(&args.limits);
    let lake = resolve::lake(&args.lake.lake, &buckets)?;
    let sources = resolve::sources(&args.sources, &lake.location, &buckets)?;
    let temp = RunTemp::in_dir(
        &resolve::temp_dir(Some(&args.limits)),
        &now.run_id(std::process::id()),
    )?;
    let filter = Filter {
        window,
        extra_days: &[],
        table: table.as_deref(),
    };
    let list_bytes = usize::try_from(limits.memory_bytes / LIST_SHARE).unwrap_or(usize::MAX);
    let found = discover(&sources, filter, list_bytes, temp.path())?;
    let ledger = LedgerView::load(lake.storage.as_ref())?;
    let options = PlanOptions {
        rebuild: args.window.rebuild,
        drop_missing: args.window.drop_missing,
        listing_only: true,
        wanted: BTreeMap::new(),
    };
    let storage = lake.storage.as_ref();
    let mut planner = Planner::new(&found, &sources, &ledger, storage, temp.path(), &options);
    let mut outline = Outline::default();
    let mut exit = Exit::Clean;
    for problem in &found.problems {
        exit = Exit::Failed;
        let error = with_causes(&problem.error);
        printer.error(&format!("source {}: {error}", problem.source));
    }
    for source in &sources {
        if let Some(lake) = source.source.excluded() {
            printer.info(&format!(
                "source {}: {lake} is a lake and is left out",
                source.name()
            ));
        }
    }
    for notice in &ledger.notices {
        printer.warning(notice);
    }
    while let Some(job) = planner.next_job()? {
        outline.add(&job);
        for problem in planner.take_problems() {
            if matches!(problem, PlanProblem::Ledger { .. }) {
                printer.warning(&problem.to_string());
            } else {
                exit = Exit::Failed;
                printer.error(&escape::one_line(&problem.to_string()));
            }
        }
    }
    let text = match args.format {
        PlanFormat::Table => table_of(&outline, &found, planner.counts()),
        PlanFormat::Json => json_of(&outline, &found, planner.counts()),
    };
    printer.data(&text)?;
    Ok(exit)
}

fn table_of(outline: &Outline, found: &Discovery, counts: PlanCounts) -> String {
    let mut text = String::new();
    let mut push = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    if !outline.days.is_empty() {
        push(format!(
            "{:<18} {:<10} {:>9} {:>14}  WHY",
            "DATASET", "SOURCE DAY", "OBJECTS", "BYTES"
        ));
    }
    for day in &outline.days {
        let total: u64 = day.objects.values().sum();
        let mut why: Vec<String> = day
            .objects
            .iter()
            .map(|(why, count)| format!("{} {count}", why.as_str()))
            .collect();
        if day.dropped > 0 {
            why.push(format!("dropped {}", day.dropped));
        }
        push(format!(
            "{:<18} {:<10} {total:>9} {:>14}  {}",
            day.dataset,
            day.day,
            day.bytes,
            why.join(", ")
        ));
    }
    if !outline.partitions.is_empty() {
        push("\nPARTITIONS EXPECTED TO CHANGE".to_owned());
    }
    for partition in &outline.partitions {
        push(partition.clone());
    }
    let mut rest = String::new();
    for (count, name) in [
        (counts.skipped, "unchanged"),
        (counts.mirrored, "mirrored"),
        (counts.clashed, "clashing"),
        (counts.archived, "archived"),
        (counts.repeated, "listed twice"),
        (found.counts.elsewhere, "outside the window or table"),
        (found.counts.strays, "strays"),
        (found.counts.unrecognised, "unrecognised"),
    ] {
        if count > 0 {
            write!(rest, ", {count} {name}").expect("invariant: a String takes any text");
        }
    }
    let space = if outline.days.is_empty() { "" } else { "\n" };
    push(format!(
        "{space}{} objects listed: {} to read{rest}",
        found.counts.listed, counts.read
    ));
    for key in &found.unrecognised {
        push(format!("unrecognised: {}", escape::one_line(key)));
    }
    text
}

fn json_of(outline: &Outline, found: &Discovery, counts: PlanCounts) -> String {
    let value = serde_json::json!({
        "format": 1,
        "objects": {
            "listed": found.counts.listed,
            "strays": found.counts.strays,
            "unrecognised": found.counts.unrecognised,
            "elsewhere": found.counts.elsewhere,
            "selected": found.counts.selected,
            "read": counts.read,
            "skipped": counts.skipped,
            "archived": counts.archived,
            "mirrored": counts.mirrored,
            "clashed": counts.clashed,
            "repeated": counts.repeated,
        },
        "days": outline.days,
        "partitions": outline.partitions,
        "unrecognised": found.unrecognised,
    });
    format!("{value:#}\n")
}
