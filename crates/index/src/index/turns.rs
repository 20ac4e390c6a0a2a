//! The turns of each conversation in their order, and which stands beside which.

use super::{Key, Labels, NONE};

/// No turn before and none after.
const ALONE: [u32; 2] = [NONE, NONE];

/// The live entries of each conversation. Those of none stand alone.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    labels: Labels<Vec<u32>>,
    /// By slot: the slots of the turn before and of the turn after.
    beside: Vec<[u32; 2]>,
}

/// In which direction a neighbour is looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    Before,
    After,
}

impl Turns {
    /// Bytes that a turn takes.
    pub(crate) const BYTES: usize = size_of::<[u32; 2]>() + size_of::<u32>();

    /// Makes room for as many entries more.
    pub(crate) fn reserve(&mut self, entries: usize) {
        self.beside.reserve(entries);
    }

    /// Puts the next slot into its conversation and gives the number of that; `keys` by slot.
    pub(crate) fn insert(&mut self, conversation: Option<&str>, slot: u32, keys: &[Key]) -> u32 {
        self.beside.push(ALONE);
        let Some(conversation) = conversation else {
            return NONE;
        };
        let (number, _) = self.labels.acquire(conversation);
        let Some(turns) = self.labels.value_mut(number) else {
            return NONE;
        };
        let key = |slot: u32| keys.get(slot as usize);
        // Turns mostly come in their order.
        let place = match turns.last() {
            Some(&last) if key(last) > key(slot) => {
                turns.partition_point(|&other| key(other) < key(slot))
            }
            _ => turns.len(),
        };
        turns.insert(place, slot);
        let before = place
            .checked_sub(1)
            .and_then(|place| turns.get(place))
            .copied();
        let after = turns.get(place + 1).copied();
        self.join(before, Some(slot));
        self.join(Some(slot), after);
        number
    }

    /// Takes a slot out of its conversation.
    pub(crate) fn remove(&mut self, conversation: u32, slot: u32, keys: &[Key]) {
        let key = |slot: u32| keys.get(slot as usize);
        if let Some(turns) = self.labels.value_mut(conversation)
            && let place = turns.partition_point(|&other| key(other) < key(slot))
            && turns.get(place) == Some(&slot)
        {
            turns.remove(place);
        }
        let before = self.beside(slot, Side::Before);
        let after = self.beside(slot, Side::After);
        match (before, after) {
            (None, None) => {}
            (before, after) => self.join(before, after),
        }
        if let Some(beside) = self.beside.get_mut(slot as usize) {
            *beside = ALONE;
        }
        self.labels.release(conversation);
    }

    /// The turn on one side.
    pub(crate) fn beside(&self, slot: u32, side: Side) -> Option<u32> {
        let [before, after] = *self.beside.get(slot as usize)?;
        let found = match side {
            Side::Before => before,
            Side::After => after,
        };
        (found != NONE).then_some(found)
    }

    /// The live turns of a conversation in their order.
    pub(crate) fn of(&self, conversation: u32) -> &[u32] {
        self.labels.value(conversation).map_or(&[], Vec::as_slice)
    }

    /// More than every number of a conversation.
    pub(crate) const fn bound(&self) -> usize {
        self.labels.bound()
    }

    /// Gives every slot the number that `to` says.
    pub(crate) fn compact(&mut self, to: impl Fn(u32) -> u32) {
        for turns in self.labels.values_mut() {
            for slot in turns {
                *slot = to(*slot);
            }
        }
        let mut slot = 0;
        self.beside.retain_mut(|beside| {
            *beside = beside.map(&to);
            slot += 1;
            to(slot - 1) != NONE
        });
    }

    fn join(&mut self, before: Option<u32>, after: Option<u32>) {
        if let Some([_, next]) = before.and_then(|slot| self.beside.get_mut(slot as usize)) {
            *next = after.unwrap_or(NONE);
        }
        if let Some([previous, _]) = after.and_then(|slot| self.beside.get_mut(slot as usize)) {
            *previous = before.unwrap_or(NONE);
        }
    }
}
