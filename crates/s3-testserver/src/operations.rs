//! What requests do. Each runs under the lock, so that it compares and swaps in one.

use crate::conditions::{self, no_such_key};
use crate::http::Response;
use crate::listing;
use crate::objects::{Bucket, Object, StorageClass};
use crate::request::{Kind, Request};
use crate::uploads;

/// Does what a request asks for. `id` names an upload that it may begin.
pub(crate) fn perform(bucket: &mut Bucket, request: &Request, id: String) -> Response {
    let message = &request.message;
    let unpaid =
        bucket.requester_pays && message.header("x-amz-request-payer") != Some("requester");
    if unpaid && request.kind != Kind::HeadBucket {
        return Response::error(403, "AccessDenied", "Access Denied");
    }
    match request.kind {
        Kind::List => listing::list(bucket, request),
        Kind::HeadBucket => Response::new(200),
        Kind::Get | Kind::Head => read(bucket, request),
        Kind::Put => put(bucket, request),
        Kind::Delete => delete(bucket, request),
        Kind::CreateUpload => uploads::create(bucket, request, id),
        Kind::UploadPart => uploads::part(bucket, request),
        Kind::CompleteUpload => uploads::complete(bucket, request),
        Kind::AbortUpload => uploads::abort(bucket, request),
        Kind::Sts | Kind::Other => Response::error(501, "NotImplemented", "not implemented"),
    }
}

/// What of a request's headers is kept with the object.
pub(crate) fn stored_headers(request: &Request) -> Vec<(String, String)> {
    let kept = |name: &str| {
        name.starts_with("x-amz-meta-") || name.starts_with("x-amz-server-side-encryption")
    };
    let headers = &request.message.headers;
    headers
        .iter()
        .filter(|(name, _)| kept(name))
        .cloned()
        .collect()
}

fn read(bucket: &Bucket, request: &Request) -> Response {
    let head = request.kind == Kind::Head;
    let Some(object) = bucket.objects.get(&request.key) else {
        return if head {
            Response::new(404)
        } else {
            no_such_key()
        };
    };
    if let Err(response) = conditions::of_read(object, &request.message) {
        return if head { Response::new(412) } else { response };
    }
    if object.class == StorageClass::DeepArchive && !head {
        return Response::error(
            403,
            "InvalidObjectState",
            "not valid for the object's storage class",
        );
    }
    let mut response = Response::new(200).header("etag", object.etag.clone());
    for (name, value) in &object.headers {
        if let Some(name) = name.strip_prefix("x-amz-meta-") {
            response = response.header("x-amz-meta-promptlake-publish", value.clone());
            assert_eq!(
                name, "promptlake-publish",
                "the server knows no other metadata"
            );
        }
    }
    let size = object.bytes.len();
    if head {
        response.length = Some(size);
        return response;
    }
    let Some(range) = request.message.header("range").and_then(range_of) else {
        response.body.clone_from(&object.bytes);
        return response;
    };
    let (from, end) = (range.0, range.1.map_or(size, |last| size.min(last + 1)));
    if from >= end {
        return Response::error(
            416,
            "InvalidRange",
            "The requested range is not satisfiable",
        );
    }
    response.status = 206;
    response = response.header("content-range", format!("bytes {from}-{}/{size}", end - 1));
    response.body = object.bytes[from..end].to_vec();
    response
}

/// First and last byte of `bytes=3-7` or `bytes=3-`; other forms, which nothing here sends, are ignored as a server may.
fn range_of(range: &str) -> Option<(usize, Option<usize>)> {
    let (from, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let last = if last.is_empty() {
        None
    } else {
        Some(last.parse().ok()?)
    };
    Some((from.parse().ok()?, last))
}

fn put(bucket: &mut Bucket, request: &Request) -> Response {
    let there = bucket.objects.get(&request.key);
    if bucket.conditional
        && let Err(response) = conditions::of_write(there, &request.message)
    {
        return response;
    }
    let object = Object::new(request.message.body.clone(), stored_headers(request));
    let response = Response::new(200).header("etag", object.etag.clone());
    bucket.objects.insert(request.key.clone(), object);
    response
}

fn delete(bucket: &mut Bucket, request: &Request) -> Response {
    let there = bucket.objects.get(&request.key);
    if there.is_some()
        && bucket.conditional
        && let Err(response) = conditions::of_write(there, &request.message)
    {
        return response;
    }
    bucket.objects.remove(&request.key);
    Response::new(204)
}
