//! The filter language of recall and forget: which memories a request speaks of.
//!
//! `parse.rs` reads JSON, `test.rs` holds one comparison, and this file the tree.
//! To add an operator: a variant of [`Test`], its word in `parse.rs`, its meaning in `test.rs`.

mod parse;
mod test;

use serde_json::{Map, Value};

use crate::Facets;
pub use test::{Field, Seen, Test};

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
        let mut metadata = None;
        self.matches_with(facets, &mut metadata)
    }

    /// `metadata` holds the parsed object once a comparison needed it.
    fn matches_with(&self, facets: &Facets, metadata: &mut Option<Map<String, Value>>) -> bool {
        match self {
            Self::And(items) => items.iter().all(|item| item.matches_with(facets, metadata)),
            Self::Or(items) => items.iter().any(|item| item.matches_with(facets, metadata)),
            Self::Not(item) => !item.matches_with(facets, metadata),
            Self::Field(field, test) => {
                if let Field::Metadata(path) = field {
                    let object = metadata.get_or_insert_with(|| facets.metadata.to_object());
                    test.holds(&Seen::within(object, path))
                } else {
                    test.holds(&field.value(facets))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
