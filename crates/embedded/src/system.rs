//! The one place of Anchorhold that asks the operating system for time and chance.

use std::time::{Duration, Instant, SystemTime};

use anchorhold_model::{Clock, Random, Stream, Timestamp};

/// The clock of this machine.
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock whose own time begins now.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one real clock, handed to everything below"
    )]
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one real clock, handed to everything below"
    )]
    fn now(&self) -> Timestamp {
        let milliseconds =
            |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_milliseconds(
            match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
                Ok(since) => milliseconds(since),
                Err(before) => -milliseconds(before.duration()),
            },
        )
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}

/// The random bytes of this machine.
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one real source, handed to everything below"
    )]
    fn fill(&self, _stream: Stream<'_>, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // IMPORTANT: keys and nonces are drawn here. Without chance nothing may be sealed.
            std::process::abort();
        }
    }
}
