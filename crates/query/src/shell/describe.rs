//! What the shell tells of a lake.

use std::fmt::Write as _;

use promptlake_datasets::ddl::relations;
use promptlake_datasets::views::{VIEWS, view};
use promptlake_lake::layout::{self, Place};
use serde_json::Value;

use crate::engine::Engine;
use crate::error::QueryError;
use crate::format::escape_for_terminal;
use crate::lake::Lake;

/// Tables and views by name.
pub(super) const RELATIONS: &str = "SELECT table_name AS name, CASE table_type WHEN 'VIEW' THEN 'view' ELSE 'table' END AS kind \
     FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 2, 1";
/// Views by name.
pub(super) const VIEW_NAMES: &str = "SELECT table_name AS view FROM information_schema.tables \
     WHERE table_schema = 'public' AND table_type = 'VIEW' ORDER BY 1";
/// Streams, the silent ones first.
pub(super) const FRESHNESS: &str = "SELECT table_name, account_id, region, client_type, last_day, days_silent, days_missing, rows_stored \
     FROM stream_freshness ORDER BY days_silent DESC, 1, 2, 3, 4";
/// Rejects, the newest first.
pub(super) const REJECTS: &str =
    "SELECT dt, dataset, reason, rejects, objects FROM rejects_daily ORDER BY 1 DESC, 2, 3";
/// Runs that are shown.
const RUNS: usize = 20;

/// The columns of a table or view, with what they hold.
pub(super) fn columns(engine: &Engine, name: &str) -> Result<String, QueryError> {
    let provider = engine.wait(engine.session().context().table_provider(name))?;
    let relation = relations()
        .into_iter()
        .find(|relation| relation.name == name);
    let doc = match (&relation, view(name)) {
        (Some(relation), _) => format!("One row is {}.", relation.doc),
        (None, Some(view)) => view.doc(),
        (None, None) => String::new(),
    };
    let docs = |column: &str| {
        let found = relation.iter().flat_map(|relation| &relation.columns);
        let found = found.into_iter().find(|known| known.name == column);
        match (found, column) {
            (Some(known), _) => known.doc,
            (None, "dt") if relation.is_some() => "the partition: event_date as text",
            _ => "",
        }
    };
    let schema = provider.schema();
    let rows: Vec<(String, String, &str)> = schema
        .fields()
        .iter()
        .map(|field| {
            let ty = type_name(field.data_type());
            (field.name().clone(), ty, docs(field.name()))
        })
        .collect();
    let name_width = rows
        .iter()
        .map(|(name, _, _)| name.len())
        .max()
        .unwrap_or(0);
    let type_width = rows.iter().map(|(_, ty, _)| ty.len()).max().unwrap_or(0);
    let mut text = format!("{doc}\n");
    for (name, ty, doc) in rows {
        let line = format!("  {name:<name_width$}  {ty:<type_width$}  {doc}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    Ok(text)
}

/// A type in Trino's words, as far as it has them.
fn type_name(ty: &arrow_schema::DataType) -> String {
    use arrow_schema::DataType;
    match ty {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => "varchar".to_owned(),
        DataType::Int64 | DataType::Int32 | DataType::UInt64 => "bigint".to_owned(),
        DataType::Float64 => "double".to_owned(),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Date32 => "date".to_owned(),
        DataType::Timestamp(..) => "timestamp".to_owned(),
        DataType::List(element) => format!("array({})", type_name(element.data_type())),
        DataType::Struct(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| format!("{} {}", field.name(), type_name(field.data_type())))
                .collect();
            format!("row({})", fields.join(", "))
        }
        other => other.to_string().to_lowercase(),
    }
}

/// Every view with the first line of its comment.
pub(super) fn views() -> String {
    let width = VIEWS.iter().map(|view| view.name.len()).max().unwrap_or(0);
    let mut views: Vec<_> = VIEWS.iter().collect();
    views.sort_unstable_by_key(|view| view.name);
    let mut text = String::new();
    for view in views {
        let doc = view.doc();
        let first = doc.lines().next().unwrap_or_default();
        line(&mut text, format_args!("{:<width$}  {first}", view.name));
    }
    text
}

/// A view's statement.
pub(super) fn athena(name: &str) -> Result<String, QueryError> {
    match view(name) {
        Some(view) => Ok(view.text.to_owned()),
        None => Err(QueryError::Usage(format!(
            "{name} is no view; \\dv shows them, and `promptlake ddl --dialect athena` prints the tables"
        ))),
    }
}

/// The last runs, the newest first.
pub(super) fn runs(lake: &Lake) -> Result<String, QueryError> {
    let mut text = String::new();
    for run in last_reports(lake, RUNS)? {
        let number = |pointer: &str| run.pointer(pointer).and_then(Value::as_u64).unwrap_or(0);
        let sum = |table: &str, field: &str| -> u64 {
            let of_all = run.get(table).and_then(Value::as_object);
            let each = of_all.into_iter().flat_map(serde_json::Map::values);
            each.filter_map(|counts| counts.get(field).and_then(Value::as_u64))
                .sum()
        };
        let rejects: u64 = run
            .get("new_rejects")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(serde_json::Map::values)
            .filter_map(Value::as_u64)
            .sum();
        let id = run
            .get("run_id")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let mut safe = String::new();
        escape_for_terminal(&mut safe, id);
        line(
            &mut text,
            format_args!(
                "{safe}  exit {}  {} objects read, {} failed  {} records  {rejects} new rejects",
                number("/exit/code"),
                number("/objects/read"),
                number("/objects/failed"),
                sum("records", "read"),
            ),
        );
    }
    if text.is_empty() {
        text.push_str("no run has left a report\n");
    }
    Ok(text)
}

/// What the last run saw that the schema does not know.
pub(super) fn drift(lake: &Lake) -> Result<String, QueryError> {
    let Some(run) = last_reports(lake, 1)?.pop() else {
        return Ok("no run has left a report\n".to_owned());
    };
    let mut text = String::new();
    let drift = run.get("drift").and_then(Value::as_array);
    for seen in drift.into_iter().flatten() {
        let mut one = String::new();
        for (name, value) in seen.as_object().into_iter().flatten() {
            let value = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            if !one.is_empty() {
                one.push_str("  ");
            }
            one.push_str(&format!("{name} {value}"));
        }
        escape_for_terminal(&mut text, &one);
        text.push('\n');
    }
    if text.is_empty() {
        text.push_str("the last run saw nothing unknown\n");
    }
    Ok(text)
}

/// The reports of the last runs, the newest first. One that cannot be understood is left out.
fn last_reports(lake: &Lake, most: usize) -> Result<Vec<Value>, QueryError> {
    let mut paths = Vec::new();
    lake.storage().list(layout::RUNS, &mut |entry| {
        if matches!(layout::place(&entry.path), Place::RunReport { .. }) {
            paths.push(entry.path);
        }
    })?;
    paths.sort_unstable();
    let mut reports = Vec::new();
    for path in paths.iter().rev().take(most) {
        if let Some(bytes) = lake.state_file(path)?
            && let Ok(report) = serde_json::from_slice(&bytes)
        {
            reports.push(report);
        }
    }
    Ok(reports)
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("invariant: a String takes any text");
}
