//! The body of an object, as it comes.

use std::sync::Arc;

use bytes::Bytes;

use super::bucket::Bucket;
use super::failure::Failure;
use super::http1::Body;
use crate::stats::count;

/// A body whose bytes are counted.
#[derive(Debug)]
pub(crate) struct Flow {
    bucket: Arc<Bucket>,
    body: Body,
}

impl Flow {
    pub(super) fn new(bucket: &Arc<Bucket>, body: Body) -> Self {
        Self {
            bucket: Arc::clone(bucket),
            body,
        }
    }

    /// The next bytes; `None`: that was all.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        let bytes = self.body.next().await?;
        if let Some(bytes) = &bytes {
            count(&self.bucket.counters.bytes_read, bytes.len());
        }
        Ok(bytes)
    }
}
