//! Signatures of `GET`s: AWS Signature Version 4.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>. What does not change
//! within a second, the key of the day among it, is derived once a second and not once a request.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue, IF_MATCH, RANGE, USER_AGENT};
use http::{HeaderMap, Request, Uri};
use http_body_util::Empty;
use object_store::aws::AwsCredential;
use ring::{digest, hmac};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// SHA-256 of a body of no bytes.
const NO_BODY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const AGENT: &str = concat!("promptlake/", env!("CARGO_PKG_VERSION"));

const CONTENT_SHA256: HeaderName = HeaderName::from_static("x-amz-content-sha256");
const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const OPTIONAL_ATTRIBUTES: HeaderName = HeaderName::from_static("x-amz-optional-object-attributes");
const REQUEST_PAYER: HeaderName = HeaderName::from_static("x-amz-request-payer");
const SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// A `GET` to be signed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Get<'a> {
    /// Encoded, from its first slash.
    pub(crate) path: &'a str,
    /// Encoded, in the order of the names.
    pub(crate) query: &'a str,
    pub(crate) if_match: Option<String>,
    pub(crate) range: Option<String>,
    /// A listing shall tell what of its archived objects is restored.
    pub(crate) restore_status: bool,
    pub(crate) requester_pays: bool,
}

/// Signs what is asked of one host in one region.
#[derive(Debug)]
pub(crate) struct Signer {
    /// As the URL has it, without the default port of its scheme.
    host: String,
    region: String,
    moment: Mutex<Option<Arc<Moment>>>,
}

/// What signatures of one second have in common.
struct Moment {
    credential: Arc<AwsCredential>,
    second: i64,
    /// `YYYYMMDDTHHMMSSZ`
    time: String,
    scope: String,
    key: hmac::Key,
}

impl Signer {
    /// Makes no signature yet.
    pub(crate) fn new(host: String, region: &str) -> Self {
        Self {
            host,
            region: region.to_owned(),
            moment: Mutex::new(None),
        }
    }

    /// The request, signed with all its headers but the user agent.
    ///
    /// # Errors
    ///
    /// If a header or the path has bytes that HTTP does not allow.
    pub(crate) fn sign(
        &self,
        credential: &Arc<AwsCredential>,
        now: SystemTime,
        get: Get<'_>,
    ) -> Result<Request<Empty<Bytes>>, http::Error> {
        let moment = self.moment(credential, now);
        let mut canonical = String::with_capacity(512);
        canonical.extend(["GET\n", get.path, "\n", get.query, "\n"]);
        let mut names = String::with_capacity(96);
        let mut headers = HeaderMap::with_capacity(12);
        let mut signed = |name: HeaderName, value: &str| -> Result<(), http::Error> {
            let separator = if names.is_empty() { "" } else { ";" };
            names.extend([separator, name.as_str()]);
            canonical.extend([name.as_str(), ":", value, "\n"]);
            headers.insert(name, HeaderValue::from_str(value)?);
            Ok(())
        };
        // In the order of their names.
        signed(HOST, &self.host)?;
        if let Some(etag) = get.if_match {
            signed(IF_MATCH, &etag)?;
        }
        if let Some(range) = get.range {
            signed(RANGE, &range)?;
        }
        signed(CONTENT_SHA256, NO_BODY)?;
        signed(DATE, &moment.time)?;
        if get.restore_status {
            signed(OPTIONAL_ATTRIBUTES, "RestoreStatus")?;
        }
        if get.requester_pays {
            signed(REQUEST_PAYER, "requester")?;
        }
        if let Some(token) = &moment.credential.token {
            signed(SECURITY_TOKEN, token)?;
        }
        canonical.extend(["\n", &names, "\n", NO_BODY]);

        let mut text = String::with_capacity(192);
        text.extend([ALGORITHM, "\n", &moment.time, "\n", &moment.scope, "\n"]);
        push_hex(
            &mut text,
            digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref(),
        );
        let mut authorization = String::with_capacity(320);
        let id = &moment.credential.key_id;
        authorization.extend([ALGORITHM, " Credential=", id, "/", &moment.scope]);
        authorization.extend([", SignedHeaders=", &names, ", Signature="]);
        push_hex(
            &mut authorization,
            hmac::sign(&moment.key, text.as_bytes()).as_ref(),
        );
        headers.insert(AUTHORIZATION, HeaderValue::try_from(authorization)?);
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));

        let uri: Uri = if get.query.is_empty() {
            get.path.parse()?
        } else {
            format!("{}?{}", get.path, get.query).parse()?
        };
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        Ok(request)
    }

    fn moment(&self, credential: &Arc<AwsCredential>, now: SystemTime) -> Arc<Moment> {
        let now = DateTime::<Utc>::from(now);
        // It is replaced at once: a poisoned one is as good.
        let mut held = self.moment.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(moment) = held.as_ref()
            && moment.second == now.timestamp()
            && Arc::ptr_eq(&moment.credential, credential)
        {
            return Arc::clone(moment);
        }
        let moment = Arc::new(Moment::new(credential, &self.region, now));
        *held = Some(Arc::clone(&moment));
        moment
    }
}

