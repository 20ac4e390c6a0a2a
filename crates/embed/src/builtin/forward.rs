//! The encoder itself, from word pieces to unit vectors.

use crate::arithmetic::attention::{AttentionScratch, attention};
use crate::arithmetic::linear::{Then, linear};
use crate::arithmetic::norm::layer_norm;
use crate::arithmetic::quantise::Codes;
use crate::kernels::{Job, Multiply};
use crate::shape::{HIDDEN, PROJECTED};
use crate::tokenizer::{END, START};
use crate::weights::{Layer, Norm, Weights};
use crate::windows::normalise;

/// Work areas, kept between calls because getting fresh pages costs more than some layers.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    hidden: Vec<[f32; HIDDEN]>,
    projected: Vec<[f32; PROJECTED]>,
    /// Context of the attention, later a slice of the feed-forward part.
    inner: Vec<[f32; HIDDEN]>,
    pub(super) codes: Codes,
    inner_codes: Codes,
    attention: AttentionScratch,
}

/// One run through the model: windows in, one unit vector each out.
pub(super) struct Forward<'a> {
    pub(super) weights: &'a Weights<'a>,
    pub(super) scratch: &'a mut Scratch,
    pub(super) windows: &'a [&'a [u16]],
    pub(super) vectors: &'a mut Vec<[f32; HIDDEN]>,
}

impl Job for Forward<'_> {
    #[inline(always)]
    fn run(self, multiply: impl Multiply) {
        let Self {
            weights,
            scratch,
            windows,
            vectors,
        } = self;
        look_up(weights, windows, &mut scratch.hidden);
        for layer in &weights.layers {
            attend(multiply, layer, scratch, windows);
            feed_forward(multiply, layer, scratch);
        }
        let mut rest = scratch.hidden.as_slice();
        for window in windows {
            let (own, later) = rest.split_at(window.len() + 2);
            vectors.push(mean(own));
            rest = later;
        }
    }
}

/// Word and position vectors of every token, `[CLS]` and `[SEP]` around each window.
#[inline(always)]
fn look_up(weights: &Weights<'_>, windows: &[&[u16]], hidden: &mut Vec<[f32; HIDDEN]>) {
    hidden.clear();
    for window in windows {
        let tokens = [START]
            .into_iter()
            .chain(window.iter().copied())
            .chain([END]);
        for (token, position) in tokens.zip(&weights.positions) {
            let place = usize::from(token);
            let word = weights
                .word_codes
                .get(place)
                .zip(weights.word_scales.get(place));
            let mut row = *position;
            if let Some((codes, scale)) = word {
                for (value, code) in row.iter_mut().zip(codes) {
                    *value += f32::from(*code as i8) * scale;
                }
            }
            hidden.push(row);
        }
    }
    norm_all(hidden, &weights.embedding_norm);
}

/// The attention half of a layer.
#[inline(always)]
fn attend(multiply: impl Multiply, layer: &Layer<'_>, scratch: &mut Scratch, windows: &[&[u16]]) {
    let Scratch {
        hidden,
        projected,
        inner,
        codes,
        ..
    } = scratch;
    projected.resize(hidden.len(), [0.0; PROJECTED]);
    inner.resize(hidden.len(), [0.0; HIDDEN]);
    codes.fill(&layer.projection_factors, hidden);
    linear(multiply, codes, &layer.projection, Then::Keep, projected);
    let (mut rest, mut rest_inner) = (projected.as_slice(), inner.as_mut_slice());
    for window in windows {
        let (own, later) = rest.split_at(window.len() + 2);
        let (own_inner, later_inner) = rest_inner.split_at_mut(window.len() + 2);
        attention(&mut scratch.attention, own, own_inner);
        (rest, rest_inner) = (later, later_inner);
    }
    codes.fill(&layer.attention_factors, inner);
    linear(multiply, codes, &layer.attention_output, Then::Add, hidden);
    norm_all(hidden, &layer.attention_norm);
}

/// The feed-forward half of a layer, slice by slice, which adds up in `hidden`.
#[inline(always)]
fn feed_forward(multiply: impl Multiply, layer: &Layer<'_>, scratch: &mut Scratch) {
    let Scratch {
        hidden,
        inner,
        codes,
        inner_codes,
        ..
    } = scratch;
    codes.fill(&layer.feed_factors, hidden);
    std::mem::swap(&mut codes.observer, &mut inner_codes.observer);
    for slice in &layer.slices {
        linear(multiply, codes, &slice.intermediate, Then::Gelu, inner);
        inner_codes.fill(&slice.output_factors, inner);
        linear(multiply, inner_codes, &slice.output, Then::Add, hidden);
    }
    std::mem::swap(&mut codes.observer, &mut inner_codes.observer);
    norm_all(hidden, &layer.output_norm);
}

#[inline(always)]
fn norm_all(hidden: &mut [[f32; HIDDEN]], norm: &Norm) {
    for row in hidden {
        layer_norm(row, norm);
    }
}

/// The mean over all tokens, as a unit vector.
#[inline(always)]
fn mean(hidden: &[[f32; HIDDEN]]) -> [f32; HIDDEN] {
    let mut total = [0.0; HIDDEN];
    for row in hidden {
        for (total, value) in total.iter_mut().zip(row) {
            *total += value;
        }
    }
    if !normalise(&mut total) {
        // Cannot come from the committed weights; a caller still gets a unit vector.
        let axis = 1.0 / (HIDDEN as f32).sqrt();
        total = [axis; HIDDEN];
    }
    total
}
