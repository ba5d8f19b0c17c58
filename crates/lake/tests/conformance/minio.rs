//! The same against a real server: `scripts/minio.sh run cargo test -p promptlake-lake --test conformance minio -- --ignored`.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use promptlake_lake::location::Location;
use promptlake_lake::s3::{AccessKey, S3Options};
use promptlake_lake::source::{Source, SourceSpec, Window, open_source_with};
use promptlake_lake::storage::{Content, Expect, Storage, StorageError, open_storage_with};

use crate::source::{self, Shelf, listed};
use crate::storage;

/// A new bucket of the server that the environment names.
struct RealBucket {
    name: String,
    options: S3Options,
    runtime: tokio::runtime::Runtime,
    client: Client,
    source: Box<dyn Source>,
}

impl RealBucket {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let variable = |name: &str| {
            let name = format!("PROMPTLAKE_TEST_S3_{name}");
            std::env::var(&name)
                .unwrap_or_else(|_| panic!("{name} is not set, see scripts/minio.sh"))
        };
        let (endpoint, id, secret) = (
            variable("ENDPOINT"),
            variable("ACCESS_KEY"),
            variable("SECRET_KEY"),
        );
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("promptlake-{}-{number}", std::process::id());
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http)
            .endpoint_url(&endpoint)
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new(&id, &secret, None, None, "test"))
            .force_path_style(true)
            .build();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        let client = Client::from_conf(config);
        runtime
            .block_on(client.create_bucket().bucket(&name).send())
            .unwrap();
        let options = S3Options {
            endpoint_url: Some(endpoint),
            access_key: Some(AccessKey {
                id,
                secret,
                session_token: None,
            }),
            ..S3Options::default()
        };
        let spec = SourceSpec::parse(&format!("s3://{name}")).unwrap();
        let lake = Location::parse("s3://elsewhere").unwrap();
        Self {
            source: open_source_with(&spec, &lake, &options).unwrap(),
            name,
            options,
            runtime,
            client,
        }
    }

    fn storage(&self) -> Box<dyn Storage> {
        let lake = Location::parse(&format!("s3://{}/the lake", self.name)).unwrap();
        open_storage_with(&lake, &self.options).unwrap()
    }
}

impl Shelf for RealBucket {
    fn source(&self) -> &dyn Source {
        &*self.source
    }

    fn put(&self, key: &str, bytes: &[u8]) {
        let put = self.client.put_object().bucket(&self.name).key(key);
        self.runtime
            .block_on(put.body(bytes.to_vec().into()).send())
            .unwrap();
    }

    fn remove(&self, key: &str) {
        let delete = self.client.delete_object().bucket(&self.name).key(key);
        self.runtime.block_on(delete.send()).unwrap();
    }
}

#[test]
#[ignore = "needs MinIO; scripts/minio.sh"]
fn sources() {
    source::odd_keys(&RealBucket::new());
    source::many_objects(&RealBucket::new());
    source::etags(&RealBucket::new());
    source::changed_and_gone(&RealBucket::new());
    source::large_objects(&RealBucket::new());
    assert_eq!(source::windows(&RealBucket::new()).len(), 7);
}

#[test]
#[ignore = "needs MinIO; scripts/minio.sh"]
fn storages() {
    let temp = tempfile::tempdir().unwrap();
    storage::round_trip(&*RealBucket::new().storage(), temp.path());
    storage::compare_and_swap(&*RealBucket::new().storage());
    storage::one_wins(&*RealBucket::new().storage());
    storage::never_torn(&*RealBucket::new().storage(), temp.path());
    storage::files_are_published(&*RealBucket::new().storage(), temp.path());
    storage::failure_changes_nothing(&*RealBucket::new().storage(), temp.path());
    storage::odd_names(&*RealBucket::new().storage());
    storage::many_objects(&*RealBucket::new().storage());
}

#[test]
#[ignore = "needs MinIO; scripts/minio.sh"]
fn parts_and_the_probe() {
    let bucket = RealBucket::new();
    let lake = bucket.storage();
    for _ in 0..2 {
        assert!(lake.compares_and_swaps().unwrap());
    }
    let temp = tempfile::tempdir().unwrap();
    let file = temp.path().join("part");
    let publish = |first: u8, expect: &Expect| {
        std::fs::write(&file, vec![first; 17 << 20]).unwrap();
        lake.publish("tables/x", Content::File(&file), expect)
    };
    let first = publish(1, &Expect::Absent).unwrap();
    let second = publish(2, &Expect::Version(first.clone())).unwrap();
    for expect in [Expect::Absent, Expect::Version(first)] {
        let lost = publish(3, &expect);
        assert!(
            matches!(lost, Err(StorageError::Conflict { .. })),
            "{lost:?}"
        );
    }
    let (bytes, version) = lake.read("tables/x").unwrap().unwrap();
    assert_eq!(version, second);
    assert!(bytes == vec![2; 17 << 20]);
    let uploads = bucket
        .client
        .list_multipart_uploads()
        .bucket(&bucket.name)
        .prefix("the lake/tables/x");
    let uploads = bucket.runtime.block_on(uploads.send()).unwrap();
    assert_eq!(uploads.uploads().len(), 0);
    // As a source, the same object in one stream.
    assert_eq!(
        listed(bucket.source(), Window::ALL).len(),
        2,
        "the probe's, and this one"
    );
}
