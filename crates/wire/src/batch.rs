//! Batches: several requests of one caller in one, each answered on its own.

use anchorhold_model::limits::BATCH_MAX;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::parse::parse_part;
use crate::{Code, Rejection, Request, bounded, redacted_debug};

/// Up to 100 requests under the credential and the identity headers of this one.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchRequest {
    /// The requests, which are done one after the other.
    #[serde(deserialize_with = "bounded::list_required::<BATCH_MAX, _, _>")]
    #[schema(value_type = Vec<Operation>)]
    pub operations: Vec<Box<RawValue>>,
}
redacted_debug!(BatchRequest);

/// One request of a batch.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// `GET`, `POST`, `PATCH` or `DELETE`.
    pub method: String,
    /// The path below `/v1/memories`, or `/v1/recall`, `/v1/forget`, with its query.
    pub path: String,
    /// The body, if the route takes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub body: Option<Box<RawValue>>,
}
redacted_debug!(Operation);

impl Request for BatchRequest {
    type Domain = Vec<Result<Operation, Rejection>>;

    fn into_domain(self) -> Result<Self::Domain, Rejection> {
        if self.operations.is_empty() || self.operations.len() > BATCH_MAX {
            let rule = format!("must be a list of 1 to {BATCH_MAX} operations");
            return Err(Rejection::of_field(
                Code::RequestInvalid,
                "operations",
                rule,
            ));
        }
        let operations = self.operations.into_iter().enumerate();
        let read = |(position, operation): (usize, Box<RawValue>)| {
            let inside =
                |rejection: Rejection| rejection.inside(&format!("operations[{position}]"));
            parse_part(&operation).map_err(inside)
        };
        Ok(operations.map(read).collect())
    }
}

/// What became of the requests of a batch.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BatchAnswers {
    /// One answer for each request, in their order.
    pub results: Vec<BatchAnswer>,
}

/// What the request would have been answered alone.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct BatchAnswer {
    /// The status.
    pub status: u16,
    /// The body: that of the route, or of a refusal.
    #[schema(value_type = Object)]
    pub body: Box<RawValue>,
}
redacted_debug!(BatchAnswer);
