//! Reading objects, many at once, in the order asked for.

use std::error::Error;
use std::sync::Arc;
use std::vec;

use tokio::task::JoinHandle;

use super::source_error;
use super::stream;
use crate::s3::{Bucket, Failure, Kind, Tries, Wanted, runtime};
use crate::source::{Body, Listed, SourceError, WHOLE_BYTES};

/// A whole body that is not as long as the listing says may be cut once or twice; then the listing is wrong.
const WRONG_LENGTHS: u32 = 3;

type Fetched = Result<Body, SourceError>;

/// Objects on their way. All are asked for at once, within the bound of requests in flight; small ones wait here whole,
/// so the caller bounds the memory by what it asks for.
pub(super) struct Fetches {
    coming: vec::IntoIter<(String, Coming)>,
    bucket: Arc<Bucket>,
}

/// An object on its way; the error says why it is not.
type Coming = Result<JoinHandle<Fetched>, Box<dyn Error + Send + Sync>>;

/// Starts to read objects.
pub(super) fn fetch(bucket: &Arc<Bucket>, prefix: &str, objects: Vec<Listed>) -> Fetches {
    let coming: Vec<_> = objects
        .into_iter()
        .map(|object| {
            let key = format!("{prefix}{}", object.key);
            let coming = match runtime() {
                Ok(runtime) => Ok(runtime.spawn(one(Arc::clone(bucket), key.clone(), object))),
                Err(e) => Err(e.into()),
            };
            (key, coming)
        })
        .collect();
    Fetches {
        coming: coming.into_iter(),
        bucket: Arc::clone(bucket),
    }
}

impl Iterator for Fetches {
    type Item = Fetched;

    fn next(&mut self) -> Option<Fetched> {
        let (key, coming) = self.coming.next()?;
        let broken = match (coming, runtime()) {
            (Ok(coming), Ok(runtime)) => match runtime.block_on(coming) {
                Ok(fetched) => return Some(fetched),
                // A panic goes on where the object is waited for.
                Err(e) => match e.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(e) => e.into(),
                },
            },
            (Err(e), _) => e,
            (_, Err(e)) => e.into(),
        };
        Some(Err(SourceError::Other {
            action: "read",
            place: self.bucket.uri(&key),
            source: broken,
        }))
    }
}

impl Drop for Fetches {
    fn drop(&mut self) {
        // What nobody waits for is not read on.
        for (_, coming) in self.coming.by_ref() {
            if let Ok(coming) = coming {
                coming.abort();
            }
        }
    }
}

async fn one(bucket: Arc<Bucket>, key: String, object: Listed) -> Fetched {
    let read = if object.size == 0 {
        Ok(Body::Bytes(Vec::new()))
    } else if object.size <= WHOLE_BYTES {
        whole(&bucket, &key, &object).await.map(Body::Bytes)
    } else {
        stream::open(&bucket, &key, &object)
            .await
            .map(|stream| Body::Stream(Box::new(stream)))
    };
    read.map_err(|failure| source_error("read", bucket.uri(&key), failure))
}

/// Reads an object whole, again if need be.
async fn whole(bucket: &Arc<Bucket>, key: &str, object: &Listed) -> Result<Vec<u8>, Failure> {
    let mut tries = Tries::new(bucket);
    let mut wrong_lengths = 0;
    loop {
        let read = {
            let _permit = bucket.limit.enter().await;
            whole_once(bucket, key, object).await
        };
        match read {
            Ok(bytes) if bytes.len() as u64 == object.size => {
                bucket.limit.passed();
                return Ok(bytes);
            }
            Ok(bytes) => {
                wrong_lengths += 1;
                let text = format!(
                    "a body of {} bytes, listed with {}",
                    bytes.len(),
                    object.size
                );
                if wrong_lengths == WRONG_LENGTHS {
                    return Err(Failure::new(Kind::Precondition, text));
                }
                tries.again(Failure::new(Kind::Transient, text)).await?;
            }
            Err(failure) => tries.again(failure).await?,
        }
    }
}

/// The ETag to ask for; a server without ETags cannot be asked for one.
pub(super) fn known(etag: &str) -> Option<&str> {
    (!etag.is_empty()).then_some(etag)
}

async fn whole_once(bucket: &Arc<Bucket>, key: &str, object: &Listed) -> Result<Vec<u8>, Failure> {
    let wanted = Wanted {
        key,
        etag: known(&object.etag),
        from: 0,
    };
    let mut opened = bucket.get_once(wanted).await?;
    let mut bytes = Vec::with_capacity(usize::try_from(object.size).unwrap_or(0));
    while let Some(more) = opened.flow.next().await? {
        bytes.extend_from_slice(&more);
        if bytes.len() as u64 > object.size {
            break;
        }
    }
    Ok(bytes)
}
