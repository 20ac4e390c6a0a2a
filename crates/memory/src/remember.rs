//! Keeps memories: embed, intent, seal and commit, show, outcome.

use std::collections::BTreeMap;
use std::sync::Arc;

use anchorhold_embed::Embedding;
use anchorhold_identity::{Scope, Write};
use anchorhold_index::{Document, Quantized, analyse};
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{Draft, Facets, Memory, NamespaceId, RecordId, Timestamp};
use anchorhold_store::Head;

use crate::audited::Deed;
use crate::body::Body;
use crate::codec::{self, Stored};
use crate::embedders::Space;
use crate::resident::Resident;
use crate::vectors::Text;
use crate::{Engine, Error};

/// A memory that is kept.
#[derive(Clone)]
pub struct Remembered {
    /// The memory as it is stored.
    pub memory: Memory,
    /// It was stored before, by a request with the same id and content.
    pub replayed: bool,
    /// In how many windows the text was embedded; 1 for a short one.
    pub windows: usize,
}

/// What will become of one draft of a batch.
enum Plan {
    /// It is new, and waiting for its commit.
    New {
        draft: Draft,
        /// `None` until it is embedded.
        embedding: Option<Embedding>,
    },
    /// It is there already.
    Kept(Box<Remembered>),
    /// The same as an earlier draft of this batch, by position.
    Again(usize),
    /// It is refused.
    Refused(Error),
}

impl Plan {
    /// What is to be kept, if it is new.
    const fn draft(&self) -> Option<&Draft> {
        match self {
            Self::New { draft, .. } => Some(draft),
            Self::Kept(_) | Self::Again(_) | Self::Refused(_) => None,
        }
    }
}

impl Engine {
    /// Keeps one memory. A draft with an id that is taken is a replay when the content is the
    /// same, and [`Error::IdConflict`] when it is not.
    pub fn remember(&self, scope: &Scope<Write>, draft: Draft) -> Result<Remembered, Error> {
        let results = self.remember_as("remember", scope, vec![draft], &|| true);
        results.into_iter().next().unwrap_or(Err(Error::Overloaded))
    }

    /// Keeps many memories in one commit; each is judged on its own, in the caller's order.
    pub fn remember_batch(
        &self,
        scope: &Scope<Write>,
        drafts: Vec<Draft>,
    ) -> Vec<Result<Remembered, Error>> {
        self.remember_batch_while(scope, drafts, &|| true)
    }

    /// As [`Engine::remember_batch`], for as long as somebody waits: once `is_awaited` says no, no
    /// further text is embedded and nothing is kept. A commit that has begun is never cut.
    pub fn remember_batch_while(
        &self,
        scope: &Scope<Write>,
        drafts: Vec<Draft>,
        is_awaited: &dyn Fn() -> bool,
    ) -> Vec<Result<Remembered, Error>> {
        self.remember_as("remember_batch", scope, drafts, is_awaited)
    }

    pub(crate) fn remember_as(
        &self,
        verb: &'static str,
        scope: &Scope<Write>,
        drafts: Vec<Draft>,
        is_awaited: &dyn Fn() -> bool,
    ) -> Vec<Result<Remembered, Error>> {
        let count = drafts.len();
        match self.remember_planned(verb, scope, drafts, is_awaited) {
            Ok(results) => results,
            // One commit carries them all, so its failure is everybody's.
            Err(error) => std::iter::repeat_with(|| Err(error.clone()))
                .take(count)
                .collect(),
        }
    }

