//! The reference and what several promises need.

use anchorhold_embed::{BuiltinEncoder, Dispatch, HIDDEN};

pub(crate) fn texts() -> Vec<String> {
    serde_json::from_str(include_str!("reference/texts.json")).expect("a list of texts")
}

pub(crate) fn word_pieces() -> Vec<Vec<u16>> {
    serde_json::from_str(include_str!("reference/word_pieces.json")).expect("lists of ids")
}

pub(crate) fn vectors() -> Vec<Vec<f32>> {
    let bytes = include_bytes!("reference/vectors.f32");
    let floats: Vec<f32> = bytes
        .as_chunks()
        .0
        .iter()
        .map(|word| f32::from_le_bytes(*word))
        .collect();
    floats.chunks_exact(HIDDEN).map(<[f32]>::to_vec).collect()
}

/// One encoder per path that this machine has.
pub(crate) fn encoders() -> Vec<(Dispatch, BuiltinEncoder)> {
    let new = |path| {
        (
            path,
            BuiltinEncoder::with_dispatch(path).expect("an available path"),
        )
    };
    Dispatch::available().into_iter().map(new).collect()
}

pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter()
            .zip(b)
            .map(|(a, b)| f64::from(*a) * f64::from(*b))
            .sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

pub(crate) fn assert_finite_unit(vector: &[f32], what: &str) {
    assert_eq!(vector.len(), HIDDEN, "{what}");
    assert!(vector.iter().all(|value| value.is_finite()), "{what}");
    let length: f64 = vector.iter().map(|value| f64::from(*value).powi(2)).sum();
    assert!(
        (length - 1.0).abs() < 1e-5,
        "{what}: squared length {length}"
    );
}
