//! How fast a stream must be: a client may pause, but not drip for ever and so keep a place from
//! others.

use std::time::Duration;

use crate::Limits;

/// Measures over stretches of time in which the client was waited for; the server's own work is no
/// fault of the client's.
pub(super) struct Pace {
    stretch: Duration,
    bytes_per_second_min: usize,
    waited: Duration,
    bytes: usize,
}

impl Pace {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            stretch: limits.stream_pace_time,
            bytes_per_second_min: limits.stream_bytes_per_second_min,
            waited: Duration::ZERO,
            bytes: 0,
        }
    }

    /// Counts what came and how long it was waited for; says whether that was fast enough.
    pub(super) fn keeps(&mut self, bytes: usize, waited: Duration) -> bool {
        self.bytes = self.bytes.saturating_add(bytes);
        self.waited += waited;
        if self.waited < self.stretch {
            return true;
        }
        let needed = u128::try_from(self.bytes_per_second_min).unwrap_or(u128::MAX);
        let needed = needed.saturating_mul(self.waited.as_millis()) / 1_000;
        let came = u128::try_from(self.bytes).unwrap_or(u128::MAX);
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        came >= needed
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use crate::Limits;
    use std::time::Duration;

    #[test]
    fn a_pause_is_forgiven_and_a_drip_is_not() {
        let seconds = Duration::from_secs;
        let mut pace = Pace::new(&Limits::default());
        // Two minutes' worth at once, a pause, and again.
        for _ in 0..10 {
            assert!(pace.keeps(64 * 1_024, seconds(0)));
            assert!(pace.keeps(0, seconds(60)));
        }
        // What came fast long ago is no excuse.
        assert!(pace.keeps(16 * 1_024, seconds(29)));
        assert!(pace.keeps(16 * 1_024, seconds(29)));
        assert!(!pace.keeps(16 * 1_024, seconds(29)));
    }
}
