//! What can go wrong when a lake is opened or asked.

use std::time::Duration;

use datafusion::error::DataFusionError;
use promptlake_lake::error::StateError;
use promptlake_lake::location::Location;
use promptlake_lake::storage::StorageError;

/// Why a lake could not be opened, or a statement failed.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The lake's storage.
    #[error("use the lake")]
    Storage(#[from] StorageError),
    /// `lake.json`: damaged, or of a later version.
    #[error("open the lake")]
    State(#[from] StateError),
    /// There is nothing that looks like a lake.
    #[error(
        "{0} holds no lake: expected tables/ or _promptlake/ there; `promptlake run --lake {0} --source …` makes one"
    )]
    NoLake(Location),
    /// What the user typed.
    #[error("{0}")]
    Usage(String),
    /// A statement that would change something.
    #[error("a lake is only read here: {0}")]
    ReadOnly(String),
    /// The engine: syntax, names, types, values.
    #[error("{}", said(.0))]
    Engine(Box<DataFusionError>),
    /// A part that cannot be read.
    #[error(
        "{path} cannot be read: {reason}; `promptlake verify` names all such parts, `promptlake run --rebuild` writes them anew"
    )]
    Part {
        /// Its path below the lake.
        path: String,
        /// What was noticed.
        reason: String,
    },
    /// A part was replaced while it was read, again and again.
    #[error("{path} was replaced while it was read: run the statement again")]
    Changed {
        /// Its path below the lake.
        path: String,
    },
    /// It took too long.
    #[error("stopped after {} s (--timeout)", .0.as_secs())]
    Timeout(Duration),
    /// The engine broke off without a reason: a panic.
    #[error("the engine failed")]
    Broken,
    /// The user stopped it.
    #[error("cancelled")]
    Cancelled,
    /// Output.
    #[error("write output")]
    Output(#[from] std::io::Error),
}

impl QueryError {
    /// Whether the lake or the call is at fault (exit 2), not the statement (exit 1).
    pub fn is_setup(&self) -> bool {
        matches!(
            self,
            Self::Storage(_) | Self::State(_) | Self::NoLake(_) | Self::Usage(_)
        )
    }

    /// The path of the part that was replaced while it was read, if that is the reason.
    pub fn changed_part(&self) -> Option<&str> {
        match self {
            Self::Changed { path } => Some(path),
            _ => None,
        }
    }
}

impl From<DataFusionError> for QueryError {
    fn from(error: DataFusionError) -> Self {
        match part_error(&error) {
            Some(PartError::Changed { path }) => Self::Changed { path: path.clone() },
            Some(PartError::Unreadable { path, reason }) => Self::Part {
                path: path.clone(),
                reason: reason.clone(),
            },
            None => Self::Engine(Box::new(error)),
        }
    }
}

/// Why a part could not be read; travels through the engine as an external error.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum PartError {
    /// Another version lies there than the listing shows.
    #[error("{path} was replaced while it was read")]
    Changed {
        /// Its path below the lake.
        path: String,
    },
    /// Empty, cut, damaged, or gone.
    #[error("{path} cannot be read: {reason}")]
    Unreadable {
        /// Its path below the lake.
        path: String,
        /// What was noticed.
        reason: String,
    },
}

/// The part's error somewhere among the causes.
fn part_error(error: &DataFusionError) -> Option<&PartError> {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<PartError>() {
            return Some(found);
        }
        // Shared errors hide what they hold from `source`.
        if let Some(DataFusionError::Shared(inner)) = error.downcast_ref::<DataFusionError>()
            && let Some(found) = part_error(inner)
        {
            return Some(found);
        }
        if let Some(DataFusionError::ParquetError(inner)) = error.downcast_ref::<DataFusionError>()
            && let parquet::errors::ParquetError::External(inner) = inner.as_ref()
            && let Some(found) = inner.downcast_ref::<PartError>()
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The engine's message without its inner names.
fn said(error: &DataFusionError) -> String {
    match error {
        DataFusionError::Context(what, cause) if what.starts_with("view ") => {
            format!("{what}: {}", said(cause))
        }
        DataFusionError::Context(_, cause) | DataFusionError::Diagnostic(_, cause) => said(cause),
        DataFusionError::Shared(cause) => said(cause),
        DataFusionError::Collection(errors) => match errors.first() {
            Some(first) => said(first),
            None => error.strip_backtrace(),
        },
        _ => {
            let text = error.strip_backtrace();
            let prefixes = [
                "External error: ",
                "Error during planning: ",
                "SQL error: ",
                "Schema error: ",
                "Execution error: ",
                "Arrow error: ",
            ];
            let stripped = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix));
            stripped.unwrap_or(&text).to_owned()
        }
    }
}
