//! Which entries there are at this moment, in canonical order, and which of them may be found.

use anchorhold_model::{Filter, Timestamp};

use crate::Index;
use crate::index::NONE;

/// The unexpired entries. Every later array has one number for each of them, in this order.
pub(super) struct Live {
    /// Their slots, by `(ordinal, id)`.
    pub(super) slots: Vec<u32>,
    /// For each slot its position in `slots`, `NONE` for an expired one.
    pub(super) positions: Vec<u32>,
    /// Whether the filter lets it through.
    pub(super) visible: Vec<bool>,
    /// The conversation of each, `NONE` for none.
    pub(super) conversations: Vec<u32>,
    /// More than every number of a conversation.
    pub(super) conversations_bound: usize,
    /// Terms of all of them.
    pub(super) terms: u64,
}

impl Live {
    pub(super) fn of<P>(index: &Index<P>, now: Timestamp, filter: Option<&Filter>) -> Self {
        let count = index.order.len();
        let mut live = Self {
            slots: Vec::with_capacity(count),
            positions: vec![NONE; count],
            visible: Vec::with_capacity(count),
            conversations: Vec::with_capacity(count),
            conversations_bound: index.conversations.bound(),
            terms: 0,
        };
        for &slot in &index.order {
            let Some(row) = index.rows.get(slot as usize) else {
                continue;
            };
            if row.expires_at <= now.milliseconds() {
                continue;
            }
            if let (Some(position), Ok(next)) = (
                live.positions.get_mut(slot as usize),
                u32::try_from(live.slots.len()),
            ) {
                *position = next;
            }
            live.slots.push(slot);
            live.conversations.push(row.conversation);
            live.terms += u64::from(row.terms);
            live.visible.push(filter.is_none_or(|filter| {
                let entry = index.entries.get(slot as usize);
                entry.is_some_and(|entry| filter.matches(&entry.facets))
            }));
        }
        live
    }

    /// The position of a slot's entry.
    pub(super) fn position(&self, slot: u32) -> Option<usize> {
        let position = *self.positions.get(slot as usize)?;
        (position != NONE).then_some(position as usize)
    }
}
