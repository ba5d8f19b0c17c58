//! What S3 sources and S3 storage share: the client, its credentials, retries, the bound on requests in flight.
//!
//! Two clients work on one connection's configuration. What is asked once an object, the `GET`, or tells of a thousand, the
//! listing, is signed here and goes over connections of our own (hyper's), at a fraction of the SDK's CPU. The SDK does the
//! rest: it writes, and it knows credentials, endpoints and regions.

use std::time::Duration;

mod body;
mod bucket;
mod connection;
mod credentials;
mod engine;
mod failure;
mod get;
mod http1;
mod key;
mod limit;
mod list;
mod page;
mod retry;
mod runtime;
mod sign;

pub(crate) use self::body::Flow;
pub(crate) use self::bucket::{Access, Bucket};
pub(crate) use self::failure::{Failure, Kind};
pub(crate) use self::get::{Wanted, quoted, unquoted};
pub(crate) use self::page::Page;
pub(crate) use self::retry::Tries;
pub(crate) use self::runtime::runtime;

/// How buckets are read and written.
#[derive(Clone, Debug)]
pub struct S3Options {
    /// Requests in flight at most, for each source and for the lake (`--concurrency`). Throttling lowers it for a while.
    pub concurrency: usize,
    /// The KMS key that objects of the lake are encrypted with; `None`: what the bucket has as its default.
    pub sse_kms_key_id: Option<String>,
    /// Nobody else writes the lake (`--single-writer`): compare, then write without a condition, for stores that have
    /// no conditional writes.
    pub single_writer: bool,
    /// Another server than AWS; `None`: what the AWS configuration says (`AWS_ENDPOINT_URL`).
    pub endpoint_url: Option<String>,
    /// Who asks; `None`: the AWS configuration's standard chain.
    pub access_key: Option<AccessKey>,
    /// When a request that failed is repeated.
    pub patience: Patience,
}

impl Default for S3Options {
    fn default() -> Self {
        Self {
            concurrency: 64,
            sse_kms_key_id: None,
            single_writer: false,
            endpoint_url: None,
            access_key: None,
            patience: Patience::default(),
        }
    }
}

/// An access key that does not change.
#[derive(Clone)]
pub struct AccessKey {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// The token of a temporary one.
    pub session_token: Option<String>,
}

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccessKey({})", self.id)
    }
}

/// When a request that failed is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often it is tried in all.
    pub tries: u32,
    /// The wait before the second try, at most; it doubles from try to try. The wait itself is random below that.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
    /// A request or body that says nothing for so long is given up.
    pub stall: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 10,
            first_wait: Duration::from_millis(50),
            longest_wait: Duration::from_secs(20),
            stall: Duration::from_secs(20),
        }
    }
}
