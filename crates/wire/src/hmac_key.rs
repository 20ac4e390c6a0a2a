//! Keys with which a tenant's backends sign requests: made, listed, revoked.

use anchorhold_model::limits::KEY_NAME_BYTES_MAX;
use anchorhold_model::{KeyId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Rejection, Request, check, redacted_debug};

/// Makes a key for signing requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateHmacKey {
    /// What it is called; need not be unique.
    pub name: String,
}

impl Request for CreateHmacKey {
    type Domain = String;

    fn into_domain(self) -> Result<String, Rejection> {
        check::text("name", &self.name, KEY_NAME_BYTES_MAX)?;
        Ok(self.name)
    }
}

/// A key for signing requests, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HmacKeyListed {
    /// What `x-anchorhold-key-id` says; no secret.
    #[schema(value_type = String)]
    pub key_id: KeyId,
    /// What it is called.
    pub name: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A new key for signing requests; the only reply that shows its secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HmacKeyCreated {
    /// 32 bytes in hexadecimal digits, the key of HMAC-SHA-256; not shown again.
    pub secret: String,
    /// Everything else.
    #[serde(flatten)]
    pub listed: HmacKeyListed,
}
redacted_debug!(HmacKeyCreated);

/// The keys of a tenant for signing requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HmacKeyList {
    /// At most two: one, and one to change over to.
    pub hmac_keys: Vec<HmacKeyListed>,
}
