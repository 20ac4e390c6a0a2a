//! A bounded map of what was read, for many readers at once.
//!
//! INVARIANT: entries are put and removed by the holder of the catalogue's desk alone, in the same
//! hold that reads or commits the row, so a cache never says what the file does not.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

/// Parts of a cache that are locked on their own.
const SHARDS: usize = 16;

/// A key: random or keyed bytes, so that the last one spreads evenly.
pub(super) trait Key: Copy + Ord {
    /// A byte that differs between keys.
    fn last_byte(&self) -> u8;
}

impl<const N: usize> Key for [u8; N] {
    fn last_byte(&self) -> u8 {
        self.last().copied().unwrap_or_default()
    }
}

struct Slot<V> {
    value: V,
    /// Read since the hand last passed: it stays one round longer.
    used: AtomicBool,
}

struct Shard<K, V> {
    slots: BTreeMap<K, Slot<V>>,
    /// The order of the clock's hand; holds exactly the keys of `slots`.
    order: VecDeque<K>,
}

/// The map. Reading takes a shared lock on one shard and moves nothing.
pub(super) struct Cache<K, V> {
    shards: Vec<RwLock<Shard<K, V>>>,
    shard_max: usize,
}

impl<K: Key, V: Clone> Cache<K, V> {
    /// A map of at most `entries_max` entries.
    pub(super) fn new(entries_max: usize) -> Self {
        let shard = || {
            RwLock::new(Shard {
                slots: BTreeMap::new(),
                order: VecDeque::new(),
            })
        };
        Self {
            shards: (0..SHARDS).map(|_| shard()).collect(),
            shard_max: entries_max.div_ceil(SHARDS).max(1),
        }
    }

    fn shard(&self, key: &K) -> Option<&RwLock<Shard<K, V>>> {
        self.shards.get(usize::from(key.last_byte()) % SHARDS)
    }

    /// What is known; `None` says nothing. A poisoned shard knows nothing.
    pub(super) fn get(&self, key: &K) -> Option<V> {
        let shard = self.shard(key)?.read().ok()?;
        let slot = shard.slots.get(key)?;
        if !slot.used.load(Ordering::Relaxed) {
            slot.used.store(true, Ordering::Relaxed);
        }
        Some(slot.value.clone())
    }

    /// Takes a value in; the first one that was not read for a round makes room.
    pub(super) fn put(&self, key: K, value: V) {
        let Some(Ok(mut shard)) = self.shard(&key).map(RwLock::write) else {
            return;
        };
        let slot = Slot {
            value,
            used: AtomicBool::new(false),
        };
        if shard.slots.insert(key, slot).is_some() {
            return;
        }
        shard.order.push_back(key);
        while shard.order.len() > self.shard_max {
            let Some(candidate) = shard.order.pop_front() else {
                return;
            };
            let Shard { slots, order } = &mut *shard;
            match slots.get(&candidate) {
                Some(slot) if slot.used.swap(false, Ordering::Relaxed) => {
                    order.push_back(candidate);
                }
                _ => {
                    slots.remove(&candidate);
                }
            }
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        for shard in &self.shards {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            shard.slots.clear();
            shard.order.clear();
        }
    }

    /// Forgets an entry.
    pub(super) fn remove(&self, key: &K) {
        if let Some(Ok(mut shard)) = self.shard(key).map(RwLock::write)
            && shard.slots.remove(key).is_some()
        {
            shard.order.retain(|known| known != key);
        }
    }
}

#[cfg(test)]
mod tests;
