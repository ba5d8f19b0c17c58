//! `ListObjectsV2`, a page at a time.

use std::sync::Arc;

use aws_sdk_s3::types::{
    EncodingType, Object, ObjectStorageClass, OptionalObjectAttributes, RequestPayer,
};

use super::bucket::Bucket;
use super::failure::{Failure, Kind};
use super::get::unquoted;
use super::key::of_listing;

/// A page of a listing.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) objects: Vec<Found>,
    /// What keys go on with, up to a slash, where the listing stops at slashes.
    pub(crate) folders: Vec<String>,
    /// Where the next page begins; `None`: this was the last.
    pub(crate) next: Option<String>,
}

/// An object of a page.
#[derive(Debug)]
pub(crate) struct Found {
    /// The whole key.
    pub(crate) key: String,
    pub(crate) size: u64,
    /// Without quotes.
    pub(crate) etag: String,
    /// It cannot be read before it is restored.
    pub(crate) archived: bool,
}

impl Bucket {
    /// Lists keys that begin with `prefix`, all of them or up to the next slash.
    pub(crate) async fn list_page(
        self: &Arc<Self>,
        prefix: &str,
        to_slash: bool,
        token: Option<&str>,
    ) -> Result<Page, Failure> {
        let payer = self
            .access
            .requester_pays
            .then_some(RequestPayer::Requester);
        let page = self
            .send(&self.counters.lists, |client| {
                // Encoded: XML cannot hold every byte that a key may have.
                let request = client
                    .list_objects_v2()
                    .bucket(&self.name)
                    .prefix(prefix)
                    .set_delimiter(to_slash.then(|| "/".to_owned()))
                    .set_continuation_token(token.map(str::to_owned))
                    .set_request_payer(payer.clone())
                    .optional_object_attributes(OptionalObjectAttributes::RestoreStatus)
                    .encoding_type(EncodingType::Url)
                    .send();
                async { request.await.map_err(Failure::sdk) }
            })
            .await
            .map_err(|failure| {
                failure.needs(|| {
                    let bucket = format!("s3:ListBucket on arn:aws:s3:::{}", self.name);
                    match prefix {
                        "" => bucket,
                        prefix => format!("{bucket} for the prefix {prefix}"),
                    }
                })
            })?;
        let encoded = page.encoding_type() == Some(&EncodingType::Url);
        let key = |text: &str| {
            if encoded {
                of_listing(text)
            } else {
                text.to_owned()
            }
        };
        let next = match (page.is_truncated(), page.next_continuation_token()) {
            (Some(true), None) => return Err(endless()),
            (Some(true), next) if next == token => return Err(endless()),
            (Some(true), next) => next.map(str::to_owned),
            _ => None,
        };
        Ok(Page {
            objects: page
                .contents()
                .iter()
                .filter_map(|object| found(object, key))
                .collect(),
            folders: page
                .common_prefixes()
                .iter()
                .filter_map(|folder| folder.prefix().map(key))
                .collect(),
            next,
        })
    }
}

impl Bucket {
    /// Whether an object that was refused is not there at all: where listing is allowed for a prefix only, S3 refuses to
    /// say so when asked for the object, but shows it in a listing.
    pub(crate) async fn is_absent(self: &Arc<Self>, key: &str) -> bool {
        let page = self
            .send(&self.counters.lists, |client| {
                // Of all keys that begin with it, the key itself comes first.
                let request = client
                    .list_objects_v2()
                    .bucket(&self.name)
                    .prefix(key)
                    .max_keys(1)
                    .encoding_type(EncodingType::Url)
                    .send();
                async { request.await.map_err(Failure::sdk) }
            })
            .await;
        page.is_ok_and(|page| {
            let first = page.contents().first().and_then(Object::key);
            first.is_none_or(|first| of_listing(first) != key && first != key)
        })
    }
}

fn found(object: &Object, key: impl Fn(&str) -> String) -> Option<Found> {
    let archived = matches!(
        object.storage_class(),
        Some(ObjectStorageClass::Glacier | ObjectStorageClass::DeepArchive)
    );
    let restored = object.restore_status().is_some_and(|status| {
        status.is_restore_in_progress() != Some(true) && status.restore_expiry_date().is_some()
    });
    Some(Found {
        key: key(object.key()?),
        size: object
            .size()
            .and_then(|size| u64::try_from(size).ok())
            .unwrap_or(0),
        etag: object.e_tag().map_or_else(String::new, unquoted),
        archived: archived && !restored,
    })
}

fn endless() -> Failure {
    Failure::new(
        Kind::Other,
        "the listing says that it goes on, but not where",
    )
}
