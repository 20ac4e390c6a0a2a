//! What the index refuses.

/// Why a vector, a stored feature or a query is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A vector has another length than the namespace's vectors.
    #[error("vector has another dimension than the namespace, expected {expected}, found {found}")]
    Dimension {
        /// Numbers per vector of this index.
        expected: usize,
        /// Numbers of the vector that was given.
        found: usize,
    },
    /// Stored terms are not what [`crate::Terms`] writes.
    #[error("stored terms are malformed")]
    Terms,
    /// A stored scale is negative or not finite.
    #[error("stored vector has a malformed scale")]
    Scale,
}
