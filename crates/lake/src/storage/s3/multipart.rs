//! An upload in parts. The condition is on its completion; before that, nothing is there to be seen.

use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use tokio::task::JoinSet;

use super::payload::Payload;
use super::publish::{MARK, Publish, conflict, unsure, version, writing};
use crate::s3::{Bucket, Failure, Kind, Tries};
use crate::stats::count;
use crate::storage::Version;

/// A part, unless there would be too many.
const PART_BYTES: u64 = 8 << 20;
/// S3 takes 10,000.
const PARTS: u64 = 9_000;
/// Parts of one upload on their way.
const IN_FLIGHT: usize = 4;
/// Somebody else at the same object makes S3 refuse the completion and want all parts again.
const UPLOADS: u32 = 3;

/// Uploads an object. What fails is aborted, so that no parts are left to be paid for.
pub(super) async fn upload(publish: &Publish<'_>) -> Result<Version, Failure> {
    let mut uploads = 1;
    loop {
        let id = create(publish).await?;
        let result = match parts(publish, &id).await {
            Ok(parts) => complete(publish, &id, parts).await,
            Err(failure) => Err(failure),
        };
        let failure = match result {
            Ok(version) => return Ok(version),
            Err(failure) => failure,
        };
        // The failure itself is what counts. What stays, the bucket's lifecycle rule removes.
        abort(publish, &id).await.ok();
        if failure.kind != Kind::Busy || uploads == UPLOADS {
            return Err(writing(publish.bucket, publish.key, failure));
        }
        uploads += 1;
    }
}

async fn create(publish: &Publish<'_>) -> Result<String, Failure> {
    let bucket = publish.bucket;
    let (encryption, kms_key) = publish.encryption();
    let send = |client: Client| {
        let request = client
            .create_multipart_upload()
            .bucket(&bucket.name)
            .key(publish.key)
            .metadata(MARK, &publish.mark)
            .set_server_side_encryption(encryption.clone())
            .set_ssekms_key_id(kms_key.clone())
            .send();
        async { request.await.map_err(Failure::sdk) }
    };
    let created = bucket
        .send(&bucket.counters.upload_requests, send)
        .await
        .map_err(|failure| writing(bucket, publish.key, failure))?;
    let none = || Failure::new(Kind::Other, "the server names no upload");
    created.upload_id().map(str::to_owned).ok_or_else(none)
}

/// Uploads all parts, some at once.
async fn parts(publish: &Publish<'_>, id: &str) -> Result<Vec<CompletedPart>, Failure> {
    let size = publish.payload.size();
    let part_bytes = PART_BYTES.max(size.div_ceil(PARTS));
    let mut tasks = JoinSet::new();
    let mut done = Vec::new();
    let mut from = 0;
    let mut number = 0;
    loop {
        while from < size && tasks.len() < IN_FLIGHT {
            number += 1;
            let part = Part {
                bucket: Arc::clone(publish.bucket),
                key: publish.key.to_owned(),
                id: id.to_owned(),
                payload: publish.payload.clone(),
                number,
                from,
                length: part_bytes.min(size - from),
            };
            from += part.length;
            tasks.spawn(async move { part.upload().await });
        }
        match tasks.join_next().await {
            Some(Ok(part)) => done.push(part?),
            Some(Err(e)) => match e.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(e) => return Err(Failure::caused(Kind::Other, "the upload broke off", e)),
            },
            None => break,
        }
    }
    done.sort_by_key(CompletedPart::part_number);
    Ok(done)
}

struct Part {
    bucket: Arc<Bucket>,
    key: String,
    id: String,
    payload: Payload,
    /// From 1.
    number: i32,
    from: u64,
    length: u64,
}

impl Part {
    async fn upload(&self) -> Result<CompletedPart, Failure> {
        let mut tries = Tries::new(&self.bucket);
        loop {
            match self.upload_once().await {
                Ok(part) => return Ok(part),
                Err(failure) => tries.again(failure).await?,
            }
        }
    }

