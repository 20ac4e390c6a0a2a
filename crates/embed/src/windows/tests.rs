//! No piece is lost, and pooled vectors are unit vectors.

use proptest::prelude::*;

use super::{normalise, pooled, windows};
use crate::shape::{HIDDEN, WINDOW_CONTENT_PIECES, WINDOW_OVERLAP_PIECES};

proptest! {
    #[test]
    fn windows_overlap_and_together_hold_every_piece_in_order(length in 0_u16..2000) {
        let pieces: Vec<u16> = (0..length).collect();
        let cut = windows(&pieces);
        let mut joined = cut[0].to_vec();
        for pair in cut.windows(2) {
            let (shared, new) = pair[1].split_at(WINDOW_OVERLAP_PIECES);
            prop_assert_eq!(pair[0].len(), WINDOW_CONTENT_PIECES);
            prop_assert!(pair[0].ends_with(shared));
            prop_assert!(!new.is_empty());
            joined.extend(new);
        }
        prop_assert!(cut.iter().all(|window| window.len() <= WINDOW_CONTENT_PIECES));
        prop_assert_eq!(joined, pieces);
    }
}

#[test]
fn windows_that_cancel_out_leave_the_first() {
    let mut up = [1.0; HIDDEN];
    assert!(normalise(&mut up));
    let down = up.map(|value| -value);
    let window: &[u16] = &[7; 10];
    assert_eq!(pooled(&[up, down], &[window, window]), up);
    assert_eq!(pooled(&[down, up, up], &[window, window, window]), up);
}

#[test]
fn nothing_has_no_direction() {
    assert!(!normalise(&mut [0.0; HIDDEN]));
    assert!(!normalise(&mut [f32::NAN; HIDDEN]));
}
