//! The entries of a large namespace that hold most of the rarer terms of a query.

use super::asked::Asked;
use super::lexical::Weighed;
use super::stage::Scored;
use super::top::Top;
use crate::bitmap::Bitmap;
use crate::index::{Large, Places};

/// Slots whose sums are added up at a time: they stay in the first cache.
const SLOTS: u32 = 2_048;

impl<P> Asked<'_, P> {
    /// The best by what the rarer terms and the priors say of them.
    pub(super) fn telling(&self, large: &Large, visible: &Bitmap) -> Vec<u32> {
        let (sums, largest) = self.sums(large, visible);
        let step = self.query.recipe.lexical / largest.max(f64::MIN_POSITIVE);
        let most = self.priors.most();
        let mut best = Top::new(self.ranked(), |a: &Scored, b: &Scored| self.order(a, b));
        for (sum, slot) in sums {
            let score = step * sum;
            // Most are out of reach; what they are need not be looked up.
            if best.bar().is_none_or(|bar| score + most >= bar.0) {
                best.offer((score + self.prior(slot), slot));
            }
        }
        best.sorted().into_iter().map(|one| one.1).collect()
    }

    /// What the rarer terms give to each entry that holds any, and the most they give.
    fn sums(&self, large: &Large, visible: &Bitmap) -> (Vec<Scored>, f64) {
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
                for (slot, count) in places.iter() {
                    if let Some(sum) = sums.get_mut((slot - first) as usize) {
                        let terms = large.terms(slot);
                        *sum += self.lengths.score(term.weight, count, terms);
                    }
                }
            }
            for (_, places) in here {
                for (slot, _) in places.iter() {
                    let sum = sums.get_mut((slot - first) as usize);
                    let sum = sum.map_or(0.0, std::mem::take);
                    if sum > 0.0 && visible.contains(slot) {
                        largest = largest.max(sum);
                        found.push((sum, slot));
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
