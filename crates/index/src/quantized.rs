//! Symmetric int8 quantisation of one vector: what is stored, and what the dense scan reads.

use std::fmt;

use crate::Error;

/// A vector as `scale * values`, with the largest absolute value at 127.
#[derive(Clone, PartialEq)]
pub struct Quantized {
    scale: f32,
    values: Box<[i8]>,
}

impl Quantized {
    /// Rounds a vector to int8 with the scale `max |v| / 127`; numbers that are not finite count as 0.
    pub fn from_f32(vector: &[f32]) -> Self {
        let finite = |value: f32| if value.is_finite() { value } else { 0.0 };
        let largest = vector
            .iter()
            .fold(0.0_f32, |largest, &value| largest.max(finite(value).abs()));
        let scale = largest / 127.0;
        let quantize = |&value: &f32| {
            // The division of two finite numbers, not a product with the reciprocal: the reciprocal
            // of a very small scale would be infinite.
            let rounded = (f64::from(finite(value)) / f64::from(scale)).round();
            #[expect(
                clippy::cast_possible_truncation,
                reason = "clamped to the range of i8; NaN of 0 / 0 becomes 0"
            )]
            let narrow = rounded.clamp(-127.0, 127.0) as i8;
            narrow
        };
        Self {
            scale,
            values: vector.iter().map(quantize).collect(),
        }
    }

    /// Takes what [`Self::scale`] and [`Self::values`] gave; -128 is brought to -127.
    pub fn from_stored(scale: f32, mut values: Box<[i8]>) -> Result<Self, Error> {
        if !scale.is_finite() || scale < 0.0 {
            return Err(Error::Scale);
        }
        for value in &mut values {
            *value = (*value).max(-127);
        }
        Ok(Self { scale, values })
    }

    /// What one step of a value stands for.
    pub const fn scale(&self) -> f32 {
        self.scale
    }

    /// The values, -127 to 127.
    pub const fn values(&self) -> &[i8] {
        &self.values
    }
}

impl fmt::Debug for Quantized {
    /// The dimension alone: a vector tells what its text was about.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Quantized({})", self.values.len())
    }
}
