//! One search: the steps in order, each in its own file.

mod dense;
mod evidence;
mod legs;
mod lexical;
mod live;
mod neighbours;
mod priors;
mod select;
mod sessions;

use anchorhold_model::{Filter, Timestamp};

use crate::analyse::{of_query, words};
use crate::{Entry, Error, Index, Recipe};
use legs::Legs;
use live::Live;
use priors::Priors;
use select::Ranking;
use sessions::Sessions;

/// What is asked.
#[derive(Clone, Copy)]
pub struct Query<'a> {
    /// The text as the caller gave it; the lexical leg and the priors read it.
    pub text: &'a str,
    /// The vector of [`Index::embedding_query`].
    pub vector: &'a [f32],
    /// The most hits to give; as many are given when there are so many matching entries.
    pub limit: usize,
    /// The least similarity, 0 to 1; an entry with an exact hit of a rare term passes all the same.
    pub threshold: Option<f64>,
    /// Which entries may be found; applied before anything is ranked.
    pub filter: Option<&'a Filter>,
    /// Entries that expired until then are not there.
    pub now: Timestamp,
    /// The weights.
    pub recipe: &'a Recipe,
    /// Whether hits tell why.
    pub explain: bool,
}

/// One entry of an answer.
#[derive(Debug)]
pub struct Hit<'a, P> {
    /// The entry.
    pub entry: &'a Entry<P>,
    /// What the answer is ordered by; comparable within this answer alone.
    pub score: f64,
    /// The cosine of the vectors, 0 where it is negative.
    pub similarity: f64,
    /// The shares of the score.
    pub why: Option<Why>,
}

/// The share of each step in a score; they add up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Why {
    /// The normalised cosine.
    pub dense: f64,
    /// The normalised BM25 score.
    pub lexical: f64,
    /// What smoothing over the neighbouring turns changed.
    pub neighbours: f64,
    /// What the best turns of the conversation gave.
    pub session: f64,
    /// Question, length and words of time.
    pub priors: f64,
    /// The speaker is the one person that the query names.
    pub name: f64,
    /// A rare code of the query stands in the text.
    pub exact: f64,
    /// Distinct terms of the query that the entry holds.
    pub matched_terms: u32,
    /// Whether a rare term of the query stands in the text, so that no threshold applies.
    pub rare_term: bool,
}

impl<P> Index<P> {
    /// The best entries for a query, best first; equal scores by the later ordinal, then the id.
    pub fn search(&self, query: &Query<'_>) -> Result<Vec<Hit<'_, P>>, Error> {
        self.check_dimension(query.vector.len())?;
        let language = self.settings.language;
        let words = words(query.text, language);
        // Which entries there are, in canonical order, and which of them may be found.
        let live = Live::of(self, query.now, query.filter);
        // Two raw scores for each.
        let mut pairs = dense::cosines(self, &live, query.vector);
        let matches = lexical::matches(self, &live, &of_query(&words));
        lexical::bm25(self, &live, &matches, &mut pairs);
        // Smoothed over neighbours, normalised over what may be found, and added.
        let legs = Legs::of(&live, pairs, query.recipe);
        // What conversations, turns and names add.
        let sessions = Sessions::of(&live, &legs.fused, query.recipe);
        let priors = Priors::of(self, query);
        // What exact hits tell, where anything asks for it; and the best of all.
        let has_code = matches.iter().any(|term| term.is_code);
        let evidence = (has_code || query.threshold.is_some() || query.explain)
            .then(|| evidence::of(&live, &matches));
        let ranking = Ranking {
            index: self,
            query,
            live,
            legs,
            sessions,
            priors,
            evidence,
        };
        Ok(ranking.best())
    }
}
