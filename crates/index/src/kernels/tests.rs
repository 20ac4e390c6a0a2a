//! Every path that this machine has computes what the portable one does.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Block, Distance, Kernel, Lanes, Line, Weighed};

fn line() -> impl Strategy<Value = Line> {
    // Extremes often: sums that would saturate a narrower register.
    let value = prop_oneof![2 => -127_i8..=127, 1 => Just(127), 1 => Just(-127)];
    vec(value, 64).prop_map(|values| Line(values.try_into().unwrap()))
}

proptest! {
    #[test]
    fn dot_products_are_the_same_on_every_path(
        (query, rows) in (1_usize..8).prop_flat_map(|stride| {
            (vec(line(), stride), (0_usize..6).prop_flat_map(move |rows| vec(line(), stride * rows)))
        }),
    ) {
        let exact: Vec<i32> = rows
            .chunks(query.len())
            .map(|row| {
                let bytes = |lines: &[Line]| lines.iter().flat_map(|line| line.0).collect::<Vec<_>>();
                let products = bytes(&query).into_iter().zip(bytes(row));
                products.map(|(a, b)| i32::from(a) * i32::from(b)).sum()
            })
            .collect();
        let all: Vec<u32> = (0..).take(exact.len()).collect();
        let some: Vec<u32> = all.iter().rev().step_by(2).copied().collect();
        for kernel in Kernel::available() {
            let mut dots = vec![7];
            kernel.dot_rows(&query, &rows, &all, &mut dots);
            prop_assert_eq!(&dots, &exact, "{:?}", kernel);
            kernel.dot_rows(&query, &rows, &some, &mut dots);
            let picked: Vec<i32> = some.iter().map(|&row| exact[row as usize]).collect();
            prop_assert_eq!(&dots, &picked, "{:?}", kernel);
            kernel.dot_rows(&query, &rows, &[u32::MAX], &mut dots);
            prop_assert_eq!(&dots, &[0], "{:?}", kernel);
        }
    }

    #[test]
    fn distances_are_the_same_on_every_path(
        (query, groups) in (1_usize..9).prop_flat_map(|words| {
            let word = || prop_oneof![4 => any::<u64>(), 1 => Just(u64::MAX), 1 => Just(0)];
            let lanes = vec(vec(word(), 8), words);
            (vec(word(), words), vec(lanes, 0..5))
        }),
        bars in prop_oneof![
            Just((u32::MAX, 0)),
            Just((0, u32::MAX)),
            (0_u32..512, 0_u32..512),
        ],
        first in prop_oneof![Just(0_u32), 0_u32..1_000_000],
    ) {
        let mut exact = Vec::new();
        let mut codes = Vec::new();
        for group in groups {
            exact.extend((0..8).map(|lane| {
                let words = query.iter().zip(&group);
                words.map(|(a, b)| (a ^ b[lane]).count_ones()).sum::<u32>()
            }));
            codes.extend(group.into_iter().map(|lanes| Lanes(lanes.try_into().unwrap())));
        }
        let numbered = exact.into_iter().zip(first..);
        let ended = numbered.filter(|one| one.0 <= bars.0 || one.0 >= bars.1);
        let exact: Vec<_> = ended.map(|(bits, slot)| Distance::new(bits, slot)).collect();
        for kernel in Kernel::available() {
            let mut ends = vec![Distance::new(7, 7)];
            kernel.find_ends(&query, &codes, first, bars, &mut ends);
            prop_assert_eq!(&ends, &exact, "{:?}", kernel);
        }
    }

    #[test]
    fn codes_are_weighed_alike_on_every_path(
        (query, codes) in (0_usize..6).prop_flat_map(|words| {
            let word = any::<(u64, [u64; 3])>();
            (vec(word, words), vec(any::<u64>(), words * 40))
        }),
        some in vec((0_u32..512, prop_oneof![9 => 0_u32..40, 1 => Just(u32::MAX)]), 0..60),
    ) {
        let code = |slot: u32| codes.chunks(query.len().max(1)).nth(slot as usize);
        let count = |(bits, planes): &(u64, [u64; 3]), code: u64, bit: u32| {
            let [ones, twos, fours] = planes.map(|plane| u32::from(plane >> bit & 1 == 1));
            let weight = 1 + 2 * (ones + 2 * twos + 4 * fours);
            u32::from(bits >> bit & 1 != code >> bit & 1) * weight
        };
        let exact: Vec<(u32, u32)> = some
            .iter()
            .map(|&(_, slot)| {
                let words = query.iter().zip(code(slot).unwrap_or_default());
                let counted = words.flat_map(|(query, &code)| (0..64).map(move |bit| count(query, code, bit)));
                (counted.sum(), slot)
            })
            .collect();
        let query: Vec<Weighed> = query
            .iter()
            .map(|&(bits, planes)| Weighed { bits, planes })
            .collect();
        for kernel in Kernel::available() {
            let distances = some.iter().map(|&(bits, slot)| Distance::new(bits, slot));
            let mut distances: Vec<_> = distances.collect();
            kernel.weigh(&query, &codes, &mut distances);
            let found: Vec<_> = distances.iter().map(|one| (one.bits(), one.slot())).collect();
            prop_assert_eq!(&found, &exact, "{:?}", kernel);
        }
    }

    #[test]
    fn terms_are_found_in_the_same_places_on_every_path(
        blocks in vec(vec(0_u32..40, 16), 0..20),
        terms in vec(1_u32..40, 0..11),
    ) {
        let block = |lanes: Vec<u32>| Block(lanes.try_into().unwrap());
        let blocks: Vec<Block> = blocks.into_iter().map(block).collect();
        let mut exact = Vec::new();
        for (block, lanes) in blocks.iter().enumerate() {
            for (term, hash) in terms.iter().enumerate() {
                let bits = lanes.0.iter().enumerate().filter(|(_, lane)| *lane == hash);
                let bits = bits.fold(0_u16, |bits, (lane, _)| bits | 1 << lane);
                if bits != 0 {
                    exact.push((block, term, bits));
                }
            }
        }
        for kernel in Kernel::available() {
            let mut found = Vec::new();
            kernel.find_terms(&terms, &blocks, &mut found);
            let found: Vec<_> = found
                .iter()
                .map(|one| (one.block as usize, one.term as usize, one.lanes))
                .collect();
            prop_assert_eq!(&found, &exact, "{:?}", kernel);
        }
    }
}
