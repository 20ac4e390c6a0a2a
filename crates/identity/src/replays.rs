//! Nonces of signed requests that were let in, for as long as their signatures count.
//!
//! INVARIANT: of one key, a nonce is let in once. What can no longer be told from a replay, because it
//! is from before the start, or was forgotten, or because there is no room to remember it, is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use anchorhold_model::{KeyId, Timestamp};

use crate::signature::{SKEW_SECONDS, WINDOW_SECONDS};

/// Nonces that are remembered of one key: 1,500 requests a second for as long as each counts.
const NONCES_MAX: usize = 100_000;

/// What is known of a nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It comes for the first time, or in the same request again.
    First,
    /// Another request brought it.
    Before,
    /// It is from a time of which nothing is remembered.
    Forgotten,
    /// There is no room to remember it.
    Full,
}

/// The nonces of one key.
struct Window {
    requests: BTreeMap<String, [u8; 16]>,
    by_time: BTreeSet<(Timestamp, String)>,
    /// What is stamped before this may have been forgotten.
    floor: Timestamp,
}

/// The nonces of all keys.
pub struct Replays {
    started: Timestamp,
    nonces_max: usize,
    windows: Mutex<BTreeMap<KeyId, Window>>,
}

impl Replays {
    /// Remembers nothing yet of what came before `started`.
    pub const fn new(started: Timestamp) -> Self {
        Self {
            started,
            nonces_max: NONCES_MAX,
            windows: Mutex::new(BTreeMap::new()),
        }
    }

    /// The same with room for fewer nonces of each key.
    #[must_use]
    pub fn with_room(self, nonces_max: usize) -> Self {
        Self { nonces_max, ..self }
    }

    /// Remembers a nonce of a request whose signature was found good.
    pub(crate) fn see(
        &self,
        key: KeyId,
        nonce: &str,
        stamped: Timestamp,
        now: Timestamp,
        request: [u8; 16],
    ) -> Seen {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(key).or_insert_with(|| Window {
            requests: BTreeMap::new(),
            by_time: BTreeSet::new(),
            // A client whose clock is ahead may have been let in before the start.
            floor: self.started.plus_seconds(SKEW_SECONDS),
        });
        window.forget(now);
        match window.requests.get(nonce) {
            Some(known) if *known == request => return Seen::First,
            Some(_) => return Seen::Before,
            None => {}
        }
        if stamped < window.floor {
            return Seen::Forgotten;
        }
        if window.requests.len() >= self.nonces_max {
            return Seen::Full;
        }
        window.requests.insert(nonce.to_owned(), request);
        window.by_time.insert((stamped, nonce.to_owned()));
        Seen::First
    }
}

impl Window {
    /// Forgets what no longer counts, and that it did.
    fn forget(&mut self, now: Timestamp) {
        while let Some((stamped, nonce)) = self.by_time.pop_first() {
            if stamped.plus_seconds(WINDOW_SECONDS) >= now {
                self.by_time.insert((stamped, nonce));
                return;
            }
            // Should the clock run back, nothing of that time counts any more.
            self.floor = self.floor.max(stamped.plus_seconds(1));
            self.requests.remove(&nonce);
        }
    }
}

#[cfg(test)]
mod tests;
