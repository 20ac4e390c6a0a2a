//! The second stage: which entries of a large namespace are worth to be ranked exactly.
//!
//! The choice is made of the set of entries that may be found and of nothing else: those nearest
//! by their bits, compared exactly; those that hold the rarer terms; the turns beside them; the
//! turns of the best conversations; and a few of the farthest, so that scores are brought to 0 to 1
//! as they would be among all.

use super::asked::Asked;
use super::near::{Limits, ends};
use super::pool::Pool;
use super::sessions::Sessions;
use super::top::Top;
use crate::Stage;
use crate::bitmap::Bitmap;
use crate::index::{Large, Side};

/// A score and the slot it belongs to.
pub(super) type Scored = (f64, u32);

impl<P> Asked<'_, P> {
    /// The first choice: by the two legs, with what stands beside them.
    pub(super) fn chosen(&self, large: &Large, visible: &Bitmap) -> Pool {
        let mut chosen = Bitmap::zeros(self.index.rows.len());
        let nearest = self.nearest(large, visible, &mut chosen);
        for slot in nearest.into_iter().chain(self.telling(large, visible)) {
            chosen.insert(slot);
            for side in [Side::Before, Side::After] {
                if let Some(beside) = self.live.beside(self.index, slot, side)
                    && visible.contains(beside)
                {
                    chosen.insert(beside);
                }
            }
        }
        self.with_context(visible, chosen)
    }

    /// The second choice: the first one and the turns of its best conversations.
    pub(super) fn widened(&self, visible: &Bitmap, pool: &Pool, sessions: &Sessions<'_>) -> Pool {
        let mut chosen = pool.candidates();
        let mut best = Top::new(self.stage().conversations, |a: &Scored, b: &Scored| {
            self.order(a, b)
        });
        for (bonus, number) in sessions.best() {
            if best.bar().is_some_and(|bar| bonus < bar.0) {
                continue;
            }
            let turns = self.index.turns.of(number);
            // The last turn names a conversation whatever its number is.
            if let (Some(&last), true) = (turns.last(), turns.len() <= self.stage().turns) {
                best.offer((bonus, last));
            }
        }
        for (_, last) in best.sorted() {
            for &turn in self.index.conversation_of(last) {
                if visible.contains(turn) {
                    chosen.insert(turn);
                }
            }
        }
        self.with_context(visible, chosen)
    }

    /// The entries nearest in meaning, of those whose bits are nearest; the farthest go straight
    /// into `chosen`.
    fn nearest(&self, large: &Large, visible: &Bitmap, chosen: &mut Bitmap) -> Vec<u32> {
        let nearest = self.stage().nearest.max(self.query.limit * 4);
        let share = visible.count() / self.stage().at_first_share.max(1);
        let limits = Limits {
            at_first: self.stage().at_first.max(share).max(nearest),
            nearest,
            farthest: self.stage().farthest,
        };
        let vector = self.probe.values.values();
        let ends = ends(self.index, large, visible, vector, limits);
        let near = self.probe.cosines(self.index, &ends.nearest);
        let far = self.probe.cosines(self.index, &ends.farthest);
        for &slot in &ends.farthest {
            chosen.insert(slot);
        }
        let cosines = || near.iter().chain(&far).copied();
        let (low, high) = (
            cosines().fold(f64::INFINITY, f64::min),
            cosines().fold(f64::NEG_INFINITY, f64::max),
        );
        let step = self.query.recipe.dense / (high - low).max(f64::MIN_POSITIVE);
        let mut best = Top::new(self.ranked(), |a: &Scored, b: &Scored| self.order(a, b));
        for (&slot, cosine) in ends.nearest.iter().zip(near) {
            best.offer((step * (cosine - low) + self.prior(slot), slot));
        }
        best.sorted().into_iter().map(|one| one.1).collect()
    }

    /// The chosen entries, and the turns beside them, which lend them their scores.
    fn with_context(&self, visible: &Bitmap, chosen: Bitmap) -> Pool {
        let mut members = chosen.clone();
        for slot in chosen.iter() {
            for side in [Side::Before, Side::After] {
                if let Some(beside) = self.live.beside(self.index, slot, side)
                    && visible.contains(beside)
                {
                    members.insert(beside);
                }
            }
        }
        Pool::of_candidates(members, &chosen)
    }

    /// What an entry gets whatever the two legs say.
    pub(super) fn prior(&self, slot: u32) -> f64 {
        let row = self.index.rows.get(slot as usize);
        row.map_or(0.0, |row| {
            self.priors.turn(row.turn()) + self.priors.name(row.speaker)
        })
    }

    /// What an entry gets for its speaker.
    pub(super) fn name(&self, slot: u32) -> f64 {
        let row = self.index.rows.get(slot as usize);
        row.map_or(0.0, |row| self.priors.name(row.speaker))
    }

    pub(super) fn ranked(&self) -> usize {
        self.stage().ranked.max(self.query.limit * 2)
    }

    pub(super) const fn stage(&self) -> &Stage {
        &self.index.stage
    }

    /// The higher score first, then the later entry.
    pub(super) fn order(&self, a: &Scored, b: &Scored) -> std::cmp::Ordering {
        let later = || self.index.key(b.1).cmp(&self.index.key(a.1));
        b.0.total_cmp(&a.0).then_with(later)
    }
}
