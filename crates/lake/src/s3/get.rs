//! `GetObject`.

use std::sync::Arc;
use std::time::SystemTime;

use http::header::{CONTENT_LENGTH, ETAG, HeaderName};
use http::response::Parts;

use super::body::Flow;
use super::bucket::Bucket;
use super::connection::Connection;
use super::failure::{Failure, Kind};
use super::http1::{Answer, Body};
use super::key;
use super::sign::Get;
use crate::stats::count;

/// So much of an error's body is looked at.
const ERROR_BYTES: usize = 16 << 10;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// The whole key.
    pub(crate) key: &'a str,
    /// The ETag, without quotes, that the object must have.
    pub(crate) etag: Option<&'a str>,
    /// The first byte.
    pub(crate) from: u64,
}

/// An answer whose body is still to come.
#[derive(Debug)]
pub(crate) struct Opened {
    /// Without quotes; empty if there is none.
    pub(crate) etag: String,
    /// Bytes of this body.
    pub(crate) length: Option<u64>,
    pub(crate) flow: Flow,
}

impl Bucket {
    /// Asks once; the caller has a permit.
    pub(crate) async fn get_once(self: &Arc<Self>, wanted: Wanted<'_>) -> Result<Opened, Failure> {
        let connection = self.connection().await?;
        count(&self.counters.gets, 1);
        let mut path = String::with_capacity(connection.path.len() + wanted.key.len() + 32);
        path.push_str(&connection.path);
        path.push('/');
        key::append_to_path(&mut path, wanted.key);
        let get = Get {
            path: &path,
            if_match: wanted.etag.map(quoted),
            range: (wanted.from > 0).then(|| format!("bytes={}-", wanted.from)),
            requester_pays: self.access.requester_pays,
            ..Get::default()
        };
        let answer = connection.get(get).await.map_err(|failure| {
            let about_kms = failure.to_string().to_ascii_lowercase().contains("kms");
            failure.needs(|| {
                let object = format!("arn:aws:s3:::{}/{}", self.name, wanted.key);
                if about_kms {
                    format!("kms:Decrypt on the key that {object} is encrypted with")
                } else {
                    format!("s3:GetObject on {object}, and kms:Decrypt if it is encrypted with a KMS key")
                }
            })
        })?;
        let etag = header(&answer.head, &ETAG);
        let length = header(&answer.head, &CONTENT_LENGTH);
        Ok(Opened {
            etag: etag.map_or_else(String::new, unquoted),
            length: length.and_then(|text| text.parse().ok()),
            flow: Flow::new(self, answer.body),
        })
    }
}

impl Connection {
    /// Sends a `GET` once; what is no success is a failure.
    pub(super) async fn get(&self, get: Get<'_>) -> Result<Answer, Failure> {
        let expected = if get.range.is_some() { 206 } else { 200 };
        let credential = self.credentials.signer().await?;
        let request = self
            .signer
            .sign(&credential, now(), get)
            .map_err(|e| Failure::caused(Kind::Other, "the request cannot be made", e))?;
        let answer = self.http.send(request).await?;
        let status = answer.head.status.as_u16();
        if status == expected {
            Ok(answer)
        } else {
            Err(refusal(status, answer.body).await)
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "servers refuse requests of another time than theirs; it reaches no output"
)]
fn now() -> SystemTime {
    SystemTime::now()
}

/// As headers have an ETag.
pub(crate) fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

/// As it is compared and stored: servers differ in where they quote it.
pub(crate) fn unquoted(etag: &str) -> String {
    etag.trim_matches('"').to_owned()
}

fn header<'a>(head: &'a Parts, name: &HeaderName) -> Option<&'a str> {
    head.headers.get(name)?.to_str().ok()
}

/// What an answer that is no success says.
async fn refusal(status: u16, mut body: Body) -> Failure {
    let mut text = Vec::new();
    // If its end does not come, the status alone has to do.
    while text.len() < ERROR_BYTES
        && let Ok(Some(bytes)) = body.next().await
    {
        text.extend_from_slice(&bytes);
    }
    let text = String::from_utf8_lossy(&text);
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        Some(rest.split_once('<')?.0)
    };
    Failure::answered(
        status,
        element("Code").unwrap_or_default(),
        element("Message").unwrap_or_default(),
    )
}
