//! What can go wrong with the lake's state: `lake.json`, inventories, ledger days, their index.

use std::io;

use crate::storage::StorageError;

/// What went wrong with a state file. All but `lake.json` are derived: a damaged one may be treated as lost.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The storage failed, or somebody else won a compare-and-swap too often.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The system could not read it.
    #[error("read {path}")]
    Read {
        /// Path of the file.
        path: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The system could not write it.
    #[error("write {path}")]
    Write {
        /// Path of the file.
        path: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It holds something else than was once written: cut, overwritten, edited.
    #[error("{path} is damaged at line {line}")]
    Damaged {
        /// Path of the file.
        path: String,
        /// The line, from 1, at which that was noticed.
        line: u64,
        /// What was noticed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A later version of the program wrote it.
    #[error(
        "{path} has format version {found}, this program knows {known}: use the newer promptlake that wrote it"
    )]
    Newer {
        /// Path of the file.
        path: String,
        /// The version that it has.
        found: u32,
        /// The newest version that is known here.
        known: u32,
    },
    /// The caller gave lines in another than the canonical order. Nothing was published.
    #[error("write {path}: {object} is out of order")]
    OutOfOrder {
        /// Path of the file.
        path: String,
        /// The `source_object` that came too late.
        object: String,
    },
}

impl StateError {
    /// Whether the file is there but cannot be made sense of.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. })
    }

    pub(crate) fn damaged(path: &str, line: u64, what: &'static str) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            line,
            source: what.into(),
        }
    }

    /// Sorts a failed read: what the system refused, or content that does not decode.
    pub(crate) fn reading(path: &str, line: u64, error: io::Error) -> Self {
        let path = path.to_owned();
        if error.raw_os_error().is_some() {
            Self::Read {
                path,
                source: error,
            }
        } else {
            Self::Damaged {
                path,
                line,
                source: error.into(),
            }
        }
    }

    /// Errs if `found` is a version from the future.
    pub(crate) fn check_version(path: &str, found: u32, known: u32) -> Result<(), Self> {
        if found > known {
            return Err(Self::Newer {
                path: path.to_owned(),
                found,
                known,
            });
        }
        Ok(())
    }
}
