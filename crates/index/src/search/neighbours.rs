//! Smoothing: a turn is also what was said before and after it.

use super::legs::Pair;
use super::live::Live;
use super::pool::Pool;
use crate::index::Side;
use crate::{Index, Recipe};

impl Live {
    /// The live turn on one side of another.
    pub(super) fn beside<P>(&self, index: &Index<P>, slot: u32, side: Side) -> Option<u32> {
        let mut next = index.turns.beside(slot, side)?;
        while !self.slots.contains(next) {
            next = index.turns.beside(next, side)?;
        }
        Some(next)
    }
}

/// Adds to each turn its share of the turn before and of the turn after it.
///
/// Neighbours are neighbours among all live entries; one that a filter hides gives nothing.
pub(super) fn smooth<P>(
    index: &Index<P>,
    live: &Live,
    pool: &Pool,
    raw: &[Pair],
    recipe: &Recipe,
) -> Vec<Pair> {
    let beside = |slot, side| {
        // Mostly the next turn is live and may be found.
        let next = index.turns.beside(slot, side)?;
        let position = match pool.position(next) {
            None => pool.position(live.beside(index, slot, side)?)?,
            Some(position) => position,
        };
        raw.get(position).copied()
    };
    let smooth = |(&slot, &pair): (&u32, &Pair)| {
        let mut pair = pair;
        if let Some(before) = beside(slot, Side::Before) {
            pair.dense += recipe.dense_previous * before.dense;
            pair.lexical += recipe.lexical_previous * before.lexical;
        }
        if let Some(after) = beside(slot, Side::After) {
            pair.dense += recipe.dense_next * after.dense;
            pair.lexical += recipe.lexical_next * after.lexical;
        }
        pair
    };
    pool.slots.iter().zip(raw).map(smooth).collect()
}
