//! The filter language of recall and forget: which memories a request speaks of.
//!
//! `parse.rs` reads JSON, `test.rs` holds one comparison, `values.rs` the lists that are compared,
//! `reading.rs` what a memory holds, and this file the tree.
//! To add an operator: a variant of [`Test`], its word in `parse.rs`, its meaning in `test.rs`.

mod parse;
mod reading;
mod test;
mod values;

use serde_json::Value;

use crate::Facets;
pub use reading::Reading;
pub use test::{Field, Seen, Test};
pub use values::Values;

/// Why a filter is refused; the text tells what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FilterError(pub(crate) String);

/// A condition on facets; never empty, so it never means "everything" by accident.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All of them hold.
    And(Vec<Self>),
    /// At least one holds.
    Or(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// One comparison of one field.
    Field(Field, Test),
}

impl Filter {
    /// Reads the JSON form. An empty object, `and` or `or` is an error.
    pub fn parse(value: &Value) -> Result<Self, FilterError> {
        parse::filter(value)
    }

    /// Whether it holds for these facets.
    pub fn matches(&self, facets: &Facets) -> bool {
        self.holds(&Reading::new(facets))
    }

    fn holds(&self, reading: &Reading<'_>) -> bool {
        match self {
            Self::And(items) => items.iter().all(|item| item.holds(reading)),
            Self::Or(items) => items.iter().any(|item| item.holds(reading)),
            Self::Not(item) => !item.holds(reading),
            Self::Field(field, test) => test.holds(&reading.seen(field)),
        }
    }
}

#[cfg(test)]
mod tests;
