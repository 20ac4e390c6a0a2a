//! What may be held at once, such as bytes of replies that nobody has read yet: a bound for all
//! together, and one for each holder that depends on what is left. Nobody may hold more than stays
//! free for others: a tenant that is alone gets half, and no number of them takes everything.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anchorhold_identity::Caller;
use anchorhold_model::TenantId;

/// On whose account something is held: a tenant, or everybody who is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Holder(Option<TenantId>);

impl Holder {
    /// The tenant of a caller; operators share one account.
    pub(crate) fn of(caller: &Caller) -> Self {
        Self(caller.credential().tenant)
    }
}

/// A bound on what is held at once.
pub(crate) struct Room {
    amount_max: usize,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    all: usize,
    by: BTreeMap<Holder, usize>,
}

impl Room {
    pub(crate) fn new(amount_max: usize) -> Arc<Self> {
        Arc::new(Self {
            amount_max,
            held: Mutex::default(),
        })
    }

    /// Takes nothing yet.
    pub(crate) fn enter(self: &Arc<Self>, holder: Holder) -> Share {
        Share {
            room: Arc::clone(self),
            holder,
            amount: 0,
        }
    }

    /// A share of this size, if there is room.
    pub(crate) fn take(self: &Arc<Self>, holder: Holder, amount: usize) -> Option<Share> {
        let mut share = self.enter(holder);
        share.take(amount).then_some(share)
    }

    /// Whether this holder could take as much.
    pub(crate) fn has(&self, holder: Holder, amount: usize) -> bool {
        self.lock().has(holder, amount, self.amount_max)
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        // The numbers are right also after a panic elsewhere.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn has(&self, holder: Holder, amount: usize, amount_max: usize) -> bool {
        let by = self.by.get(&holder).copied().unwrap_or_default();
        by.saturating_add(amount) <= amount_max.saturating_sub(self.all)
    }

    fn add(&mut self, holder: Holder, amount: usize) {
        if amount > 0 {
            self.all += amount;
            *self.by.entry(holder).or_default() += amount;
        }
    }
}

/// What one request holds; given back when it is dropped.
pub(crate) struct Share {
    room: Arc<Room>,
    holder: Holder,
    amount: usize,
}

impl Share {
    /// How much it is.
    pub(crate) const fn amount(&self) -> usize {
        self.amount
    }

    /// Takes so much more, if there is room.
    #[must_use]
    pub(crate) fn take(&mut self, amount: usize) -> bool {
        let mut held = self.room.lock();
        let has = held.has(self.holder, amount, self.room.amount_max);
        if has {
            held.add(self.holder, amount);
            self.amount += amount;
        }
        has
    }

    /// Takes so much more, room or not: for what cannot be refused any more.
    pub(crate) fn overdraw(&mut self, amount: usize) {
        self.room.lock().add(self.holder, amount);
        self.amount += amount;
    }

    /// Keeps so much and gives the rest back.
    pub(crate) fn keep(&mut self, amount: usize) {
        let rest = self.amount.saturating_sub(amount);
        if rest == 0 {
            return;
        }
        self.amount -= rest;
        let mut held = self.room.lock();
        held.all -= rest;
        // An account that holds nothing is no account: nobody makes them grow.
        if let Some(by) = held.by.get_mut(&self.holder) {
            *by -= rest;
            if *by == 0 {
                held.by.remove(&self.holder);
            }
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.keep(0);
    }
}

#[cfg(test)]
mod tests {
    use super::{Holder, Room};
    use anchorhold_model::TenantId;
    use proptest::prelude::*;

    fn holder(number: u8) -> Holder {
        Holder(Some(TenantId::from_bytes([number; 16])))
    }

    #[test]
    fn nobody_takes_what_others_need() {
        let room = Room::new(120);
        let mut alone = room.enter(holder(1));
        assert!(alone.take(60));
        assert!(!alone.take(1), "a half is left");
        let second = room.take(holder(2), 30);
        assert!(second.is_some() && room.take(holder(2), 1).is_none());
        assert!(room.take(holder(3), 15).is_some());
        alone.overdraw(100);
        assert!(!room.has(holder(3), 1));
        drop(alone);
        assert!(room.has(holder(3), 90));
    }

    proptest! {
        #[test]
        fn what_is_held_is_what_was_taken(
            steps in prop::collection::vec((0..4_u8, 0..40_usize, 0..4_u8), 1..200)
        ) {
            let room = Room::new(100);
            let mut shares = Vec::new();
            for (number, amount, act) in steps {
                let free = 100 - shares.iter().map(super::Share::amount).sum::<usize>();
                let mine = |shares: &[super::Share]| -> usize {
                    let mine = shares.iter().filter(|share| share.holder == holder(number));
                    mine.map(super::Share::amount).sum()
                };
                match act {
                    0 if !shares.is_empty() => drop(shares.swap_remove(amount % shares.len())),
                    1 if !shares.is_empty() => {
                        let at = amount % shares.len();
                        shares[at].keep(usize::from(number));
                    }
                    _ => {
                        let expected = mine(&shares) + amount <= free;
                        let taken = room.take(holder(number), amount);
                        prop_assert_eq!(taken.is_some(), expected);
                        shares.extend(taken);
                    }
                }
                let held = room.lock();
                prop_assert_eq!(held.all, shares.iter().map(super::Share::amount).sum::<usize>());
                prop_assert_eq!(held.by.values().sum::<usize>(), held.all);
            }
            shares.clear();
            prop_assert!(room.lock().by.is_empty());
        }
    }
}
