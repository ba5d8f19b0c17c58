//! `lake.json`

use promptlake_lake::error::StateError;
use promptlake_lake::layout;
use promptlake_lake::settings::Settings;
use promptlake_lake::storage::Storage;

use super::finding::{Finding, Kind, Remedy};

/// Reads the settings; `None`: they are lost or damaged, which is a finding.
///
/// # Errors
/// If a later version wrote the lake, which this program cannot judge, or it cannot be read.
pub(super) fn check(
    storage: &dyn Storage,
    findings: &mut Vec<Finding>,
) -> Result<Option<Settings>, StateError> {
    let mut found = |what: &str, remedy| {
        findings.push(Finding {
            path: layout::SETTINGS.to_owned(),
            kind: Kind::Settings,
            what: what.to_owned(),
            remedy,
        });
    };
    match Settings::read(storage) {
        Ok(Some((settings, _))) => Ok(Some(settings)),
        Ok(None) => {
            found(
                "it is missing; its encoding stands in the footers too",
                Remedy::Run,
            );
            Ok(None)
        }
        Err(error) if error.is_damage() => {
            found(
                "it is damaged; its encoding stands in the footers too: once it is gone, `run` writes it anew",
                Remedy::Remove,
            );
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
