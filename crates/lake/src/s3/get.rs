//! `GetObject`.

use std::sync::Arc;

use aws_sdk_s3::types::RequestPayer;
use http::header::{CONTENT_LENGTH, ETAG, IF_MATCH, RANGE};
use http::{HeaderMap, Method, Request};
use object_store::aws::AwsAuthorizer;
use object_store::client::{HttpRequestBody, HttpResponseBody};

use super::body::{Body, Flow};
use super::bucket::Bucket;
use super::connection::Connection;
use super::failure::Failure;
use super::key;
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
        let stall = self.options.patience.stall;
        let answer = if key::fits_a_url(wanted.key) {
            tokio::time::timeout(stall, self.get_lean(connection, wanted)).await
        } else {
            let answer = Box::pin(self.get_through_sdk(connection, wanted));
            tokio::time::timeout(stall, answer).await
        };
        let opened = answer.unwrap_or_else(|_| Err(Failure::stalled()));
        opened.map_err(|failure| {
            let about_kms = failure.to_string().to_ascii_lowercase().contains("kms");
            failure.needs(|| {
                let object = format!("arn:aws:s3:::{}/{}", self.name, wanted.key);
                if about_kms {
                    format!("kms:Decrypt on the key that {object} is encrypted with")
                } else {
                    format!("s3:GetObject on {object}, and kms:Decrypt if it is encrypted with a KMS key")
                }
            })
        })
    }

    async fn get_lean(
        self: &Arc<Self>,
        connection: &Connection,
        wanted: Wanted<'_>,
    ) -> Result<Opened, Failure> {
        let unfit =
            |e: http::Error| Failure::caused(super::Kind::Other, "the request cannot be made", e);
        let mut url = String::with_capacity(connection.url.len() + wanted.key.len() + 32);
        url.push_str(&connection.url);
        url.push('/');
        key::append_to_url(&mut url, wanted.key);
        let mut request = Request::builder().method(Method::GET).uri(url);
        if let Some(etag) = wanted.etag {
            request = request.header(IF_MATCH, quoted(etag));
        }
        if wanted.from > 0 {
            request = request.header(RANGE, format!("bytes={}-", wanted.from));
        }
        let mut request = request.body(HttpRequestBody::empty()).map_err(unfit)?;
        let credential = connection.credentials.signer().await?;
        AwsAuthorizer::new(&credential, "s3", &connection.region)
            .with_request_payer(self.access.requester_pays)
            .authorize(&mut request, None);
        let answer = connection
            .http
            .execute(request)
            .await
            .map_err(Failure::http)?;
        let (parts, body) = answer.into_parts();
        let expected = if wanted.from > 0 { 206 } else { 200 };
        if parts.status.as_u16() != expected {
            return Err(refusal(parts.status.as_u16(), body).await);
        }
        Ok(Opened {
            etag: header(&parts.headers, &ETAG).map_or_else(String::new, unquoted),
            length: header(&parts.headers, &CONTENT_LENGTH).and_then(|text| text.parse().ok()),
            flow: Flow::new(self, Body::Http(body)),
        })
    }

    async fn get_through_sdk(
        self: &Arc<Self>,
        connection: &Connection,
        wanted: Wanted<'_>,
    ) -> Result<Opened, Failure> {
        let payer = self
            .access
            .requester_pays
            .then_some(RequestPayer::Requester);
        let range = (wanted.from > 0).then(|| format!("bytes={}-", wanted.from));
        let answer = connection
            .sdk
            .get_object()
            .bucket(&self.name)
            .key(wanted.key)
            .set_if_match(wanted.etag.map(quoted))
            .set_range(range)
            .set_request_payer(payer)
            .send()
            .await
            .map_err(Failure::sdk)?;
        Ok(Opened {
            etag: answer.e_tag().map_or_else(String::new, unquoted),
            length: answer.content_length().and_then(|n| u64::try_from(n).ok()),
            flow: Flow::new(self, Body::Sdk(answer.body)),
        })
    }
}

/// As headers have an ETag.
pub(crate) fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

/// As it is compared and stored: servers differ in where they quote it.
pub(crate) fn unquoted(etag: &str) -> String {
    etag.trim_matches('"').to_owned()
}

fn header<'a>(headers: &'a HeaderMap, name: &http::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// What an answer that is no object says.
async fn refusal(status: u16, body: HttpResponseBody) -> Failure {
    let mut text = Vec::new();
    let mut body = Body::Http(body);
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
