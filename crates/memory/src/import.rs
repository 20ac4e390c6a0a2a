//! Takes memories that were exported: as they were, with their ids, times and order.

use std::collections::BTreeMap;
use std::sync::Arc;

use anchorhold_identity::{Scope, Write};
use anchorhold_index::Quantized;
use anchorhold_model::{Content, Draft, Facets, NamespaceId, RecordId, Timestamp};
use anchorhold_store::Batch;

use crate::audited::Deed;
use crate::body::Body;
use crate::codec::{self, Stored};
use crate::embedders::{Maker, Space};
use crate::resident::Resident;
use crate::vectors::Text;
use crate::{Engine, Error};

/// The largest place in the order of arrival that is taken over; the namespace's own places go on
/// behind it for as long as anybody writes.
const ORDINAL_MAX: u64 = 1 << 53;
/// How far the length of a vector may be from 1.
const LENGTH_DIFFERENCE_MAX: f64 = 0.1;

/// A memory that comes from elsewhere. What is absent is as if it were kept now.
#[derive(Clone)]
pub struct Arrival {
    /// The memory; its time to live is not read.
    pub draft: Draft,
    /// The version it had.
    pub version: u64,
    /// Its place in the order of arrival.
    pub ordinal: Option<u64>,
    /// When it was stored.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// From when on it is gone.
    pub expires_at: Option<Timestamp>,
    /// The vector of its text, and the model that made it. It is believed when it can be one of
    /// the namespace's model; otherwise the text is embedded.
    pub vector: Option<ForeignVector>,
}

/// A vector as an export carries it.
#[derive(Clone)]
pub struct ForeignVector {
    /// The name of the model.
    pub model: String,
    /// What one step of a value stands for.
    pub scale: f32,
    /// The values.
    pub values: Vec<i8>,
}

/// What became of an arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// It is kept now.
    Kept,
    /// It was there already, with the same content, or its time was over.
    Skipped,
}

/// An arrival that will be kept.
struct Coming {
    /// Among all arrivals of the batch.
    position: usize,
    arrival: Arrival,
    version: u64,
    vector: Option<Quantized>,
}

impl Coming {
    fn text(&self) -> &str {
        self.arrival.draft.content.as_str()
    }
}

/// A batch, judged.
struct Sifted {
    results: Results,
    coming: Vec<Coming>,
    /// Arrivals that are the same as an earlier one: the position of that, and their own.
    again: Vec<(usize, usize)>,
}

impl Sifted {
    /// What has no vector does not come, and neither does what was the same.
    fn give(&mut self, vectors: Vec<Result<Quantized, Error>>) {
        for (one, vector) in self.coming.iter_mut().zip(vectors) {
            match vector {
                Ok(vector) => one.vector = Some(vector),
                Err(error) => {
                    let same = self
                        .again
                        .iter()
                        .filter(|(first, _)| *first == one.position);
                    for position in same.map(|(_, own)| *own).chain([one.position]) {
                        if let Some(result) = self.results.get_mut(position) {
                            *result = Err(error.clone());
                        }
                    }
                }
            }
        }
        self.coming.retain(|one| one.vector.is_some());
    }
}

type Results = Vec<Result<Imported, Error>>;

impl Engine {
    /// Keeps up to a hundred arrivals in one commit; each is judged on its own. An id that is taken
    /// is skipped when the content is the same, so an import that was cut may be sent again, and
    /// [`Error::IdConflict`] when it is not. After an error of the whole nothing was kept.
    pub fn import(&self, scope: &Scope<Write>, arrivals: Vec<Arrival>) -> Result<Results, Error> {
        self.import_while(scope, arrivals, &|| true)
    }

    /// As [`Engine::import`], for as long as somebody waits: once `is_awaited` says no, no further
    /// text is embedded and nothing is kept. A commit that has begun is never cut.
    pub fn import_while(
        &self,
        scope: &Scope<Write>,
        arrivals: Vec<Arrival>,
        is_awaited: &dyn Fn() -> bool,
    ) -> Result<Results, Error> {
        self.import_from(None, scope, arrivals, is_awaited)
    }

