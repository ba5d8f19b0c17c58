//! Whether a store compares and swaps, tried out on an object of no content.

use std::sync::Arc;

use bytes::Bytes;

use super::multipart;
use super::payload::Payload;
use super::publish::{Condition, Publish, put};
use crate::s3::{Bucket, Failure, Kind};
use crate::storage::{Expect, Version};

/// An ETag that no content has.
const NO_ETAG: &str = "00000000000000000000000000000000";

/// Tries it out. Nothing has to be deleted for that: the object stays.
pub(super) async fn probe(bucket: &Arc<Bucket>, key: &str) -> Result<bool, Failure> {
    let absent = Condition::of(&Expect::Absent);
    if !refused(bucket, key, absent.clone()).await? && !refused(bucket, key, absent.clone()).await?
    {
        return Ok(false);
    }
    let other = Condition::of(&Expect::Version(Version(NO_ETAG.to_owned())));
    if !refused(bucket, key, other).await? {
        return Ok(false);
    }
    multipart::probe(&publish(bucket, key, absent, &payload())).await
}

/// Whether a write was refused for its condition. False too where conditions are not known.
async fn refused(bucket: &Arc<Bucket>, key: &str, condition: Condition) -> Result<bool, Failure> {
    match put(&publish(bucket, key, condition, &payload())).await {
        Ok(_) => Ok(false),
        Err(failure) => match failure.kind {
            Kind::Precondition => Ok(true),
            Kind::Unsupported => Ok(false),
            _ => Err(failure),
        },
    }
}

fn payload() -> Payload {
    Payload::Bytes(Bytes::from_static(b"probe\n"))
}

fn publish<'a>(
    bucket: &'a Arc<Bucket>,
    key: &'a str,
    condition: Condition,
    payload: &'a Payload,
) -> Publish<'a> {
    Publish {
        bucket,
        key,
        payload,
        condition,
        mark: "probe".to_owned(),
    }
}
