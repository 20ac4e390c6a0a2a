//! Tenants: made, listed, given another policy.

use anchorhold_model::{Isolation, TenantId, TenantName, TenantPolicy, TrustMode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::name_invalid;
use crate::{Code, Rejection, Request, redacted_debug, schema, word};

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
        available(self.trust_mode, self.isolation)?;
        Ok(NewTenant {
            name: tenant_name(&self.name)?,
            policy: TenantPolicy {
                trust_mode: self.trust_mode.unwrap_or_default(),
                isolation: self.isolation.unwrap_or_default(),
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
}

/// Changes of a policy, checked; at least one is `Some`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TenantChanges {
    /// What it demands of identities.
    pub trust_mode: Option<TrustMode>,
    /// How requests find a namespace.
    pub isolation: Option<Isolation>,
}

impl Request for PatchTenant {
    type Domain = TenantChanges;

    fn into_domain(self) -> Result<TenantChanges, Rejection> {
        available(self.trust_mode, self.isolation)?;
        if self.trust_mode.is_none() && self.isolation.is_none() {
            let message = "nothing is changed; send \"trust_mode\" or \"isolation\"";
            return Err(Rejection::new(Code::RequestInvalid, message));
        }
        Ok(TenantChanges {
            trust_mode: self.trust_mode,
            isolation: self.isolation,
        })
    }
}

/// The modes and strategies that this version has.
fn available(trust_mode: Option<TrustMode>, isolation: Option<Isolation>) -> Result<(), Rejection> {
    if trust_mode == Some(TrustMode::Quarantine) {
        let rule = "is available in this version as strict, required or legacy";
        return Err(Rejection::of_field(
            Code::NotAvailableYet,
            "trust_mode",
            rule,
        ));
    }
    if matches!(isolation, Some(Isolation::Session | Isolation::Custom)) {
        let rule = "is available in this version as user or none";
        return Err(Rejection::of_field(
            Code::NotAvailableYet,
            "isolation",
            rule,
        ));
    }
    Ok(())
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
}
redacted_debug!(TenantBody);

/// Every tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantList {
    /// The tenants.
    pub tenants: Vec<TenantBody>,
}
