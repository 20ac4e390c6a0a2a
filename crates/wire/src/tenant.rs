//! Tenants: made, listed, given another policy.

use anchorhold_model::{
    ChatChanges, ChatPolicy, Egress, EmbeddingPolicy, Isolation, PolicyChanges, TenantId,
    TenantName, TenantPolicy, TrustMode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::chat::{ChatBody, PatchChat};
use crate::check::name_invalid;
use crate::embedding::{EgressBody, EmbeddingBody};
use crate::{Code, Rejection, Request, object, redacted_debug, schema, word};

/// Makes a tenant.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTenant {
    /// One segment, without `/` and `*`.
    pub name: String,
    /// What it demands of identities; `required` when absent.
    #[serde(default, deserialize_with = "word::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::trust_mode)]
    pub trust_mode: Option<TrustMode>,
    /// How requests that name no namespace find one; `user` when absent.
    #[serde(default, deserialize_with = "word::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::isolation)]
    pub isolation: Option<Isolation>,
    /// Who makes the vectors of namespaces that hold no memory yet; `builtin` when absent.
    #[serde(default, deserialize_with = "object::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embedding: Option<EmbeddingBody>,
    /// What may leave the house; nothing when absent.
    #[serde(default, deserialize_with = "object::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub egress: Option<EgressBody>,
    /// How memories stand in chats.
    #[serde(default, deserialize_with = "object::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat: Option<PatchChat>,
}
redacted_debug!(CreateTenant);

/// A tenant to make, checked.
#[derive(Clone, PartialEq, Eq)]
pub struct NewTenant {
    /// The name.
    pub name: TenantName,
    /// What it demands.
    pub policy: TenantPolicy,
}
redacted_debug!(NewTenant);

impl Request for CreateTenant {
    type Domain = NewTenant;

    fn into_domain(self) -> Result<NewTenant, Rejection> {
        Ok(NewTenant {
            name: tenant_name(&self.name)?,
            policy: TenantPolicy {
                trust_mode: self.trust_mode.unwrap_or_default(),
                isolation: self.isolation.unwrap_or_default(),
                embedding: match self.embedding {
                    Some(embedding) => embedding.checked()?,
                    None => EmbeddingPolicy::default(),
                },
                egress: self.egress.map(Egress::from).unwrap_or_default(),
                chat: ChatPolicy::default().changed(chat_changes(self.chat)?),
            },
        })
    }
}

/// Reads the name of a tenant, in a body or in a path.
pub fn tenant_name(text: &str) -> Result<TenantName, Rejection> {
    TenantName::parse(text).map_err(|error| name_invalid("name", error))
}

/// Gives a tenant another policy; at least one field is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchTenant {
    /// What it demands of identities.
    #[serde(default, deserialize_with = "word::present")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::trust_mode, required = false)]
    pub trust_mode: Option<TrustMode>,
    /// How requests that name no namespace find one.
    #[serde(default, deserialize_with = "word::present")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::isolation, required = false)]
    pub isolation: Option<Isolation>,
    /// Who makes the vectors of namespaces that hold no memory yet; the others go on as they are.
    #[serde(default, deserialize_with = "object::present")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = EmbeddingBody, required = false)]
    pub embedding: Option<EmbeddingBody>,
    /// What may leave the house.
    #[serde(default, deserialize_with = "object::present")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = EgressBody, required = false)]
    pub egress: Option<EgressBody>,
    /// How memories stand in chats; what is absent stays.
    #[serde(default, deserialize_with = "object::present")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = PatchChat, required = false)]
    pub chat: Option<PatchChat>,
}

fn chat_changes(chat: Option<PatchChat>) -> Result<ChatChanges, Rejection> {
    Ok(chat
        .map(PatchChat::changes)
        .transpose()?
        .unwrap_or_default())
}

impl Request for PatchTenant {
    type Domain = PolicyChanges;

    fn into_domain(self) -> Result<PolicyChanges, Rejection> {
        let changes = PolicyChanges {
            trust_mode: self.trust_mode,
            isolation: self.isolation,
            embedding: self.embedding.map(EmbeddingBody::checked).transpose()?,
            egress: self.egress.map(Egress::from),
            chat: chat_changes(self.chat)?,
        };
        if changes == PolicyChanges::default() {
            let message = "nothing is changed; send \"trust_mode\", \"isolation\", \"embedding\", \"egress\" or \"chat\"";
            return Err(Rejection::new(Code::RequestInvalid, message));
        }
        Ok(changes)
    }
}

/// A tenant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantBody {
    /// The name.
    pub name: String,
    /// The id.
    #[schema(value_type = String)]
    pub id: TenantId,
    /// What it demands of identities.
    #[schema(schema_with = schema::trust_mode)]
    pub trust_mode: TrustMode,
    /// How requests that name no namespace find one.
    #[schema(schema_with = schema::isolation)]
    pub isolation: Isolation,
    /// Who makes the vectors of namespaces that hold no memory yet.
    pub embedding: EmbeddingBody,
    /// What may leave the house.
    pub egress: EgressBody,
    /// How memories stand in chats.
    pub chat: ChatBody,
}
redacted_debug!(TenantBody);

/// Every tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantList {
    /// The tenants.
    pub tenants: Vec<TenantBody>,
}
