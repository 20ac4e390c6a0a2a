//! Which path an encoder takes, and how it keeps its work areas.

use super::{BUILTIN_MODEL, BuiltinEncoder, SCRATCHES_MAX};
use crate::{Dispatch, Embedder, HIDDEN};

#[test]
fn the_fastest_available_path_is_taken() {
    let encoder = BuiltinEncoder::new().expect("loads");
    assert_eq!(
        Some(encoder.dispatch()),
        Dispatch::available().first().copied()
    );
    assert_eq!(
        (encoder.model(), encoder.dimension()),
        (BUILTIN_MODEL, HIDDEN)
    );
}

#[test]
fn work_areas_are_kept_but_not_without_limit() {
    let encoder = BuiltinEncoder::new().expect("loads");
    encoder.embed("once").expect("embeds");
    encoder.embed("twice").expect("embeds");
    assert_eq!(encoder.scratches.lock().expect("no panic").len(), 1);
    for _ in 0..2 * SCRATCHES_MAX {
        encoder.scratch_return(super::Scratch::default());
    }
    assert_eq!(
        encoder.scratches.lock().expect("no panic").len(),
        SCRATCHES_MAX
    );
}
