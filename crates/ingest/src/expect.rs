//! `--expect`: whether yesterday's objects of a dataset have come from every account that sends them.

use std::collections::BTreeSet;
use std::path::Path;

use promptlake_datasets::day::Day;
use promptlake_lake::storage::Storage;

use crate::plan::UNSORTED;
use crate::report::MissingReport;
use crate::status::{Scan, StatusError, scan};

/// An account that was seen in so many days before today is expected to be seen on the last of them.
const SEEN_DAYS: i32 = 7;

/// What has not come, in the order of dataset and account: of each dataset, the accounts that had an object on one of
/// the seven days before today, and have none on the last of these. Where no account had one, that is missing too.
///
/// # Errors
/// If the lake's ledger cannot be read.
pub fn missing(
    storage: &dyn Storage,
    temp: &Path,
    datasets: &[String],
    today: Day,
) -> Result<Vec<MissingReport>, StatusError> {
    if datasets.is_empty() {
        return Ok(Vec::new());
    }
    let yesterday = today.plus(-1);
    let days = today.plus(-SEEN_DAYS)..=yesterday;
    // What an object holds whose content decides, and when, stands only in its entry.
    let wanted = |dataset: &str, day: Day| {
        (days.contains(&day) || day == Day::UNDATED)
            && (dataset == UNSORTED || datasets.iter().any(|expected| expected == dataset))
    };
    let Scan { streams, .. } = scan(storage, temp, &wanted)?;
    let expected: BTreeSet<&String> = datasets.iter().collect();
    let mut missing = Vec::new();
    for dataset in expected {
        let mut seen = BTreeSet::new();
        let mut came = BTreeSet::new();
        for (key, stream) in streams.iter().filter(|(key, _)| key.dataset == *dataset) {
            if stream.days.range(days.clone()).next().is_some() {
                seen.insert(&key.account);
            }
            if stream.days.contains_key(&yesterday) {
                came.insert(&key.account);
            }
        }
        let line = |account: &Option<String>| MissingReport {
            dataset: dataset.clone(),
            account: account.clone(),
            day: yesterday.to_string(),
        };
        if seen.is_empty() {
            missing.push(line(&None));
        }
        missing.extend(seen.difference(&came).map(|account| line(account)));
    }
    Ok(missing)
}
