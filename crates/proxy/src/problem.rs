//! Why a request cannot be read.

/// What is wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is no JSON object.
    #[error("the body must be one JSON object")]
    Json,
    /// A field is not what it has to be.
    #[error("{field} {rule}")]
    Field {
        /// The field.
        field: &'static str,
        /// What it has to be.
        rule: &'static str,
    },
}

impl Problem {
    pub(crate) const fn of(field: &'static str, rule: &'static str) -> Self {
        Self::Field { field, rule }
    }
}
