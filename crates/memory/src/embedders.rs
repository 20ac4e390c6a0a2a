//! The embedders of this server, and which of them made the vectors of a namespace.
//!
//! Every record says by a number which model made its vector, and how long the vector is; both
//! together are a [`Space`]. So the model of a namespace is a function of its live records, and a
//! server finds it again for as long as it is configured.

use std::sync::Arc;

use anchorhold_embed::Embedder;
use anchorhold_model::{EmbedderName, EmbeddingPolicy};

/// What vectors must have in common to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Space {
    /// The number of the model.
    pub(crate) model: u32,
    /// Numbers in each vector.
    pub(crate) dimension: usize,
}

/// A number for the model that made a vector: FNV-1a of its name. It stands in every record.
fn model_number(model: &str) -> u32 {
    model.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// The model of vectors that an application makes. No embedder may have this name.
const CALLER: &str = "caller";

/// Who makes the vectors of a space.
#[derive(Clone, Copy)]
pub(crate) enum Maker<'a> {
    /// An embedder inside the house.
    House(&'a dyn Embedder),
    /// An embedder of another house.
    Remote(&'a dyn Embedder),
    /// The application.
    Caller,
}

/// The embedder inside the binary, and those of other houses.
pub struct Embedders {
    house: Arc<dyn Embedder>,
    remotes: Vec<(EmbedderName, Arc<dyn Embedder>)>,
}

/// Two embedders cannot be told apart by what stands in records. Give one another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two embedders have the same name, or names with the same number")]
pub struct Ambiguous;

impl Embedders {
    /// With one more embedder of another house.
    pub fn with(
        mut self,
        name: EmbedderName,
        remote: Arc<dyn Embedder>,
    ) -> Result<Self, Ambiguous> {
        let number = model_number(remote.model());
        let is_taken = number == model_number(CALLER)
            || number == model_number(self.house.model())
            || self
                .remotes
                .iter()
                .any(|(known, other)| *known == name || number == model_number(other.model()));
        if is_taken {
            return Err(Ambiguous);
        }
        self.remotes.push((name, remote));
        Ok(self)
    }

    /// The space that a policy chooses; `None` when its embedder is not configured.
    pub(crate) fn choice(&self, policy: &EmbeddingPolicy) -> Option<Space> {
        match policy {
            EmbeddingPolicy::Builtin => Some(space(&*self.house)),
            EmbeddingPolicy::Remote { embedder } => {
                let found = self.remotes.iter().find(|(name, _)| name == embedder);
                found.map(|(_, remote)| space(&**remote))
            }
            EmbeddingPolicy::Caller { dimension } => Some(Space {
                model: model_number(CALLER),
                dimension: dimension.get(),
            }),
        }
    }

    /// Whether the application makes the vectors of a space.
    pub(crate) fn is_caller(&self, space: Space) -> bool {
        matches!(self.maker(space), Some(Maker::Caller))
    }

    /// The name of the model of a space; `None` when it is not configured.
    pub(crate) fn name(&self, wanted: Space) -> Option<&str> {
        match self.maker(wanted)? {
            Maker::House(embedder) | Maker::Remote(embedder) => Some(embedder.model()),
            Maker::Caller => Some(CALLER),
        }
    }

    /// Who makes the vectors of a space; `None` when it is not configured.
    pub(crate) fn maker(&self, wanted: Space) -> Option<Maker<'_>> {
        if wanted.model == model_number(CALLER) {
            return Some(Maker::Caller);
        }
        if wanted == space(&*self.house) {
            return Some(Maker::House(&*self.house));
        }
        let mut remotes = self.remotes.iter().map(|(_, remote)| &**remote);
        remotes
            .find(|remote| wanted == space(*remote))
            .map(Maker::Remote)
    }
}

fn space(embedder: &dyn Embedder) -> Space {
    Space {
        model: model_number(embedder.model()),
        dimension: embedder.dimension(),
    }
}

impl From<Arc<dyn Embedder>> for Embedders {
    fn from(house: Arc<dyn Embedder>) -> Self {
        Self {
            house,
            remotes: Vec::new(),
        }
    }
}

impl<E: Embedder + 'static> From<Arc<E>> for Embedders {
    fn from(house: Arc<E>) -> Self {
        Self::from(house as Arc<dyn Embedder>)
    }
}
