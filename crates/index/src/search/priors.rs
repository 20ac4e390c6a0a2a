//! What a turn gets for what it is: no question, long enough, with a time, by the person named.

use super::Live;
use crate::analyse::normalize;
use crate::index::NONE;
use crate::language::calendar;
use crate::{Index, Language, Recipe, Traits};

/// Whether the query asks for a time.
pub(super) fn asks_when(query: &str, language: Language) -> bool {
    calendar::asks_when(&normalize(query, language), language)
}

/// The prior of each live entry.
pub(super) fn shares<P>(
    index: &Index<P>,
    live: &Live,
    recipe: &Recipe,
    asks_when: bool,
) -> Vec<f64> {
    let share = |&slot: &u32| {
        index.rows.get(slot as usize).map_or(0.0, |row| {
            if row.conversation == NONE {
                // Not a turn: it stands beside turns as one of middle length does.
                recipe.length / 2.0
            } else {
                of_turn(row.traits, recipe, asks_when)
            }
        })
    };
    live.slots.iter().map(share).collect()
}

fn of_turn(traits: Traits, recipe: &Recipe, asks_when: bool) -> f64 {
    let words = traits.words.min(Recipe::LENGTH_WORDS);
    let mut share = recipe.length * f64::from(words) / f64::from(Recipe::LENGTH_WORDS);
    if traits.question {
        share -= recipe.question;
    }
    if asks_when && traits.temporal {
        share += recipe.temporal;
    }
    share
}

/// What each live entry gets when the query names exactly one known person and it is the speaker.
pub(super) fn names<P>(index: &Index<P>, live: &Live, recipe: &Recipe, named: &[u32]) -> Vec<f64> {
    let [named] = named else {
        return vec![0.0; live.slots.len()];
    };
    let share = |&slot: &u32| {
        let is_speaker = index
            .rows
            .get(slot as usize)
            .is_some_and(|row| row.speaker == *named);
        if is_speaker { recipe.name } else { 0.0 }
    };
    live.slots.iter().map(share).collect()
}
