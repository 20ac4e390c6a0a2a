//! The plain body of a stored memory: fields as `tag, length, value`, written by hand so that the
//! format on disk is exactly this file.
//!
//! The first byte is the format version. A tag that this version does not know is an error: a
//! newer server wrote it, and dropping it would lose data. To add a field: a tag, one line in
//! `encode`, one in `decode`; never give a tag another meaning.

mod fields;

use anchorhold_index::{Entry, Features, Quantized, Terms, Traits};
use anchorhold_model::{
    Content, Facets, Importance, Memory, MemoryType, Metadata, RecordId, Timestamp,
};
use anchorhold_store::Sealed;

use crate::Error;
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

impl Stored {
    /// The entry of the index; the content stays sealed in the payload.
    pub(crate) fn into_entry(self, payload: Sealed) -> Entry<Sealed> {
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
    pub(super) const CONTENT: u8 = 19;
}

/// The bytes to seal. The id and the version are bound from outside.
pub(crate) fn encode(stored: &Stored) -> Vec<u8> {
    let Stored {
        facets,
        content,
        vector,
        features,
        model,
    } = stored;
    let mut writer = Writer::new(FORMAT, content.as_str().len() + vector.values().len() + 512);
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
    writer.put(tag::CONTENT, content.as_str().as_bytes());
    writer.finish()
}

/// Everything read so far; what must be there is checked at the end.
#[derive(Default)]
struct Parts<'a> {
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
    content: Option<&'a str>,
}

/// Reads an opened body. The seal has vouched for its bytes, so a body that does not read was
/// written by another version of this program.
pub(crate) fn decode(body: &[u8], id: RecordId, version: u64) -> Result<Stored, Error> {
    let unreadable = || Error::Internal("a record of another format version".to_owned());
    let mut reader = Reader::new(FORMAT, body).ok_or_else(unreadable)?;
    let mut parts = Parts::default();
    while !reader.is_at_end() {
        let (tag, value) = reader.field().ok_or_else(unreadable)?;
        take(&mut parts, tag, value).ok_or_else(unreadable)?;
    }
    assemble(parts, id, version).ok_or_else(unreadable)
}

/// Reads one field; `None` for a value or a tag that this version cannot know.
fn take<'a>(parts: &mut Parts<'a>, tag: u8, value: &'a [u8]) -> Option<()> {
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
        tag::CONTENT => parts.content = Some(fields::text(value)?),
        _ => return None,
    }
    Some(())
}

fn assemble(parts: Parts<'_>, id: RecordId, version: u64) -> Option<Stored> {
    let terms = Terms::from_stored(parts.hashes?, parts.counts?, parts.words?).ok()?;
    Some(Stored {
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
        content: Content::new(parts.content?).ok()?,
        vector: Quantized::from_stored(parts.scale?, parts.vector?).ok()?,
        features: Features {
            terms,
            traits: parts.traits?,
        },
        model: parts.model?,
    })
}

#[cfg(test)]
mod tests;
