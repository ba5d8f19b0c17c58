//! Reads the lake's table `rejects`, part by part.

mod part;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;
use std::path::Path;

use promptlake_datasets::day::Day;
use promptlake_datasets::rejects::REJECTS;
use promptlake_lake::storage::{Storage, StorageError};

/// A row of `rejects`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RejectRow {
    /// Its id, see [`promptlake_datasets::rejects::id`].
    pub id: String,
    /// The source day, `YYYY-MM-DD`.
    pub event_date: String,
    /// What the object holds, as far as its key tells.
    pub dataset: Option<String>,
    /// A code of the closed list.
    pub reason: String,
    /// What was wrong, without any value of the record.
    pub detail: Option<String>,
    /// Place of the record in the object; `None`: the whole object.
    pub record_index: Option<i64>,
    /// Where the slice begins in the inflated object.
    pub byte_offset: Option<i64>,
    /// The line of that byte.
    pub line: Option<i64>,
    /// The slice as text, only where it was asked for. Confidential.
    pub raw: Option<String>,
    /// Length of the uncut slice.
    pub raw_bytes: Option<i64>,
    /// SHA-256 of the uncut slice, hex.
    pub raw_sha256: Option<String>,
    /// AWS account.
    pub account_id: Option<String>,
    /// AWS region.
    pub region: Option<String>,
    /// `kiro`, `qdeveloper`, `lex`.
    pub source: Option<String>,
    /// Key of the object.
    pub source_object: String,
}

/// Which rejects are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RejectFilter {
    /// Of this source day or later.
    pub since: Option<Day>,
    /// With this reason.
    pub reason: Option<String>,
    /// Of this dataset.
    pub dataset: Option<String>,
    /// With this id.
    pub id: Option<String>,
}

impl RejectFilter {
    fn takes(&self, row: &RejectRow) -> bool {
        let equal = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| found == Some(wanted))
        };
        equal(&self.reason, Some(&row.reason))
            && equal(&self.dataset, row.dataset.as_deref())
            && equal(&self.id, Some(&row.id))
    }
}

/// Why rejects cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RejectsError {
    /// The lake cannot be listed.
    #[error("list the lake's rejects")]
    List(#[source] StorageError),
    /// A part cannot be opened.
    #[error("open {path}")]
    Open {
        /// Path below the lake's root.
        path: String,
        /// What the storage said.
        #[source]
        source: StorageError,
    },
    /// A part is damaged, or of another shape.
    #[error("read {path}: {problem}")]
    Damaged {
        /// Path below the lake's root.
        path: String,
        /// What was wrong with it, without any of its values.
        problem: String,
    },
}

/// Gives the rejects that `filter` takes, in the order of days and, within one, of the table, until `row` breaks.
/// `raw` is read only if `with_raw`. One part is open at a time, and of it some rows are in memory. A part that cannot
/// be read is told through `problem`, and the next one goes on.
///
/// # Errors
/// If the lake cannot be listed.
pub fn read_rejects(
    storage: &dyn Storage,
    temp: &Path,
    filter: &RejectFilter,
    with_raw: bool,
    row: &mut dyn FnMut(RejectRow) -> ControlFlow<()>,
    problem: &mut dyn FnMut(RejectsError),
) -> Result<(), RejectsError> {
    for path in parts(storage, filter.since)? {
        let opened = match storage.open(&path, temp) {
            Ok(Some((file, _))) => file,
            Ok(None) => continue,
            Err(source) => {
                problem(RejectsError::Open { path, source });
                continue;
            }
        };
        match part::read(&opened, filter, with_raw, row) {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => break,
            Err(what) => problem(RejectsError::Damaged {
                path,
                problem: what,
            }),
        }
    }
    Ok(())
}

/// The paths of the parts from a day on, in the order of their days.
fn parts(storage: &dyn Storage, since: Option<Day>) -> Result<Vec<String>, RejectsError> {
    let prefix = format!("tables/{}/dt=", REJECTS.name);
    let mut parts = Vec::new();
    let mut found = |path: String| {
        let day = path[prefix.len()..]
            .split_once('/')
            .filter(|(_, file)| *file == "part-00000.parquet")
            .and_then(|(day, _)| day.parse::<Day>().ok());
        if let Some(day) = day
            && since.is_none_or(|since| since <= day)
        {
            parts.push((day, path));
        }
    };
    storage
        .list(&prefix, &mut |entry| found(entry.path))
        .map_err(RejectsError::List)?;
    parts.sort();
    Ok(parts.into_iter().map(|(_, path)| path).collect())
}
