//! Time that tests move, and chance from a counter.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use anchorhold_model::{Clock, Random, Stream, Timestamp};

/// Time that stands still until a test moves it.
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(AtomicI64::new(1_800_000_000_000))
    }

    pub(crate) fn advance_days(&self, days: i64) {
        self.advance_seconds(days * 86_400);
    }

    pub(crate) fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_milliseconds(self.0.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
}

/// Never the same bytes twice: a counter, spread over them.
pub(crate) struct TestRandom(AtomicU64);

impl TestRandom {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(1))
    }
}

impl Random for TestRandom {
    fn fill(&self, _: Stream<'_>, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut block = self.0.fetch_add(1, Ordering::SeqCst);
            block = block.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            block ^= block >> 29;
            chunk.copy_from_slice(&block.to_le_bytes()[..chunk.len()]);
        }
    }
}
