//! A vector that an application made of a text.

use std::fmt;

use crate::Dimension;

/// 8 to 4,096 finite numbers, not all of them 0. Only its direction counts. Like the text it was
/// made of, it is never shown.
#[derive(Clone, PartialEq)]
pub struct Vector(Box<[f32]>);

/// Why numbers are refused as a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VectorError {
    /// Too few or too many.
    #[error("must be a list of 8 to 4096 numbers")]
    Length,
    /// One is too large for 32 bits, or they are all 0.
    #[error("must be numbers of 32 bits, not all of them 0")]
    Numbers,
}

impl Vector {
    /// Takes numbers that have a direction.
    pub fn new(numbers: Vec<f32>) -> Result<Self, VectorError> {
        if Dimension::new(numbers.len()).is_none() {
            return Err(VectorError::Length);
        }
        let finite = numbers.iter().all(|number| number.is_finite());
        if !finite || numbers.iter().all(|number| *number == 0.0) {
            return Err(VectorError::Numbers);
        }
        Ok(Self(numbers.into_boxed_slice()))
    }

    /// The numbers, in order.
    pub const fn numbers(&self) -> &[f32] {
        &self.0
    }
}

impl fmt::Debug for Vector {
    /// The dimension alone: a vector tells what its text was about.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Vector({})", self.0.len())
    }
}
