//! The entries of a large namespace that hold most of the rarer terms of a query.

use super::asked::Asked;
use super::lexical::Weighed;
use super::stage::Scored;
use super::top::Top;
use crate::bitmap::Bitmap;
use crate::index::{Large, Places, Turn};

/// Slots whose sums are added up at a time: they stay in the first cache.
const SLOTS: u32 = 2_048;

impl<P> Asked<'_, P> {
    /// The best by what the rarer terms and the priors say of them.
    pub(super) fn telling(&self, large: &Large, visible: &Bitmap) -> Vec<u32> {
        if self.query.recipe.lexical == 0.0 {
            return Vec::new();
        }
        let (sums, largest) = self.sums(large, visible);
        let step = self.query.recipe.lexical / largest.max(f64::MIN_POSITIVE);
        let named = self.priors.most_for_a_name();
        let turns: Vec<f64> = Turn::all().map(|turn| self.priors.turn(turn)).collect();
        let mut best = Top::new(self.ranked(), |a: &Scored, b: &Scored| self.order(a, b));
        for (sum, slot, turn) in sums {
            let turn = turns.get(turn.number()).copied().unwrap_or(0.0);
            let score = step * sum + turn;
            // Most are out of reach; who said them need not be looked up.
            if best
                .bar()
                .is_none_or(|bar| score + named.unwrap_or(0.0) >= bar.0)
            {
                let name = named.map_or(0.0, |_| self.name(slot));
                best.offer((score + name, slot));
            }
        }
        best.sorted().into_iter().map(|one| one.1).collect()
    }

    /// What the rarer terms give to each entry that holds any, and the most they give.
    fn sums(&self, large: &Large, visible: &Bitmap) -> (Vec<(f64, u32, Turn)>, f64) {
        let mut lists = self.rarer(large);
        let mut sums = vec![0.0_f64; SLOTS as usize];
        let (mut found, mut largest) = (Vec::new(), 0.0_f64);
        while let Some(next) = lists.iter().filter_map(|(_, places)| places.next()).min() {
            let first = next / SLOTS * SLOTS;
            let mut here: Vec<(&Weighed, Places<'_>)> = Vec::with_capacity(lists.len());
            for (term, places) in &mut lists {
                here.push((term, places.split_below(first.saturating_add(SLOTS))));
            }
            for &(term, places) in &here {
                for (slot, hint) in places.iter() {
                    if let Some(sum) = sums.get_mut((slot - first) as usize) {
                        let terms = u32::from(hint.terms);
                        *sum += self.lengths.score(term.weight, hint.count(), terms);
                    }
                }
            }
            for (_, places) in here {
                for (slot, hint) in places.iter() {
                    let sum = sums.get_mut((slot - first) as usize);
                    let sum = sum.map_or(0.0, std::mem::take);
                    if sum > 0.0 && visible.contains(slot) {
                        largest = largest.max(sum);
                        found.push((sum, slot, hint.turn));
                    }
                }
            }
        }
        (found, largest)
    }

    /// The rarest terms with the places where they stand, as many as are read.
    fn rarer<'a>(&'a self, large: &'a Large) -> Vec<(&'a Weighed, Places<'a>)> {
        let mut terms: Vec<&Weighed> = self.terms.iter().filter(|term| term.holding > 0).collect();
        terms.sort_by_key(|term| term.holding);
        let (mut places, places_max) = (0, self.stage().places);
        let mut is_first = true;
        terms.retain(|term| {
            places += term.holding;
            std::mem::take(&mut is_first) || places <= places_max
        });
        let list = |term: &'a Weighed| Some((term, large.list(term.hash)?.places()));
        terms.into_iter().filter_map(list).collect()
    }
}