    fn remember_planned(
        &self,
        verb: &'static str,
        scope: &Scope<Write>,
        drafts: Vec<Draft>,
        is_awaited: &dyn Fn() -> bool,
    ) -> Result<Vec<Result<Remembered, Error>>, Error> {
        let now = self.clock.now();
        let (resident, writing) = self.writing(scope)?;
        // Held until the new entries are shown: no other write sees an id half-way.
        let ids = drafts.iter().filter_map(|draft| draft.id).collect();
        let _claim = resident.claim(ids, self.settings.busy_wait)?;
        let mut plans = self.plan(scope, &resident, drafts, now)?;
        let new = || plans.iter().filter_map(Plan::draft);
        let texts = new().map(|draft| (draft.content.as_str(), &draft.metadata));
        let _room = self.check_room(scope, &resident, new().count(), texts)?;
        self.embed_new(scope, writing.space, &mut plans, is_awaited)?;
        let records = plans
            .iter()
            .filter(|plan| matches!(plan, Plan::New { .. }))
            .count();
        if records == 0 {
            // What is there already is answered as kept, so it must be on the disk.
            self.store.vault().settled(scope)?;
            return Ok(settle(plans, Vec::new()));
        }
        let deed = Deed {
            actor: scope.actor(),
            verb,
            namespace: Some(scope.namespace()),
            records,
        };
        let commit = || self.commit_new(scope, &resident, writing.space, &plans, now);
        let (stored, _) = self
            .audited(&deed, commit)
            .inspect_err(|_| self.on_failure(scope))?;
        Ok(settle(plans, stored))
    }

    /// Judges every draft before anything is written.
    fn plan(
        &self,
        scope: &Scope<Write>,
        resident: &Resident,
        drafts: Vec<Draft>,
        now: Timestamp,
    ) -> Result<Vec<Plan>, Error> {
        let mut first_with: BTreeMap<RecordId, (usize, Box<str>)> = BTreeMap::new();
        let mut plans = Vec::with_capacity(drafts.len());
        for (position, draft) in drafts.into_iter().enumerate() {
            if let Some(id) = draft.id {
                let content: Box<str> = draft.content.as_str().into();
                if let Some((first, earlier)) = first_with.get(&id) {
                    let same = *earlier == content;
                    plans.push(if same {
                        Plan::Again(*first)
                    } else {
                        Plan::Refused(Error::IdConflict)
                    });
                    continue;
                }
                first_with.insert(id, (position, content));
                #[cfg(feature = "sabotage")]
                if sabotage::is(Bug::IdsTakenByOthers) && self.is_anywhere(&scope.narrow(), id) {
                    plans.push(Plan::Refused(Error::IdConflict));
                    continue;
                }
                // The id of one that is over is free.
                if let Some(body) = resident.live(&id, now)? {
                    let scope = scope.narrow();
                    plans.push(match self.open_memory(&scope, resident, (id, body))? {
                        memory if memory.content == draft.content => {
                            Plan::Kept(Box::new(Remembered {
                                memory,
                                replayed: true,
                                windows: 1,
                            }))
                        }
                        _ => Plan::Refused(Error::IdConflict),
                    });
                    continue;
                }
            }
            plans.push(Plan::New {
                draft,
                embedding: None,
            });
        }
        Ok(plans)
    }

    /// Embeds everything that is new in one go; a draft whose own vector does not fit is refused.
    fn embed_new(
        &self,
        scope: &Scope<Write>,
        space: Space,
        plans: &mut [Plan],
        is_awaited: &dyn Fn() -> bool,
    ) -> Result<(), Error> {
        let texts = plans.iter().filter_map(|plan| match plan {
            Plan::New { draft, .. } => Some(Text {
                text: draft.content.as_str(),
                vector: draft.vector.as_ref(),
            }),
            _ => None,
        });
        let texts: Vec<Text<'_>> = texts.collect();
        if texts.is_empty() {
            return Ok(());
        }
        let mut made = self
            .vectors(&scope.narrow(), space, &texts, is_awaited)?
            .into_iter();
        for plan in plans {
            if let Plan::New { embedding, .. } = plan {
                match made.next().unwrap_or(Err(Error::Overloaded)) {
                    Ok(vector) => *embedding = Some(vector),
                    Err(error) => *plan = Plan::Refused(error),
                }
            }
        }
        Ok(())
    }

