//! Which part is damaged, when the engine says only that one is.

use std::sync::Arc;

use datafusion::error::DataFusionError;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::error::QueryError;
use crate::lake::Lake;
use crate::listing::ListedPart;

/// Names the part, if decoding failed: every part that the statement read is decoded anew.
pub(crate) fn diagnose(lake: &Arc<Lake>, error: QueryError) -> QueryError {
    let QueryError::Engine(cause) = &error else {
        return error;
    };
    if !is_decoding(cause) {
        return error;
    }
    for part in lake.parts_read() {
        if let Some(reason) = damage(lake, &part) {
            return QueryError::Part {
                path: part.path,
                reason,
            };
        }
    }
    error
}

/// Whether values could not be made of bytes; other errors are about values.
fn is_decoding(error: &DataFusionError) -> bool {
    match error {
        DataFusionError::ParquetError(_) => true,
        DataFusionError::ArrowError(cause, _) => {
            matches!(cause.as_ref(), arrow_schema::ArrowError::ParquetError(_))
        }
        DataFusionError::Context(_, cause) | DataFusionError::Diagnostic(_, cause) => {
            is_decoding(cause)
        }
        DataFusionError::Shared(cause) => is_decoding(cause),
        DataFusionError::Collection(errors) => errors.iter().any(is_decoding),
        DataFusionError::External(cause) => cause
            .downcast_ref::<arrow_schema::ArrowError>()
            .is_some_and(|cause| matches!(cause, arrow_schema::ArrowError::ParquetError(_))),
        _ => false,
    }
}

fn damage(lake: &Lake, part: &ListedPart) -> Option<String> {
    let (file, _) = lake.storage().open(&part.path, lake.temp_dir()).ok()??;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|builder| builder.build());
    match reader {
        Ok(reader) => reader
            .into_iter()
            .find_map(Result::err)
            .map(|error| error.to_string()),
        Err(error) => Some(error.to_string()),
    }
}
