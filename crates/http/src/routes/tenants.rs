//! Tenants and their keys, for the operator, one verb a file.

pub(super) mod change_identity;
pub(super) mod create;
pub(super) mod create_hmac_key;
pub(super) mod create_key;
pub(super) mod list;
pub(super) mod list_hmac_keys;
pub(super) mod list_keys;
pub(super) mod remove_open_webui_secret;
pub(super) mod revoke_hmac_key;
pub(super) mod revoke_key;
pub(super) mod show_identity;
pub(super) mod update;

use anchorhold_identity::{HmacKey, IdentitySettings, TenantAdmin, TenantRecord};
use anchorhold_model::{HeaderSource, TenantName};
use anchorhold_wire::chat::ChatBody;
use anchorhold_wire::embedding::{EgressBody, EmbeddingBody};
use anchorhold_wire::hmac_key::HmacKeyListed;
use anchorhold_wire::sources::{IdentityBody, SourceListed};
use anchorhold_wire::tenant::TenantBody;

use crate::call::Call;
use crate::refusal::Refusal;

/// A tenant as replies show it.
fn body(record: &TenantRecord) -> TenantBody {
    TenantBody {
        name: record.name.as_str().to_owned(),
        id: record.id,
        trust_mode: record.policy.trust_mode,
        isolation: record.policy.isolation,
        embedding: EmbeddingBody::from(&record.policy.embedding),
        egress: EgressBody::from(record.policy.egress),
        chat: ChatBody::from(&record.policy.chat),
    }
}

/// A key for signing requests as lists show it.
fn hmac_key_listed(key: &HmacKey) -> HmacKeyListed {
    HmacKeyListed {
        key_id: key.id,
        name: key.name.clone(),
        created_at: key.created_at,
    }
}

/// What a tenant configured about identities as replies show it.
fn identity_shown(settings: &IdentitySettings) -> Result<IdentityBody, Refusal> {
    let source = |source: &HeaderSource| {
        let issuer = source.issuer();
        let issuer = issuer.map_err(|_| Refusal::internal("a source without an issuer"))?;
        Ok(SourceListed {
            source: source.kind,
            header: source.header.as_str().to_owned(),
            trust: source.trust,
            issuer: issuer.as_str().to_owned(),
            from_proxies: source.from_proxies,
        })
    };
    let networks = settings.sources.trusted_proxies().iter();
    let sources = settings.sources.headers().iter().map(source);
    Ok(IdentityBody {
        trusted_proxies: networks.map(ToString::to_string).collect(),
        sources: sources.collect::<Result<_, Refusal>>()?,
        open_webui_signs: settings.open_webui.is_some(),
        sessions: (&settings.sessions).into(),
        quarantine: (&settings.quarantine).into(),
        registrations_per_minute: settings.registrations_per_minute,
        shared_read_until: settings.shared_read_until,
        metadata_pointer: settings
            .metadata_pointer
            .as_ref()
            .map(|pointer| pointer.as_str().to_owned()),
        body_user: !settings.ignores_body_user,
    })
}

/// The tenant name of the path; what is no name is the name of nobody.
fn name(call: &Call) -> Result<TenantName, Refusal> {
    TenantName::parse(call.parameter("name")).map_err(|_| Refusal::tenant_not_found())
}

/// The operator, managing the keys of the tenant of the path.
pub(super) fn admin(call: &Call) -> Result<TenantAdmin, Refusal> {
    let operator = call.operator()?;
    let tenant = call.app.engine.tenant_named(&operator, &name(call)?)?;
    Ok(operator.for_tenant(tenant.id))
}
