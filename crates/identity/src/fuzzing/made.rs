//! A tenant and a key of it, made up.

use std::sync::Arc;

use anchorhold_crypto::Secret;
use anchorhold_model::{KeyId, TenantId, TenantName, TenantPolicy, Timestamp};

use crate::{Caller, CredentialRecord, HmacKey, IdentitySettings, TenantRecord};

/// When everything happens.
pub(super) const NOW: Timestamp = Timestamp::from_milliseconds(1_790_000_000_000);
/// What Open WebUI and issuers of tokens sign with.
pub(super) const SECRET: &str = "a secret of thirty-two bytes, ok";
const TENANT: TenantId = TenantId::from_bytes([1; 16]);

/// A key of a tenant that may nothing in particular.
pub(super) fn credential() -> CredentialRecord {
    CredentialRecord {
        key: KeyId::from_bytes([9; 16]),
        tenant: Some(TENANT),
        name: "a key".to_owned(),
        hint: String::new(),
        is_brought: false,
        jwt: None,
        user: None,
        viewer: false,
        act_as: None,
        admin: false,
        grants: Vec::new(),
        invite: None,
        origins: None,
        created_at: NOW,
        expires_at: None,
        revoked_at: None,
        generation: 1,
    }
}

/// Whoever shows it, where the tenant is configured like this.
pub(super) fn caller(credential: CredentialRecord, identity: IdentitySettings) -> Caller {
    let tenant = TenantRecord {
        id: TENANT,
        name: TenantName::parse("house").unwrap(),
        policy: TenantPolicy::default(),
        identity,
        created_at: NOW,
    };
    Caller::made_up(Arc::new(credential), Arc::new(tenant), NOW)
}

/// A key that signs requests.
pub(super) fn hmac_key() -> HmacKey {
    let id = KeyId::from_bytes([5; 16]);
    HmacKey::new(id, "backend".to_owned(), NOW, Secret::new([3; 32]))
}
