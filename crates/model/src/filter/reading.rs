//! What filters read of one memory.

use std::cell::OnceCell;

use serde_json::{Map, Value};

use super::{Field, Seen};
use crate::Facets;

/// One memory as comparisons read it: its metadata becomes a tree once, when the first asks for it.
pub struct Reading<'a> {
    facets: &'a Facets,
    metadata: OnceCell<Map<String, Value>>,
}

impl<'a> Reading<'a> {
    /// Nothing is read yet.
    pub const fn new(facets: &'a Facets) -> Self {
        Self {
            facets,
            metadata: OnceCell::new(),
        }
    }

    /// What a field holds.
    pub fn seen(&self, field: &Field) -> Seen<'_> {
        match field {
            Field::Metadata(path) => {
                let object = self
                    .metadata
                    .get_or_init(|| self.facets.metadata.to_object());
                Seen::within(object, path)
            }
            named => named.value(self.facets),
        }
    }
}
