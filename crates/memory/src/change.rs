//! Changes a memory: the next version takes the place of the one before.

use std::sync::Arc;

use anchorhold_identity::{Scope, Write};
use anchorhold_index::Quantized;
use anchorhold_model::{Change, Changes, Memory, RecordId, Timestamp};

use crate::audited::Deed;
use crate::body::Body;
use crate::codec::{self, Stored};
use crate::resident::Resident;
use crate::vectors::Text;
use crate::{Engine, Error};

impl Engine {
    /// Changes what is named and leaves the rest. With `if_match` only that version is changed.
    pub fn change(
        &self,
        scope: Option<&Scope<Write>>,
        id: RecordId,
        changes: Changes,
        if_match: Option<u64>,
    ) -> Result<Memory, Error> {
        let scope = scope.ok_or(Error::MemoryNotFound)?;
        let now = self.clock.now();
        let resident = self.resident(&scope.narrow())?;
        let _claim = resident.claim(vec![id], self.settings.busy_wait)?;
        // As it is now that no other write is busy with it.
        let resident = self.resident(&scope.narrow())?;
        let body = {
            let index = resident.index()?;
            let entry = index.get(&id).filter(|entry| !entry.facets.is_expired(now));
            entry
                .map(|entry| Arc::clone(&entry.payload))
                .ok_or(Error::MemoryNotFound)?
        };
        if if_match.is_some_and(|version| version != body.version()) {
            return Err(Error::VersionConflict);
        }
        let before = self.open_stored(&scope.narrow(), &resident, (id, body))?;
        let after = self.changed(scope, before, changes, now)?;
        let text = (after.content.as_str(), &after.facets.metadata);
        let _room = self.check_room(scope, &resident, 0, [text])?;
        let deed = Deed {
            actor: scope.actor(),
            verb: "change",
            namespace: Some(scope.namespace()),
            records: 1,
        };
        let commit = || self.commit_change(scope, &resident, after, now);
        let (memory, _) = self
            .audited(&deed, commit)
            .inspect_err(|_| self.on_failure(scope))?;
        Ok(memory)
    }

    /// The next version; the vector is made anew only when the text changes, by the model of the
    /// one before.
    fn changed(
        &self,
        scope: &Scope<Write>,
        before: Stored,
        changes: Changes,
        now: Timestamp,
    ) -> Result<Stored, Error> {
        let space = before.space();
        let Stored {
            mut facets,
            mut content,
            mut vector,
            model,
            ..
        } = before;
        facets.version += 1;
        facets.updated_at = now;
        facets.memory_type = changes.memory_type.unwrap_or(facets.memory_type);
        facets.importance = changes.importance.unwrap_or(facets.importance);
        facets.tags = changes.tags.unwrap_or(facets.tags);
        facets.metadata = changes.metadata.unwrap_or(facets.metadata);
        facets.event_time = changes.event_time.apply(facets.event_time);
        facets.expires_at = match changes.ttl_seconds {
            Change::Keep => facets.expires_at,
            Change::Clear => None,
            Change::Set(seconds) => Some(now.plus_seconds(seconds)),
        };
        let new_text = changes.content.is_some();
        content = changes.content.unwrap_or(content);
        if new_text || changes.vector.is_some() {
            let text = Text {
                text: content.as_str(),
                vector: changes.vector.as_ref(),
            };
            let made = self.vector(&scope.narrow(), space, text)?;
            vector = Quantized::from_f32(&made.vector);
        }
        let features = self.features(&facets, content.as_str());
        Ok(Stored {
            facets,
            content,
            vector,
            features,
            model,
        })
    }

    fn commit_change(
        &self,
        scope: &Scope<Write>,
        resident: &Arc<Resident>,
        after: Stored,
        now: Timestamp,
    ) -> Result<Memory, Error> {
        let plain = codec::encode(&after);
        let appended = self.append(scope, resident, vec![plain].into(), now)?;
        let memory = Memory {
            facets: after.facets.clone(),
            content: after.content.clone(),
        };
        let sealed = appended
            .sealed
            .into_iter()
            .next()
            .ok_or(Error::OutcomeUnknown)?;
        let space = after.space();
        resident.insert(vec![after.into_entry(Body::of(sealed))], space)?;
        self.shown(scope.namespace(), resident, appended.head);
        Ok(memory)
    }
}
