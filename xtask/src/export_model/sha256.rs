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
    state.map(|word| format!("{word:08x}")).concat()
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
    let mut now = *state;
    for constant in constants {
        let [word, second, .., tenth, _, _, _, _, fifteenth, _] = window;
        let first_sum = now[4].rotate_right(6) ^ now[4].rotate_right(11) ^ now[4].rotate_right(25);
        let choice = (now[4] & now[5]) ^ (!now[4] & now[6]);
        let one = now[7]
            .wrapping_add(first_sum)
            .wrapping_add(choice)
            .wrapping_add(*constant)
            .wrapping_add(word);
        let second_sum = now[0].rotate_right(2) ^ now[0].rotate_right(13) ^ now[0].rotate_right(22);
        let majority = (now[0] & now[1]) ^ (now[0] & now[2]) ^ (now[1] & now[2]);
        now.rotate_right(1);
        now[4] = now[4].wrapping_add(one);
        now[0] = one.wrapping_add(second_sum).wrapping_add(majority);
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
    for (word, change) in state.iter_mut().zip(now) {
        *word = word.wrapping_add(change);
    }
}
