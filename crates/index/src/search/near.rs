//! The entries whose bits are nearest to the query's, and a few of the farthest.

use super::ends::End;
use crate::Index;
use crate::bitmap::Bitmap;
use crate::index::Large;
use crate::kernels::{Distance, Kernel, Lanes, Weighed};

/// Slots that are scanned at a time, before what is found among them makes the bars narrower.
const SLOTS: usize = 512;
/// One of how many such parts is scanned to guess where the bar will be.
const PARTS: usize = 32;

/// Both ends of the order by distance.
pub(super) struct Ends {
    pub(super) nearest: Vec<u32>,
    pub(super) farthest: Vec<u32>,
}

/// How many are kept of each end.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// By the head of their codes, and about as many more when they are as near.
    pub(super) at_first: usize,
    pub(super) nearest: usize,
    pub(super) farthest: usize,
}

/// Of those that are nearest by the heads of their codes the nearest by their whole codes, in which a
/// bit counts as much as the query's number there; and those that are farthest by the heads. Of equal
/// distances the later entries.
pub(super) fn ends<P>(
    index: &Index<P>,
    large: &Large,
    visible: &Bitmap,
    vector: &[i8],
    limits: Limits,
) -> Ends {
    let query = large.weighed(vector);
    let head: Vec<u64> = query
        .iter()
        .take(large.head())
        .map(|word| word.bits)
        .collect();
    let scan = Scan {
        kernel: index.kernel,
        heads: &large.heads,
        head: &head,
        visible,
    };
    let (near, far) = scan.ends(limits);
    let key = |slot| index.key(slot);
    let mut nearer = near.kept(limits.at_first * 2, key);
    index.kernel.weigh(&query, &large.codes, &mut nearer);
    let most = u32::try_from(query.len()).unwrap_or(u32::MAX);
    let mut near = End::new(limits.nearest, most.saturating_mul(Weighed::MOST));
    for found in nearer {
        near.offer(found);
    }
    let slots = |found: Vec<Distance>| found.into_iter().map(Distance::slot).collect();
    Ends {
        nearest: slots(near.kept(0, key)),
        farthest: slots(far.kept(0, key)),
    }
}

/// A look at the heads of all codes.
struct Scan<'a> {
    kernel: Kernel,
    heads: &'a [Lanes],
    head: &'a [u64],
    visible: &'a Bitmap,
}

impl Scan<'_> {
    /// Both ends. Where the bar will be is guessed from a part, so that less is taken that is given
    /// up later; a guess that was too low is made good for by a scan without one.
    fn ends(&self, limits: Limits) -> (End, End) {
        let most = bits(self.head);
        let mut part = End::new((limits.at_first * 2).div_ceil(PARTS), most);
        self.offer(PARTS, &mut part, &mut End::new(1, most));
        let scan = |bar: u32| {
            let mut near = End::new(limits.at_first, most).below(bar);
            let mut far = End::new(limits.farthest, most);
            self.offer(1, &mut near, &mut far);
            (near, far)
        };
        let found = scan(part.bar());
        if found.0.is_full() || part.bar() == most {
            found
        } else {
            scan(most)
        }
    }

    /// Offers what every `step`th part holds to both ends.
    fn offer(&self, step: usize, near: &mut End, far: &mut End) {
        let most = bits(self.head);
        let mut found = Vec::new();
        let lanes = SLOTS / 8 * self.head.len().max(1);
        let parts = (0_u32..).step_by(SLOTS).zip(self.heads.chunks(lanes));
        for (first, codes) in parts.step_by(step) {
            let bars = (near.bar(), most - far.bar());
            (self.kernel).find_ends(self.head, codes, first, bars, &mut found);
            for &found in &found {
                if self.visible.contains(found.slot()) {
                    near.offer(found);
                    far.offer(Distance::new(most - found.bits(), found.slot()));
                }
            }
        }
    }
}

fn bits(words: &[u64]) -> u32 {
    u32::try_from(words.len() * 64).unwrap_or(u32::MAX)
}
