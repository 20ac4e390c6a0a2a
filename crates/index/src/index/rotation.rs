//! A rotation that spreads what a vector says evenly over all of its numbers.
//!
//! Three rounds of random signs, a Hadamard transform of each 64 numbers, and an exchange between
//! the sixty-fours. Integers all the way: every machine turns a vector in the same way.

use crate::kernels::Weighed;

const ROUNDS: usize = 3;

/// Signs for each round.
#[derive(Debug)]
pub(crate) struct Rotation {
    signs: [Vec<i32>; ROUNDS],
}

impl Rotation {
    /// A rotation of vectors of as many lines of 64 numbers.
    pub(crate) fn new(lines: usize, seed: u64) -> Self {
        let mut state = seed;
        let signs = [(); ROUNDS].map(|()| {
            let line = (0..lines).flat_map(|_| {
                let bits = next(&mut state);
                (0..64).map(move |bit| if bits >> bit & 1 == 0 { 1 } else { -1 })
            });
            line.collect()
        });
        Self { signs }
    }

    /// The signs of the turned vector, 64 in a word.
    pub(crate) fn code(&self, values: &[i8]) -> Vec<u64> {
        let turned = self.turned(values);
        turned.chunks(64).map(signs).collect()
    }

    /// The same, and how large each number is beside the largest.
    pub(crate) fn weighed(&self, values: &[i8]) -> Vec<Weighed> {
        let turned = self.turned(values);
        let most = turned.iter().map(|number| number.unsigned_abs()).max();
        let above = most.unwrap_or(0).saturating_add(1);
        let plane = |line: &[i32], bit: u32| {
            let weights = line.iter().rev().map(|number| {
                let eighth = u64::from(number.unsigned_abs()) * 8 / u64::from(above);
                eighth >> bit & 1
            });
            weights.fold(0, |word, bit| word << 1 | bit)
        };
        let word = |line: &[i32]| Weighed {
            bits: signs(line),
            planes: [0, 1, 2].map(|bit| plane(line, bit)),
        };
        turned.chunks(64).map(word).collect()
    }

    /// The turned vector; numbers that are missing count as 0.
    fn turned(&self, values: &[i8]) -> Vec<i32> {
        let [signs, ..] = &self.signs;
        let mut numbers = vec![0_i32; signs.len()];
        for (number, &value) in numbers.iter_mut().zip(values) {
            *number = i32::from(value);
        }
        let mut exchanged = numbers.clone();
        for signs in &self.signs {
            for (number, sign) in numbers.iter_mut().zip(signs) {
                *number *= sign;
            }
            let (lines, _) = numbers.as_chunks_mut::<64>();
            let count = lines.len();
            for (place, line) in lines.iter_mut().enumerate() {
                hadamard(line);
                let column = exchanged.iter_mut().skip(place).step_by(count);
                for (to, from) in column.zip(&*line) {
                    *to = *from;
                }
            }
            std::mem::swap(&mut numbers, &mut exchanged);
        }
        numbers
    }
}

/// Of up to 64 numbers, which are not negative.
fn signs(line: &[i32]) -> u64 {
    let numbers = line.iter().rev();
    numbers.fold(0, |word, &number| word << 1 | u64::from(number >= 0))
}

/// The Walsh-Hadamard transform, without the factor; numbers grow by 64 at most.
fn hadamard(line: &mut [i32; 64]) {
    for half in [1, 2, 4, 8, 16, 32] {
        for pair in line.chunks_exact_mut(half * 2) {
            let (low, high) = pair.split_at_mut(half);
            for (low, high) in low.iter_mut().zip(high) {
                (*low, *high) = (*low + *high, *low - *high);
            }
        }
    }
}

/// The next of numbers that look random (splitmix64).
const fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ *state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

#[cfg(test)]
mod tests;
