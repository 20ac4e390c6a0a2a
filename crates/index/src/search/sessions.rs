//! The session bonus: what a turn gets from the best turns of its conversation.

use super::pool::Pool;
use crate::index::{NONE, Row};
use crate::{Index, Recipe};

/// The bonus of each conversation that has turns in the pool.
pub(super) struct Sessions<'a> {
    /// By number of the conversation, the place of its bonus.
    places: Vec<u32>,
    /// Each bonus with the number of its conversation.
    bonus: Vec<(f64, u32)>,
    recipe: &'a Recipe,
}

impl<'a> Sessions<'a> {
    pub(super) fn of<P>(index: &Index<P>, pool: &Pool, fused: &[f64], recipe: &'a Recipe) -> Self {
        let mut places = vec![NONE; index.turns.bound()];
        let mut best: Vec<([f64; 3], u32)> = Vec::new();
        for (position, (&slot, &score)) in pool.slots.iter().zip(fused).enumerate() {
            let row = index.rows.get(slot as usize);
            let conversation = row.map_or(NONE, |row| row.conversation);
            let Some(place) = places.get_mut(conversation as usize) else {
                continue;
            };
            if !pool.ranks(position) {
                continue;
            }
            if *place == NONE {
                *place = u32::try_from(best.len()).unwrap_or(NONE);
                best.push(([f64::NEG_INFINITY; 3], conversation));
            }
            if let Some((best, _)) = best.get_mut(*place as usize) {
                insert(best, score);
            }
        }
        let bonus = best
            .iter()
            .map(|(best, number)| (share(best, recipe), *number));
        Self {
            places,
            bonus: bonus.collect(),
            recipe,
        }
    }

    /// The bonus of an entry. One outside of any conversation is a conversation of its own, so
    /// that it is not outranked for being alone.
    pub(super) fn bonus(&self, row: &Row, fused: f64) -> f64 {
        let place = self.places.get(row.conversation as usize);
        let shared = place.and_then(|&place| self.bonus.get(place as usize));
        shared.map_or_else(|| share(&[fused], self.recipe), |shared| shared.0)
    }

    /// Each bonus with the number of its conversation.
    pub(super) fn best(&self) -> impl Iterator<Item = (f64, u32)> {
        self.bonus.iter().copied()
    }
}

/// Keeps the three largest, the largest first.
fn insert(best: &mut [f64; 3], score: f64) {
    let [first, second, third] = *best;
    if score > first {
        *best = [score, first, second];
    } else if score > second {
        *best = [first, score, second];
    } else if score > third {
        *best = [first, second, score];
    }
}

/// Shares of the best and of the mean of as many of the best three as there are.
fn share(best: &[f64], recipe: &Recipe) -> f64 {
    let scores = || best.iter().filter(|score| score.is_finite());
    let Some(first) = scores().next() else {
        return 0.0;
    };
    let (sum, count) = scores().fold((0.0, 0.0), |(sum, count), score| (sum + score, count + 1.0));
    recipe.session_best * first + recipe.session_mean * sum / count
}
