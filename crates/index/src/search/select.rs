//! The best entries of all that may be found, with the shares of their scores.

use std::cmp::Ordering;

use super::evidence::Evidence;
use super::legs::{Legs, Ranges};
use super::live::{Item, Live};
use super::priors::Priors;
use super::sessions::Sessions;
use super::{Hit, Query, Why};
use crate::Index;
use crate::index::Row;

/// What each step found out.
pub(super) struct Ranking<'a, 'q, P> {
    pub(super) index: &'a Index<P>,
    pub(super) query: &'q Query<'q>,
    pub(super) live: Live,
    pub(super) legs: Legs,
    pub(super) sessions: Sessions<'q>,
    pub(super) priors: Priors<'q>,
    /// Only where something needs it.
    pub(super) evidence: Option<Vec<Evidence>>,
}

/// A score and the position that it belongs to.
type Candidate = (f64, usize);

/// The higher score first, then the later position: `(score, ordinal)` falling, then the id.
fn order(a: &Candidate, b: &Candidate) -> Ordering {
    b.0.total_cmp(&a.0).then(b.1.cmp(&a.1))
}

impl<'a, P> Ranking<'a, '_, P> {
    /// The best entries, best first.
    pub(super) fn best(&self) -> Vec<Hit<'a, P>> {
        let limit = self.query.limit;
        let mut best: Vec<Candidate> = Vec::with_capacity(limit.min(self.live.items.len()) * 2);
        // The worst of `limit` entries so far: what is behind it need not be kept.
        let mut bar: Option<Candidate> = None;
        for (position, &item) in self.live.items.iter().enumerate() {
            let Some(shares) = self.shares(position, item) else {
                continue;
            };
            let candidate = (shares.iter().sum(), position);
            if bar.is_some_and(|bar| order(&candidate, &bar).is_gt())
                || !self.passes(position, item)
            {
                continue;
            }
            best.push(candidate);
            if limit > 0 && best.len() >= limit * 2 {
                bar = Some(*best.select_nth_unstable_by(limit - 1, order).1);
                best.truncate(limit);
            }
        }
        best.sort_unstable_by(order);
        best.truncate(limit);
        let ranges = (self.query.explain).then(|| Ranges::of(&self.live, &self.legs.raw));
        let hit = |&(score, position): &Candidate| {
            let item = *self.live.items.get(position)?;
            Some(Hit {
                entry: self.index.entries.get(item.slot as usize)?,
                score,
                similarity: self.legs.raw.get(position)?.dense.max(0.0),
                why: ranges
                    .as_ref()
                    .and_then(|ranges| self.why(position, item, ranges)),
            })
        };
        best.iter().filter_map(hit).collect()
    }

    /// Legs, session, turn, name and exact hit.
    fn shares(&self, position: usize, item: Item) -> Option<[f64; 5]> {
        let fused = *self.legs.fused.get(position)?;
        let row: &Row = self.index.rows.get(item.slot as usize)?;
        let session = self.sessions.bonus(item, fused);
        let has_exact_hit = self
            .evidence(position)
            .is_some_and(|evidence| evidence.exact);
        let exact = if has_exact_hit {
            self.query.recipe.exact
        } else {
            0.0
        };
        Some([
            fused,
            session,
            self.priors.turn(row),
            self.priors.name(row),
            exact,
        ])
    }

    /// Whether the filter and the threshold let an entry through.
    fn passes(&self, position: usize, item: Item) -> bool {
        let is_near = |threshold: f64| {
            let pair = self.legs.raw.get(position);
            pair.is_some_and(|pair| pair.dense.max(0.0) >= threshold)
        };
        let has_rare_term = || {
            self.evidence(position)
                .is_some_and(|evidence| evidence.rare_term)
        };
        item.visible
            && (self.query.threshold).is_none_or(|threshold| is_near(threshold) || has_rare_term())
    }

    fn evidence(&self, position: usize) -> Option<&Evidence> {
        self.evidence.as_ref()?.get(position)
    }

    /// The shares of one score; `ranges` are those of the legs without smoothing.
    fn why(&self, position: usize, item: Item, ranges: &Ranges) -> Option<Why> {
        let [fused, session, priors, name, exact] = self.shares(position, item)?;
        let raw = ranges.weigh(*self.legs.raw.get(position)?, self.query.recipe);
        let evidence = self.evidence(position)?;
        Some(Why {
            dense: raw.dense,
            lexical: raw.lexical,
            neighbours: fused - raw.dense - raw.lexical,
            session,
            priors,
            name,
            exact,
            matched_terms: evidence.matched_terms,
            rare_term: evidence.rare_term,
        })
    }
}
