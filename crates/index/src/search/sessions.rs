//! The session bonus: what a turn gets from the best turns of its conversation.

use super::pool::Pool;
use crate::index::{NONE, Row};
use crate::{Index, Recipe};

/// The bonus of each conversation.
pub(super) struct Sessions<'a> {
    /// The numbers of the conversations that have one, ascending; empty when all have one.
    numbers: Vec<u32>,
    bonus: Vec<f64>,
    recipe: &'a Recipe,
}

impl<'a> Sessions<'a> {
    pub(super) fn of<P>(index: &Index<P>, pool: &Pool, fused: &[f64], recipe: &'a Recipe) -> Self {
        let mut sessions = Self {
            numbers: Vec::new(),
            bonus: Vec::new(),
            recipe,
        };
        let bound = index.turns.bound();
        let conversation = |slot: u32| {
            let row = index.rows.get(slot as usize);
            row.map_or(NONE, |row| row.conversation)
        };
        // A few entries of many conversations: only theirs are kept.
        if bound > pool.len() * 4 {
            let numbers = pool.slots.iter().map(|&slot| conversation(slot));
            sessions.numbers = numbers.filter(|&number| number != NONE).collect();
            sessions.numbers.sort_unstable();
            sessions.numbers.dedup();
        }
        let count = if sessions.numbers.is_empty() {
            bound
        } else {
            sessions.numbers.len()
        };
        let mut best = vec![[f64::NEG_INFINITY; 3]; count];
        for (position, (&slot, &score)) in pool.slots.iter().zip(fused).enumerate() {
            if pool.ranks(position)
                && let Some(place) = sessions.place(conversation(slot))
                && let Some(best) = best.get_mut(place)
            {
                insert(best, score);
            }
        }
        sessions.bonus = best.iter().map(|best| share(best, recipe)).collect();
        sessions
    }

    /// The bonus of an entry. One outside of any conversation is a conversation of its own, so
    /// that it is not outranked for being alone.
    pub(super) fn bonus(&self, row: &Row, fused: f64) -> f64 {
        let place = self.place(row.conversation);
        let shared = place.and_then(|place| self.bonus.get(place)).copied();
        shared.unwrap_or_else(|| share(&[fused], self.recipe))
    }

    /// Each bonus with the number of its conversation.
    pub(super) fn best(&self) -> impl Iterator<Item = (f64, u32)> {
        let number = |place: usize| match self.numbers.get(place) {
            Some(&number) => number,
            None => u32::try_from(place).unwrap_or(NONE),
        };
        let numbered = move |(place, &bonus): (usize, &f64)| (bonus, number(place));
        self.bonus.iter().enumerate().map(numbered)
    }

    fn place(&self, conversation: u32) -> Option<usize> {
        if conversation == NONE {
            None
        } else if self.numbers.is_empty() {
            Some(conversation as usize)
        } else {
            self.numbers.binary_search(&conversation).ok()
        }
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
