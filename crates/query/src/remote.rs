//! Parts in a bucket: ranges of exactly the version that was listed.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{
    GetOptions, GetRange, OBJECT_STORE_COALESCE_DEFAULT, ObjectStore, coalesce_ranges,
};
use parquet::errors::ParquetError;

use crate::error::PartError;
use crate::listing::ListedPart;

/// The bucket and prefix of a lake.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    pub(crate) store: Arc<dyn ObjectStore>,
    /// Without a slash at its end; may be empty.
    pub(crate) prefix: String,
}

impl Remote {
    /// Some ranges of a part; near ones are read at once.
    ///
    /// # Errors
    /// If another version lies there by now, or it cannot be read.
    pub(crate) async fn ranges(
        &self,
        part: &ListedPart,
        ranges: &[Range<u64>],
    ) -> Result<Vec<Bytes>, ParquetError> {
        let path = self.path(part)?;
        // The storage keeps ETags without their quotes.
        let version = format!("\"{}\"", part.version.0);
        let fetch = |range: Range<u64>| {
            let options = GetOptions {
                if_match: Some(version.clone()),
                range: Some(GetRange::Bounded(range)),
                ..GetOptions::default()
            };
            let path = path.clone();
            async move {
                let answer = self.store.get_opts(&path, options).await?;
                answer.bytes().await
            }
        };
        coalesce_ranges(ranges, fetch, OBJECT_STORE_COALESCE_DEFAULT)
            .await
            .map_err(|error: object_store::Error| failed(part, &error))
    }

    fn path(&self, part: &ListedPart) -> Result<Path, ParquetError> {
        let key = if self.prefix.is_empty() {
            part.path.clone()
        } else {
            format!("{}/{}", self.prefix, part.path)
        };
        Path::parse(key).map_err(|error| unreadable(part, &error.to_string()))
    }
}

fn failed(part: &ListedPart, error: &object_store::Error) -> ParquetError {
    match error {
        object_store::Error::Precondition { .. } | object_store::Error::NotFound { .. } => {
            ParquetError::External(Box::new(PartError::Changed {
                path: part.path.clone(),
            }))
        }
        error => unreadable(part, &error.to_string()),
    }
}

fn unreadable(part: &ListedPart, reason: &str) -> ParquetError {
    ParquetError::External(Box::new(PartError::Unreadable {
        path: part.path.clone(),
        reason: reason.to_owned(),
    }))
}
