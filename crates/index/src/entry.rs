//! One live memory: as it is given to the index, and what the index keeps of it as it is.

use std::fmt;

use anchorhold_model::Facets;

use crate::{Features, Quantized};

/// A memory's facets, vector and features, and what the caller attaches to it.
#[derive(Clone, PartialEq)]
pub struct Entry<P> {
    /// The attributes that filters and ranking read; `facets.id` is the entry's key.
    pub facets: Facets,
    /// The vector of the text.
    pub vector: Quantized,
    /// What the lexical leg and the priors need of the text.
    pub features: Features,
    /// What the caller attaches; the index never looks at it.
    pub payload: P,
}

/// An entry in the index. Its vector and features stand in the arrays that are searched, once:
/// [`crate::Index::entry`] puts the whole together again.
#[derive(Clone, PartialEq)]
pub struct Kept<P> {
    /// The attributes that filters and ranking read; `facets.id` is the entry's key.
    pub facets: Facets,
    /// What the caller attached.
    pub payload: P,
}

impl<P> Kept<P> {
    /// Bytes of facets on the heap.
    pub(crate) fn heap(facets: &Facets) -> usize {
        let label = |label: &Option<String>| label.as_ref().map_or(0, String::len);
        let tags: usize = facets
            .tags
            .iter()
            .map(|tag| tag.len() + size_of::<String>())
            .sum();
        let metadata = match facets.metadata.as_str() {
            "{}" => 0,
            text => text.len(),
        };
        tags + metadata + label(&facets.speaker) + label(&facets.conversation)
    }
}

impl<P> fmt::Debug for Entry<P> {
    /// The id alone: content, labels and vectors do not belong into logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Entry")
            .field("id", &self.facets.id)
            .finish_non_exhaustive()
    }
}

impl<P> fmt::Debug for Kept<P> {
    /// The id alone: labels do not belong into logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Kept")
            .field("id", &self.facets.id)
            .finish_non_exhaustive()
    }
}
