//! What requests were taken for lately.

use anchorhold_model::{KeyId, Timestamp, TrustMode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema;
use crate::whoami::Strength;

/// What one request was taken for. It tells of no user and no namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResolutionBody {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The request, as its reply named it.
    pub request_id: Option<String>,
    /// What it asked for, as in the audit log.
    pub verb: String,
    /// The tenant.
    pub tenant: Option<String>,
    /// The credential.
    #[schema(value_type = String)]
    pub key_id: KeyId,
    /// What was demanded of it.
    #[schema(schema_with = schema::trust_mode)]
    pub trust_mode: Option<TrustMode>,
    /// By which source its user was named, such as `api_key`; null when nobody was.
    pub source: Option<String>,
    /// How sure that is.
    pub strength: Strength,
    /// The rule that applied.
    pub ruling: String,
    /// Whether other evidence named somebody else.
    pub disagrees: bool,
    /// Why it was refused, as in the audit log; null when it was let in.
    pub refusal: Option<String>,
}

/// The last resolutions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResolutionList {
    /// Newest first.
    pub resolutions: Vec<ResolutionBody>,
}
