//! What a tenant configured about who may say who a user is.

use std::fmt;
use std::sync::Arc;

use anchorhold_crypto::{JwsAlgorithm, Secret};
use anchorhold_model::limits::HMAC_KEYS_MAX;
use anchorhold_model::{
    Issuer, JsonPointer, KeyId, Part, QuarantinePolicy, SessionPolicy, Sources, Timestamp,
};

use crate::{JwtKey, JwtKeyForm, JwtKeySet, JwtKeys};

/// What Open WebUI says of itself in `iss`.
const OPEN_WEBUI_ISS: &str = "open-webui";
/// It signs for 300 seconds when nothing is said. A token says neither for whom it is nor which one it
/// is, so whoever gets hold of one may use it for as long as it counts.
const OPEN_WEBUI_LIFETIME_SECONDS_MAX: u64 = 600;
/// It makes a token once for a turn of a conversation and may use it until the turn is over.
const OPEN_WEBUI_LEEWAY_SECONDS: u64 = 60;

/// Everything that a tenant configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentitySettings {
    /// Keys with which its backends sign requests; at most [`HMAC_KEYS_MAX`].
    pub hmac_keys: Vec<HmacKey>,
    /// The headers that name a user.
    pub sources: Sources,
    /// What checks the tokens in which Open WebUI names its users, once a secret is shared with it.
    pub open_webui: Option<JwtKeySet>,
    /// How sessions live.
    pub sessions: SessionPolicy,
    /// How sandboxes live.
    pub quarantine: QuarantinePolicy,
    /// New users in a minute that one peer may register; 0 for nobody.
    pub registrations_per_minute: u64,
    /// Until when what is in the shared namespace is read along with what is a user's own.
    pub shared_read_until: Option<Timestamp>,
    /// Where bodies name their users.
    pub metadata_pointer: Option<JsonPointer>,
    /// Whether the fields of OpenAI's API name no user, where nothing else does.
    pub ignores_body_user: bool,
}

/// A key with which a backend signs requests.
#[derive(Clone)]
pub struct HmacKey {
    /// Names the key; no secret.
    pub id: KeyId,
    /// What it is called.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    secret: Arc<Secret>,
}

impl IdentitySettings {
    /// The living key of this id.
    pub fn hmac_key(&self, id: &str) -> Option<&HmacKey> {
        let id = KeyId::parse(id)?;
        self.hmac_keys.iter().find(|key| key.id == id)
    }

    /// Whether there is room for another key: one to use, and one to change over to.
    pub const fn takes_hmac_key(&self) -> bool {
        self.hmac_keys.len() < HMAC_KEYS_MAX
    }
}

/// What checks the tokens of an Open WebUI with this `FORWARD_USER_INFO_HEADER_JWT_SECRET`; `None`
/// when the secret has fewer than 32 bytes.
pub fn open_webui_keys(secret: String) -> Option<JwtKeySet> {
    let key = JwtKey::new(None, JwsAlgorithm::Hs256, JwtKeyForm::Secret, secret)?;
    Some(JwtKeySet {
        name: Part::parse(Issuer::OPEN_WEBUI).ok()?,
        vouches: Issuer::parse(Issuer::OPEN_WEBUI).ok()?,
        iss: OPEN_WEBUI_ISS.to_owned(),
        audience: None,
        role_claim: None,
        leeway_seconds: OPEN_WEBUI_LEEWAY_SECONDS,
        lifetime_seconds_max: Some(OPEN_WEBUI_LIFETIME_SECONDS_MAX),
        keys: JwtKeys::Given([key].into()),
    })
}

impl HmacKey {
    /// A key as it is stored.
    pub fn new(id: KeyId, name: String, created_at: Timestamp, secret: Secret) -> Self {
        let secret = Arc::new(secret);
        Self {
            id,
            name,
            created_at,
            secret,
        }
    }

    /// What is shown once, and signs.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }
}

impl PartialEq for HmacKey {
    /// A key never changes, so its id says it all.
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for HmacKey {}

impl fmt::Debug for HmacKey {
    /// Secrets do not belong into logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "HmacKey({})", self.id)
    }
}