    /// Seals and commits what is new, then shows it to readers.
    fn commit_new(
        &self,
        scope: &Scope<Write>,
        resident: &Arc<Resident>,
        space: Space,
        plans: &[Plan],
        now: Timestamp,
    ) -> Result<Vec<Memory>, Error> {
        let mut stored = Vec::new();
        for plan in plans {
            let Plan::New {
                draft,
                embedding: Some(embedding),
            } = plan
            else {
                continue;
            };
            let ordinal = resident.next_ordinal();
            let id = match draft.id {
                Some(id) => id,
                None => self.store.vault().record_id(scope, now, ordinal)?,
            };
            let facets = facets(draft, id, ordinal, now);
            let vector = Quantized::from_f32(&embedding.vector);
            stored.push(self.stored(facets, draft, vector, space.model));
        }
        let plain = stored.iter().map(codec::encode);
        let plain: Vec<_> = plain.collect();
        let appended = self.append(scope, resident, plain.into(), now)?;
        let memories = stored
            .iter()
            .map(|one| Memory {
                facets: one.facets.clone(),
                content: one.content.clone(),
            })
            .collect();
        let entries = stored
            .into_iter()
            .zip(appended.sealed)
            .map(|(one, sealed)| one.into_entry(Body::of(sealed)));
        resident.insert(entries.collect(), space)?;
        self.shown(scope.namespace(), resident, appended.head);
        Ok(memories)
    }

    fn stored(&self, facets: Facets, draft: &Draft, vector: Quantized, model: u32) -> Stored {
        let features = self.features(&facets, draft.content.as_str());
        Stored {
            facets,
            content: draft.content.clone(),
            vector,
            features,
            model,
        }
    }

    /// What the lexical leg and the priors need of a text.
    pub(crate) fn features(&self, facets: &Facets, text: &str) -> anchorhold_index::Features {
        let document = Document {
            text,
            speaker: facets.speaker.as_deref(),
            date: facets.event_time,
        };
        analyse(&document, self.settings.language)
    }

    /// Between a commit and its answer: no reader may go on with a resident that misses it, or
    /// that holds records as they were before the store sealed them again.
    pub(crate) fn shown(&self, namespace: NamespaceId, resident: &Arc<Resident>, head: Head) {
        if resident.is_behind(head) {
            self.residents.forget(namespace);
        } else {
            resident.caught_up(head);
            self.residents.confirm(namespace, resident);
        }
    }

    /// After a failed commit the resident may not be what is on disk, and has given out places that
    /// nobody took: it is read again.
    pub(crate) fn on_failure(&self, scope: &Scope<Write>) {
        self.residents.forget(scope.namespace());
    }
}

fn facets(draft: &Draft, id: RecordId, ordinal: u64, now: Timestamp) -> Facets {
    Facets {
        id,
        version: 1,
        ordinal,
        memory_type: draft.memory_type,
        importance: draft.importance,
        tags: draft.tags.clone(),
        metadata: draft.metadata.clone(),
        speaker: draft.speaker.clone(),
        conversation: draft.conversation.clone(),
        event_time: draft.event_time,
        created_at: now,
        updated_at: now,
        expires_at: draft.ttl_seconds.map(|seconds| now.plus_seconds(seconds)),
    }
}

/// Gives every draft its result, in the caller's order.
fn settle(plans: Vec<Plan>, stored: Vec<Memory>) -> Vec<Result<Remembered, Error>> {
    let mut stored = stored.into_iter();
    let mut results: Vec<Result<Remembered, Error>> = Vec::with_capacity(plans.len());
    for plan in plans {
        let result = match plan {
            Plan::Refused(error) => Err(error),
            Plan::Kept(remembered) => Ok(*remembered),
            Plan::Again(first) => match results.get(first) {
                Some(Ok(earlier)) => Ok(Remembered {
                    replayed: true,
                    ..earlier.clone()
                }),
                Some(Err(error)) => Err(error.clone()),
                None => Err(Error::IdConflict),
            },
            Plan::New { embedding, .. } => stored
                .next()
                .map(|memory| Remembered {
                    memory,
                    replayed: false,
                    windows: embedding.map_or(1, |embedding| embedding.windows),
                })
                .ok_or(Error::OutcomeUnknown),
        };
        results.push(result);
    }
    results
}
