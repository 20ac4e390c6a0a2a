//! One live memory as the index holds it.

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

impl<P> Entry<P> {
    /// Bytes of this entry in memory, without what the payload holds on the heap.
    pub(crate) fn bytes(&self) -> usize {
        let facets = &self.facets;
        let label = |label: &Option<String>| label.as_ref().map_or(0, String::len);
        let tags: usize = facets
            .tags
            .iter()
            .map(|tag| tag.len() + size_of::<String>())
            .sum();
        size_of::<Self>()
            + self.vector.values().len()
            + self.features.terms.hashes().len() * (size_of::<u32>() + size_of::<u8>())
            + tags
            + facets.metadata.as_str().len()
            + label(&facets.speaker)
            + label(&facets.conversation)
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
