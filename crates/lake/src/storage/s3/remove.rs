//! Removing an object.

use std::sync::Arc;

use aws_sdk_s3::Client;

use super::publish::{conflict, head};
use crate::s3::{Bucket, Failure, Kind, quoted};
use crate::storage::Version;

/// Removes an object if it is what is expected. Not every store has conditional deletes, and some ignore the condition, so
/// it is looked at first; S3 compares once more by itself.
pub(super) async fn remove(
    bucket: &Arc<Bucket>,
    key: &str,
    expect: &Version,
) -> Result<(), Failure> {
    match head(bucket, key).await? {
        None => return Ok(()),
        Some(there) if there.version != *expect => return Err(conflict()),
        Some(_) => {}
    }
    let conditional = !bucket.options.single_writer;
    let removed = match delete(bucket, key, conditional.then(|| quoted(&expect.0))).await {
        Err(failure) if failure.kind == Kind::Unsupported => delete(bucket, key, None).await,
        removed => removed,
    };
    match removed {
        // Not there any more: removed by a try whose answer was lost, or by somebody else.
        Err(failure) if failure.kind == Kind::NoObject => Ok(()),
        removed => removed.map_err(|failure| {
            failure.needs(|| format!("s3:DeleteObject on arn:aws:s3:::{}/{key}", bucket.name))
        }),
    }
}

async fn delete(bucket: &Arc<Bucket>, key: &str, if_match: Option<String>) -> Result<(), Failure> {
    let send = |client: Client| {
        let request = client
            .delete_object()
            .bucket(&bucket.name)
            .key(key)
            .set_if_match(if_match.clone())
            .send();
        async { request.await.map_err(Failure::sdk).map(drop) }
    };
    bucket.send(&bucket.counters.deletes, send).await
}
