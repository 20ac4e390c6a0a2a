//! What an entry gets for what it is: no question, long enough, with a time, by the person named.

use crate::analyse::normalize;
use crate::language::calendar;
use crate::{Index, Query, Recipe, Traits};

/// What the query says about the priors.
pub(super) struct Priors<'a> {
    recipe: &'a Recipe,
    /// Whether it asks for a time.
    asks_when: bool,
    /// The speaker, when it names exactly one known person.
    named: Option<u32>,
}

impl<'a> Priors<'a> {
    pub(super) fn of<P>(index: &Index<P>, query: &Query<'a>) -> Self {
        let language = index.settings.language;
        let named = index.named(query.text, query.now).speakers;
        Self {
            recipe: query.recipe,
            asks_when: calendar::asks_when(&normalize(query.text, language), language),
            named: if let [named] = *named {
                Some(named)
            } else {
                None
            },
        }
    }

    /// Question, length and words of time. What is no turn stands as a turn of middle length does.
    pub(super) fn turn(&self, traits: Option<Traits>) -> f64 {
        let Some(Traits {
            question,
            temporal,
            words,
        }) = traits
        else {
            return self.recipe.length / 2.0;
        };
        let words = words.min(Recipe::LENGTH_WORDS);
        let mut share = self.recipe.length * f64::from(words) / f64::from(Recipe::LENGTH_WORDS);
        if question {
            share -= self.recipe.question;
        }
        if self.asks_when && temporal {
            share += self.recipe.temporal;
        }
        share
    }

    /// As much as no entry gets more than for its speaker; `None` when that tells nothing.
    pub(super) fn most_for_a_name(&self) -> Option<f64> {
        self.named.map(|_| self.recipe.name.max(0.0))
    }

    /// The speaker is the one person that the query names.
    pub(super) fn name(&self, speaker: u32) -> f64 {
        if self.named == Some(speaker) {
            self.recipe.name
        } else {
            0.0
        }
    }
}
