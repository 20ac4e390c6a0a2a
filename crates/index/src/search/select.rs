//! The best entries of all that may be found, with the shares of their scores.

use std::cmp::Ordering;

use super::evidence::Evidence;
use super::legs::{Legs, Ranges};
use super::pool::Pool;
use super::priors::Priors;
use super::sessions::Sessions;
use super::top::Top;
use super::{Hit, Query, Why};
use crate::Index;
use crate::index::Row;

/// What each step found out.
pub(super) struct Ranking<'a, 'q, P> {
    pub(super) index: &'a Index<P>,
    pub(super) query: &'q Query<'q>,
    pub(super) pool: Pool,
    pub(super) legs: Legs,
    pub(super) sessions: Sessions<'q>,
    pub(super) priors: &'q Priors<'q>,
    /// Only where something needs it.
    pub(super) evidence: Option<Vec<Evidence>>,
}

/// A score and the position and slot that it belongs to.
type Candidate = (f64, usize, u32);

impl<'a, P> Ranking<'a, '_, P> {
    /// The best entries, best first.
    pub(super) fn best(&self) -> Vec<Hit<'a, P>> {
        // The higher score first, then the later entry.
        let order = |a: &Candidate, b: &Candidate| -> Ordering {
            let later = || self.index.key(b.2).cmp(&self.index.key(a.2));
            b.0.total_cmp(&a.0).then_with(later)
        };
        let mut best = Top::new(self.query.limit, order);
        for (position, &slot) in self.pool.slots.iter().enumerate() {
            if !self.pool.ranks(position) {
                continue;
            }
            let Some(shares) = self.shares(position, slot) else {
                continue;
            };
            let candidate = (shares.iter().sum(), position, slot);
            if best.admits(&candidate) && self.passes(position) {
                best.offer(candidate);
            }
        }
        let ranges = (self.query.explain).then(|| Ranges::of(&self.pool, &self.legs.raw));
        let hit = |(score, position, slot): Candidate| {
            Some(Hit {
                entry: self.index.kept(slot)?,
                score,
                similarity: self.legs.raw.get(position)?.dense.max(0.0),
                why: ranges
                    .as_ref()
                    .and_then(|ranges| self.why(position, slot, ranges)),
            })
        };
        best.sorted().into_iter().filter_map(hit).collect()
    }

    /// Legs, session, turn, name and exact hit.
    fn shares(&self, position: usize, slot: u32) -> Option<[f64; 5]> {
        let fused = *self.legs.fused.get(position)?;
        let row: &Row = self.index.rows.get(slot as usize)?;
        let session = self.sessions.bonus(row, fused);
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
            self.priors.turn(row.turn()),
            self.priors.name(row.speaker),
            exact,
        ])
    }

    /// Whether the threshold lets an entry through.
    fn passes(&self, position: usize) -> bool {
        let is_near = |threshold: f64| {
            let pair = self.legs.raw.get(position);
            pair.is_some_and(|pair| pair.dense.max(0.0) >= threshold)
        };
        let has_rare_term = || {
            self.evidence(position)
                .is_some_and(|evidence| evidence.rare_term)
        };
        (self.query.threshold).is_none_or(|threshold| is_near(threshold) || has_rare_term())
    }

    fn evidence(&self, position: usize) -> Option<&Evidence> {
        self.evidence.as_ref()?.get(position)
    }

    /// The shares of one score; `ranges` are those of the legs without smoothing.
    fn why(&self, position: usize, slot: u32, ranges: &Ranges) -> Option<Why> {
        let [fused, session, priors, name, exact] = self.shares(position, slot)?;
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
