//! The dense leg: the cosine of the query's vector with an entry's, exactly over int8 values.

use super::legs::Pair;
use crate::index::{inverse_norm, lines};
use crate::kernels::Line;
use crate::{Index, Quantized};

/// The vector of a query in the form of the entries'.
pub(super) struct Probe {
    pub(super) values: Quantized,
    lines: Vec<Line>,
    inverse_norm: f64,
}

impl Probe {
    pub(super) fn new(vector: &[f32]) -> Self {
        let values = Quantized::from_f32(vector);
        Self {
            lines: lines(values.values()).collect(),
            inverse_norm: inverse_norm(values.values()),
            values,
        }
    }

    /// The cosine for each slot, -1 to 1; 0 with a zero vector.
    pub(super) fn cosines<P>(&self, index: &Index<P>, slots: &[u32]) -> Vec<f64> {
        let mut dots = Vec::with_capacity(slots.len());
        let kernel = index.kernel;
        kernel.dot_rows(&self.lines, &index.matrix, slots, &mut dots);
        let cosine = |(&slot, dot): (&u32, i32)| {
            let row = index.rows.get(slot as usize);
            let norm = row.map_or(0.0, |row| row.inverse_norm);
            (f64::from(dot) * self.inverse_norm * norm).clamp(-1.0, 1.0)
        };
        slots.iter().zip(dots).map(cosine).collect()
    }

    /// The cosine for each slot, with no lexical score yet.
    pub(super) fn pairs<P>(&self, index: &Index<P>, slots: &[u32]) -> Vec<Pair> {
        let pair = |dense| Pair {
            dense,
            lexical: 0.0,
        };
        self.cosines(index, slots).into_iter().map(pair).collect()
    }
}