impl Moment {
    fn new(credential: &Arc<AwsCredential>, region: &str, now: DateTime<Utc>) -> Self {
        let day = now.format("%Y%m%d").to_string();
        let secret = format!("AWS4{}", credential.secret_key);
        let mut key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        for part in [&day, region, "s3", "aws4_request"] {
            let derived = hmac::sign(&key, part.as_bytes());
            key = hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref());
        }
        Self {
            credential: Arc::clone(credential),
            second: now.timestamp(),
            time: now.format("%Y%m%dT%H%M%SZ").to_string(),
            scope: format!("{day}/{region}/s3/aws4_request"),
            key,
        }
    }
}

impl std::fmt::Debug for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Moment({})", self.time)
    }
}

fn push_hex(text: &mut String, bytes: &[u8]) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        text.push(char::from(HEX[usize::from(byte >> 4)]));
        text.push(char::from(HEX[usize::from(byte & 15)]));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn credential(token: Option<&str>) -> Arc<AwsCredential> {
        Arc::new(AwsCredential {
            key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            token: token.map(str::to_owned),
        })
    }

    fn get(path: &str) -> Get<'_> {
        Get {
            path,
            ..Get::default()
        }
    }

    fn authorization(request: &Request<Empty<Bytes>>) -> &str {
        request.headers()[AUTHORIZATION].to_str().unwrap()
    }

    const HOST_NAME: &str = "examplebucket.s3.amazonaws.com";
    /// 2013-05-24T00:00:00Z
    const MIDNIGHT: Duration = Duration::from_hours(380_376);

    /// The example of
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>, "GET Object".
    #[test]
    fn the_documented_example_has_its_signature() {
        let ranged = Get {
            range: Some("bytes=0-9".to_owned()),
            ..get("/test.txt")
        };
        let now = SystemTime::UNIX_EPOCH + MIDNIGHT;
        let signer = Signer::new(HOST_NAME.to_owned(), "us-east-1");
        let request = signer.sign(&credential(None), now, ranged).unwrap();
        assert_eq!(
            authorization(&request),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
             SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, \
             Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
        assert_eq!(request.headers()[DATE], "20130524T000000Z");
    }

    /// The example of the same page, "List Objects", with the version of the listing as we have it left out.
    #[test]
    fn a_query_is_signed() {
        let listing = Get {
            query: "max-keys=2&prefix=J",
            ..get("/")
        };
        let now = SystemTime::UNIX_EPOCH + MIDNIGHT;
        let signer = Signer::new(HOST_NAME.to_owned(), "us-east-1");
        let request = signer.sign(&credential(None), now, listing).unwrap();
        assert!(
            authorization(&request)
                .ends_with("=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
        );
        assert_eq!(request.uri(), "/?max-keys=2&prefix=J");
    }

    #[test]
    fn time_and_credentials_are_those_of_the_request() {
        let signer = Signer::new(HOST_NAME.to_owned(), "eu-central-1");
        let first = credential(None);
        let at = |credential, seconds| {
            let now = SystemTime::UNIX_EPOCH + MIDNIGHT - Duration::from_secs(1)
                + Duration::from_millis(seconds);
            signer.sign(credential, now, get("/a")).unwrap()
        };
        let before = at(&first, 0);
        assert_eq!(authorization(&before), authorization(&at(&first, 999)));
        let midnight = at(&first, 1000);
        assert_eq!(midnight.headers()[DATE], "20130524T000000Z");
        assert!(authorization(&midnight).contains("/20130524/eu-central-1/s3/"));
        assert_eq!(authorization(&before), authorization(&at(&first, 0)));

        let second = credential(Some("token"));
        let tokened = at(&second, 1000);
        assert_eq!(tokened.headers()[SECURITY_TOKEN], "token");
        assert_ne!(authorization(&tokened), authorization(&midnight));
    }

    #[test]
    fn what_no_header_can_hold_is_an_error() {
        let odd = Get {
            if_match: Some("\"a\nb\"".to_owned()),
            ..get("/a")
        };
        let signer = Signer::new(HOST_NAME.to_owned(), "us-east-1");
        assert!(
            signer
                .sign(&credential(None), SystemTime::UNIX_EPOCH, odd)
                .is_err()
        );
    }
}
