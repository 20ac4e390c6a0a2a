//! Smoothing: a turn is also what was said before and after it.

use super::legs::Pair;
use super::live::Live;
use crate::Recipe;

/// Adds to each turn its share of the turn before and of the turn after it.
///
/// Neighbours are neighbours among all live entries; one that a filter hides gives nothing.
pub(super) fn smooth(live: &Live, raw: &[Pair], recipe: &Recipe) -> Vec<Pair> {
    let mut smoothed = raw.to_vec();
    // The last turn of each conversation so far.
    let mut last: Vec<usize> = vec![usize::MAX; live.conversations_bound];
    for (position, (item, &score)) in live.items.iter().zip(raw).enumerate() {
        let Some(last) = last.get_mut(item.conversation as usize) else {
            continue;
        };
        let before = std::mem::replace(last, position);
        let (Some(item_before), Some(&score_before)) = (live.items.get(before), raw.get(before))
        else {
            continue;
        };
        if !(item.visible && item_before.visible) {
            continue;
        }
        if let Some(slot) = smoothed.get_mut(position) {
            slot.dense += recipe.dense_previous * score_before.dense;
            slot.lexical += recipe.lexical_previous * score_before.lexical;
        }
        if let Some(slot) = smoothed.get_mut(before) {
            slot.dense += recipe.dense_next * score.dense;
            slot.lexical += recipe.lexical_next * score.lexical;
        }
    }
    smoothed
}
