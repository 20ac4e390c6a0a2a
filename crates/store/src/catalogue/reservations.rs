//! What is promised and not stored: ids of incarnations to come, and pseudonyms of users to come.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Weak;

use anchorhold_crypto::Lookup;
use anchorhold_model::NamespaceId;
use zeroize::Zeroizing;

/// Promises kept at once; the oldest is dropped, and a first write that relied on it is void.
pub(super) const PROMISES_MAX: usize = 65_536;

/// A map that drops its oldest entry when it is full.
pub(super) struct Promises<V> {
    entries: BTreeMap<Lookup, V>,
    /// Oldest first; may hold keys that are gone.
    order: VecDeque<Lookup>,
}

impl<V> Default for Promises<V> {
    fn default() -> Self {
        Self {
            entries: BTreeMap::new(),
            order: VecDeque::new(),
        }
    }
}

impl<V> Promises<V> {
    pub(super) fn get(&self, key: &Lookup) -> Option<&V> {
        self.entries.get(key)
    }

    pub(super) fn put(&mut self, key: Lookup, value: V) {
        if self.entries.insert(key, value).is_none() {
            self.order.push_back(key);
        }
        while self.entries.len() > PROMISES_MAX {
            let Some(oldest) = self.order.pop_front() else {
                return;
            };
            self.entries.remove(&oldest);
        }
        if self.order.len() > 2 * PROMISES_MAX {
            let entries = &self.entries;
            self.order.retain(|key| entries.contains_key(key));
        }
    }

    pub(super) fn remove(&mut self, key: &Lookup) -> Option<V> {
        self.entries.remove(key)
    }

    fn retain(&mut self, keep: impl Fn(&V) -> bool) {
        self.entries.retain(|_, value| keep(value));
    }
}

/// The id that an incarnation will have, and the list of the user it will belong to.
pub(super) struct Reserved {
    pub(super) namespace: NamespaceId,
    pub(super) owner: Option<Lookup>,
    /// It holds as long as a request does that was told of it.
    pub(super) promise: Weak<()>,
}

/// By MAC of the address.
pub(super) type Reservations = Promises<Reserved>;

impl Reservations {
    /// Everything that was promised to a user is void.
    pub(super) fn void(&mut self, owner: &Lookup) {
        self.retain(|reserved| reserved.owner.as_ref() != Some(owner));
    }
}

/// The pseudonym key of a user who has no row yet, by MAC of the user.
pub(super) type PendingUsers = Promises<Zeroizing<[u8; 32]>>;
