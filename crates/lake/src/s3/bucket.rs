//! A bucket, opened by the first request to it.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use aws_sdk_s3::Client;
use tokio::sync::OnceCell;

use super::S3Options;
use super::connection::Connection;
use super::failure::Failure;
use super::limit::Limit;
use super::retry::Tries;
use crate::stats::{Counters, count};

/// As whom a bucket is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    /// A role that is taken on.
    pub(crate) role_arn: Option<String>,
    /// A profile of the AWS configuration.
    pub(crate) profile: Option<String>,
    /// We pay for the requests if the bucket's owner does not.
    pub(crate) requester_pays: bool,
}

/// A bucket and all that its requests share.
#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) name: String,
    pub(crate) access: Access,
    pub(crate) options: S3Options,
    pub(crate) counters: Counters,
    pub(crate) limit: Limit,
    connection: OnceCell<Connection>,
}

/// A slow line still sends so many bytes a second; slower ones are taken for dead.
const SLOWEST_BYTES_A_SECOND: u64 = 64 << 10;

impl Bucket {
    /// Makes no request.
    pub(crate) fn new(name: String, access: Access, options: S3Options) -> Arc<Self> {
        Arc::new(Self {
            name,
            access,
            limit: Limit::new(options.concurrency),
            options,
            counters: Counters::default(),
            connection: OnceCell::new(),
        })
    }

    /// The clients.
    pub(crate) async fn connection(self: &Arc<Self>) -> Result<&Connection, Failure> {
        self.connection
            .get_or_try_init(|| Box::pin(Connection::open(self)))
            .await
    }

    /// `s3://bucket/key`
    pub(crate) fn uri(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.name)
    }

    /// Whether there are other credentials than those that were refused.
    pub(crate) async fn refresh_credentials(&self) -> bool {
        match self.connection.get() {
            Some(connection) => connection.credentials.refresh().await,
            None => false,
        }
    }

    /// How long a request that sends `bytes` may take.
    pub(crate) fn time_for(&self, bytes: u64) -> Duration {
        self.options.patience.stall + Duration::from_secs(bytes / SLOWEST_BYTES_A_SECOND)
    }

    /// Sends a request through the SDK, within the bound of requests in flight.
    pub(crate) async fn send_once<T, F>(
        self: &Arc<Self>,
        counter: &AtomicU64,
        bytes: u64,
        send: impl FnOnce(Client) -> F + Send,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>> + Send,
    {
        let client = self.connection().await?.sdk.clone();
        let _permit = self.limit.enter().await;
        count(counter, 1);
        // Boxed, since what the SDK does is large, and this is a part of many.
        let done = Box::pin(send(client));
        let result = tokio::time::timeout(self.time_for(bytes), done)
            .await
            .unwrap_or_else(|_| Err(Failure::stalled()));
        if result.is_ok() {
            self.limit.passed();
        }
        result
    }

    /// Sends a request that may be repeated without harm, until it comes through or there is no use.
    pub(crate) async fn send<T, F>(
        self: &Arc<Self>,
        counter: &AtomicU64,
        send: impl Fn(Client) -> F + Send + Sync,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>> + Send,
    {
        let mut tries = Tries::new(self);
        loop {
            match self.send_once(counter, 0, &send).await {
                Ok(done) => return Ok(done),
                Err(failure) => tries.again(failure).await?,
            }
        }
    }
}
