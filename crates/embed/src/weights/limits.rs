//! Which codes a pair of weights can take before two products leave 16 bits.

use crate::shape::{GROUP, HIDDEN, PANEL};

/// For each input of a packed panel, the greatest code for which the products of its pair add up
/// to at most 32,767 (and to no less than -32,767) at every output, if its neighbour's code is
/// no greater. Two weights of one sign add up to 254 at most, so no limit is below 129, and
/// most codes are below most limits.
pub(crate) fn limits(panel: &[u8; HIDDEN * PANEL]) -> [u8; HIDDEN] {
    let mut limits = [u8::MAX; HIDDEN];
    let groups = panel.as_chunks::<{ GROUP * PANEL }>().0;
    for (group, limits) in groups.iter().zip(limits.as_chunks_mut::<GROUP>().0) {
        let mut greatest = [0_u16; GROUP];
        for weights in group.as_chunks::<GROUP>().0 {
            let [a, b, c, d] = weights.map(|weight| i16::from(weight as i8));
            let sums = [
                up(a) + up(b),
                up(-a) + up(-b),
                up(c) + up(d),
                up(-c) + up(-d),
            ];
            for (greatest, sum) in greatest.iter_mut().zip(sums) {
                *greatest = sum.max(*greatest);
            }
        }
        let [a, b, c, d] = greatest;
        let limit = |sum: u16| u8::try_from(i16::MAX as u16 / sum.max(1)).unwrap_or(u8::MAX);
        let (first, second) = (limit(a.max(b)), limit(c.max(d)));
        *limits = [first, first, second, second];
    }
    limits
}

/// The weight if it is positive.
fn up(weight: i16) -> u16 {
    weight.max(0) as u16
}
