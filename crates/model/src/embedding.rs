//! Who makes the vectors of a tenant's memories, and whether its texts may leave the house for it.

use serde::{Deserialize, Serialize};

use crate::limits::{EMBEDDER_NAME_BYTES_MAX, VECTOR_NUMBERS_MAX, VECTOR_NUMBERS_MIN};

/// Who makes vectors for namespaces that hold none yet. A namespace that holds vectors goes on
/// with the model that made them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum EmbeddingPolicy {
    /// The model inside the binary.
    #[default]
    Builtin,
    /// A model of another house, reached over the network.
    Remote {
        /// Its name in the configuration.
        embedder: EmbedderName,
    },
    /// The application: every text and every question comes with its vector.
    Caller {
        /// Numbers in each vector.
        dimension: Dimension,
    },
}

/// What of a tenant may leave the house. Nothing, unless it was allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Egress {
    /// Texts, to have vectors made of them.
    #[serde(default)]
    pub embedding: bool,
}

/// The name of a configured embedder: 1 to 64 of `a-z`, `0-9`, `-`, `_` and `.`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmbedderName(String);

impl EmbedderName {
    /// What a name must be, for refusals.
    pub const RULE: &'static str = "must be 1 to 64 of a-z, 0-9, -, _ and .";

    /// Takes a name that keeps the rule.
    pub fn parse(text: &str) -> Option<Self> {
        let known =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
        let fits = (1..=EMBEDDER_NAME_BYTES_MAX).contains(&text.len());
        (fits && text.bytes().all(known)).then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EmbedderName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or(Self::RULE)
    }
}

impl From<EmbedderName> for String {
    fn from(name: EmbedderName) -> Self {
        name.0
    }
}

/// How many numbers a vector has, 8 to 4,096.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Dimension(u16);

impl Dimension {
    /// Takes a number within the range.
    pub fn new(numbers: usize) -> Option<Self> {
        if !(VECTOR_NUMBERS_MIN..=VECTOR_NUMBERS_MAX).contains(&numbers) {
            return None;
        }
        u16::try_from(numbers).ok().map(Self)
    }

    /// The number.
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

impl TryFrom<u16> for Dimension {
    type Error = &'static str;

    fn try_from(numbers: u16) -> Result<Self, Self::Error> {
        Self::new(usize::from(numbers)).ok_or("must be a whole number from 8 to 4096")
    }
}

impl From<Dimension> for u16 {
    fn from(dimension: Dimension) -> Self {
        dimension.0
    }
}