    async fn upload_once(&self) -> Result<CompletedPart, Failure> {
        let body = self.payload.stretch(self.from, self.length).await?;
        let send = |client: Client| {
            let request = client
                .upload_part()
                .bucket(&self.bucket.name)
                .key(&self.key)
                .upload_id(&self.id)
                .part_number(self.number)
                .body(body)
                .send();
            async { request.await.map_err(Failure::sdk) }
        };
        let counters = &self.bucket.counters;
        let done = self
            .bucket
            .send_once(&counters.upload_requests, self.length, send)
            .await?;
        count(
            &counters.bytes_written,
            usize::try_from(self.length).unwrap_or(0),
        );
        Ok(CompletedPart::builder()
            .part_number(self.number)
            .set_e_tag(done.e_tag().map(str::to_owned))
            .set_checksum_crc32(done.checksum_crc32().map(str::to_owned))
            .set_checksum_crc64_nvme(done.checksum_crc64_nvme().map(str::to_owned))
            .build())
    }
}

async fn complete(
    publish: &Publish<'_>,
    id: &str,
    parts: Vec<CompletedPart>,
) -> Result<Version, Failure> {
    let bucket = publish.bucket;
    let parts = CompletedMultipartUpload::builder()
        .set_parts(Some(parts))
        .build();
    let mut tries = Tries::new(bucket);
    let mut maybe_done = false;
    loop {
        let send = |client: Client| {
            let request = client
                .complete_multipart_upload()
                .bucket(&bucket.name)
                .key(publish.key)
                .upload_id(id)
                .multipart_upload(parts.clone())
                .set_if_match(publish.condition.if_match.clone())
                .set_if_none_match(publish.condition.if_none_match.clone())
                .send();
            async { request.await.map_err(Failure::sdk) }
        };
        let failure = match bucket
            .send_once(&bucket.counters.upload_requests, 0, send)
            .await
        {
            Ok(done) => return version(done.e_tag()),
            Err(failure) => failure,
        };
        match failure.kind {
            Kind::Precondition | Kind::NoObject | Kind::NoUpload if maybe_done => {
                return publish.done().await?.ok_or_else(conflict);
            }
            Kind::Precondition | Kind::NoObject => return Err(conflict()),
            Kind::Busy => return Err(failure),
            _ => {}
        }
        maybe_done |= unsure(&failure);
        if let Err(failure) = tries.again(failure).await {
            if maybe_done && let Ok(Some(version)) = publish.done().await {
                return Ok(version);
            }
            return Err(failure);
        }
    }
}

/// Gives an upload up; one that is gone is no failure.
pub(super) async fn abort(publish: &Publish<'_>, id: &str) -> Result<(), Failure> {
    let bucket = publish.bucket;
    let send = |client: Client| {
        let request = client
            .abort_multipart_upload()
            .bucket(&bucket.name)
            .key(publish.key)
            .upload_id(id)
            .send();
        async { request.await.map_err(Failure::sdk) }
    };
    match bucket.send(&bucket.counters.upload_requests, send).await {
        Err(failure) if failure.kind != Kind::NoUpload => Err(failure),
        _ => Ok(()),
    }
}

/// Whether the completion of an upload heeds its condition, tried on an object that is there.
pub(super) async fn probe(publish: &Publish<'_>) -> Result<bool, Failure> {
    let id = create(publish).await?;
    let completed = match parts(publish, &id).await {
        Ok(parts) => complete(publish, &id, parts).await,
        Err(failure) => Err(failure),
    };
    match completed {
        Ok(_) => Ok(false),
        Err(failure) => {
            abort(publish, &id).await.ok();
            match failure.kind {
                Kind::Precondition => Ok(true),
                Kind::Unsupported | Kind::Other => Ok(false),
                _ => Err(writing(publish.bucket, publish.key, failure)),
            }
        }
    }
}
