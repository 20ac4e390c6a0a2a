//! One question to one index: what every step needs.

use super::Query;
use super::dense::Probe;
use super::legs::Legs;
use super::legs::Pair;
use super::lexical::{self, Lengths, TermMatches, Weighed};
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
    pub(super) lengths: Lengths,
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
            lengths: Lengths::of(mean_terms),
            probe: Probe::new(query.vector),
            priors: Priors::of(index, query),
        }
    }

    /// Two raw scores for each entry; smoothed over neighbours, normalised over what may be found,
    /// and added; and what conversations add.
    pub(super) fn score(&self, pool: &Pool) -> Scored<'a> {
        let mut raw = self.probe.pairs(self.index, &pool.slots);
        let matches = lexical::matches(self.index, &self.live, &pool.slots, &self.terms);
        lexical::bm25(self.index, &self.lengths, pool, &matches, &mut raw);
        self.fuse(pool, raw, matches)
    }

    /// The same for a pool that holds all of another one, whose raw scores are known.
    pub(super) fn score_more(&self, pool: &Pool, known: &Pool, scored: Scored<'_>) -> Scored<'a> {
        let is_new = |slot: &u32| known.position(*slot).is_none();
        let added: Vec<u32> = pool.slots.iter().copied().filter(is_new).collect();
        let mut pairs = self.probe.pairs(self.index, &added).into_iter();
        let pair = |&slot: &u32| match known.position(slot) {
            Some(position) => scored.legs.raw.get(position).copied(),
            None => pairs.next(),
        };
        let mut raw: Vec<Pair> = pool.slots.iter().filter_map(pair).collect();
        let more = lexical::matches(self.index, &self.live, &added, &self.terms);
        lexical::bm25(self.index, &self.lengths, pool, &more, &mut raw);
        let mut matches = scored.matches;
        for (term, more) in matches.iter_mut().zip(more) {
            term.entries.extend(more.entries);
        }
        self.fuse(pool, raw, matches)
    }

    fn fuse(&self, pool: &Pool, raw: Vec<Pair>, matches: Vec<TermMatches>) -> Scored<'a> {
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
