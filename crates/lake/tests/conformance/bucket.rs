//! A bucket of the server in the process, and how it is opened.

use std::time::Duration;

use promptlake_lake::location::Location;
use promptlake_lake::s3::{AccessKey, Patience, S3Options};
use promptlake_lake::source::{Source, SourceSpec, open_source_with};
use promptlake_lake::storage::{Storage, open_storage_with};
use promptlake_s3_testserver::{ACCESS_KEY, Kind, Logged, SECRET_KEY, Server};

use crate::source::Shelf;

pub(crate) const BUCKET: &str = "logs";

/// A server with one bucket.
pub(crate) struct TestBucket {
    pub(crate) server: Server,
    pub(crate) options: S3Options,
    source: Box<dyn Source>,
}

impl TestBucket {
    /// The bucket lies in another region than the one that is configured.
    pub(crate) fn new() -> Self {
        let server = Server::start();
        server.create_bucket(BUCKET, "eu-central-1");
        let options = options(&server);
        let source = open(&options, &format!("s3://{BUCKET}"), "s3://elsewhere");
        Self {
            server,
            options,
            source,
        }
    }

    /// Opens a source anew.
    pub(crate) fn open(&self, uri: &str) -> Box<dyn Source> {
        open(&self.options, uri, "s3://elsewhere")
    }

    /// Opens a source beside a lake.
    pub(crate) fn open_beside(&self, uri: &str, lake: &str) -> Box<dyn Source> {
        open(&self.options, uri, lake)
    }

    /// Opens a lake.
    pub(crate) fn storage(&self) -> Box<dyn Storage> {
        let lake = Location::parse(&format!("s3://{BUCKET}/a lake/in it")).unwrap();
        open_storage_with(&lake, &self.options).unwrap()
    }

    /// The requests since the last call, of one kind.
    pub(crate) fn log(&self, kind: Kind) -> Vec<Logged> {
        let mut log = self.server.log();
        log.retain(|logged| logged.kind == kind);
        log
    }
}

impl Shelf for TestBucket {
    fn source(&self) -> &dyn Source {
        &*self.source
    }

    fn put(&self, key: &str, bytes: &[u8]) {
        self.server.put(BUCKET, key, bytes);
    }

    fn remove(&self, key: &str) {
        self.server.remove(BUCKET, key);
    }
}

/// As the tests ask: they do not wait for long.
pub(crate) fn options(server: &Server) -> S3Options {
    S3Options {
        endpoint_url: Some(server.url()),
        access_key: Some(AccessKey {
            id: ACCESS_KEY.to_owned(),
            secret: SECRET_KEY.to_owned(),
            session_token: None,
        }),
        patience: Patience {
            tries: 6,
            first_wait: Duration::from_millis(1),
            longest_wait: Duration::from_millis(20),
            stall: Duration::from_millis(700),
        },
        ..S3Options::default()
    }
}

fn open(options: &S3Options, uri: &str, lake: &str) -> Box<dyn Source> {
    let spec = SourceSpec::parse(uri).unwrap();
    open_source_with(&spec, &Location::parse(lake).unwrap(), options).unwrap()
}
