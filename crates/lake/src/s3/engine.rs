//! A bucket for query engines, which read through `object_store`.

use std::sync::Arc;

use async_trait::async_trait;
use object_store::aws::{AmazonS3Builder, AwsCredential};
use object_store::{ClientOptions, CredentialProvider, ObjectStore};

use super::bucket::Bucket;
use super::credentials::Credentials;
use super::failure::{Failure, Kind};

/// Our credentials, as `object_store` asks for them.
#[derive(Debug)]
struct Bridge(Arc<Credentials>);

#[async_trait]
impl CredentialProvider for Bridge {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let error = |failure: Failure| object_store::Error::Generic {
            store: "S3",
            source: failure.into(),
        };
        self.0.signer().await.map_err(error)
    }
}

impl Bucket {
    /// The bucket as a store: with this one's region, endpoint and credentials.
    pub(crate) async fn store(self: &Arc<Self>) -> Result<Arc<dyn ObjectStore>, Failure> {
        let connection = self.connection().await?;
        let store = AmazonS3Builder::new()
            .with_bucket_name(&self.name)
            .with_region(&connection.region)
            // "Virtual-hosted" says that the URL has the bucket already, wherever it stands in it.
            .with_endpoint(&connection.url)
            .with_virtual_hosted_style_request(true)
            .with_credentials(Arc::new(Bridge(Arc::clone(&connection.credentials))))
            .with_client_options(ClientOptions::new().with_allow_http(true))
            .build()
            .map_err(|e| Failure::caused(Kind::Other, "the store cannot be made", e))?;
        Ok(Arc::new(store))
    }
}
