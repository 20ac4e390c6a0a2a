//! How long operations took, in as much memory before the first of them as after a million: the
//! memory of a run is one of the things that are measured.

use std::time::Duration;

/// Values are told apart to one part in this many.
const PARTS: u64 = 128;
const BUCKETS: usize = 58 * 128;

/// Counts of times, in buckets that grow with what they hold (as in an HDR histogram): a time is
/// given back to within one part in 256.
pub(super) struct Times {
    buckets: Vec<u64>,
    count: usize,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            // Ones are written and not left to the system to promise.
            buckets: vec![1; BUCKETS],
            count: 0,
        }
    }
}

impl Times {
    /// Counts a time.
    pub(super) fn add(&mut self, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let (bucket, _) = place(nanoseconds);
        if let Some(bucket) = self.buckets.get_mut(bucket) {
            *bucket += 1;
            self.count += 1;
        }
    }

    /// Counts all that another counted.
    pub(super) fn merge(&mut self, other: &Self) {
        for (mine, others) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += others - 1;
        }
        self.count += other.count;
    }

    /// How many were counted.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The time below which so many hundredths lie.
    pub(super) fn at(&self, hundredths: usize) -> Duration {
        let position = (self.count * hundredths / 100).min(self.count.saturating_sub(1));
        let mut before = 0;
        for (bucket, ones) in self.buckets.iter().enumerate() {
            before += usize::try_from(ones - 1).unwrap_or(usize::MAX);
            if before > position {
                return Duration::from_nanos(middle(bucket));
            }
        }
        Duration::ZERO
    }
}

impl FromIterator<Duration> for Times {
    fn from_iter<I: IntoIterator<Item = Duration>>(times: I) -> Self {
        let mut all = Self::default();
        times.into_iter().for_each(|time| all.add(time));
        all
    }
}

/// The bucket of a time, and by how many bits it was shortened.
fn place(nanoseconds: u64) -> (usize, u32) {
    let bits = u64::BITS - nanoseconds.leading_zeros();
    let shortened = bits.saturating_sub(PARTS.ilog2() + 1);
    let within = nanoseconds >> shortened;
    let bucket = u64::from(shortened) * PARTS + within;
    (usize::try_from(bucket).unwrap_or(usize::MAX), shortened)
}

/// The middle of a bucket.
fn middle(bucket: usize) -> u64 {
    let bucket = u64::try_from(bucket).unwrap_or(u64::MAX);
    let shortened = (bucket / PARTS).saturating_sub(1);
    let within = bucket - shortened * PARTS;
    (within << shortened) + ((1 << shortened) >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_comes_back_within_one_part_in_256() {
        let mut value: u64 = 0;
        while value < 1 << 45 {
            let (bucket, _) = place(value);
            let off = middle(bucket).abs_diff(value);
            assert!(off * 256 <= value.max(1), "{value} is off by {off}");
            value += 1 + value / 300;
        }
        assert!(place(u64::MAX).0 < BUCKETS);
    }

    #[test]
    fn positions_are_those_of_the_sorted_times() {
        let small = |milliseconds: u64| Duration::from_nanos(milliseconds);
        let mut one: Times = (0..60).map(small).collect();
        let two: Times = (60..100).map(small).collect();
        one.merge(&two);
        assert_eq!(one.count(), 100);
        assert_eq!(
            (one.at(0), one.at(50), one.at(99)),
            (small(0), small(50), small(99))
        );
        assert_eq!(Times::default().at(50), Duration::ZERO);
    }
}
