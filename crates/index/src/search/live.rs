//! Which entries there are at this moment, in canonical order, and which of them may be found.

use anchorhold_model::{Filter, Timestamp};

use crate::Index;
use crate::index::{NONE, Row};

/// One unexpired entry.
#[derive(Clone, Copy)]
pub(super) struct Item {
    /// Its slot.
    pub(super) slot: u32,
    /// Its conversation, `NONE` for none.
    pub(super) conversation: u32,
    /// Whether the filter lets it through.
    pub(super) visible: bool,
}

/// The unexpired entries by `(ordinal, id)`. Later arrays have one place for each, in this order.
pub(super) struct Live {
    pub(super) items: Vec<Item>,
    /// For each slot the position in `items`, `NONE` for an expired one.
    positions: Vec<u32>,
    /// More than every number of a conversation.
    pub(super) conversations_bound: usize,
    /// Terms of all of them.
    pub(super) terms: u64,
}

impl Live {
    pub(super) fn of<P>(index: &Index<P>, now: Timestamp, filter: Option<&Filter>) -> Self {
        let mut live = Self {
            items: Vec::with_capacity(index.order.len()),
            positions: vec![NONE; index.order.len()],
            conversations_bound: index.conversations.bound(),
            terms: 0,
        };
        let may_be_found = |slot: u32| {
            filter.is_none_or(|filter| {
                let entry = index.entries.get(slot as usize);
                entry.is_some_and(|entry| filter.matches(&entry.facets))
            })
        };
        for &slot in &index.order {
            if let Some(row) = index.rows.get(slot as usize)
                && row.expires_at > now.milliseconds()
            {
                live.push(slot, row, may_be_found(slot));
            }
        }
        live
    }

    fn push(&mut self, slot: u32, row: &Row, visible: bool) {
        let next = u32::try_from(self.items.len()).unwrap_or(NONE);
        if let Some(position) = self.positions.get_mut(slot as usize) {
            *position = next;
        }
        self.terms += u64::from(row.terms);
        let conversation = row.conversation;
        self.items.push(Item {
            slot,
            conversation,
            visible,
        });
    }

    /// The position of a slot's entry.
    pub(super) fn position(&self, slot: u32) -> Option<usize> {
        let position = *self.positions.get(slot as usize)?;
        (position != NONE).then_some(position as usize)
    }
}
