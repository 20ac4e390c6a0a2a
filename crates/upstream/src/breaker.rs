//! Leaves a server alone that fails, and bounds how much is tried again. Each tenant has its own: that others
//! fail is nothing that a tenant is told, and one tenant's failures stop nobody else.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anchorhold_model::{Clock, TenantId};

/// Failures in a row after which a server is left alone.
const FAILURES_MAX: u32 = 5;
/// For how long; then one request may try.
const REST: Duration = Duration::from_secs(10);
/// Requests that earn one repetition.
const CALLS_PER_RETRY: u32 = 10;
/// Repetitions that may be saved up, counted in requests.
const SAVED_MAX: u32 = 10 * CALLS_PER_RETRY;
/// Tenants of which something is remembered; the one that has been quiet for longest is forgotten.
const TENANTS_MAX: usize = 10_000;

/// What is remembered of one tenant's requests to one server.
#[derive(Clone, Copy)]
struct Line {
    failures: u32,
    /// Since when it is left alone, or since when somebody tries.
    resting_since: Option<Duration>,
    /// Requests that were not spent on repetitions yet.
    saved: u32,
    used: Duration,
}

/// The breakers of one server.
pub(crate) struct Breaker {
    clock: Arc<dyn Clock>,
    lines: Mutex<BTreeMap<TenantId, Line>>,
}

impl Breaker {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            lines: Mutex::default(),
        }
    }

    /// Lets a request through, or says for how long the server is still left alone.
    pub(crate) fn enter(&self, tenant: TenantId) -> Result<(), Duration> {
        let now = self.clock.monotonic();
        let mut lines = self.lines();
        if !lines.contains_key(&tenant) && lines.len() >= TENANTS_MAX {
            let quietest = lines.iter().min_by_key(|(_, line)| line.used);
            if let Some(tenant) = quietest.map(|(tenant, _)| *tenant) {
                lines.remove(&tenant);
            }
        }
        let line = lines.entry(tenant).or_insert(Line {
            failures: 0,
            resting_since: None,
            saved: CALLS_PER_RETRY,
            used: now,
        });
        line.used = now;
        if let Some(since) = line.resting_since {
            let rested = now.saturating_sub(since);
            if rested < REST {
                return Err(REST.saturating_sub(rested));
            }
            // This one tries; whoever comes meanwhile does not.
            line.resting_since = Some(now);
        }
        line.saved = line.saved.saturating_add(1).min(SAVED_MAX);
        Ok(())
    }

    /// How a request ended: whether the server did what a server does.
    pub(crate) fn left(&self, tenant: TenantId, is_well: bool) {
        let now = self.clock.monotonic();
        let mut lines = self.lines();
        let Some(line) = lines.get_mut(&tenant) else {
            return;
        };
        if is_well {
            line.failures = 0;
            line.resting_since = None;
            return;
        }
        line.failures = line.failures.saturating_add(1);
        if line.failures >= FAILURES_MAX {
            line.resting_since = Some(now);
        }
    }

    /// Whether a request may be sent once more.
    pub(crate) fn may_repeat(&self, tenant: TenantId) -> bool {
        let mut lines = self.lines();
        let Some(line) = lines.get_mut(&tenant) else {
            return false;
        };
        match line.saved.checked_sub(CALLS_PER_RETRY) {
            Some(rest) if line.resting_since.is_none() => {
                line.saved = rest;
                true
            }
            _ => false,
        }
    }

    /// A map that is changed in single steps, so a panic cannot tear it.
    fn lines(&self) -> MutexGuard<'_, BTreeMap<TenantId, Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use anchorhold_model::{Clock, TenantId, Timestamp};

    use super::{Breaker, FAILURES_MAX, REST};

    #[derive(Default)]
    struct Time(AtomicU64);

    impl Clock for Time {
        fn now(&self) -> Timestamp {
            Timestamp::from_milliseconds(0)
        }

        fn monotonic(&self) -> Duration {
            Duration::from_millis(self.0.load(Ordering::Relaxed))
        }
    }

    const ONE: TenantId = TenantId::from_bytes([1; 16]);
    const OTHER: TenantId = TenantId::from_bytes([2; 16]);

    #[test]
    fn a_server_that_fails_is_left_alone_by_the_tenant_that_saw_it_and_then_tried_once() {
        let time = Arc::new(Time::default());
        let breaker = Breaker::new(Arc::clone(&time) as Arc<dyn Clock>);
        for _ in 0..FAILURES_MAX {
            assert_eq!(breaker.enter(ONE), Ok(()));
            breaker.left(ONE, false);
        }
        assert_eq!(breaker.enter(ONE), Err(REST));
        assert_eq!(breaker.enter(OTHER), Ok(()));
        time.0.fetch_add(10_000, Ordering::Relaxed);
        assert_eq!(breaker.enter(ONE), Ok(()));
        assert_eq!(breaker.enter(ONE), Err(REST), "one tries, the rest wait");
        breaker.left(ONE, false);
        assert_eq!(breaker.enter(ONE), Err(REST));
        time.0.fetch_add(10_000, Ordering::Relaxed);
        assert_eq!(breaker.enter(ONE), Ok(()));
        breaker.left(ONE, true);
        assert_eq!(breaker.enter(ONE), Ok(()));
        assert_eq!(breaker.enter(ONE), Ok(()));
    }

    #[test]
    fn what_is_tried_again_is_a_tenth_of_what_is_asked() {
        let breaker = Breaker::new(Arc::new(Time::default()));
        let mut repeated = 0;
        for _ in 0..1_000 {
            breaker.enter(ONE).unwrap();
            repeated += u32::from(breaker.may_repeat(ONE));
        }
        assert_eq!(repeated, 101);
        assert!(!breaker.may_repeat(OTHER), "nothing was asked");
    }
}
