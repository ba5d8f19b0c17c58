//! `ListObjectsV2`.

use std::fmt::Write as _;
use std::ops::Bound;

use crate::encoding::{encode_listed, hex, unhex, xml};
use crate::http::Response;
use crate::objects::{Bucket, StorageClass};
use crate::request::Request;

/// A page of a listing.
pub(crate) fn list(bucket: &Bucket, request: &Request) -> Response {
    let objects = bucket.frozen.as_ref().unwrap_or(&bucket.objects);
    let prefix = request.query("prefix").unwrap_or_default();
    let delimiter = request.query("delimiter").unwrap_or_default();
    let max: usize = request
        .query("max-keys")
        .map_or(1000, |n| n.parse().unwrap())
        .min(1000);
    let encoded = request.query("encoding-type") == Some("url");
    let shown = |key: &str| {
        if encoded {
            encode_listed(key)
        } else {
            xml(key)
        }
    };
    // A token is the last key or common prefix that was shown.
    let token = request.query("continuation-token").map(unhex);
    let from = token
        .as_deref()
        .or(request.query("start-after"))
        .unwrap_or_default();
    let start = from.max(prefix);
    let bound = if from >= prefix && !from.is_empty() {
        Bound::Excluded(start)
    } else {
        Bound::Included(start)
    };
    let (mut text, mut count, mut last) = (String::new(), 0, String::new());
    let mut truncated = false;
    for (key, object) in objects.range::<str, _>((bound, Bound::Unbounded)) {
        let Some(rest) = key.strip_prefix(prefix) else {
            break;
        };
        let folder = rest
            .find(delimiter)
            .filter(|_| !delimiter.is_empty())
            .map(|at| &key[..prefix.len() + at + delimiter.len()]);
        if folder.is_some_and(|folder| folder == last || token.as_deref() == Some(folder)) {
            continue;
        }
        if count == max {
            truncated = true;
            break;
        }
        count += 1;
        if let Some(folder) = folder {
            let name = shown(folder);
            write!(
                text,
                "<CommonPrefixes><Prefix>{name}</Prefix></CommonPrefixes>"
            )
            .unwrap();
            folder.clone_into(&mut last);
            continue;
        }
        key.clone_into(&mut last);
        let (name, etag, size) = (shown(key), xml(&object.etag), object.bytes.len());
        let restored = match (
            object.class,
            request.message.header("x-amz-optional-object-attributes"),
        ) {
            (StorageClass::Restored, Some(_)) => {
                "<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress>\
                 <RestoreExpiryDate>2030-01-01T00:00:00.000Z</RestoreExpiryDate></RestoreStatus>"
            }
            _ => "",
        };
        write!(
            text,
            "<Contents><Key>{name}</Key><LastModified>2026-01-09T00:00:00.000Z</LastModified><ETag>{etag}</ETag>\
             <Size>{size}</Size><StorageClass>{}</StorageClass>{restored}</Contents>",
            object.class.name()
        )
        .unwrap();
    }
    if encoded {
        text.push_str("<EncodingType>url</EncodingType>");
    }
    if truncated {
        let token = hex(last.as_bytes());
        write!(
            text,
            "<NextContinuationToken>{token}</NextContinuationToken>"
        )
        .unwrap();
    }
    Response::xml(&format!(
        "<ListBucketResult><KeyCount>{count}</KeyCount><IsTruncated>{truncated}</IsTruncated>{text}</ListBucketResult>"
    ))
}