    /// As [`Engine::import`]. From a namespace of this server nothing is kept unless everything is, and
    /// only while that namespace is there.
    pub(crate) fn import_from(
        &self,
        source: Option<NamespaceId>,
        scope: &Scope<Write>,
        arrivals: Vec<Arrival>,
        is_awaited: &dyn Fn() -> bool,
    ) -> Result<Results, Error> {
        // What is judged below tells what is here.
        self.check(scope)?;
        let now = self.clock.now();
        let (resident, writing) = self.writing(scope)?;
        let space = writing.space;
        let ids = arrivals.iter().filter_map(|arrival| arrival.draft.id);
        // Held until the new entries are shown: no other write sees an id half-way.
        let _claim = resident.claim(ids.collect(), self.settings.busy_wait)?;
        let mut sifted = self.sift(scope, &resident, space, arrivals, now)?;
        let drafts = sifted.coming.iter().map(|one| &one.arrival.draft);
        let texts = drafts.map(|draft| (draft.content.as_str(), &draft.metadata));
        let _room = self.check_room(scope, &resident, sifted.coming.len(), texts)?;
        let vectors = self.vectors_of(scope, space, &sifted.coming, is_awaited)?;
        sifted.give(vectors);
        let Sifted {
            results, coming, ..
        } = sifted;
        let refused = results.iter().find_map(|result| result.as_ref().err());
        if let Some(error) = refused.filter(|_| source.is_some()) {
            return Err(error.clone());
        }
        if coming.is_empty() {
            // What is there already is answered like what was just kept: it is durable.
            self.store.vault().settled(scope)?;
            return Ok(results);
        }
        let deed = Deed {
            actor: scope.actor(),
            verb: "import",
            namespace: Some(scope.namespace()),
            records: coming.len(),
        };
        let commit = || self.commit_coming(scope, &resident, (space, source), coming, now);
        self.audited(&deed, commit)
            .inspect_err(|_| self.on_failure(scope))?;
        Ok(results)
    }

    /// Tells what comes from what is skipped or refused.
    fn sift(
        &self,
        scope: &Scope<Write>,
        resident: &Resident,
        space: Space,
        arrivals: Vec<Arrival>,
        now: Timestamp,
    ) -> Result<Sifted, Error> {
        let mut seen: BTreeMap<RecordId, (usize, Content)> = BTreeMap::new();
        let mut results = Vec::with_capacity(arrivals.len());
        let (mut coming, mut again) = (Vec::new(), Vec::new());
        for arrival in arrivals {
            let version = match arrival.draft.id {
                Some(id) => match seen.get(&id) {
                    Some((first, earlier)) => {
                        let known = same_or_conflict(earlier, &arrival);
                        if known.is_ok() {
                            again.push((*first, results.len()));
                        }
                        Err(known)
                    }
                    None => self.version_of(scope, resident, id, &arrival, now)?,
                },
                None => Ok(arrival.version),
            };
            let is_over = arrival.expires_at.is_some_and(|expiry| expiry <= now);
            results.push(match version {
                Err(known) => known,
                Ok(_) if is_over => Ok(Imported::Skipped),
                Ok(version) => {
                    if let Some(id) = arrival.draft.id {
                        seen.insert(id, (results.len(), arrival.draft.content.clone()));
                    }
                    let vector = arrival.vector.as_ref();
                    let vector = vector.and_then(|vector| self.believed(space, vector));
                    coming.push(Coming {
                        position: results.len(),
                        arrival,
                        version,
                        vector,
                    });
                    Ok(Imported::Kept)
                }
            });
        }
        Ok(Sifted {
            results,
            coming,
            again,
        })
    }

    /// The version at which an arrival comes in, or what becomes of one whose id is taken.
    fn version_of(
        &self,
        scope: &Scope<Write>,
        resident: &Resident,
        id: RecordId,
        arrival: &Arrival,
        now: Timestamp,
    ) -> Result<Result<u64, Result<Imported, Error>>, Error> {
        Ok(match resident.live(&id, now)? {
            // The id of one that is over is free.
            None => Ok(arrival.version),
            Some(body) => {
                let here = self.open_memory(&scope.narrow(), resident, (id, body))?;
                Err(same_or_conflict(&here.content, arrival))
            }
        })
    }

