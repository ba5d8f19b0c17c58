//! Opening a bucket: configuration, credentials, region, and the two clients.

use std::sync::Arc;
use std::time::Duration;

use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials as AwsCredentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{Builder, IdentityCache, StalledStreamProtectionConfig};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use http::Uri;
use http::uri::InvalidUri;

use super::bucket::Bucket;
use super::credentials::{Credentials, ForSdk};
use super::failure::{Failure, Kind};
use super::http1::Http1;
use super::retry::Tries;
use super::sign::Signer;
use crate::stats::count;

/// The region to begin with where none is configured; the bucket's own is found out.
const ANY_REGION: &str = "us-east-1";
const CONNECT: Duration = Duration::from_secs(5);

/// An open bucket.
#[derive(Debug)]
pub(crate) struct Connection {
    /// The SDK's client.
    pub(crate) sdk: Client,
    /// What `GET`s go through.
    pub(crate) http: Arc<Http1>,
    /// Who signs them.
    pub(crate) signer: Signer,
    /// What URLs of objects begin with, up to the slash before the key.
    pub(crate) url: String,
    /// Its path.
    pub(crate) path: String,
    pub(crate) region: String,
    pub(crate) credentials: Arc<Credentials>,
}

impl Connection {
    /// Opens it. Makes one request, `HeadBucket`: its answer names the region, even where it is a refusal.
    pub(crate) async fn open(bucket: &Arc<Bucket>) -> Result<Self, Failure> {
        let config = configuration(bucket).await;
        let credentials = Arc::new(Credentials::new(
            provider(bucket, &config).await?,
            bucket.access.role_arn.clone(),
        ));
        // Here, so that their lack is said as such and not as a request that failed.
        credentials.signer().await?;
        let mut region = config
            .region()
            .map_or(ANY_REGION, |region| region.as_ref())
            .to_owned();
        let mut client = Client::from_conf(settings(&config, &credentials, &region).build());
        let mut url = base_url(&client, &bucket.name).await?;
        let host = url.split('/').nth(2).unwrap_or_default();
        let elsewhere = !host.contains("amazonaws.");
        if elsewhere {
            let settings = settings(&config, &credentials, &region).force_path_style(true);
            client = Client::from_conf(settings.build());
            url = base_url(&client, &bucket.name).await?;
        }
        if let Some(told) = told_region(bucket, &client).await?
            && told != region
        {
            region = told;
            let settings = settings(&config, &credentials, &region).force_path_style(elsewhere);
            client = Client::from_conf(settings.build());
            url = base_url(&client, &bucket.name).await?;
        }
        let unfit =
            |e: InvalidUri| Failure::caused(Kind::Other, "the bucket's URL cannot be made", e);
        let uri: Uri = url.parse().map_err(unfit)?;
        Ok(Self {
            sdk: client,
            http: Http1::new(
                &uri,
                bucket.options.concurrency,
                bucket.options.patience.stall,
            )?,
            signer: Signer::new(host_header(&uri), &region),
            path: uri.path().trim_end_matches('/').to_owned(),
            url,
            region,
            credentials,
        })
    }
}

/// As the header `Host` has it.
fn host_header(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    match (uri.port_u16(), uri.scheme_str()) {
        (None, _) | (Some(80), Some("http")) | (Some(443), Some("https")) => host.to_owned(),
        (Some(port), _) => format!("{host}:{port}"),
    }
}

/// The standard AWS configuration: environment, profile, SSO, container, instance.
async fn configuration(bucket: &Bucket) -> SdkConfig {
    // rustls on ring, as `object_store` has it.
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http);
    if let Some(profile) = &bucket.access.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(url) = &bucket.options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(key) = &bucket.options.access_key {
        let credentials = AwsCredentials::new(
            &key.id,
            &key.secret,
            key.session_token.clone(),
            None,
            "given",
        );
        loader = loader
            .credentials_provider(credentials)
            .region(Region::from_static(ANY_REGION));
    }
    loader.load().await
}

async fn provider(
    bucket: &Bucket,
    config: &SdkConfig,
) -> Result<SharedCredentialsProvider, Failure> {
    if let Some(role) = &bucket.access.role_arn {
        let role = AssumeRoleProvider::builder(role)
            .session_name("promptlake")
            .configure(config);
        let role = match config.region() {
            Some(_) => role,
            None => role.region(Region::from_static(ANY_REGION)),
        };
        return Ok(SharedCredentialsProvider::new(role.build().await));
    }
    config
        .credentials_provider()
        .ok_or_else(|| Failure::new(Kind::Other, "no AWS credentials are configured"))
}

fn settings(config: &SdkConfig, credentials: &Arc<Credentials>, region: &str) -> Builder {
    Builder::from(config)
        .region(Region::new(region.to_owned()))
        .credentials_provider(ForSdk(Arc::clone(credentials)))
        .identity_cache(IdentityCache::no_cache())
        // Retries are ours: counted, and bounded together with those of the other client.
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT).build())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
}

/// What URLs of the bucket's objects begin with: the SDK knows endpoints, partitions and styles.
async fn base_url(client: &Client, bucket: &str) -> Result<String, Failure> {
    let until = PresigningConfig::expires_in(Duration::from_secs(1))
        .map_err(|e| Failure::caused(Kind::Other, "the bucket's URL cannot be made", e))?;
    let request = client
        .get_object()
        .bucket(bucket)
        .key("x")
        .presigned(until)
        .await
        .map_err(|e| Failure::caused(Kind::Other, "the bucket's URL cannot be made", e))?;
    let url = request.uri().split('?').next().unwrap_or_default();
    let base = url.strip_suffix("/x").unwrap_or(url);
    Ok(base.to_owned())
}

/// The region of the bucket as the server tells it; `None`: it does not.
async fn told_region(bucket: &Arc<Bucket>, client: &Client) -> Result<Option<String>, Failure> {
    let mut tries = Tries::new(bucket);
    loop {
        count(&bucket.counters.heads, 1);
        let request = client.head_bucket().bucket(&bucket.name).send();
        let answer = tokio::time::timeout(bucket.options.patience.stall, request).await;
        let failure = match answer {
            Ok(Ok(there)) => return Ok(there.bucket_region().map(str::to_owned)),
            Ok(Err(e)) => Failure::sdk(e),
            Err(_) => Failure::stalled(),
        };
        if failure.region.is_some() {
            return Ok(failure.region);
        }
        match failure.kind {
            // A HEAD of a bucket has no body that would say which of the two is missing.
            Kind::NoObject | Kind::NoBucket => {
                return Err(Failure::new(Kind::NoBucket, "no such bucket"));
            }
            // Whatever else it refuses, it will refuse with reasons when asked for more.
            Kind::Denied | Kind::Unsupported | Kind::Other => return Ok(None),
            _ => tries.again(failure).await?,
        }
    }
}
