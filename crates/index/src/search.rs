//! One search: the steps in order, each in its own file.

mod asked;
mod dense;
mod ends;
mod evidence;
mod filter;
mod legs;
mod lexical;
mod live;
mod near;
mod neighbours;
mod pool;
mod priors;
mod select;
mod sessions;
mod stage;
mod telling;
mod top;

use anchorhold_model::{Filter, Timestamp};

use crate::{Error, Index, Kept, Recipe};
use asked::Asked;
use pool::Pool;
use select::Ranking;

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
    pub entry: &'a Kept<P>,
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
        let asked = Asked::new(self, query);
        // Which entries may be found; of very many, those that are worth to be ranked.
        let visible = self.visible(&asked.live, query.filter);
        let (pool, scored) = match &self.large {
            Some(large) if visible.count() > self.stage.above => {
                let first = asked.chosen(large, &visible);
                let scored = asked.score(&first);
                let pool = asked.widened(&visible, &first, &scored.sessions);
                let scored = asked.score_more(&pool, &first, scored);
                (pool, scored)
            }
            _ => {
                let pool = Pool::new(visible);
                let scored = asked.score(&pool);
                (pool, scored)
            }
        };
        // What exact hits tell, where anything asks for it; and the best of all.
        let has_code = scored.matches.iter().any(|term| term.is_code);
        let evidence = (has_code || query.threshold.is_some() || query.explain)
            .then(|| evidence::of(&asked.live, &pool, &scored.matches));
        let ranking = Ranking {
            index: self,
            query,
            pool,
            legs: scored.legs,
            sessions: scored.sessions,
            priors: &asked.priors,
            evidence,
        };
        Ok(ranking.best())
    }
}
