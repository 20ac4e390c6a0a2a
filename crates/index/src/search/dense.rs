//! The dense leg: the cosine of the query's vector with every entry's, exactly over int8 values.

use super::Live;
use crate::index::{inverse_norm, lines};
use crate::kernels::Line;
use crate::{Index, Quantized};

/// The cosine for each live entry, -1 to 1; 0 with a zero vector.
pub(super) fn cosines<P>(index: &Index<P>, live: &Live, vector: &[f32]) -> Vec<f64> {
    let query = Quantized::from_f32(vector);
    let inverse_norm = inverse_norm(query.values());
    let query: Vec<Line> = lines(query.values()).collect();
    let mut dots = Vec::with_capacity(index.rows.len());
    index.kernel.dot_rows(&query, &index.matrix, &mut dots);
    let cosine = |&slot: &u32| {
        let (dot, row) = (dots.get(slot as usize)?, index.rows.get(slot as usize)?);
        Some((f64::from(*dot) * inverse_norm * row.inverse_norm).clamp(-1.0, 1.0))
    };
    let cosines = live.slots.iter().map(|slot| cosine(slot).unwrap_or(0.0));
    cosines.collect()
}
