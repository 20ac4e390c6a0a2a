//! The session bonus: what a turn gets from the best turns of its conversation.

use super::live::{Item, Live};
use crate::Recipe;

/// The bonus of each conversation.
pub(super) struct Sessions<'a> {
    bonus: Vec<f64>,
    recipe: &'a Recipe,
}

impl<'a> Sessions<'a> {
    pub(super) fn of(live: &Live, fused: &[f64], recipe: &'a Recipe) -> Self {
        let mut best = vec![[f64::NEG_INFINITY; 3]; live.conversations_bound];
        for (item, &score) in live.items.iter().zip(fused) {
            if item.visible
                && let Some(best) = best.get_mut(item.conversation as usize)
            {
                insert(best, score);
            }
        }
        let bonus = best.iter().map(|best| share(best, recipe)).collect();
        Self { bonus, recipe }
    }

    /// The bonus of an entry. One outside of any conversation is a conversation of its own, so
    /// that it is not outranked for being alone.
    pub(super) fn bonus(&self, item: Item, fused: f64) -> f64 {
        let shared = self.bonus.get(item.conversation as usize).copied();
        shared.unwrap_or_else(|| share(&[fused], self.recipe))
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
