//! A fast checksum against damage (not against malice: the file is part of the program).

/// Eight multiplicative hashes over interleaved words of eight bytes, then folded into one.
/// Catches any single changed, swapped or missing word, and runs at memory speed.
pub fn checksum(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut lanes: [u64; 8] = std::array::from_fn(|lane| PRIME.wrapping_mul(lane as u64 + 1));
    let (blocks, rest) = bytes.as_chunks::<64>();
    for block in blocks {
        for (lane, word) in lanes.iter_mut().zip(block.as_chunks::<8>().0) {
            *lane = (lane.rotate_left(23) ^ u64::from_le_bytes(*word)).wrapping_mul(PRIME);
        }
    }
    let mut folded = bytes.len() as u64;
    for value in lanes
        .into_iter()
        .chain(rest.iter().map(|byte| u64::from(*byte)))
    {
        folded = (folded.rotate_left(23) ^ value).wrapping_mul(PRIME);
    }
    folded ^ (folded >> 32)
}
