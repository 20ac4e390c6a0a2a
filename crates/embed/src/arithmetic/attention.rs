//! Attention of one window: every token looks at every token, head by head.

use super::exponential::exponential;
use super::lanes::{fold, greater, sum};
use crate::shape::{HEAD, HEADS, HIDDEN, LANES, PROJECTED};

/// Tokens whose attention is computed together: it hides the latency of the additions.
const TOGETHER: usize = 4;
/// Score of a place behind the last token: its weight is then as good as nothing.
const NOWHERE: f32 = -1e30;

/// Room for one head.
#[derive(Debug, Default)]
pub(crate) struct AttentionScratch {
    /// Keys, 16 tokens side by side per component.
    keys: Vec<[[f32; LANES]; HEAD]>,
    values: Vec<[f32; HEAD]>,
    queries: Vec<[[f32; TOGETHER]; HEAD]>,
    /// Scores of four tokens, one after the other, each padded to whole lanes.
    scores: Vec<[f32; LANES]>,
}

/// `context[token]` becomes the weighted mean of all values of the window, for each head.
/// `tokens` holds query, key and value of each token, the query already scaled.
#[inline(always)]
pub(crate) fn attention(
    scratch: &mut AttentionScratch,
    tokens: &[[f32; PROJECTED]],
    context: &mut [[f32; HIDDEN]],
) {
    for head in 0..HEADS {
        gather(scratch, tokens, head);
        let lanes = scratch.keys.len();
        scratch.scores.resize(lanes * TOGETHER, [0.0; LANES]);
        let blocks = context.chunks_mut(TOGETHER).zip(&scratch.queries);
        for (contexts, queries) in blocks {
            score(queries, &scratch.keys, &mut scratch.scores);
            let mut sums = [0.0; TOGETHER];
            for (row, sum) in scratch.scores.chunks_exact_mut(lanes).zip(&mut sums) {
                *sum = soften(row, tokens.len());
            }
            let mixed = mix(&scratch.scores, &scratch.values);
            for ((target, mixed), sum) in contexts.iter_mut().zip(mixed).zip(sums) {
                let Some(target) = target.as_chunks_mut::<HEAD>().0.get_mut(head) else {
                    continue;
                };
                for (to, value) in target.iter_mut().zip(mixed) {
                    *to = value / sum;
                }
            }
        }
    }
}

/// Brings query, key and value of one head together; places behind the last token are zero.
#[inline(always)]
fn gather(scratch: &mut AttentionScratch, tokens: &[[f32; PROJECTED]], head: usize) {
    scratch.keys.clear();
    scratch
        .keys
        .resize(tokens.len().div_ceil(LANES), [[0.0; LANES]; HEAD]);
    scratch.queries.clear();
    scratch
        .queries
        .resize(tokens.len().div_ceil(TOGETHER), [[0.0; TOGETHER]; HEAD]);
    scratch.values.clear();
    let part = |token: &[f32; PROJECTED], index: usize| {
        token
            .as_chunks::<HEAD>()
            .0
            .get(index)
            .copied()
            .unwrap_or([0.0; HEAD])
    };
    for (group, keys) in tokens.chunks(LANES).zip(&mut scratch.keys) {
        for (place, token) in group.iter().enumerate() {
            for (lanes, value) in keys.iter_mut().zip(part(token, HEADS + head)) {
                if let Some(lane) = lanes.get_mut(place) {
                    *lane = value;
                }
            }
        }
    }
    for (group, queries) in tokens.chunks(TOGETHER).zip(&mut scratch.queries) {
        for (place, token) in group.iter().enumerate() {
            for (lanes, value) in queries.iter_mut().zip(part(token, head)) {
                if let Some(lane) = lanes.get_mut(place) {
                    *lane = value;
                }
            }
        }
    }
    scratch
        .values
        .extend(tokens.iter().map(|token| part(token, 2 * HEADS + head)));
}

/// The products of four queries with all keys.
#[inline(always)]
fn score(
    queries: &[[f32; TOGETHER]; HEAD],
    keys: &[[[f32; LANES]; HEAD]],
    scores: &mut [[f32; LANES]],
) {
    for (index, keys) in keys.iter().enumerate() {
        let mut totals = [[0.0_f32; LANES]; TOGETHER];
        for (query, key) in queries.iter().zip(keys) {
            let [a, b, c, d] = &mut totals;
            let lanes = a.iter_mut().zip(b).zip(c).zip(d).zip(key);
            for ((((a, b), c), d), key) in lanes {
                let [first, second, third, fourth] = query;
                *a += first * key;
                *b += second * key;
                *c += third * key;
                *d += fourth * key;
            }
        }
        let lanes = scores.len() / TOGETHER;
        for (row, total) in scores.chunks_exact_mut(lanes.max(1)).zip(totals) {
            if let Some(place) = row.get_mut(index) {
                *place = total;
            }
        }
    }
}

/// Scores to weights (before division): e to the distance from the highest. Returns their sum.
#[inline(always)]
fn soften(row: &mut [[f32; LANES]], tokens: usize) -> f32 {
    for behind in row.as_flattened_mut().iter_mut().skip(tokens) {
        *behind = NOWHERE;
    }
    let mut highest = [NOWHERE; LANES];
    for chunk in &*row {
        for (highest, score) in highest.iter_mut().zip(chunk) {
            *highest = greater(*score, *highest);
        }
    }
    let highest = fold(highest, greater);
    let mut totals = [0.0; LANES];
    for chunk in row {
        for (score, total) in chunk.iter_mut().zip(&mut totals) {
            *score = exponential(*score - highest);
            *total += *score;
        }
    }
    sum(totals)
}

/// The values of all tokens, weighted for each of the four.
#[inline(always)]
fn mix(weights: &[[f32; LANES]], values: &[[f32; HEAD]]) -> [[f32; HEAD]; TOGETHER] {
    let mut mixed = [[0.0_f32; HEAD]; TOGETHER];
    let weights = weights.as_flattened();
    let (front, back) = weights.split_at(weights.len() / 2);
    let (first, second) = front.split_at(front.len() / 2);
    let (third, fourth) = back.split_at(back.len() / 2);
    let each = first.iter().zip(second).zip(third).zip(fourth).zip(values);
    for ((((first, second), third), fourth), value) in each {
        for (row, weight) in mixed.iter_mut().zip([first, second, third, fourth]) {
            for (to, value) in row.iter_mut().zip(value) {
                *to += weight * value;
            }
        }
    }
    mixed
}
