//! One question to one index: what every step needs.

use super::Query;
use super::dense::Probe;
use super::legs::Legs;
use super::lexical::{self, TermMatches, Weighed};
use super::live::Live;
use super::neighbours::smooth;
use super::pool::Pool;
use super::priors::Priors;
use super::sessions::Sessions;
use crate::{Index, analyse};
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};

/// The query in the form that the steps read.
pub(super) struct Asked<'a, P> {
    pub(super) index: &'a Index<P>,
    pub(super) query: &'a Query<'a>,
    pub(super) live: Live,
    pub(super) terms: Vec<Weighed>,
    /// Terms of a live entry, on average.
    pub(super) mean_terms: f64,
    pub(super) probe: Probe,
    pub(super) priors: Priors<'a>,
}

/// What the two legs and the conversations say about the entries of a pool.
pub(super) struct Scored<'a> {
    pub(super) matches: Vec<TermMatches>,
    pub(super) legs: Legs,
    pub(super) sessions: Sessions<'a>,
}

impl<'a, P> Asked<'a, P> {
    pub(super) fn new(index: &'a Index<P>, query: &'a Query<'a>) -> Self {
        let words = analyse::words(query.text, index.settings.language);
        let live = Live::of(index, query.now);
        #[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
        let mean_terms = live.terms as f64 / live.count.max(1) as f64;
        #[cfg(feature = "sabotage")]
        let mean_terms = if sabotage::is(Bug::SharedMeanLength) && live.terms > 0 {
            f64::from_bits(sabotage::share(1, |_| mean_terms.to_bits())).max(1.0)
        } else {
            mean_terms
        };
        Self {
            index,
            query,
            terms: lexical::weigh(index, &live, &analyse::of_query(&words)),
            live,
            mean_terms,
            probe: Probe::new(query.vector),
            priors: Priors::of(index, query),
        }
    }

    /// Two raw scores for each entry; smoothed over neighbours, normalised over what may be found,
    /// and added; and what conversations add.
    pub(super) fn score(&self, pool: &Pool) -> Scored<'a> {
        let mut raw = self.probe.pairs(self.index, &pool.slots);
        let matches = lexical::matches(self.index, &self.live, pool, &self.terms);
        lexical::bm25(self.index, self.mean_terms, &matches, &mut raw);
        let smoothed = smooth(self.index, &self.live, pool, &raw, self.query.recipe);
        let legs = Legs::of(pool, raw, &smoothed, self.query.recipe);
        let sessions = Sessions::of(self.index, pool, &legs.fused, self.query.recipe);
        Scored {
            matches,
            legs,
            sessions,
        }
    }
}
