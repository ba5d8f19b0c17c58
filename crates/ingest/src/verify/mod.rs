//! `promptlake verify`: reads the lake's files against one another, every row of every part.
//!
//! Three layers, each judged by the one below: the bytes of a part by the hash in its inventory, its rows by what has to be
//! true of rows, and what inventories say by what the ledger says. Nothing is written and no lock is taken; a partition
//! with findings that changed while it was read is read once more. Findings name paths and counts, never a value of a row.

mod feeds;
mod finding;
mod footer;
mod keys;
mod ledger;
mod listing;
mod opened;
mod order;
mod partition;
mod rows;
mod settings;
mod twins;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use promptlake_lake::error::StateError;
use promptlake_lake::layout;
use promptlake_lake::ledger_index::LedgerIndex;
use promptlake_lake::storage::StorageError;
use promptlake_lake::temp::{RunTemp, TempError};

use crate::options::VerifyOptions;
use crate::progress::{Progress, Stage};
use crate::side_by_side;
use crate::snapshot::partition_of;
use crate::stage::PartitionId;

pub use finding::{Finding, Kind, Remedy};
use ledger::LedgerCheck;
use listing::Listing;
use partition::{Checked, Checker};

/// What decoding takes of a partition's columns at once, about; the checks of a partition may hold as much again.
const DECODED_BYTES: u64 = 48 << 20;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Ordered by path; empty: the lake is clean.
    pub findings: Vec<Finding>,
    /// Partitions that were read, of all tables of a family together.
    pub partitions: u64,
    /// Rows that were read.
    pub rows: u64,
    /// It was told to stop, so that not everything was read.
    pub stopped: bool,
}

/// Why a lake cannot be verified: exit 2.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Temporary files have no place.
    #[error(transparent)]
    Temp(#[from] TempError),
    /// Nobody said where temporary files may lie.
    #[error("there is no directory for temporary files")]
    NoTempDir,
    /// There is nothing of a lake.
    #[error("there is no lake")]
    NoLake,
    /// The lake cannot be listed.
    #[error("read the lake")]
    Storage(#[from] StorageError),
    /// Its settings cannot be read, or are of a later version.
    #[error("read the lake")]
    State(#[from] StateError),
    /// A temporary file.
    #[error("use a temporary file")]
    File(#[from] std::io::Error),
}

/// Verifies a lake. `stop` may become true at any time.
///
/// # Errors
/// If it cannot be verified at all. A file that cannot be read is a finding.
pub fn verify(
    options: &VerifyOptions,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Verified, VerifyError> {
    let storage = options.storage.as_ref();
    let dir = options
        .limits
        .temp_dir
        .as_deref()
        .ok_or(VerifyError::NoTempDir)?;
    let temp = RunTemp::in_dir(dir, "verify")?;
    progress.stage(Stage::List, None);
    let listing = Listing::load(storage)?;
    if !listing.any {
        return Err(VerifyError::NoLake);
    }
    let mut findings = listing.findings(options.since, options.today);
    let settings = settings::check(storage, &mut findings)?;
    let index = index(storage, &mut findings)?;

    let known = index
        .parts()
        .filter(|(_, dt, _)| options.since.is_none_or(|since| since <= *dt))
        .filter_map(|(table, dt, _)| partition_of(table, dt));
    let ids: BTreeSet<PartitionId> = listing.partitions(options.since).chain(known).collect();
    let workers = usize::try_from(options.limits.memory_bytes / (2 * DECODED_BYTES))
        .unwrap_or(usize::MAX)
        .clamp(1, options.limits.threads.max(1));
    let spare = (options.limits.memory_bytes / workers as u64).saturating_sub(DECODED_BYTES);
    let checker = Checker {
        storage,
        temp: temp.path(),
        index: &index,
        settings: settings.as_ref().map(|settings| &settings.encoding),
        bytes: usize::try_from(spare / 4)
            .unwrap_or(usize::MAX)
            .max(1 << 20),
    };
    progress.stage(Stage::Check, Some(ids.len() as u64));
    let mut all = check_all(&checker, &ids, workers, progress, stop)?;
    for (id, checked) in &mut all {
        if !stop.load(Ordering::Relaxed)
            && !checked.findings.is_empty()
            && checker.changed(*id, checked)?
        {
            *checked = checker.check(*id)?;
        }
    }
    let doubtful: BTreeSet<PartitionId> = all
        .iter()
        .filter(|(_, checked)| !checked.described)
        .map(|(id, _)| *id)
        .collect();
    let mut verified = Verified::default();
    for checked in all.into_values() {
        verified.partitions += 1;
        verified.rows += checked.rows;
        findings.extend(checked.findings);
    }
    if !stop.load(Ordering::Relaxed) {
        let bytes = usize::try_from(options.limits.memory_bytes / 8).unwrap_or(usize::MAX);
        let ledger = |listing: &Listing| {
            let check = LedgerCheck {
                storage,
                temp: temp.path(),
                listing,
                index: &index,
                since: options.since,
                doubtful: &doubtful,
                bytes,
            };
            check.check()
        };
        let mut found = ledger(&listing)?;
        if !found.is_empty() {
            let now = Listing::load(storage)?;
            if now != listing {
                found = ledger(&now)?;
            }
        }
        findings.extend(found);
    }
    findings.sort();
    findings.dedup();
    verified.findings = findings;
    verified.stopped = stop.load(Ordering::Relaxed);
    Ok(verified)
}

/// The ledger's index; a damaged one is a finding, and none.
fn index(
    storage: &dyn promptlake_lake::storage::Storage,
    findings: &mut Vec<Finding>,
) -> Result<LedgerIndex, StateError> {
    let (what, remedy) = match LedgerIndex::read(storage) {
        Ok(index) => return Ok(index.map(|(index, _)| index).unwrap_or_default()),
        Err(error) if error.is_damage() => ("it is damaged", Remedy::Run),
        Err(StateError::Newer { .. }) => ("a later version wrote it", Remedy::Newer),
        Err(error) => return Err(error),
    };
    findings.push(Finding {
        path: layout::LEDGER_INDEX.to_owned(),
        kind: Kind::Index,
        what: what.to_owned(),
        remedy,
    });
    Ok(LedgerIndex::default())
}

/// Checks partitions, several at once.
fn check_all(
    checker: &Checker<'_>,
    ids: &BTreeSet<PartitionId>,
    workers: usize,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<BTreeMap<PartitionId, Checked>, VerifyError> {
    let checked = side_by_side::each(ids.iter(), workers, |id| {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        let result = checker.check(*id);
        progress.advance(1);
        Some(result)
    });
    ids.iter()
        .zip(checked)
        .filter_map(|(id, result)| Some((*id, result?)))
        .map(|(id, result)| Ok((id, result?)))
        .collect()
}
