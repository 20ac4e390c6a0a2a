//! The order of weights in memory: as the multiply kernels read them.

use crate::shape::{GROUP, HIDDEN, PANEL};

/// Packs a row-major `[outputs][HIDDEN]` matrix of codes into panels of 64 outputs.
///
/// Inside a panel, for every group of four inputs, the four codes of output 0, then of output 1
/// and so on: a kernel loads 64 bytes and has 16 outputs times 4 inputs.
///
/// Returns nothing unless `codes` fills whole panels.
pub fn pack(codes: &[i8]) -> Option<Vec<u8>> {
    if !codes.len().is_multiple_of(HIDDEN * PANEL) {
        return None;
    }
    let mut packed = Vec::with_capacity(codes.len());
    for panel in codes.chunks_exact(HIDDEN * PANEL) {
        for first in (0..HIDDEN).step_by(GROUP) {
            for channel in panel.chunks_exact(HIDDEN) {
                packed.extend(
                    channel
                        .iter()
                        .skip(first)
                        .take(GROUP)
                        .map(|code| *code as u8),
                );
            }
        }
    }
    Some(packed)
}

/// The sum of the codes of every output of a row-major `[outputs][HIDDEN]` matrix.
pub fn code_sums(codes: &[i8]) -> Vec<i32> {
    let channels = codes.chunks_exact(HIDDEN);
    channels
        .map(|channel| channel.iter().map(|code| i32::from(*code)).sum())
        .collect()
}
