//! Who makes the vectors of a tenant, and what of it may leave the house.

use anchorhold_model::limits::{VECTOR_NUMBERS_MAX, VECTOR_NUMBERS_MIN};
use anchorhold_model::{Dimension, Egress, EmbedderName, EmbeddingPolicy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Code, Rejection, check, word};

/// Who makes vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EmbeddingKind {
    /// The model inside the binary.
    Builtin,
    /// A configured embedder of another house.
    Remote,
    /// The application itself.
    Caller,
}

/// Who makes the vectors of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmbeddingBody {
    /// Who makes them.
    #[serde(deserialize_with = "word::required")]
    pub kind: EmbeddingKind,
    /// With `remote`: the name of the embedder in the configuration. It needs
    /// `{"egress": {"embedding": true}}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedder: Option<String>,
    /// With `caller`: numbers in each vector, 8 to 4,096.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimension: Option<u64>,
}

/// What of a tenant may leave the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EgressBody {
    /// Texts and questions, to have vectors made of them by a configured embedder.
    pub embedding: bool,
}

impl EmbeddingBody {
    /// The policy that this says.
    pub(crate) fn checked(self) -> Result<EmbeddingPolicy, Rejection> {
        let Self {
            kind,
            embedder,
            dimension,
        } = self;
        let invalid = |field, rule| Err(Rejection::of_field(Code::RequestInvalid, field, rule));
        if embedder.is_some() && kind != EmbeddingKind::Remote {
            return invalid("embedding.embedder", "goes with the kind remote alone");
        }
        if dimension.is_some() && kind != EmbeddingKind::Caller {
            return invalid("embedding.dimension", "goes with the kind caller alone");
        }
        match (kind, embedder, dimension) {
            (EmbeddingKind::Builtin, ..) => Ok(EmbeddingPolicy::Builtin),
            (EmbeddingKind::Remote, None, _) => invalid(
                "embedding.embedder",
                "is missing; name a configured embedder",
            ),
            (EmbeddingKind::Remote, Some(name), _) => match EmbedderName::parse(&name) {
                Some(embedder) => Ok(EmbeddingPolicy::Remote { embedder }),
                None => invalid("embedding.embedder", EmbedderName::RULE),
            },
            (EmbeddingKind::Caller, _, None) => invalid(
                "embedding.dimension",
                "is missing; say how many numbers each vector has",
            ),
            (EmbeddingKind::Caller, _, Some(numbers)) => {
                let range = VECTOR_NUMBERS_MIN as u64..=VECTOR_NUMBERS_MAX as u64;
                let numbers = check::within("embedding.dimension", numbers, range)?;
                let dimension = usize::try_from(numbers).ok().and_then(Dimension::new);
                match dimension {
                    Some(dimension) => Ok(EmbeddingPolicy::Caller { dimension }),
                    None => invalid("embedding.dimension", "is out of range"),
                }
            }
        }
    }
}

impl From<&EmbeddingPolicy> for EmbeddingBody {
    fn from(policy: &EmbeddingPolicy) -> Self {
        let plain = |kind| Self {
            kind,
            embedder: None,
            dimension: None,
        };
        match policy {
            EmbeddingPolicy::Builtin => plain(EmbeddingKind::Builtin),
            EmbeddingPolicy::Remote { embedder } => Self {
                embedder: Some(embedder.as_str().to_owned()),
                ..plain(EmbeddingKind::Remote)
            },
            EmbeddingPolicy::Caller { dimension } => Self {
                dimension: Some(u64::from(u16::from(*dimension))),
                ..plain(EmbeddingKind::Caller)
            },
        }
    }
}

impl From<EgressBody> for Egress {
    fn from(body: EgressBody) -> Self {
        Self {
            embedding: body.embedding,
        }
    }
}

impl From<Egress> for EgressBody {
    fn from(egress: Egress) -> Self {
        Self {
            embedding: egress.embedding,
        }
    }
}
