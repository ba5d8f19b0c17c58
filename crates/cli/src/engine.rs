//! What the commands call that is not built yet.

use std::sync::atomic::AtomicBool;

use promptlake_ingest::options::VerifyOptions;
use promptlake_ingest::progress::Progress;

/// Not built yet.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not built yet")]
pub(crate) struct NotBuilt(&'static str);

/// Verifies; gives what was found, a line each.
///
/// # Errors
/// Always.
pub(crate) fn verify(
    _: &VerifyOptions,
    _: &dyn Progress,
    _: &AtomicBool,
) -> Result<Vec<String>, NotBuilt> {
    Err(NotBuilt("verify"))
}
