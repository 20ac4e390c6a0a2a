//! What a memory carries besides its content: the attributes that filters and rankings read.

use serde::{Deserialize, Serialize};

use crate::{Metadata, RecordId, Timestamp};

/// What sort of memory it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MemoryType {
    /// A fact.
    #[default]
    Semantic,
    /// An event.
    Episodic,
    /// A way of doing something.
    Procedural,
    /// What is needed for the task at hand.
    Working,
}

impl MemoryType {
    /// Every type, in the order of its stored number.
    pub const ALL: [Self; 4] = [
        Self::Semantic,
        Self::Episodic,
        Self::Procedural,
        Self::Working,
    ];

    /// The word in requests, replies and filters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Semantic => "semantic",
            Self::Episodic => "episodic",
            Self::Procedural => "procedural",
            Self::Working => "working",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// How much a memory matters: 0 to 1, default 0.5.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Importance(f64);

impl Importance {
    /// Takes a number from 0 to 1.
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// The number.
    pub const fn value(self) -> f64 {
        self.0
    }
}

impl Default for Importance {
    fn default() -> Self {
        Self(0.5)
    }
}

/// Everything about a memory but its content.
#[derive(Clone, PartialEq)]
pub struct Facets {
    /// The id, unique in its namespace.
    pub id: RecordId,
    /// 1 at creation, one more with each change.
    pub version: u64,
    /// The namespace's sequence at creation: the order in which memories came.
    pub ordinal: u64,
    /// What sort it is.
    pub memory_type: MemoryType,
    /// How much it matters.
    pub importance: Importance,
    /// Tags, in the caller's order.
    pub tags: Vec<String>,
    /// What the caller keeps beside it.
    pub metadata: Metadata,
    /// Who said it.
    pub speaker: Option<String>,
    /// The conversation it belongs to.
    pub conversation: Option<String>,
    /// When it happened, as the caller says.
    pub event_time: Option<Timestamp>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// From when on it is gone.
    pub expires_at: Option<Timestamp>,
}

impl Facets {
    /// Whether its time to live is over at `now`.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expires_at| expires_at <= now)
    }
}
