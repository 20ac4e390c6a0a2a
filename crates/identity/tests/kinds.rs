//! The kinds of keys that a tenant makes.

use anchorhold_identity::{ActAs, CredentialRecord};
use anchorhold_model::UserId;

use crate::world::{KEY, NOW, TENANT};

/// A key of the tenant that may nothing in particular.
pub(crate) fn plain() -> CredentialRecord {
    CredentialRecord {
        key: KEY,
        tenant: Some(TENANT),
        name: "a key".to_owned(),
        is_brought: false,
        jwt: None,
        hint: String::new(),
        user: None,
        viewer: false,
        invite: None,
        origins: None,
        act_as: None,
        admin: false,
        grants: Vec::new(),
        created_at: NOW,
        expires_at: None,
        revoked_at: None,
        generation: 7,
    }
}

/// The kinds of keys that a tenant makes.
pub(crate) fn kinds() -> [(&'static str, CredentialRecord); 8] {
    let alice = UserId::parse("alice").ok();
    let with = |change: &dyn Fn(&mut CredentialRecord)| {
        let mut credential = plain();
        change(&mut credential);
        credential
    };
    [
        ("plain", plain()),
        ("alice", with(&|key| key.user.clone_from(&alice))),
        (
            "alice, viewer",
            with(&|key| {
                key.user.clone_from(&alice);
                key.viewer = true;
            }),
        ),
        ("viewer", with(&|key| key.viewer = true)),
        ("act_as", with(&|key| key.act_as = Some(ActAs::Full))),
        ("act_as read", with(&|key| key.act_as = Some(ActAs::Read))),
        ("admin", with(&|key| key.admin = true)),
        (
            "operator",
            with(&|key| {
                key.tenant = None;
                key.admin = true;
            }),
        ),
    ]
}
