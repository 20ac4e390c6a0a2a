//! Who a request speaks for, and what it may reach.

use anchorhold_model::{KeyId, NamespaceId, Role, TrustMode, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::address::AddressBody;
use crate::key::GrantBody;
use crate::{redacted_debug, schema};

/// How sure the server is of the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// By a credential or a signature.
    Proven,
    /// By an entitled application.
    Asserted,
    /// By a header's word alone.
    Claimed,
    /// Nobody is named.
    None,
}

/// Who a request speaks for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubjectBody {
    /// Who vouches for the id.
    pub issuer: String,
    /// The id.
    pub id: String,
}
redacted_debug!(SubjectBody);

impl From<&User> for SubjectBody {
    fn from(user: &User) -> Self {
        Self {
            issuer: user.issuer.as_str().to_owned(),
            id: user.id.as_str().to_owned(),
        }
    }
}

/// What the server makes of a credential and its headers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WhoamiReply {
    /// The tenant's name.
    pub tenant: String,
    /// Who the request speaks for; null when nobody is named.
    pub subject: Option<SubjectBody>,
    /// What that user may do; null when the request speaks for no user.
    #[schema(schema_with = schema::role)]
    pub role: Option<Role>,
    /// How sure that is.
    pub strength: Strength,
    /// What the tenant demands of identities.
    #[schema(schema_with = schema::trust_mode)]
    pub trust_mode: TrustMode,
    /// Where a request without a named namespace goes; null when it would be refused.
    pub namespace: Option<AddressBody>,
    /// The opaque id of what lives there; null when nothing was kept there yet. The operator's
    /// commands know a namespace by it.
    #[schema(value_type = Option<String>)]
    pub namespace_id: Option<NamespaceId>,
    /// The named namespaces the key reaches.
    pub grants: Vec<GrantBody>,
    /// The key.
    #[schema(value_type = String)]
    pub key_id: KeyId,
}
