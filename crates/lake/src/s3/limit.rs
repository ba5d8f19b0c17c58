//! How many requests may be in flight: fewer after the server asked to slow down, more again as it gets on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests that were in flight together are told to slow down together: that counts once.
const PAUSE: Duration = Duration::from_millis(500);

/// A bound that adapts: halved when throttled, raised by one whenever as many requests as it allows came through.
#[derive(Debug)]
pub(crate) struct Limit {
    permits: Arc<Semaphore>,
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// What is allowed now.
    now: usize,
    /// Permits that are out, and are to be taken back when they return.
    owed: usize,
    /// Requests that came through since `now` changed.
    passed: usize,
    /// When it was last lowered.
    lowered: Option<Instant>,
}

/// A request in flight.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    limit: &'a Limit,
    permit: Option<OwnedSemaphorePermit>,
}

impl Limit {
    /// At most `most`, but at least one.
    pub(crate) fn new(most: usize) -> Self {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            permits: Arc::new(Semaphore::new(most)),
            most,
            state: Mutex::new(State {
                now: most,
                owed: 0,
                passed: 0,
                lowered: None,
            }),
        }
    }

    /// Waits until one more may go.
    pub(crate) async fn enter(&self) -> Permit<'_> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
        Permit {
            limit: self,
            permit,
        }
    }

    /// The server asked to slow down.
    pub(crate) fn throttled(&self) {
        let mut state = self.state();
        if state.lowered.is_some_and(|at| at.elapsed() < PAUSE) {
            return;
        }
        let fewer = state.now / 2;
        state.lowered = Some(Instant::now());
        state.now -= fewer;
        state.passed = 0;
        state.owed += fewer - self.permits.forget_permits(fewer);
    }

    /// A request came through.
    pub(crate) fn passed(&self) {
        let mut state = self.state();
        if state.now == self.most {
            return;
        }
        state.passed += 1;
        if state.passed < state.now {
            return;
        }
        state.passed = 0;
        state.now += 1;
        if state.owed > 0 {
            state.owed -= 1;
        } else {
            self.permits.add_permits(1);
        }
    }

    #[cfg(test)]
    pub(crate) fn now(&self) -> usize {
        self.state().now
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Numbers that are set one after the other, without a panic between.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.limit.state();
        if state.owed > 0 {
            state.owed -= 1;
            if let Some(permit) = self.permit.take() {
                permit.forget();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_falls_at_once_and_rises_step_by_step() {
        let limit = Limit::new(8);
        let mut out = Vec::new();
        for _ in 0..8 {
            out.push(limit.enter().await);
        }
        limit.throttled();
        limit.throttled();
        assert_eq!(limit.now(), 4, "what was in flight together counts once");
        out.truncate(4);
        let ninth = tokio::time::timeout(Duration::from_millis(20), limit.enter()).await;
        assert!(ninth.is_err(), "four are still out");
        out.clear();
        assert_eq!(limit.permits.available_permits(), 4);
        for _ in 0..4 + 5 + 6 + 7 {
            limit.passed();
        }
        assert_eq!(limit.now(), 8);
        assert_eq!(limit.permits.available_permits(), 8);
        limit.passed();
        assert_eq!(
            limit.permits.available_permits(),
            8,
            "never more than at first"
        );
    }

    #[test]
    fn one_is_always_left() {
        let limit = Limit::new(0);
        limit.throttled();
        assert_eq!((limit.now(), limit.permits.available_permits()), (1, 1));
    }
}
