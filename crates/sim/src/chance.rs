//! Time and chance of a world: a clock that the simulation moves, and bytes from a seed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anchorhold_model::{Clock, Random, Stream, Timestamp};

/// A clock that stands still until the simulation moves it.
pub struct SimulatedClock(AtomicI64);

impl SimulatedClock {
    pub(crate) const fn new() -> Self {
        Self(AtomicI64::new(1_800_000_000_000))
    }

    pub(crate) fn advance(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_milliseconds(self.0.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
}

/// Bytes from a seed. Each stream has a run of its own, so that what one namespace draws never
/// moves what another one gets; it outlives a restart, as real chance does.
pub struct SeededRandom {
    seed: u64,
    drawn: Mutex<BTreeMap<Box<[u8]>, u64>>,
}

impl SeededRandom {
    pub(crate) const fn new(seed: u64) -> Self {
        Self {
            seed,
            drawn: Mutex::new(BTreeMap::new()),
        }
    }
}

impl Random for SeededRandom {
    fn fill(&self, stream: Stream<'_>, bytes: &mut [u8]) {
        let draw = {
            let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
            let draw = drawn.entry(stream.0.into()).or_default();
            *draw += 1;
            *draw
        };
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.seed.to_le_bytes());
        hasher.update(&draw.to_le_bytes());
        hasher.update(stream.0);
        hasher.finalize_xof().fill(bytes);
    }
}

/// Decisions of a simulation, from a seed.
#[derive(Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall alike for equal seeds; `parts` tell apart what one seed is used for.
    pub fn new(seed: u64, parts: &[u64]) -> Self {
        let mut dice = Self(seed);
        for part in parts {
            dice = Self(dice.draw() ^ part.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        }
        dice
    }

    /// 64 bits.
    pub fn draw(&mut self) -> u64 {
        // Steele, Lea, Flood: SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.draw() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    /// True so many times of a hundred.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these; there is at least one.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}
