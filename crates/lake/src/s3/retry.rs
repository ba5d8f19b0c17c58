//! When a request that failed is tried again.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::bucket::Bucket;
use super::failure::{Failure, Kind};
use crate::stats::count;

/// The wait after a throttle is so many times longer than after an error.
const THROTTLED: u32 = 4;
/// Fresh credentials that are refused as well do not get better.
const REFRESHES: u32 = 2;

/// The tries of one request.
#[derive(Debug)]
pub(crate) struct Tries {
    bucket: Arc<Bucket>,
    made: u32,
    refreshes: u32,
}

impl Tries {
    /// Of a request to this bucket.
    pub(crate) fn new(bucket: &Arc<Bucket>) -> Self {
        Self {
            bucket: Arc::clone(bucket),
            made: 0,
            refreshes: 0,
        }
    }

    /// Waits before the next try; or gives the failure back, if another try would not help.
    pub(crate) async fn again(&mut self, failure: Failure) -> Result<(), Failure> {
        let counters = &self.bucket.counters;
        if failure.kind == Kind::Throttled {
            count(&counters.throttles, 1);
            self.bucket.limit.throttled();
        }
        self.made += 1;
        let patience = self.bucket.options.patience;
        let worthwhile = match failure.kind {
            Kind::Throttled | Kind::Transient | Kind::Busy => true,
            Kind::Expired => {
                self.refreshes += 1;
                self.refreshes <= REFRESHES && self.bucket.refresh_credentials().await
            }
            _ => false,
        };
        if !worthwhile || self.made >= patience.tries {
            return Err(failure);
        }
        count(&counters.retries, 1);
        let factor = if failure.kind == Kind::Throttled {
            THROTTLED
        } else {
            1
        };
        let doubled = 1_u32.checked_shl(self.made - 1).unwrap_or(u32::MAX);
        let bound = patience
            .first_wait
            .saturating_mul(factor)
            .saturating_mul(doubled)
            .min(patience.longest_wait);
        // Random below the bound: those that failed together shall not come again together.
        sleep(Duration::from_secs_f64(
            bound.as_secs_f64() * fastrand::f64(),
        ))
        .await;
        Ok(())
    }
}
