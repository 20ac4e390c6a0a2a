//! Gives everything a namespace holds, in the order of arrival, piece by piece.

use std::sync::Arc;

use anchorhold_identity::{Read, Scope};
use anchorhold_index::Quantized;
use anchorhold_model::{Memory, Place, RecordId};
use anchorhold_store::{Act, Intent, Outcome, Sealed};

use crate::body::Payload;
use crate::resident::Resident;
use crate::{Engine, Error, codec};

/// Memories of one piece, at most.
const PIECE_MEMORIES: usize = 32;

/// One memory with what recall needs of it.
pub struct Exported {
    /// The memory.
    pub memory: Memory,
    /// The vector of its text.
    pub vector: Quantized,
}

/// Some memories of one namespace.
pub struct ExportPiece {
    /// Where they are kept.
    pub place: Place,
    /// The name of the model that made the vectors, if it is configured here.
    pub model: Option<String>,
    /// The memories, oldest first.
    pub memories: Vec<Exported>,
}

/// An export that is under way: an iterator over its pieces, which ends at its first error. Each
/// namespace is read as it stood when its turn came, whatever is written meanwhile,
/// and each is an entry of its own in the audit log.
pub struct Export {
    engine: Arc<Engine>,
    /// What is still to come, in order.
    scopes: std::vec::IntoIter<Scope<Read>>,
    section: Option<Section>,
    memories: Option<usize>,
    model: Option<(String, usize)>,
}

/// One namespace of an export.
struct Section {
    engine: Arc<Engine>,
    scope: Scope<Read>,
    /// Keeps what was found findable, whatever is removed meanwhile.
    resident: Arc<Resident>,
    found: std::vec::IntoIter<(RecordId, Payload)>,
    model: Option<String>,
    dimension: Option<usize>,
    /// Without an outcome as long as something is left.
    intent: Option<Intent>,
}

impl Engine {
    /// Exports the namespaces of these scopes one after the other. The first is taken as it stands
    /// now, each of the others when its turn comes.
    pub fn export(self: &Arc<Self>, scopes: Vec<Scope<Read>>) -> Result<Export, Error> {
        let is_one = scopes.len() <= 1;
        let mut scopes = scopes.into_iter();
        let first = scopes.next().map(|scope| Section::begin(self, scope));
        let section = first.transpose()?;
        let count = section
            .as_ref()
            .map_or(0, |section| section.found.as_slice().len());
        let model = section
            .as_ref()
            .and_then(|section| section.model.clone().zip(section.dimension));
        Ok(Export {
            engine: Arc::clone(self),
            scopes,
            section,
            memories: is_one.then_some(count),
            model,
        })
    }
}

impl Export {
    /// The model that made the vectors of the first namespace, and how many numbers each has; `None`
    /// when nothing is kept there.
    pub fn model(&self) -> Option<(&str, usize)> {
        let (model, dimension) = self.model.as_ref()?;
        Some((model, *dimension))
    }

    /// How many memories come in all, if it is one namespace.
    pub const fn memories(&self) -> Option<usize> {
        self.memories
    }

    /// The next piece; `None` at the end.
    fn piece(&mut self) -> Result<Option<ExportPiece>, Error> {
        loop {
            let section = match &mut self.section {
                Some(section) => section,
                None => match self.scopes.next() {
                    Some(scope) => {
                        let section = Section::begin(&self.engine, scope)?;
                        self.section.insert(section)
                    }
                    None => return Ok(None),
                },
            };
            let piece = section.piece()?;
            if section.found.as_slice().is_empty() {
                section.settle(Outcome::Done);
                self.section = None;
            }
            if !piece.memories.is_empty() {
                return Ok(Some(piece));
            }
        }
    }
}

impl Iterator for Export {
    type Item = Result<ExportPiece, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let piece = self.piece();
        if let Err(error) = &piece {
            if let Some(section) = &mut self.section {
                let reason = crate::audited::reason(error);
                section.settle(Outcome::Failed { reason });
            }
            self.section = None;
            self.scopes = Vec::new().into_iter();
        }
        piece.transpose()
    }
}

impl Section {
    /// Takes the namespace as it stands: one read lock, and no body.
    fn begin(engine: &Arc<Engine>, scope: Scope<Read>) -> Result<Self, Error> {
        let now = engine.clock.now();
        let resident = engine.resident(&scope)?;
        let (found, space): (Vec<_>, _) = {
            let index = resident.index()?;
            let space = resident.space(&index, now);
            let live = index
                .entries()
                .filter(|entry| !entry.facets.is_expired(now));
            let found = live.map(|entry| (entry.facets.id, Arc::clone(&entry.payload)));
            (found.collect(), space)
        };
        let model = space.and_then(|space| engine.embedders.name(space));
        let intent = engine.store.audit().intent(&Act {
            actor: scope.actor(),
            verb: "export",
            namespace: Some(scope.namespace()),
            records: u64::try_from(found.len()).unwrap_or(u64::MAX),
        })?;
        Ok(Self {
            engine: Arc::clone(engine),
            scope,
            model: model.map(str::to_owned),
            dimension: space.map(|space| space.dimension),
            resident,
            found: found.into_iter(),
            intent: Some(intent),
        })
    }

    fn piece(&mut self) -> Result<ExportPiece, Error> {
        let vault = self.engine.store.vault();
        // A key that was revoked, or a user who was erased, since the piece before.
        vault.check(&self.scope)?;
        let found: Vec<_> = self.found.by_ref().take(PIECE_MEMORIES).collect();
        let sealed = if found.is_empty() {
            Vec::new()
        } else {
            self.engine
                .fetch_once(&self.scope, &self.resident, &found)?
        };
        let open = |sealed: &Sealed| {
            let parts = vault.open(&self.scope, sealed)?;
            let opened = codec::decode(&parts, sealed.id, sealed.version)?;
            Ok(Exported {
                vector: opened.vector.clone(),
                memory: opened.into_memory(),
            })
        };
        Ok(ExportPiece {
            place: self.scope.address().place.clone(),
            model: self.model.clone(),
            memories: sealed.iter().map(open).collect::<Result<_, Error>>()?,
        })
    }

    /// Says once how it ended.
    fn settle(&mut self, outcome: Outcome) {
        let Some(intent) = self.intent.take() else {
            return;
        };
        if let Err(error) = self.engine.store.audit().outcome(intent, outcome) {
            tracing::warn!(%error, "an outcome was not written to the audit log");
        }
    }
}

impl Drop for Section {
    /// Nobody asked for the rest.
    fn drop(&mut self) {
        self.settle(Outcome::Failed { reason: "cut" });
    }
}
