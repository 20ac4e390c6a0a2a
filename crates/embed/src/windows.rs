//! Long texts: how they are cut into windows, and how the vectors of windows become one.

#[cfg(test)]
mod tests;

use crate::shape::{HIDDEN, WINDOW_CONTENT_PIECES, WINDOW_OVERLAP_PIECES};

/// Cuts the pieces of a text into windows of at most [`WINDOW_CONTENT_PIECES`]; each but the
/// first begins with the last [`WINDOW_OVERLAP_PIECES`] of the one before. Every piece is in some
/// window; a blank text has one empty window.
pub(crate) fn windows(pieces: &[u16]) -> Vec<&[u16]> {
    let mut cut = Vec::new();
    let mut rest = pieces;
    while rest.len() > WINDOW_CONTENT_PIECES {
        cut.push(rest.split_at(WINDOW_CONTENT_PIECES).0);
        rest = rest
            .split_at(WINDOW_CONTENT_PIECES - WINDOW_OVERLAP_PIECES)
            .1;
    }
    cut.push(rest);
    cut
}

/// Joins the unit vectors of windows into one unit vector: their mean, weighted by the number
/// of pieces of each window. One window is returned as it is.
pub(crate) fn pooled(vectors: &[[f32; HIDDEN]], windows: &[&[u16]]) -> Vec<f32> {
    let mut sum = [0.0_f32; HIDDEN];
    match vectors {
        [] => {}
        [single] => return single.to_vec(),
        [first, ..] => {
            for (vector, window) in vectors.iter().zip(windows) {
                let weight = window.len() as f32 / WINDOW_CONTENT_PIECES as f32;
                for (total, value) in sum.iter_mut().zip(vector) {
                    *total += weight * value;
                }
            }
            if !normalise(&mut sum) {
                // Windows that cancel out exactly do not happen; if they do, the text's beginning counts.
                return first.to_vec();
            }
        }
    }
    sum.to_vec()
}

/// Scales a vector to unit length; false, and nothing done, when it has no direction.
pub(crate) fn normalise(vector: &mut [f32; HIDDEN]) -> bool {
    let square: f64 = vector
        .iter()
        .map(|value| f64::from(*value) * f64::from(*value))
        .sum();
    let length = square.sqrt();
    if !(length.is_finite() && length > 1e-12) {
        return false;
    }
    for value in vector {
        *value = (f64::from(*value) / length) as f32;
    }
    true
}
