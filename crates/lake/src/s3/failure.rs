//! Why a request came to nothing, and whether that may be otherwise next time.

use std::error::Error;
use std::fmt;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

/// What a caller does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// There is no such object.
    NoObject,
    /// There is no such bucket.
    NoBucket,
    /// There is no such multipart upload (any more).
    NoUpload,
    /// The object is not what the condition says.
    Precondition,
    /// Somebody else is writing it at this moment.
    Busy,
    /// The server asks to slow down.
    Throttled,
    /// The server or the network failed; another try may do.
    Transient,
    /// The credentials are out of date.
    Expired,
    /// The clock of this machine is wrong.
    Skewed,
    /// Permission is missing.
    Denied,
    /// The object is archived.
    Archived,
    /// The server does not know this kind of request.
    Unsupported,
    /// Anything else.
    Other,
}

/// A request that failed. Its text is the server's; it holds no content of an object.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    text: String,
    /// What the permission is called that may be missing.
    hint: Option<String>,
    /// The region of the bucket, where the server said it.
    pub(crate) region: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// Of a kind, in words.
    pub(crate) fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            hint: None,
            region: None,
            source: None,
        }
    }

    /// That something failed underneath.
    pub(crate) fn caused(
        kind: Kind,
        text: &str,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::new(kind, text)
        }
    }

    /// That nothing came for too long.
    pub(crate) fn stalled() -> Self {
        Self::new(Kind::Transient, "no answer in time")
    }

    /// What an answer says: its status, the code and the message in its body.
    pub(crate) fn answered(status: u16, code: &str, message: &str) -> Self {
        let text = match (code, message) {
            ("", _) => format!("status {status}"),
            (code, "") => code.to_owned(),
            (code, message) => format!("{code}: {message}"),
        };
        Self::new(kind_of(status, code), text)
    }

    /// That a connection was refused, was reset or could not be made: all of it may pass.
    pub(crate) fn connection(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::caused(Kind::Transient, "the connection failed", error)
    }

    /// What the SDK says.
    pub(crate) fn sdk<E>(error: SdkError<E, HttpResponse>) -> Self
    where
        E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        match &error {
            SdkError::ServiceError(service) => {
                let meta = service.err();
                let raw = service.raw();
                let mut failure = Self::answered(
                    raw.status().as_u16(),
                    meta.code().unwrap_or_default(),
                    meta.message().unwrap_or_default(),
                );
                failure.region = region(raw);
                failure
            }
            SdkError::ResponseError(response) if response.raw().status().as_u16() >= 300 => {
                let raw = response.raw();
                let mut failure = Self::answered(raw.status().as_u16(), "", "");
                failure.region = region(raw);
                failure
            }
            SdkError::ConstructionFailure(_) => {
                Self::caused(Kind::Other, "the request cannot be made", error)
            }
            SdkError::DispatchFailure(dispatch) if dispatch.is_user() => {
                Self::caused(Kind::Other, "the request cannot be sent", error)
            }
            _ => Self::connection(error),
        }
    }

    /// Names the permission that is missing, if that is it.
    #[must_use]
    pub(crate) fn needs(mut self, permission: impl FnOnce() -> String) -> Self {
        if self.kind == Kind::Denied {
            self.hint = Some(permission());
        }
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match (self.kind, &self.hint) {
            (Kind::Denied, Some(hint)) => write!(f, " (it takes {hint})"),
            (Kind::Skewed, _) => f.write_str(" (set the clock of this machine)"),
            (Kind::Archived, _) => f.write_str(" (it has to be restored first)"),
            (Kind::Expired, _) => f.write_str(" (sign in again)"),
            _ => Ok(()),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The region that an answer names.
fn region(response: &HttpResponse) -> Option<String> {
    response
        .headers()
        .get("x-amz-bucket-region")
        .map(str::to_owned)
}

fn kind_of(status: u16, code: &str) -> Kind {
    match code {
        "NoSuchKey" | "NotFound" => Kind::NoObject,
        "NoSuchBucket" => Kind::NoBucket,
        "NoSuchUpload" => Kind::NoUpload,
        // A range that begins beyond the end: the object is shorter than it was.
        "PreconditionFailed" | "InvalidRange" => Kind::Precondition,
        "ConditionalRequestConflict" | "OperationAborted" => Kind::Busy,
        "SlowDown"
        | "SlowDownRead"
        | "SlowDownWrite"
        | "ServiceUnavailable"
        | "Throttling"
        | "ThrottlingException"
        | "RequestLimitExceeded"
        | "TooManyRequests"
        | "BandwidthLimitExceeded" => Kind::Throttled,
        "InternalError" | "RequestTimeout" | "RequestTimeoutException" => Kind::Transient,
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" | "RequestExpired" => {
            Kind::Expired
        }
        "RequestTimeTooSkewed" => Kind::Skewed,
        "InvalidObjectState" => Kind::Archived,
        "NotImplemented" => Kind::Unsupported,
        _ => match status {
            401 | 403 => Kind::Denied,
            404 => Kind::NoObject,
            409 => Kind::Busy,
            412 | 416 => Kind::Precondition,
            429 | 503 => Kind::Throttled,
            501 => Kind::Unsupported,
            408 | 500 | 502 | 504.. => Kind::Transient,
            _ => Kind::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_counts_before_the_status() {
        for (status, code, kind) in [
            (400, "ExpiredToken", Kind::Expired),
            (400, "RequestTimeout", Kind::Transient),
            (403, "RequestTimeTooSkewed", Kind::Skewed),
            (403, "InvalidObjectState", Kind::Archived),
            (403, "AccessDenied", Kind::Denied),
            (403, "SignatureDoesNotMatch", Kind::Denied),
            (403, "", Kind::Denied),
            (404, "NoSuchBucket", Kind::NoBucket),
            (404, "", Kind::NoObject),
            (409, "ConditionalRequestConflict", Kind::Busy),
            (412, "", Kind::Precondition),
            (500, "SlowDown", Kind::Throttled),
            (500, "InternalError", Kind::Transient),
            (503, "", Kind::Throttled),
            (501, "", Kind::Unsupported),
            (301, "PermanentRedirect", Kind::Other),
        ] {
            assert_eq!(
                Failure::answered(status, code, "").kind,
                kind,
                "{status} {code}"
            );
        }
    }

    #[test]
    fn a_missing_permission_is_named() {
        let denied = Failure::answered(403, "AccessDenied", "Access Denied");
        let text = denied.needs(|| "s3:GetObject on x".to_owned()).to_string();
        assert_eq!(
            text,
            "AccessDenied: Access Denied (it takes s3:GetObject on x)"
        );
        let other = Failure::answered(404, "NoSuchKey", "").needs(|| unreachable!());
        assert_eq!(other.to_string(), "NoSuchKey");
    }
}