    /// A vector that the model of the namespace may have made: the right length, at full scale, and
    /// of length 1 unless the application made it. What its text means cannot be told from it.
    fn believed(&self, space: Space, vector: &ForeignVector) -> Option<Quantized> {
        let maker = self.embedders.maker(space)?;
        let largest = vector.values.iter().map(|value| value.unsigned_abs()).max();
        let is_whole = self.embedders.name(space) == Some(&vector.model)
            && vector.values.len() == space.dimension
            && largest == Some(127);
        let squares = vector.values.iter().map(|&value| f64::from(value).powi(2));
        let length = squares.sum::<f64>().sqrt() * f64::from(vector.scale);
        let is_unit = (length - 1.0).abs() <= LENGTH_DIFFERENCE_MAX;
        let fits = is_whole && (is_unit || matches!(maker, Maker::Caller));
        let values = vector.values.as_slice().into();
        let quantized = || Quantized::from_stored(vector.scale, values).ok();
        fits.then(quantized).flatten()
    }

    /// A vector for each, made where none is believed, or why there is none.
    fn vectors_of(
        &self,
        scope: &Scope<Write>,
        space: Space,
        coming: &[Coming],
        is_awaited: &dyn Fn() -> bool,
    ) -> Result<Vec<Result<Quantized, Error>>, Error> {
        let without = coming.iter().filter(|one| one.vector.is_none());
        let text = |one| Text {
            text: Coming::text(one),
            vector: None,
        };
        let texts: Vec<Text<'_>> = without.map(text).collect();
        let mut made = if texts.is_empty() {
            Vec::new()
        } else {
            self.vectors(&scope.narrow(), space, &texts, is_awaited)?
        }
        .into_iter();
        let vector = |one: &Coming| match &one.vector {
            Some(vector) => Ok(vector.clone()),
            None => match made.next() {
                Some(made) => made.map(|embedding| Quantized::from_f32(&embedding.vector)),
                None => Err(Error::Overloaded),
            },
        };
        Ok(coming.iter().map(vector).collect())
    }

    fn commit_coming(
        &self,
        scope: &Scope<Write>,
        resident: &Arc<Resident>,
        (space, source): (Space, Option<NamespaceId>),
        coming: Vec<Coming>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut stored = Vec::with_capacity(coming.len());
        for one in coming {
            let facets = self.facets_of(scope, resident, &one, now)?;
            let Some(vector) = one.vector else { continue };
            let content = one.arrival.draft.content;
            let features = self.features(&facets, content.as_str());
            stored.push(Stored {
                facets,
                content,
                vector,
                features,
                model: space.model,
            });
        }
        let plain = stored.iter().map(codec::encode);
        let batch = Batch {
            records: plain.collect(),
            moved: true,
            source,
            ..Batch::default()
        };
        let appended = self.append(scope, resident, batch, now)?;
        let entries = stored
            .into_iter()
            .zip(appended.sealed)
            .map(|(one, sealed)| one.into_entry(Body::left_on_disk(&sealed)));
        resident.insert(entries.collect(), space)?;
        self.shown(scope.namespace(), resident, appended.head);
        Ok(())
    }

    fn facets_of(
        &self,
        scope: &Scope<Write>,
        resident: &Resident,
        one: &Coming,
        now: Timestamp,
    ) -> Result<Facets, Error> {
        let Coming {
            arrival, version, ..
        } = one;
        let draft = &arrival.draft;
        // IMPORTANT: an id is made of a place that nobody else has, never of one that a line names:
        // it could be the id of what is here.
        let (id, own) = match draft.id {
            Some(id) => (id, None),
            None => {
                let own = resident.next_ordinal();
                (self.store.vault().record_id(scope, now, own)?, Some(own))
            }
        };
        let ordinal = match arrival.ordinal {
            Some(ordinal) => resident.reach(ordinal.min(ORDINAL_MAX)),
            None => own.unwrap_or_else(|| resident.next_ordinal()),
        };
        let created_at = arrival.created_at.unwrap_or(now);
        Ok(Facets {
            id,
            version: *version,
            ordinal,
            memory_type: draft.memory_type,
            importance: draft.importance,
            tags: draft.tags.clone(),
            metadata: draft.metadata.clone(),
            speaker: draft.speaker.clone(),
            conversation: draft.conversation.clone(),
            event_time: draft.event_time,
            created_at,
            updated_at: arrival.updated_at.unwrap_or(created_at),
            expires_at: arrival.expires_at,
        })
    }
}

/// What becomes of an arrival whose id is taken.
fn same_or_conflict(here: &Content, arrival: &Arrival) -> Result<Imported, Error> {
    if *here == arrival.draft.content {
        Ok(Imported::Skipped)
    } else {
        Err(Error::IdConflict)
    }
}
