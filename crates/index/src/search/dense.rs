//! The dense leg: the cosine of the query's vector with every entry's, exactly over int8 values.

use super::legs::Pair;
use super::live::{Item, Live};
use crate::index::{inverse_norm, lines};
use crate::kernels::Line;
use crate::{Index, Quantized};

/// The cosine for each live entry, -1 to 1, with no lexical score yet; 0 with a zero vector.
pub(super) fn cosines<P>(index: &Index<P>, live: &Live, vector: &[f32]) -> Vec<Pair> {
    let query = Quantized::from_f32(vector);
    let inverse_norm = inverse_norm(query.values());
    let query: Vec<Line> = lines(query.values()).collect();
    let mut dots = Vec::with_capacity(index.rows.len());
    index.kernel.dot_rows(&query, &index.matrix, &mut dots);
    let cosine = |item: &Item| {
        let slot = item.slot as usize;
        let cosine = match (dots.get(slot), index.rows.get(slot)) {
            (Some(&dot), Some(row)) => f64::from(dot) * inverse_norm * row.inverse_norm,
            _ => 0.0,
        };
        Pair {
            dense: cosine.clamp(-1.0, 1.0),
            lexical: 0.0,
        }
    };
    live.items.iter().map(cosine).collect()
}
