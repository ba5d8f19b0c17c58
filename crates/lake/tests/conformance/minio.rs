//! The same against a real server: `scripts/minio.sh run cargo test -p promptlake-lake --test conformance minio -- --ignored`.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use promptlake_lake::location::Location;
use promptlake_lake::s3::{AccessKey, S3Options};
use promptlake_lake::source::{Source, SourceError, SourceSpec, Window, open_source_with};
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

/// The documented policies, and no more: a reader reads, a writer writes.
#[test]
#[ignore = "needs MinIO; scripts/minio.sh"]
fn least_privilege() {
    let mut bucket = RealBucket::new();
    bucket.put("prompts/AWSLogs/1/x", b"x");
    bucket.put("other/x", b"x");

    let reader = bucket.limited("**Reading a source.**", &[("acme-kiro-logs", &bucket.name)]);
    let owner = std::mem::replace(&mut bucket.options, reader);
    let open = |prefix: &str, options: &S3Options| {
        let spec = SourceSpec::parse(&format!("s3://{}/{prefix}", bucket.name)).unwrap();
        open_source_with(&spec, &Location::parse("s3://elsewhere").unwrap(), options).unwrap()
    };
    let source = open("prompts", &bucket.options);
    let all: Vec<_> = listed(&*source, Window::ALL).into_values().collect();
    assert_eq!(all.len(), 1);
    assert!(source.fetch(all).all(|body| body.is_ok()));
    let refused = open("other", &bucket.options).list(
        Window::ALL,
        &mut |_| unreachable!(),
        &mut |_| unreachable!(),
    );
    assert!(
        matches!(refused, Err(SourceError::Denied { .. })),
        "{refused:?}"
    );

    bucket.options = owner;
    let names = [
        ("acme-promptlake", bucket.name.as_str()),
        ("kiro/", "the lake/"),
    ];
    bucket.options = bucket.limited("**Writing a lake.**", &names);
    let lake = bucket.storage();
    assert!(lake.compares_and_swaps().unwrap());
    assert_eq!(lake.read("tables/x").unwrap(), None);
    let version = lake
        .publish("tables/x", Content::Bytes(b"x"), &Expect::Absent)
        .unwrap();
    let large = vec![1; 17 << 20];
    let version = lake
        .publish(
            "tables/x",
            Content::Bytes(&large),
            &Expect::Version(version),
        )
        .unwrap();
    let mut count = 0;
    lake.list("tables/", &mut |_| count += 1).unwrap();
    assert_eq!(count, 1);
    let refused = lake.remove("tables/x", &version);
    assert!(
        matches!(refused, Err(StorageError::Denied { .. })),
        "{refused:?}"
    );
}

impl RealBucket {
    /// Somebody who may do what a policy of `docs/s3.md` says, the one after `heading`, with other names in it.
    fn limited(&self, heading: &str, names: &[(&str, &str)]) -> S3Options {
        let document = include_str!("../../../../docs/s3.md");
        let (_, rest) = document.split_once(heading).unwrap();
        let (_, rest) = rest.split_once("```json").unwrap();
        let mut policy = rest.split_once("```").unwrap().0.to_owned();
        for (documented, name) in names {
            policy = policy.replace(documented, name);
        }
        let mut policy: serde_json::Value = serde_json::from_str(&policy).unwrap();
        // The server has no KMS.
        let statements = policy["Statement"].as_array_mut().unwrap();
        statements.retain(|statement| !statement["Action"].to_string().contains("kms:"));
        let key = self.options.access_key.as_ref().unwrap();
        let credentials = self.runtime.block_on(async {
            let http = aws_smithy_http_client::Builder::new()
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .build_https();
            let config = aws_sdk_sts::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .http_client(http)
                .endpoint_url(self.options.endpoint_url.as_ref().unwrap())
                .region(Region::from_static("us-east-1"))
                .credentials_provider(Credentials::new(&key.id, &key.secret, None, None, "test"))
                .build();
            let role = aws_sdk_sts::Client::from_conf(config)
                .assume_role()
                .role_arn("arn:aws:iam::111122223333:role/test")
                .role_session_name("test")
                .policy(policy.to_string())
                .send();
            role.await.unwrap().credentials.unwrap()
        });
        S3Options {
            access_key: Some(AccessKey {
                id: credentials.access_key_id().to_owned(),
                secret: credentials.secret_access_key().to_owned(),
                session_token: Some(credentials.session_token().to_owned()),
            }),
            ..self.options.clone()
        }
    }
}
