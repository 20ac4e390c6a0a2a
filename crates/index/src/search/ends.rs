//! The slots with the smallest distances, which repeat much more often than scores do.

use crate::index::Key;
use crate::kernels::Distance;

/// Keeps the `limit` smallest of all that are offered, and every one as small as the last of these
/// until it is known which are the later entries: keys are looked up once.
pub(super) struct End {
    limit: usize,
    found: Vec<Distance>,
    /// The last of `limit` distances so far: what is larger need not be kept.
    bar: u16,
    /// As many are found when the bar is set anew.
    full: usize,
}

impl End {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            limit,
            found: Vec::new(),
            bar: u16::MAX,
            full: limit * 2,
        }
    }

    /// What is larger is not kept.
    pub(super) const fn bar(&self) -> u16 {
        self.bar
    }

    /// Takes one that could be among the smallest.
    pub(super) fn offer(&mut self, found: Distance) {
        if found.0 > self.bar || self.limit == 0 {
            return;
        }
        self.found.push(found);
        if self.found.len() >= self.full {
            self.lower_the_bar();
            self.full = self.found.len() * 2;
        }
    }

    /// The slots in the order in which they were offered; of equal distances the later entries.
    pub(super) fn slots(mut self, key: impl Fn(u32) -> Key) -> Vec<u32> {
        if self.found.len() > self.limit {
            self.lower_the_bar();
            let bar = self.bar;
            let at_the_bar = |found: &&Distance| found.0 == bar;
            let mut keys: Vec<Key> = self
                .found
                .iter()
                .filter(at_the_bar)
                .map(|found| key(found.1))
                .collect();
            let surplus = self.found.len() - self.limit;
            if surplus > 0 {
                let (_, least, _) = keys.select_nth_unstable(surplus);
                self.found
                    .retain(|&(distance, slot)| distance < bar || key(slot) >= *least);
            }
        }
        self.found.into_iter().map(|found| found.1).collect()
    }

    fn lower_the_bar(&mut self) {
        let mut distances: Vec<u16> = self.found.iter().map(|found| found.0).collect();
        let (_, bar, _) = distances.select_nth_unstable(self.limit - 1);
        self.bar = *bar;
        self.found.retain(|found| found.0 <= self.bar);
    }
}

#[cfg(test)]
mod tests;
