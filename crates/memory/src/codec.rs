//! The summary of a stored memory: fields as `tag, length, value`, written by hand so that the
//! format on disk is exactly this file. The content is sealed beside it, as the text that it is.
//!
//! The first byte is the format version. A tag that this version does not know is an error: a
//! newer server wrote it, and dropping it would lose data. To add a field: a tag, one line in
//! `encode`, one in `decode`; never give a tag another meaning.

mod fields;

use std::sync::Arc;

use anchorhold_index::{Entry, Features, Quantized, Terms, Traits};
use anchorhold_model::{
    Content, Facets, Importance, Memory, MemoryType, Metadata, RecordId, Timestamp,
};
use anchorhold_store::{Kind, Parts, Plain};

use crate::Error;
use crate::body::{Body, Payload};
use crate::embedders::Space;
use fields::{Reader, Writer};

const FORMAT: u8 = 1;

/// A memory with all that the index needs, as it is stored.
pub(crate) struct Stored {
    pub(crate) facets: Facets,
    pub(crate) content: Content,
    pub(crate) vector: Quantized,
    pub(crate) features: Features,
    /// The number of the model that made the vector.
    pub(crate) model: u32,
}

/// What the index needs of a memory: all but the content.
pub(crate) struct Summary {
    pub(crate) facets: Facets,
    pub(crate) vector: Quantized,
    pub(crate) features: Features,
    /// The number of the model that made the vector.
    pub(crate) model: u32,
}

impl Summary {
    /// The entry of the index; the content stays sealed in the payload.
    pub(crate) fn into_entry(self, payload: Payload) -> Entry<Payload> {
        Entry {
            facets: self.facets,
            vector: self.vector,
            features: self.features,
            payload,
        }
    }

    /// Where the vector can be compared.
    pub(crate) fn space(&self) -> Space {
        Space {
            model: self.model,
            dimension: self.vector.values().len(),
        }
    }
}

impl Stored {
    /// The entry of the index of a memory that was just written.
    pub(crate) fn into_entry(self, body: Body) -> Entry<Payload> {
        let Self {
            facets,
            vector,
            features,
            ..
        } = self;
        Entry {
            facets,
            vector,
            features,
            payload: Arc::new(body),
        }
    }

    /// Where the vector can be compared.
    pub(crate) fn space(&self) -> Space {
        Space {
            model: self.model,
            dimension: self.vector.values().len(),
        }
    }

    /// The memory as its owner sees it.
    pub(crate) fn into_memory(self) -> Memory {
        Memory {
            facets: self.facets,
            content: self.content,
        }
    }
}

mod tag {
    pub(super) const MODEL: u8 = 1;
    pub(super) const ORDINAL: u8 = 2;
    pub(super) const TYPE: u8 = 3;
    pub(super) const IMPORTANCE: u8 = 4;
    pub(super) const TAG: u8 = 5;
    pub(super) const METADATA: u8 = 6;
    pub(super) const SPEAKER: u8 = 7;
    pub(super) const CONVERSATION: u8 = 8;
    pub(super) const EVENT_TIME: u8 = 9;
    pub(super) const CREATED_AT: u8 = 10;
    pub(super) const UPDATED_AT: u8 = 11;
    pub(super) const EXPIRES_AT: u8 = 12;
    pub(super) const SCALE: u8 = 13;
    pub(super) const VECTOR: u8 = 14;
    pub(super) const TERM_HASHES: u8 = 15;
    pub(super) const TERM_COUNTS: u8 = 16;
    pub(super) const TERM_WORDS: u8 = 17;
    pub(super) const TRAITS: u8 = 18;
    // 19 was the content.
}

/// The record to seal. The id and the version are bound from outside.
pub(crate) fn encode(stored: &Stored) -> Plain {
    Plain {
        id: stored.facets.id,
        version: stored.facets.version,
        kind: Kind::Memory,
        summary: encode_summary(stored).into(),
        content: stored.content.as_str().as_bytes().to_vec().into(),
    }
}

fn encode_summary(stored: &Stored) -> Vec<u8> {
    let Stored {
        facets,
        vector,
        features,
        model,
        ..
    } = stored;
    let mut writer = Writer::new(FORMAT, vector.values().len() + 512);
    writer.put(tag::MODEL, &model.to_le_bytes());
    writer.put(tag::ORDINAL, &facets.ordinal.to_le_bytes());
    let memory_type = MemoryType::ALL
        .iter()
        .position(|one| *one == facets.memory_type);
    writer.put(
        tag::TYPE,
        &[u8::try_from(memory_type.unwrap_or(0)).unwrap_or(0)],
    );
    writer.put(tag::IMPORTANCE, &facets.importance.value().to_le_bytes());
    for label in &facets.tags {
        writer.put(tag::TAG, label.as_bytes());
    }
    writer.put(tag::METADATA, facets.metadata.as_str().as_bytes());
    let texts = [
        (tag::SPEAKER, &facets.speaker),
        (tag::CONVERSATION, &facets.conversation),
    ];
    for (tag, text) in texts {
        if let Some(text) = text {
            writer.put(tag, text.as_bytes());
        }
    }
    let times = [
        (tag::EVENT_TIME, facets.event_time),
        (tag::CREATED_AT, Some(facets.created_at)),
        (tag::UPDATED_AT, Some(facets.updated_at)),
        (tag::EXPIRES_AT, facets.expires_at),
    ];
    for (tag, time) in times {
        if let Some(time) = time {
            writer.put(tag, &time.milliseconds().to_le_bytes());
        }
    }
    writer.put(tag::SCALE, &vector.scale().to_le_bytes());
    writer.put_all(
        tag::VECTOR,
        vector.values().iter().flat_map(|value| value.to_le_bytes()),
    );
    let Features { terms, traits } = features;
    writer.put_all(
        tag::TERM_HASHES,
        terms.hashes().iter().flat_map(|hash| hash.to_le_bytes()),
    );
    writer.put(tag::TERM_COUNTS, terms.counts());
    writer.put(tag::TERM_WORDS, &terms.words().to_le_bytes());
    let [low, high] = traits.words.to_le_bytes();
    writer.put(
        tag::TRAITS,
        &[
            u8::from(traits.question),
            u8::from(traits.temporal),
            low,
            high,
        ],
    );
    writer.finish()
}

