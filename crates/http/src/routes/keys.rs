//! API keys of a tenant, one verb a file; the operator listener has the same for any tenant.

pub(super) mod create;
pub(super) mod list;
pub(super) mod revoke;

use anchorhold_identity::{ActAs, CredentialRecord, TenantAdmin};
use anchorhold_memory::NewKey;
use anchorhold_model::{KeyId, Origin};
use anchorhold_wire::key::{self as wire, CreateKey, KeyCreated, KeyList, KeyListed, Revoked};

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;

const SECONDS_A_DAY: u64 = 86_400;

/// Makes a key for the tenant of `proof`.
pub(super) fn make(call: &Call, proof: &TenantAdmin, new: wire::NewKey) -> Result<Reply, Refusal> {
    let now = call.app.clock.now();
    let bearer_token = new.bearer_token;
    let new = NewKey {
        name: new.name,
        user: new.user,
        viewer: new.viewer,
        act_as: match new.act_as {
            wire::ActAs::No => None,
            wire::ActAs::Read => Some(ActAs::Read),
            wire::ActAs::Full => Some(ActAs::Full),
        },
        admin: new.admin,
        grants: new.grants,
        invite: None,
        origins: new.origins,
        expires_at: new
            .expires_in_days
            .map(|days| now.plus_seconds(u64::from(days) * SECONDS_A_DAY)),
    };
    let (key, record) = match bearer_token {
        Some(token) => (None, call.app.engine.bearer_map(proof, new, &token)?),
        None => {
            let (token, record) = call.app.engine.key_create(proof, new)?;
            (Some(token.reveal()), record)
        }
    };
    Reply::created(
        call,
        &KeyCreated {
            key,
            listed: listed(&record),
        },
    )
}

/// Lists the living keys of the tenant of `proof`.
pub(super) fn all(call: &Call, proof: &TenantAdmin) -> Result<Reply, Refusal> {
    let records = call.app.engine.key_list(proof)?;
    let living = records.iter().filter(|record| record.revoked_at.is_none());
    Reply::ok(
        call,
        &KeyList {
            keys: living.map(|record| listed(record)).collect(),
        },
    )
}

/// Revokes the key that the path names.
pub(super) fn end(call: &Call, proof: &TenantAdmin) -> Result<Reply, Refusal> {
    let key = KeyId::parse(call.parameter("key_id")).ok_or_else(Refusal::key_not_found)?;
    call.app.engine.key_revoke(proof, key)?;
    Reply::ok(
        call,
        &Revoked {
            key_id: key,
            revoked: true,
        },
    )
}

/// The body that both listeners take.
pub(super) fn new_key(call: &Call) -> Result<wire::NewKey, Refusal> {
    call.body::<CreateKey>()
}

fn listed(record: &CredentialRecord) -> KeyListed {
    KeyListed {
        key_id: record.key,
        name: record.name.clone(),
        prefix: record.hint.clone(),
        brought: record.is_brought,
        user: record.user.as_ref().map(|user| user.as_str().to_owned()),
        viewer: record.viewer,
        act_as: match record.act_as {
            None => wire::ActAs::No,
            Some(ActAs::Read) => wire::ActAs::Read,
            Some(ActAs::Full) => wire::ActAs::Full,
        },
        admin: record.admin,
        origins: record.origins.as_ref().map(|origins| {
            let text = |origin: &Origin| origin.as_str().to_owned();
            origins.iter().map(text).collect()
        }),
        grants: record.grants.iter().map(wire::GrantBody::from).collect(),
        created_at: record.created_at,
        expires_at: record.expires_at,
    }
}
