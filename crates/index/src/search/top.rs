//! The first few of many by an order, without sorting the many.

use std::cmp::Ordering;

/// Keeps the first `limit` of all that are offered.
pub(super) struct Top<T, F> {
    limit: usize,
    order: F,
    kept: Vec<T>,
    /// The last of `limit` so far: what is behind it need not be kept.
    bar: Option<T>,
}

impl<T: Copy, F: Fn(&T, &T) -> Ordering> Top<T, F> {
    pub(super) const fn new(limit: usize, order: F) -> Self {
        Self {
            limit,
            order,
            kept: Vec::new(),
            bar: None,
        }
    }

    /// The last of the first so far, once there are enough of them.
    pub(super) const fn bar(&self) -> Option<&T> {
        self.bar.as_ref()
    }

    /// Whether one could be among the first.
    pub(super) fn admits(&self, one: &T) -> bool {
        self.bar
            .as_ref()
            .is_none_or(|bar| (self.order)(one, bar).is_lt())
    }

    /// Takes one that could be among the first.
    pub(super) fn offer(&mut self, one: T) {
        if self.limit == 0 || !self.admits(&one) {
            return;
        }
        self.kept.push(one);
        if self.kept.len() >= self.limit * 2 {
            let (_, bar, _) = self
                .kept
                .select_nth_unstable_by(self.limit - 1, &self.order);
            self.bar = Some(*bar);
            self.kept.truncate(self.limit);
        }
    }

    /// The first in their order.
    pub(super) fn sorted(mut self) -> Vec<T> {
        self.kept.sort_unstable_by(&self.order);
        self.kept.truncate(self.limit);
        self.kept
    }
}
