//! Long texts for an embedder of another house: cut into pieces, their vectors joined into one.

/// Cuts a text into pieces of at most so many bytes, at white space where there is some in the
/// second half. Nothing is lost; a short text is one piece.
pub(super) fn of(text: &str, bytes_max: usize) -> Vec<&str> {
    // A character has at most four bytes, so every piece holds one.
    let bytes_max = bytes_max.max(4);
    let mut pieces = Vec::new();
    let mut rest = text;
    while rest.len() > bytes_max {
        let Some((head, _)) = rest.split_at_checked(rest.floor_char_boundary(bytes_max)) else {
            break;
        };
        let space = head
            .char_indices()
            .rev()
            .take_while(|(at, _)| *at >= bytes_max / 2)
            .find(|(_, character)| character.is_whitespace());
        let at = space.map_or(head.len(), |(at, character)| at + character.len_utf8());
        let Some((piece, after)) = rest.split_at_checked(at) else {
            break;
        };
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// The mean of unit vectors, weighted by the lengths of their pieces, as one unit vector.
pub(super) fn joined(pieces: &[&str], vectors: &[Vec<f32>]) -> Vec<f32> {
    let [first, rest @ ..] = vectors else {
        return Vec::new();
    };
    if rest.is_empty() {
        return first.clone();
    }
    let mut sum = vec![0.0_f32; first.len()];
    for (piece, vector) in pieces.iter().zip(vectors) {
        let weight = piece.len() as f32;
        for (total, value) in sum.iter_mut().zip(vector) {
            *total += weight * value;
        }
    }
    // Pieces that cancel out exactly do not happen; if they do, the text's beginning counts.
    if normalise(&mut sum) {
        sum
    } else {
        first.clone()
    }
}

/// Brings a vector to unit length; false, and nothing done, when it has no direction.
pub(super) fn normalise(vector: &mut [f32]) -> bool {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::of;

    proptest! {
        #[test]
        fn no_byte_is_lost_and_no_piece_is_too_long(text in "(\\PC| |\n){0,200}", bytes_max in 4_usize..40) {
            let pieces = of(&text, bytes_max);
            prop_assert!(pieces.iter().all(|piece| piece.len() <= bytes_max));
            let joined = pieces.concat();
            prop_assert_eq!(joined, text);
        }
    }
}
