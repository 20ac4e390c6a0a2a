//! Small namespaces in a few words.

use anchorhold_index::{
    Document, Entry, Hit, Index, Language, Quantized, Query, Recipe, Settings, Stage, analyse,
};
use anchorhold_model::{Facets, Filter, Importance, MemoryType, Metadata, RecordId, Timestamp};

pub(crate) const NOW: Timestamp = Timestamp::from_milliseconds(1_700_000_000_000);
pub(crate) const DIMENSION: usize = 4;

/// One memory to be made.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    pub(crate) id: u8,
    pub(crate) ordinal: u64,
    pub(crate) text: String,
    pub(crate) vector: Vec<f32>,
    pub(crate) speaker: Option<&'static str>,
    pub(crate) conversation: Option<&'static str>,
    pub(crate) event_time: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
}

impl Memory {
    /// A memory without labels whose vector points nowhere.
    pub(crate) fn new(id: u8, text: impl Into<String>) -> Self {
        Self {
            id,
            ordinal: u64::from(id),
            text: text.into(),
            vector: vec![0.0; DIMENSION],
            speaker: None,
            conversation: None,
            event_time: None,
            expires_at: None,
        }
    }

    pub(crate) fn vector(mut self, vector: [f32; DIMENSION]) -> Self {
        self.vector = vector.to_vec();
        self
    }

    pub(crate) fn said_by(mut self, speaker: &'static str) -> Self {
        self.speaker = Some(speaker);
        self
    }

    pub(crate) fn within(mut self, conversation: &'static str) -> Self {
        self.conversation = Some(conversation);
        self
    }

    pub(crate) fn entry(&self, language: Language) -> Entry<String> {
        let document = Document {
            text: &self.text,
            speaker: self.speaker,
            date: self.event_time,
        };
        Entry {
            facets: Facets {
                id: id(self.id),
                version: 1,
                ordinal: self.ordinal,
                memory_type: MemoryType::Semantic,
                importance: Importance::default(),
                tags: vec!["kept".to_owned()],
                metadata: Metadata::default(),
                speaker: self.speaker.map(str::to_owned),
                conversation: self.conversation.map(str::to_owned),
                event_time: self.event_time,
                created_at: NOW,
                updated_at: NOW,
                expires_at: self.expires_at,
            },
            vector: Quantized::from_f32(&self.vector),
            features: analyse(&document, language),
            payload: self.text.clone(),
        }
    }
}

pub(crate) fn id(byte: u8) -> RecordId {
    RecordId::from_bytes([byte; 16])
}

pub(crate) const fn settings(language: Language) -> Settings {
    Settings {
        dimension: DIMENSION,
        language,
    }
}

pub(crate) fn empty(language: Language) -> Index<String> {
    Index::new(settings(language))
}

/// A second stage that begins above a few entries and chooses very few.
pub(crate) fn small_stage(above: usize) -> Stage {
    Stage {
        above,
        nearest: 3,
        ranked: 2,
        places: 4,
        farthest: 1,
        conversations: 1,
        turns: 3,
        filtered: 2,
        ..Stage::default()
    }
}

pub(crate) fn staged(stage: Stage, memories: &[Memory]) -> Index<String> {
    let mut index = Index::with_stage(settings(Language::English), stage);
    for memory in memories {
        index.insert(memory.entry(Language::English)).unwrap();
    }
    index
}

pub(crate) fn index_in(language: Language, memories: &[Memory]) -> Index<String> {
    let mut index = empty(language);
    for memory in memories {
        index.insert(memory.entry(language)).unwrap();
    }
    index
}

pub(crate) fn index(memories: &[Memory]) -> Index<String> {
    index_in(Language::English, memories)
}

/// What is asked, with the defaults of most tests.
#[derive(Clone)]
pub(crate) struct Question<'a> {
    pub(crate) text: &'a str,
    pub(crate) vector: Vec<f32>,
    pub(crate) limit: usize,
    pub(crate) threshold: Option<f64>,
    pub(crate) filter: Option<&'a Filter>,
    pub(crate) now: Timestamp,
    pub(crate) recipe: Recipe,
}

pub(crate) fn question(text: &str) -> Question<'_> {
    Question {
        text,
        vector: vec![0.0; DIMENSION],
        limit: 10,
        threshold: None,
        filter: None,
        now: NOW,
        recipe: Recipe::default(),
    }
}

impl Question<'_> {
    pub(crate) fn ask<'i, P>(&self, index: &'i Index<P>) -> Vec<Hit<'i, P>> {
        let query = Query {
            text: self.text,
            vector: &self.vector,
            limit: self.limit,
            threshold: self.threshold,
            filter: self.filter,
            now: self.now,
            recipe: &self.recipe,
            explain: true,
        };
        index.search(&query).unwrap()
    }

    /// The ids of the hits by their byte, best first.
    pub(crate) fn ids<P>(&self, index: &Index<P>) -> Vec<u8> {
        let hits = self.ask(index);
        let bytes = hits
            .iter()
            .map(|hit| hit.entry.facets.id.as_bytes().first().copied());
        bytes.map(Option::unwrap).collect()
    }
}
