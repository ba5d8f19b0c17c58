//! One publish: a conditional request, and what it came to if nobody said so.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_s3::types::ServerSideEncryption;

use super::multipart;
use super::payload::Payload;
use crate::s3::{Bucket, Failure, Kind, Tries, quoted, unquoted};
use crate::storage::{Expect, Version};

/// Objects beyond this size are uploaded in parts.
const ONE_REQUEST_BYTES: u64 = 16 << 20;
/// The name of the mark in an object's metadata.
pub(super) const MARK: &str = "promptlake-publish";

/// Publishes an object. [`Kind::Precondition`]: it is not what `expect` says.
pub(super) async fn publish(
    bucket: &Arc<Bucket>,
    key: &str,
    payload: &Payload,
    expect: &Expect,
) -> Result<Version, Failure> {
    let condition = if bucket.options.single_writer {
        check(bucket, key, expect).await?;
        Condition::default()
    } else {
        Condition::of(expect)
    };
    let publish = Publish {
        bucket,
        key,
        payload,
        condition,
        mark: mark(),
    };
    if payload.size() > ONE_REQUEST_BYTES {
        multipart::upload(&publish).await
    } else {
        put(&publish).await
    }
}

/// What is published where, and on what condition.
#[derive(Debug)]
pub(super) struct Publish<'a> {
    pub(super) bucket: &'a Arc<Bucket>,
    pub(super) key: &'a str,
    pub(super) payload: &'a Payload,
    pub(super) condition: Condition,
    /// Of this publish and no other.
    pub(super) mark: String,
}

/// The headers that make a request conditional.
#[derive(Clone, Debug, Default)]
pub(super) struct Condition {
    pub(super) if_match: Option<String>,
    pub(super) if_none_match: Option<String>,
}

impl Condition {
    pub(super) fn of(expect: &Expect) -> Self {
        match expect {
            Expect::Absent => Self {
                if_match: None,
                if_none_match: Some("*".to_owned()),
            },
            Expect::Version(version) => Self {
                if_match: Some(quoted(&version.0)),
                if_none_match: None,
            },
        }
    }
}

impl Publish<'_> {
    /// After a try that may have been done although it failed: the version, if the object is of this publish.
    pub(super) async fn done(&self) -> Result<Option<Version>, Failure> {
        let there = head(self.bucket, self.key).await?;
        Ok(there
            .filter(|there| there.mark.as_ref() == Some(&self.mark))
            .map(|there| there.version))
    }

    /// The encryption that was asked for.
    pub(super) fn encryption(&self) -> (Option<ServerSideEncryption>, Option<String>) {
        let key = self.bucket.options.sse_kms_key_id.clone();
        (key.as_ref().map(|_| ServerSideEncryption::AwsKms), key)
    }
}

/// Whether a request that failed so may have been done.
pub(super) fn unsure(failure: &Failure) -> bool {
    matches!(failure.kind, Kind::Transient | Kind::Throttled)
}

/// Names what a writer needs.
pub(super) fn writing(bucket: &Bucket, key: &str, failure: Failure) -> Failure {
    failure.needs(|| {
        format!(
            "s3:PutObject on arn:aws:s3:::{}/{key}, and kms:GenerateDataKey if it is encrypted with a KMS key",
            bucket.name
        )
    })
}

/// That somebody else was first.
pub(super) fn conflict() -> Failure {
    Failure::new(Kind::Precondition, "changed by another writer")
}

pub(super) async fn put(publish: &Publish<'_>) -> Result<Version, Failure> {
    let mut tries = Tries::new(publish.bucket);
    let mut maybe_done = false;
    loop {
        let failure = match put_once(publish).await {
            Ok(version) => return Ok(version),
            Err(failure) => failure,
        };
        if matches!(failure.kind, Kind::Precondition | Kind::NoObject) {
            if maybe_done && let Some(version) = publish.done().await? {
                return Ok(version);
            }
            return Err(conflict());
        }
        maybe_done |= unsure(&failure);
        if let Err(failure) = tries.again(failure).await {
            if maybe_done && let Ok(Some(version)) = publish.done().await {
                return Ok(version);
            }
            return Err(writing(publish.bucket, publish.key, failure));
        }
    }
}

async fn put_once(publish: &Publish<'_>) -> Result<Version, Failure> {
    let Publish {
        bucket,
        key,
        payload,
        condition,
        mark,
    } = publish;
    let size = payload.size();
    let body = payload.stretch(0, size).await?;
    let (encryption, kms_key) = publish.encryption();
    let put = |client: aws_sdk_s3::Client| {
        let request = client
            .put_object()
            .bucket(&bucket.name)
            .key(*key)
            .metadata(MARK, mark)
            .set_server_side_encryption(encryption)
            .set_ssekms_key_id(kms_key)
            .set_if_match(condition.if_match.clone())
            .set_if_none_match(condition.if_none_match.clone())
            .body(body)
            .send();
        async { request.await.map_err(Failure::sdk) }
    };
    let done = bucket.send_once(&bucket.counters.puts, size, put).await?;
    crate::stats::count(
        &bucket.counters.bytes_written,
        usize::try_from(size).unwrap_or(0),
    );
    version(done.e_tag())
}

/// The version that an answer names.
pub(super) fn version(etag: Option<&str>) -> Result<Version, Failure> {
    let none = || Failure::new(Kind::Other, "the server names no ETag");
    etag.map(|etag| Version(unquoted(etag))).ok_or_else(none)
}

/// Compares without a condition, for the one writer there is.
async fn check(bucket: &Arc<Bucket>, key: &str, expect: &Expect) -> Result<(), Failure> {
    let there = head(bucket, key).await?;
    match (there, expect) {
        (None, Expect::Absent) => Ok(()),
        (Some(there), Expect::Version(version)) if there.version == *version => Ok(()),
        _ => Err(conflict()),
    }
}

/// An object as it is there.
#[derive(Debug)]
pub(super) struct There {
    pub(super) version: Version,
    mark: Option<String>,
}

/// Looks at an object; `None`: there is none.
pub(super) async fn head(bucket: &Arc<Bucket>, key: &str) -> Result<Option<There>, Failure> {
    let send = |client: aws_sdk_s3::Client| {
        let request = client.head_object().bucket(&bucket.name).key(key).send();
        async { request.await.map_err(Failure::sdk) }
    };
    match bucket.send(&bucket.counters.heads, send).await {
        Ok(there) => Ok(Some(There {
            version: version(there.e_tag())?,
            mark: there
                .metadata()
                .and_then(|metadata| metadata.get(MARK).cloned()),
        })),
        Err(failure) if failure.kind == Kind::NoObject => Ok(None),
        Err(failure) if failure.kind == Kind::Denied && bucket.is_absent(key).await => Ok(None),
        Err(failure) => Err(failure.needs(|| {
            format!(
                "s3:GetObject on arn:aws:s3:::{}/{key}, and s3:ListBucket",
                bucket.name
            )
        })),
    }
}

/// A text that no other publish has, of this process or another.
fn mark() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    // The standard library's hashers begin with keys from the system's source of randomness.
    let random = |n: u64| RandomState::new().hash_one((number, n));
    format!("{:016x}{:016x}{number:x}", random(0), random(1))
}
