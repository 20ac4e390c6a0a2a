//! What the turns of a conversation give each other.

use super::Live;
use crate::Recipe;
use crate::index::NONE;

/// Adds to each turn its share of the turn before and of the turn after it.
///
/// Neighbours are neighbours among all live entries; one that a filter hides gives nothing.
pub(super) fn smooth(live: &Live, scores: &[f64], previous: f64, next: f64) -> Vec<f64> {
    let mut smoothed = scores.to_vec();
    if previous == 0.0 && next == 0.0 {
        return smoothed;
    }
    // The last turn of each conversation so far.
    let mut last: Vec<Option<usize>> = vec![None; live.conversations_bound];
    for (position, &conversation) in live.conversations.iter().enumerate() {
        let Some(last) = last.get_mut(conversation as usize) else {
            continue;
        };
        if let Some(before) = last.replace(position)
            && live.visible.get(position) == Some(&true)
            && live.visible.get(before) == Some(&true)
            && let (Some(&score_before), Some(&score)) = (scores.get(before), scores.get(position))
        {
            if let Some(slot) = smoothed.get_mut(position) {
                *slot += previous * score_before;
            }
            if let Some(slot) = smoothed.get_mut(before) {
                *slot += next * score;
            }
        }
    }
    smoothed
}

/// What each entry gets of the best turns of its conversation. An entry outside of any conversation
/// is a conversation of its own, so that it is not outranked for being alone.
pub(super) fn bonus(live: &Live, fused: &[f64], recipe: &Recipe) -> Vec<f64> {
    let mut best = vec![[f64::NEG_INFINITY; 3]; live.conversations_bound];
    let entries = || live.conversations.iter().zip(fused).zip(&live.visible);
    for ((&conversation, &score), &visible) in entries() {
        if visible && let Some(best) = best.get_mut(conversation as usize) {
            *best = with(*best, score);
        }
    }
    let shares: Vec<f64> = best.iter().map(|&best| share(best, recipe)).collect();
    let bonus = entries().map(|((&conversation, &score), _)| {
        let shared = (conversation != NONE).then(|| shares.get(conversation as usize));
        shared.flatten().copied().unwrap_or_else(|| {
            let alone = [score, f64::NEG_INFINITY, f64::NEG_INFINITY];
            share(alone, recipe)
        })
    });
    bonus.collect()
}

/// The three largest of four, the largest first.
fn with([first, second, third]: [f64; 3], score: f64) -> [f64; 3] {
    if score > first {
        [score, first, second]
    } else if score > second {
        [first, score, second]
    } else {
        [first, second, third.max(score)]
    }
}

/// Shares of the best and of the mean of as many of the best three as there are.
fn share(best: [f64; 3], recipe: &Recipe) -> f64 {
    let [first, ..] = best;
    let (sum, count) = best
        .iter()
        .filter(|score| score.is_finite())
        .fold((0.0, 0.0), |(sum, count), score| (sum + score, count + 1.0));
    if count == 0.0 {
        return 0.0;
    }
    recipe.session_best * first + recipe.session_mean * sum / count
}
