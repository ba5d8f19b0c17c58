//! Multipart uploads.

use std::collections::BTreeMap;

use md5::{Digest, Md5};

use crate::conditions;
use crate::encoding::hex;
use crate::http::Response;
use crate::objects::{Bucket, Object};
use crate::operations::stored_headers;
use crate::request::Request;

/// The least bytes of all parts but the last.
const PART_MIN: usize = 5 << 20;

/// One that was begun.
#[derive(Debug)]
pub(crate) struct Upload {
    key: String,
    headers: Vec<(String, String)>,
    parts: BTreeMap<u32, Object>,
}

pub(crate) fn create(bucket: &mut Bucket, request: &Request, id: String) -> Response {
    let upload = Upload {
        key: request.key.clone(),
        headers: stored_headers(request),
        parts: BTreeMap::new(),
    };
    let text = format!(
        "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
    );
    bucket.uploads.insert(id, upload);
    Response::xml(&text)
}

pub(crate) fn part(bucket: &mut Bucket, request: &Request) -> Response {
    let Some(upload) = find(bucket, request) else {
        return no_such_upload();
    };
    let Some(number) = request.query("partNumber").and_then(|n| n.parse().ok()) else {
        return Response::error(400, "InvalidArgument", "partNumber");
    };
    let object = Object::new(request.message.body.clone(), Vec::new());
    let etag = object.etag.clone();
    upload.parts.insert(number, object);
    Response::new(200).header("etag", etag)
}

pub(crate) fn complete(bucket: &mut Bucket, request: &Request) -> Response {
    let conditional = bucket.conditional;
    let there = bucket.objects.get(&request.key).cloned();
    let Some(upload) = find(bucket, request) else {
        return no_such_upload();
    };
    if conditional && let Err(response) = conditions::of_write(there.as_ref(), &request.message) {
        return response;
    }
    let text = String::from_utf8_lossy(&request.message.body);
    let named: Vec<u32> = text
        .split("<PartNumber>")
        .skip(1)
        .filter_map(|rest| rest.split('<').next()?.parse().ok())
        .collect();
    if named.is_empty() || !named.iter().eq(upload.parts.keys()) {
        return Response::error(400, "InvalidPart", "not the parts that were uploaded");
    }
    let parts = upload.parts.len();
    let mut bytes = Vec::new();
    let mut hash = Md5::new();
    for (n, part) in upload.parts.values().enumerate() {
        if n + 1 < parts && part.bytes.len() < PART_MIN {
            return Response::error(400, "EntityTooSmall", "a part is too small");
        }
        bytes.extend_from_slice(&part.bytes);
        hash.update(Md5::digest(part.bytes.as_slice()));
    }
    let mut object = Object::new(bytes, upload.headers.clone());
    object.etag = format!("\"{}-{parts}\"", hex(&hash.finalize()));
    let text = format!(
        "<CompleteMultipartUploadResult><ETag>{}</ETag></CompleteMultipartUploadResult>",
        object.etag.replace('"', "&quot;")
    );
    bucket.objects.insert(request.key.clone(), object);
    bucket
        .uploads
        .remove(request.query("uploadId").unwrap_or_default());
    Response::xml(&text)
}

pub(crate) fn abort(bucket: &mut Bucket, request: &Request) -> Response {
    if find(bucket, request).is_none() {
        return no_such_upload();
    }
    bucket
        .uploads
        .remove(request.query("uploadId").unwrap_or_default());
    Response::new(204)
}

fn find<'a>(bucket: &'a mut Bucket, request: &Request) -> Option<&'a mut Upload> {
    bucket
        .uploads
        .get_mut(request.query("uploadId")?)
        .filter(|upload| upload.key == request.key)
}

fn no_such_upload() -> Response {
    Response::error(
        404,
        "NoSuchUpload",
        "The specified multipart upload does not exist.",
    )
}
