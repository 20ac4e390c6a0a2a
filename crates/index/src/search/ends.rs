//! The slots with the smallest distances, which repeat much more often than scores do.

use crate::index::Key;
use crate::kernels::Distance;

/// Keeps the `limit` smallest of all that are offered, and every one as small as the last of these
/// until it is known which are the later entries: keys are looked up once.
pub(super) struct End {
    limit: usize,
    found: Vec<Distance>,
    /// How many there are of each distance, up to the bar.
    counts: Vec<usize>,
    /// How many there are up to the bar.
    within: usize,
    /// The last of `limit` distances so far: what is larger need not be kept.
    bar: u32,
}

impl End {
    /// Of distances of as many bits.
    pub(super) fn new(limit: usize, bits: u32) -> Self {
        Self {
            limit,
            found: Vec::new(),
            counts: vec![0; bits as usize + 1],
            within: 0,
            bar: bits,
        }
    }

    /// The same of those up to a bar, which need not be so many.
    pub(super) fn below(self, bar: u32) -> Self {
        Self { bar, ..self }
    }

    /// Whether there are as many as are kept.
    pub(super) const fn is_full(&self) -> bool {
        self.within >= self.limit
    }

    /// What is larger is not kept.
    pub(super) const fn bar(&self) -> u32 {
        self.bar
    }

    /// Takes one that could be among the smallest.
    pub(super) fn offer(&mut self, found: Distance) {
        if found.bits() > self.bar || self.limit == 0 {
            return;
        }
        self.found.push(found);
        self.within += 1;
        if let Some(count) = self.counts.get_mut(found.bits() as usize) {
            *count += 1;
        }
        // The nearer ones alone are enough.
        while let Some(&last) = self.counts.get(self.bar as usize)
            && self.within - last >= self.limit
        {
            self.within -= last;
            self.bar -= 1;
        }
    }

    /// The smallest in the order in which they were offered, and with them all that are as small as
    /// the last, as long as there are no more than `most`; else of equal distances the later entries.
    pub(super) fn kept(mut self, most: usize, key: impl Fn(u32) -> Key) -> Vec<Distance> {
        let bar = self.bar;
        self.found.retain(|found| found.bits() <= bar);
        if self.found.len() > self.limit.max(most) {
            let at_the_bar = |found: &&Distance| found.bits() == bar;
            let at_the_bar = self.found.iter().filter(at_the_bar);
            let mut keys: Vec<Key> = at_the_bar.map(|found| key(found.slot())).collect();
            let surplus = self.found.len() - self.limit;
            let (_, least, _) = keys.select_nth_unstable(surplus);
            self.found
                .retain(|found| found.bits() < bar || key(found.slot()) >= *least);
        }
        self.found
    }
}

#[cfg(test)]
mod tests;
