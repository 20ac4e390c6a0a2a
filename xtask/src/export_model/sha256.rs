//! SHA-256 (FIPS 180-4), so that this tool needs no crate for one digest.

#[cfg(test)]
mod tests;

/// First 32 bits of the fractional parts of the square roots of the first 8 primes.
const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// The digest as lower-case hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let constants = round_constants();
    let mut state = START;
    let (blocks, rest) = bytes.as_chunks::<64>();
    for block in blocks {
        compress(&mut state, block, &constants);
    }
    let mut tail = rest.to_vec();
    tail.push(0x80);
    while tail.len() % 64 != 56 {
        tail.push(0);
    }
    tail.extend_from_slice(&(bytes.len() as u64 * 8).to_be_bytes());
    for block in tail.as_chunks::<64>().0 {
        compress(&mut state, block, &constants);
    }
    state.iter().map(|word| format!("{word:08x}")).collect()
}

/// First 32 bits of the fractional parts of the cube roots of the first 64 primes, by integer
/// search: the largest `r` with `r^3 <= p * 2^96`, of which the low 32 bits are wanted.
fn round_constants() -> [u32; 64] {
    let mut constants = [0; 64];
    let primes = (2_u128..).filter(|n| (2..*n).all(|divisor| n % divisor != 0));
    for (constant, prime) in constants.iter_mut().zip(primes) {
        let (mut low, mut high) = (0_u128, 1 << 36);
        while high - low > 1 {
            let middle = u128::midpoint(low, high);
            if middle * middle * middle <= prime << 96 {
                low = middle;
            } else {
                high = middle;
            }
        }
        *constant = (low & 0xffff_ffff) as u32;
    }
    constants
}

fn compress(state: &mut [u32; 8], block: &[u8; 64], constants: &[u32; 64]) {
    let mut window = [0_u32; 16];
    for (word, bytes) in window.iter_mut().zip(block.as_chunks::<4>().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for constant in constants {
        let [word, second, .., tenth, _, _, _, _, fifteenth, _] = window;
        let first_sum = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let choice = (e & f) ^ (!e & g);
        let one = h
            .wrapping_add(first_sum)
            .wrapping_add(choice)
            .wrapping_add(*constant)
            .wrapping_add(word);
        let second_sum = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let majority = (a & b) ^ (a & c) ^ (b & c);
        let two = second_sum.wrapping_add(majority);
        (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(one), c, b, a, one.wrapping_add(two));
        // The schedule as a sliding window: w16 = w0 + s0(w1) + w9 + s1(w14).
        let low = second.rotate_right(7) ^ second.rotate_right(18) ^ (second >> 3);
        let high = fifteenth.rotate_right(17) ^ fifteenth.rotate_right(19) ^ (fifteenth >> 10);
        window.rotate_left(1);
        if let Some(last) = window.last_mut() {
            *last = word
                .wrapping_add(low)
                .wrapping_add(tenth)
                .wrapping_add(high);
        }
    }
    for (word, change) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(change);
    }
}
