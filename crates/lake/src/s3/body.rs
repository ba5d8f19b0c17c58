//! The body of an object, as it comes.

use std::sync::Arc;

use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use object_store::client::HttpResponseBody;

use super::bucket::Bucket;
use super::failure::{Failure, Kind};
use crate::stats::count;

/// A body of either client.
#[derive(Debug)]
pub(crate) struct Flow {
    bucket: Arc<Bucket>,
    body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    Http(HttpResponseBody),
    Sdk(ByteStream),
}

impl Flow {
    pub(super) fn new(bucket: &Arc<Bucket>, body: Body) -> Self {
        Self {
            bucket: Arc::clone(bucket),
            body,
        }
    }

    /// The next bytes; `None`: that was all. One that stalls is given up.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        let stall = self.bucket.options.patience.stall;
        let next = tokio::time::timeout(stall, self.body.next()).await;
        let bytes = next.unwrap_or_else(|_| Err(Failure::stalled()))?;
        if let Some(bytes) = &bytes {
            count(&self.bucket.counters.bytes_read, bytes.len());
        }
        Ok(bytes)
    }
}

impl Body {
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        match self {
            Self::Http(body) => loop {
                match body.frame().await {
                    None => return Ok(None),
                    // A frame without data is a trailer.
                    Some(Ok(frame)) => {
                        if let Ok(bytes) = frame.into_data() {
                            return Ok(Some(bytes));
                        }
                    }
                    Some(Err(e)) => return Err(broken(e)),
                }
            },
            Self::Sdk(body) => body.try_next().await.map_err(broken),
        }
    }
}

/// Whatever ends a body early, another try may bring it whole.
fn broken(error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::caused(Kind::Transient, "the body broke off", error)
}
