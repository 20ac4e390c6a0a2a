//! Memories of one namespace into another one: all of them in one commit, or none.
//!
//! INVARIANT: to carry the same memories twice adds nothing: each has one id there, its own or one that is
//! computed from it, and what stands under it is the same memory or nothing.

use std::collections::BTreeSet;

use anchorhold_crypto::sha256;
use anchorhold_identity::{Read, Scope, Write};
use anchorhold_model::{Draft, Memory, Metadata, RecordId};

use crate::body::Payload;
use crate::resident::Resident;
use crate::{Arrival, Engine, Error, Exported, ForeignVector, Imported, codec};

/// Ids that are tried for a memory whose own one is taken.
const IDS_MAX: u8 = 16;

/// What became of memories that were carried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Carried {
    /// Those that were not there before.
    pub(crate) kept: u64,
    /// Those that were there already, the same in everything.
    pub(crate) present: u64,
    /// Under which ids they are there.
    pub(crate) ids: Vec<RecordId>,
}

/// What the metadata of a memory is there.
type Marking<'a> = dyn Fn(&Metadata) -> Result<Metadata, Error> + 'a;

impl Engine {
    /// These memories in clear, with their vectors.
    pub(crate) fn opened(
        &self,
        scope: &Scope<Read>,
        resident: &Resident,
        found: &[(RecordId, Payload)],
    ) -> Result<Vec<Exported>, Error> {
        let open = |sealed: &anchorhold_store::Sealed| {
            let parts = self.store.vault().open(scope, sealed)?;
            let opened = codec::decode(&parts, sealed.id, sealed.version)?;
            Ok(Exported {
                vector: opened.vector.clone(),
                memory: opened.into_memory(),
            })
        };
        let sealed = self.fetch_once(scope, resident, found)?;
        sealed.iter().map(open).collect()
    }

    /// Keeps memories of one namespace in another one, in one commit and in this order. One whose id stands
    /// for another memory there gets an id of its own.
    pub(crate) fn carry(
        &self,
        (from, here): (&Scope<Read>, &Resident),
        to: &Scope<Write>,
        memories: &[Exported],
        (marking, is_awaited): (&Marking<'_>, &dyn Fn() -> bool),
    ) -> Result<Carried, Error> {
        let there = self.resident(&to.narrow())?;
        let model = {
            let space = here.space(&*here.index()?, self.clock.now());
            space.and_then(|space| self.embedders.name(space).map(str::to_owned))
        };
        let mut taken = BTreeSet::new();
        let mut ids = Vec::with_capacity(memories.len());
        let mut arrivals = Vec::with_capacity(memories.len());
        for one in memories {
            let metadata = marking(&one.memory.facets.metadata)?;
            let mut arrival = arrival(one, metadata, model.as_deref());
            let id = self.free_id(from, (to, &there), &arrival, &taken)?;
            arrival.draft.id = Some(id);
            taken.insert(id);
            ids.push(id);
            arrivals.push(arrival);
        }
        let source = Some(from.namespace());
        let results = self.import_from(source, to, arrivals, is_awaited)?;
        let mut carried = Carried {
            ids,
            ..Carried::default()
        };
        for result in results {
            match result? {
                Imported::Kept => carried.kept += 1,
                Imported::Skipped => carried.present += 1,
            }
        }
        Ok(carried)
    }

    /// An id under which nothing else is kept there.
    fn free_id(
        &self,
        from: &Scope<Read>,
        (to, there): (&Scope<Write>, &Resident),
        arrival: &Arrival,
        taken: &BTreeSet<RecordId>,
    ) -> Result<RecordId, Error> {
        let now = self.clock.now();
        let own = arrival.draft.id.ok_or(Error::IdConflict)?;
        let others = (0..IDS_MAX).map(|number| own_id(from, own, number));
        for id in std::iter::once(own).chain(others) {
            if taken.contains(&id) {
                continue;
            }
            let Some(body) = there.live(&id, now)? else {
                return Ok(id);
            };
            if is_same(&self.open_memory(&to.narrow(), there, (id, body))?, arrival) {
                return Ok(id);
            }
        }
        Err(Error::IdConflict)
    }
}

/// The same ones at every attempt.
fn own_id(from: &Scope<Read>, id: RecordId, number: u8) -> RecordId {
    let namespace = from.namespace();
    let parts = [namespace.as_bytes().as_slice(), id.as_bytes(), &[number]];
    let hash = sha256(&parts.concat());
    let mut bytes = [0; 16];
    for (byte, hashed) in bytes.iter_mut().zip(hash) {
        *byte = hashed;
    }
    // A UUID of version 8 (RFC 9562).
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
    *version = *version & 0x0f | 0x80;
    *variant = *variant & 0x3f | 0x80;
    RecordId::from_bytes(bytes)
}

/// Whether what is kept there says all that the arrival says.
fn is_same(there: &Memory, arrival: &Arrival) -> bool {
    let (facets, draft) = (&there.facets, &arrival.draft);
    there.content == draft.content
        && facets.memory_type == draft.memory_type
        && facets.importance == draft.importance
        && facets.tags == draft.tags
        && facets.metadata == draft.metadata
        && facets.event_time == draft.event_time
        && facets.speaker == draft.speaker
        && facets.conversation == draft.conversation
        && facets.expires_at == arrival.expires_at
}

fn arrival(one: &Exported, metadata: Metadata, model: Option<&str>) -> Arrival {
    let Memory { facets, content } = &one.memory;
    // What is told of it in another way is another memory, at its first version.
    let version = if metadata == facets.metadata {
        facets.version
    } else {
        1
    };
    Arrival {
        draft: Draft {
            id: Some(facets.id),
            content: content.clone(),
            memory_type: facets.memory_type,
            importance: facets.importance,
            tags: facets.tags.clone(),
            metadata,
            event_time: facets.event_time,
            ttl_seconds: None,
            speaker: facets.speaker.clone(),
            conversation: facets.conversation.clone(),
            vector: None,
        },
        version,
        ordinal: None,
        created_at: Some(facets.created_at),
        updated_at: Some(facets.updated_at),
        expires_at: facets.expires_at,
        vector: model.map(|model| ForeignVector {
            model: model.to_owned(),
            scale: one.vector.scale(),
            values: one.vector.values().to_vec(),
        }),
    }
}
