//! Recall: the question, and what was found with its reasons.

use anchorhold_model::limits::{QUERY_BYTES_MAX, RECALL_LIMIT_DEFAULT, RECALL_LIMIT_MAX};
use anchorhold_model::{Filter, NamespaceName, Vector};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::memory::MemoryBody;
use crate::{Code, Rejection, Request, bounded, check, redacted_debug, vector};

/// Asks one namespace a question.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecallRequest {
    /// The question in plain words, at most 8,192 bytes.
    pub query: String,
    /// How many results, 1 to 200; 10 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// The least `similarity` of a result, 0 to 1; an exact rare word passes below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Which memories are looked at, such as `{"type": {"eq": "semantic"}}`.
    #[serde(default, deserialize_with = "bounded::filter")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub filter: Option<Value>,
    /// A named namespace; the user's own when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Several namespaces at once; not available yet.
    #[serde(default, deserialize_with = "bounded::list::<1, _, _>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespaces: Option<Vec<RecallNamespace>>,
    /// Whether every result says how its score came about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explain: Option<bool>,
    /// The vector of the question, where the application makes the vectors itself: as many numbers as
    /// the tenant's policy says. Only its direction counts.
    #[serde(default, deserialize_with = "vector::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector: Option<Vec<f32>>,
}
redacted_debug!(RecallRequest);

/// One of several namespaces to ask.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum RecallNamespace {
    /// A named namespace.
    Named(String),
    /// One of the user's own.
    Own(OwnNamespace),
}
redacted_debug!(RecallNamespace);

/// The user's own namespace or a sub-scope of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnNamespace {
    /// Always `user`.
    pub kind: String,
    /// A workspace of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
    /// An agent of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// A thread of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
}
redacted_debug!(OwnNamespace);

/// A question, checked.
#[derive(Clone, PartialEq)]
pub struct Recall {
    /// The question.
    pub query: String,
    /// How many results.
    pub limit: usize,
    /// The least similarity of a result.
    pub threshold: Option<f64>,
    /// Which memories are looked at.
    pub filter: Option<Filter>,
    /// A named namespace.
    pub namespace: Option<NamespaceName>,
    /// Whether results carry `why`.
    pub explain: bool,
    /// The caller's vector of the question.
    pub vector: Option<Vector>,
}
redacted_debug!(Recall);

impl Request for RecallRequest {
    type Domain = Recall;

    fn into_domain(self) -> Result<Recall, Rejection> {
        if self.namespaces.is_some() {
            return Err(Rejection::not_available_yet("namespaces"));
        }
        check::text("query", &self.query, QUERY_BYTES_MAX)?;
        if let Some(threshold) = self.threshold
            && !(0.0..=1.0).contains(&threshold)
        {
            let rule = "must be a number from 0 to 1";
            return Err(Rejection::of_field(Code::RequestInvalid, "threshold", rule));
        }
        Ok(Recall {
            query: self.query,
            limit: check::limit_within(self.limit, RECALL_LIMIT_DEFAULT, RECALL_LIMIT_MAX)?,
            threshold: self.threshold,
            filter: self.filter.as_ref().map(check::filter).transpose()?,
            namespace: check::namespace(self.namespace.as_deref())?,
            explain: self.explain.unwrap_or(false),
            vector: self.vector.map(check::vector).transpose()?,
        })
    }
}

/// What was found, best first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RecallReply {
    /// The results.
    pub results: Vec<RecallResult>,
    /// What the question cost.
    pub usage: RecallUsage,
}

/// One memory that answers.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RecallResult {
    /// The memory.
    pub memory: MemoryBody,
    /// What the results are ordered by; compares within one reply alone.
    pub score: f64,
    /// How near the texts are in meaning, 0 to 1; compares across replies.
    pub similarity: f64,
    /// 1 for the best.
    pub rank: u64,
    /// How the score came about, when `explain` was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub why: Option<Value>,
}
redacted_debug!(RecallResult);

/// What a question cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecallUsage {
    /// Tokens of the query as it was embedded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_tokens: Option<u64>,
    /// Windows in which a long query was embedded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub windows: Option<u64>,
}
