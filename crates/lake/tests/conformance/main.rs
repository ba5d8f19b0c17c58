//! What every storage and every source has to do, as functions over the traits, called for each kind of place.

#![expect(
    clippy::unwrap_used,
    reason = "clippy allows it in test functions, but not in those that they share"
)]

mod bucket;
mod local_source;
mod local_storage;
mod minio;
mod s3_faults;
mod s3_publish;
mod s3_source;
mod s3_storage;
mod source;
mod storage;
