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
    /// The role that is taken on for them.
    role: Option<String>,
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
    /// Of a provider, which takes on `role` for them.
    pub(crate) fn new(provider: SharedCredentialsProvider, role: Option<String>) -> Self {
        Self {
            provider,
            role,
            held: RwLock::new(None),
            fetching: Mutex::new(()),
        }
    }

    /// For the request signer.
    pub(crate) async fn signer(&self) -> Result<Arc<AwsCredential>, Failure> {
        if let Some(held) = self.fresh() {
            return Ok(held.signer);
        }
        let held = self.fetch().await.map_err(|e| self.failure(e))?;
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

    fn failure(&self, error: CredentialsError) -> Failure {
        let text = match (&error, &self.role) {
            (CredentialsError::CredentialsNotLoaded(_), _) => {
                "no AWS credentials: none in the environment, the profile, or from this machine's role"
                    .to_owned()
            }
            (_, Some(role)) => {
                format!("the role {role} cannot be taken on (it takes sts:AssumeRole)")
            }
            _ => "the AWS credentials cannot be had".to_owned(),
        };
        Failure::caused(Kind::Other, &text, error)
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Gives other credentials every time, which end after so long.
    #[derive(Debug)]
    struct Rotating {
        given: AtomicU32,
        lives: Option<Duration>,
    }

    impl ProvideCredentials for Rotating {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let number = self.given.fetch_add(1, Ordering::Relaxed);
            let key = format!("key {number}");
            let expiry = self.lives.map(|lives| now() + lives);
            future::ProvideCredentials::ready(Ok(AwsCredentials::new(
                key, "secret", None, expiry, "test",
            )))
        }
    }

    fn rotating(lives: Option<Duration>) -> Credentials {
        let given = AtomicU32::new(0);
        Credentials::new(
            SharedCredentialsProvider::new(Rotating { given, lives }),
            None,
        )
    }

    async fn key(credentials: &Credentials) -> String {
        credentials.signer().await.unwrap().key_id.clone()
    }

    fn age(credentials: &Credentials, by: Duration) {
        let mut held = credentials.held.write().unwrap();
        let held = held.as_mut().unwrap();
        held.since -= by;
    }

    #[tokio::test]
    async fn they_are_kept_until_shortly_before_they_end() {
        for (lives, second) in [
            (None, "key 0"),
            (Some(Duration::from_hours(1)), "key 0"),
            (Some(Duration::from_mins(1)), "key 1"),
        ] {
            let credentials = rotating(lives);
            assert_eq!(key(&credentials).await, "key 0");
            assert_eq!(key(&credentials).await, "key 0");
            age(&credentials, LEAST_AGE);
            assert_eq!(key(&credentials).await, second, "{lives:?}");
        }
    }

    #[tokio::test]
    async fn refused_ones_are_fetched_anew() {
        let credentials = rotating(None);
        assert_eq!(key(&credentials).await, "key 0");
        age(&credentials, LEAST_AGE);
        assert!(credentials.refresh().await);
        assert_eq!(key(&credentials).await, "key 1");
        // Many are refused at once: one fetches for all.
        assert!(credentials.refresh().await);
        assert_eq!(key(&credentials).await, "key 1");

        let always = AwsCredentials::new("key", "secret", None, None, "test");
        let fixed = Credentials::new(SharedCredentialsProvider::new(always), None);
        assert_eq!(key(&fixed).await, "key");
        age(&fixed, LEAST_AGE);
        assert!(!fixed.refresh().await, "there are no others");
    }

    #[tokio::test]
    async fn a_token_that_no_header_can_hold_is_an_error() {
        let odd = AwsCredentials::new("key\n", "secret", None, None, "test");
        let odd = Credentials::new(SharedCredentialsProvider::new(odd), None);
        assert!(odd.signer().await.is_err());
    }
}
