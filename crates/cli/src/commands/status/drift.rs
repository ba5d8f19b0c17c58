//! `promptlake status --drift`

use promptlake_datasets::day::Day;
use promptlake_ingest::exit::Exit;
use promptlake_lake::drift_list::{DriftEntry, DriftList};
use promptlake_lake::storage::Storage;

use crate::args::StatusFormat;
use crate::escape;
use crate::printer::Printer;

use super::table::columns;

/// The version of the JSON.
const FORMAT: u32 = 1;

/// Prints the lake's list of drift to stdout.
pub(super) fn run(
    storage: &dyn Storage,
    format: StatusFormat,
    printer: &Printer,
) -> anyhow::Result<Exit> {
    let list = DriftList::read(storage)?.map(|(list, _)| list);
    let list = list.unwrap_or_default();
    let entries: Vec<&DriftEntry> = list.entries().collect();
    printer.data(&match format {
        StatusFormat::Table if entries.is_empty() => String::new(),
        StatusFormat::Table => table(&entries),
        StatusFormat::Json => {
            let value = serde_json::json!({ "format": FORMAT, "drift": entries });
            format!("{value:#}\n")
        }
    })?;
    if entries.is_empty() {
        printer.info("no drift: nothing was seen that the schema does not know");
    }
    Ok(Exit::Clean)
}

fn table(entries: &[&DriftEntry]) -> String {
    let day = |day: Option<Day>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
    let mut rows = vec![
        [
            "DATASET",
            "KIND",
            "NAME",
            "COUNT",
            "FIRST DAY",
            "LAST DAY",
            "FIRST OBJECT",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    rows.extend(entries.iter().map(|entry| {
        vec![
            entry.dataset.clone(),
            entry.kind.clone(),
            escape::one_line(&entry.name),
            entry.count.to_string(),
            day(entry.first_day),
            day(entry.last_day),
            escape::one_line(&entry.first_object),
        ]
    }));
    columns(&rows, &[3])
}
