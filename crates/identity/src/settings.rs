//! What a tenant configured about who may say who a user is.

use std::fmt;
use std::sync::Arc;

use anchorhold_crypto::Secret;
use anchorhold_model::limits::HMAC_KEYS_MAX;
use anchorhold_model::{KeyId, Timestamp};

/// Everything that a tenant configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentitySettings {
    /// Keys with which its backends sign requests; at most [`HMAC_KEYS_MAX`].
    pub hmac_keys: Vec<HmacKey>,
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