/// Everything read so far; what must be there is checked at the end.
#[derive(Default)]
struct Fields {
    model: Option<u32>,
    ordinal: Option<u64>,
    memory_type: Option<MemoryType>,
    importance: Option<Importance>,
    tags: Vec<String>,
    metadata: Option<Metadata>,
    speaker: Option<String>,
    conversation: Option<String>,
    event_time: Option<Timestamp>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    scale: Option<f32>,
    vector: Option<Box<[i8]>>,
    hashes: Option<Box<[u32]>>,
    counts: Option<Box<[u8]>>,
    words: Option<u32>,
    traits: Option<Traits>,
}

/// Reads an opened record. The seal has vouched for its bytes, so a record that does not read was
/// written by another version of this program.
pub(crate) fn decode(parts: &Parts, id: RecordId, version: u64) -> Result<Stored, Error> {
    let Summary {
        facets,
        vector,
        features,
        model,
    } = decode_summary(parts.summary(), id, version)?;
    Ok(Stored {
        facets,
        content: decode_content(parts)?,
        vector,
        features,
        model,
    })
}

/// Reads the text of an opened record.
pub(crate) fn decode_content(parts: &Parts) -> Result<Content, Error> {
    let content = std::str::from_utf8(parts.content()).ok();
    let content = content.and_then(|text| Content::new(text).ok());
    content.ok_or_else(unreadable)
}

/// Reads an opened summary.
pub(crate) fn decode_summary(summary: &[u8], id: RecordId, version: u64) -> Result<Summary, Error> {
    let mut reader = Reader::new(FORMAT, summary).ok_or_else(unreadable)?;
    let mut fields = Fields::default();
    while !reader.is_at_end() {
        let (tag, value) = reader.field().ok_or_else(unreadable)?;
        take(&mut fields, tag, value).ok_or_else(unreadable)?;
    }
    assemble(fields, id, version).ok_or_else(unreadable)
}

fn unreadable() -> Error {
    Error::Internal("a record of another format version".to_owned())
}

/// Reads one field; `None` for a value or a tag that this version cannot know.
fn take(parts: &mut Fields, tag: u8, value: &[u8]) -> Option<()> {
    match tag {
        tag::MODEL => parts.model = Some(fields::u32(value)?),
        tag::ORDINAL => parts.ordinal = Some(fields::u64(value)?),
        tag::TYPE => {
            let [number] = value else { return None };
            parts.memory_type = Some(*MemoryType::ALL.get(usize::from(*number))?);
        }
        tag::IMPORTANCE => parts.importance = Importance::new(f64::from_bits(fields::u64(value)?)),
        tag::TAG => parts.tags.push(fields::text(value)?.to_owned()),
        tag::METADATA => parts.metadata = Metadata::from_stored(fields::text(value)?),
        tag::SPEAKER => parts.speaker = Some(fields::text(value)?.to_owned()),
        tag::CONVERSATION => parts.conversation = Some(fields::text(value)?.to_owned()),
        tag::EVENT_TIME => parts.event_time = Some(fields::time(value)?),
        tag::CREATED_AT => parts.created_at = Some(fields::time(value)?),
        tag::UPDATED_AT => parts.updated_at = Some(fields::time(value)?),
        tag::EXPIRES_AT => parts.expires_at = Some(fields::time(value)?),
        tag::SCALE => parts.scale = Some(f32::from_bits(fields::u32(value)?)),
        tag::VECTOR => parts.vector = Some(value.iter().map(|byte| byte.cast_signed()).collect()),
        tag::TERM_HASHES => parts.hashes = Some(fields::u32s(value)?),
        tag::TERM_COUNTS => parts.counts = Some(value.into()),
        tag::TERM_WORDS => parts.words = Some(fields::u32(value)?),
        tag::TRAITS => {
            let [question, temporal, low, high] = value else {
                return None;
            };
            let words = u16::from_le_bytes([*low, *high]);
            parts.traits = Some(Traits {
                question: *question == 1,
                temporal: *temporal == 1,
                words,
            });
        }
        _ => return None,
    }
    Some(())
}

fn assemble(parts: Fields, id: RecordId, version: u64) -> Option<Summary> {
    let terms = Terms::from_stored(parts.hashes?, parts.counts?, parts.words?).ok()?;
    Some(Summary {
        facets: Facets {
            id,
            version,
            ordinal: parts.ordinal?,
            memory_type: parts.memory_type?,
            importance: parts.importance?,
            tags: parts.tags,
            metadata: parts.metadata?,
            speaker: parts.speaker,
            conversation: parts.conversation,
            event_time: parts.event_time,
            created_at: parts.created_at?,
            updated_at: parts.updated_at?,
            expires_at: parts.expires_at,
        },
        vector: Quantized::from_stored(parts.scale?, parts.vector?).ok()?,
        features: Features {
            terms,
            traits: parts.traits?,
        },
        model: parts.model?,
    })
}

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
#[cfg(test)]
mod tests;
