//! Credentials of the AWS configuration's chain, for both clients, fetched once and again before they expire.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use aws_credential_types::Credentials as AwsCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use object_store::aws::AwsCredential;
use tokio::sync::Mutex;

use super::failure::{Failure, Kind};

/// So long before they expire, they are fetched again: a request with them must come through in time.
const MARGIN: Duration = Duration::from_mins(2);
/// Not more often than this, whatever their expiry says.
const LEAST_AGE: Duration = Duration::from_secs(10);

/// Credentials that stay fresh.
#[derive(Debug)]
pub(crate) struct Credentials {
    provider: SharedCredentialsProvider,
    held: RwLock<Option<Held>>,
    /// Held by the one that fetches.
    fetching: Mutex<()>,
}

#[derive(Clone, Debug)]
struct Held {
    sdk: AwsCredentials,
    signer: Arc<AwsCredential>,
    since: Instant,
}

impl Credentials {
    /// Of a provider.
    pub(crate) fn new(provider: SharedCredentialsProvider) -> Self {
        Self {
            provider,
            held: RwLock::new(None),
            fetching: Mutex::new(()),
        }
    }

    /// For the request signer.
    pub(crate) async fn signer(&self) -> Result<Arc<AwsCredential>, Failure> {
        if let Some(held) = self.fresh() {
            return Ok(held.signer);
        }
        let held = self.fetch().await.map_err(failure)?;
        Ok(held.signer)
    }

    /// Fetches them again, since a server refused them; whether there are others now.
    pub(crate) async fn refresh(&self) -> bool {
        let before = self.held();
        // Somebody else may have done it while this one waited.
        if before
            .as_ref()
            .is_some_and(|held| held.since.elapsed() < LEAST_AGE / 10)
        {
            return true;
        }
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = None;
        let now = self.fetch().await;
        matches!(now, Ok(now) if before.is_none_or(|before| before.sdk != now.sdk))
    }

    fn held(&self) -> Option<Held> {
        // It is replaced at once: a poisoned one is as good.
        self.held
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn fresh(&self) -> Option<Held> {
        self.held().filter(|held| {
            let Some(expiry) = held.sdk.expiry() else {
                return true;
            };
            held.since.elapsed() < LEAST_AGE || now() + MARGIN < expiry
        })
    }

    async fn fetch(&self) -> Result<Held, CredentialsError> {
        let _fetching = self.fetching.lock().await;
        if let Some(held) = self.fresh() {
            return Ok(held);
        }
        let sdk = self.provider.provide_credentials().await?;
        let parts = [
            Some(sdk.access_key_id()),
            Some(sdk.secret_access_key()),
            sdk.session_token(),
        ];
        let clean = |part: &str| part.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        if !parts.into_iter().flatten().all(clean) {
            return Err(CredentialsError::invalid_configuration(
                "they hold characters that no key has",
            ));
        }
        let held = Held {
            signer: Arc::new(AwsCredential {
                key_id: sdk.access_key_id().to_owned(),
                secret_key: sdk.secret_access_key().to_owned(),
                token: sdk.session_token().map(str::to_owned),
            }),
            sdk,
            since: Instant::now(),
        };
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held.clone());
        Ok(held)
    }
}

fn failure(error: CredentialsError) -> Failure {
    let text = match error {
        CredentialsError::CredentialsNotLoaded(_) => {
            "no AWS credentials: none in the environment, the profile, or from this machine's role"
        }
        _ => "the AWS credentials cannot be had",
    };
    Failure::caused(Kind::Other, text, error)
}

#[expect(
    clippy::disallowed_methods,
    reason = "when credentials expire is a matter of the clock, and reaches no output"
)]
fn now() -> SystemTime {
    SystemTime::now()
}

/// The same for the SDK.
#[derive(Clone, Debug)]
pub(crate) struct ForSdk(pub(crate) Arc<Credentials>);

impl ProvideCredentials for ForSdk {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            if let Some(held) = self.0.fresh() {
                return Ok(held.sdk);
            }
            self.0.fetch().await.map(|held| held.sdk)
        })
    }
}
