//! The operator listener: tenants and their keys.

use anchorhold_wire::explain::{Explain, ExplainReply};
use anchorhold_wire::hmac_key::{CreateHmacKey, HmacKeyCreated, HmacKeyList};
use anchorhold_wire::jwt_key_set::{
    CreateJwtKeySet, JwtKeySetList, JwtKeySetListed, ReplaceJwtKeys,
};
use anchorhold_wire::key::{CreateKey, KeyCreated, KeyList, Revoked};
use anchorhold_wire::resolution::ResolutionList;
use anchorhold_wire::sources::{IdentityBody, PatchIdentity};
use anchorhold_wire::tenant::{CreateTenant, PatchTenant, TenantBody, TenantList};

use crate::Error;
use crate::transport::{Call, Transport, escaped};

const PATH: &str = "/v1/tenants";

/// Speaks to the operator listener with the operator key.
#[derive(Clone, Debug)]
pub struct OperatorClient {
    pub(crate) transport: Transport,
}

impl OperatorClient {
    /// A client for the base URL, such as `http://127.0.0.1:3301`, and the operator key. What
    /// `authorities` are says [`Config::authorities`](crate::Config::authorities).
    pub fn new(url: &str, key: Option<String>, authorities: Option<&str>) -> Result<Self, Error> {
        let transport = Transport::new(url, key, authorities)?;
        Ok(Self { transport })
    }

    /// Makes a tenant.
    pub fn tenant_create(&self, tenant: &CreateTenant) -> Result<TenantBody, Error> {
        self.transport.send(Call::new("POST", PATH).json(tenant)?)
    }

    /// Every tenant.
    pub fn tenant_list(&self) -> Result<TenantList, Error> {
        self.transport.send(Call::new("GET", PATH))
    }

    /// Gives a tenant another policy.
    pub fn tenant_patch(&self, tenant: &str, changes: &PatchTenant) -> Result<TenantBody, Error> {
        let call = Call::new("PATCH", path(tenant)).json(changes)?;
        self.transport.send(call)
    }

    /// Makes an API key of a tenant; the answer is the only one that shows it.
    pub fn key_create(&self, tenant: &str, key: &CreateKey) -> Result<KeyCreated, Error> {
        let path = format!("{}/keys", path(tenant));
        self.transport.send(Call::new("POST", path).json(key)?)
    }

    /// The keys of a tenant.
    pub fn key_list(&self, tenant: &str) -> Result<KeyList, Error> {
        let path = format!("{}/keys", path(tenant));
        self.transport.send(Call::new("GET", path))
    }

    /// Ends a key of a tenant at once.
    pub fn key_revoke(&self, tenant: &str, key_id: &str) -> Result<Revoked, Error> {
        let path = format!("{}/keys/{}", path(tenant), escaped(key_id));
        self.transport.send(Call::new("DELETE", path))
    }

    /// Makes a key with which a tenant signs requests; the answer is the only one that shows it.
    pub fn hmac_key_create(
        &self,
        tenant: &str,
        key: &CreateHmacKey,
    ) -> Result<HmacKeyCreated, Error> {
        let call = Call::new("POST", hmac_keys(tenant)).json(key)?;
        self.transport.send(call)
    }

    /// The keys with which a tenant signs requests.
    pub fn hmac_key_list(&self, tenant: &str) -> Result<HmacKeyList, Error> {
        self.transport.send(Call::new("GET", hmac_keys(tenant)))
    }

    /// Ends a key with which a tenant signs requests, at once.
    pub fn hmac_key_revoke(&self, tenant: &str, key_id: &str) -> Result<Revoked, Error> {
        let path = format!("{}/{}", hmac_keys(tenant), escaped(key_id));
        self.transport.send(Call::new("DELETE", path))
    }

    /// Which headers name a tenant's users, and whom it believes.
    pub fn identity(&self, tenant: &str) -> Result<IdentityBody, Error> {
        self.transport.send(Call::new("GET", identity(tenant)))
    }

    /// Changes it, from the next request on.
    pub fn identity_change(
        &self,
        tenant: &str,
        changes: &PatchIdentity,
    ) -> Result<IdentityBody, Error> {
        let call = Call::new("PATCH", identity(tenant)).json(changes)?;
        self.transport.send(call)
    }

    /// Forgets the secret with which Open WebUI signs who its users are.
    pub fn open_webui_secret_remove(&self, tenant: &str) -> Result<IdentityBody, Error> {
        let path = format!("{}/open-webui-secret", identity(tenant));
        self.transport.send(Call::new("DELETE", path))
    }

    /// What the last requests were taken for, newest first, at most `limit` (1 to 200, 50 when absent).
    pub fn resolutions(&self, limit: Option<u64>) -> Result<ResolutionList, Error> {
        let call = Call::new("GET", "/v1/identity/resolutions".to_owned());
        self.transport.send(call.query("limit", limit))
    }

    /// What a request would be taken for, and why.
    pub fn explain(&self, request: &Explain) -> Result<ExplainReply, Error> {
        let call = Call::new("POST", "/v1/identity/explain".to_owned()).json(request)?;
        self.transport.send(call)
    }

    /// Takes tokens of an issuer for a tenant.
    pub fn jwt_key_set_create(
        &self,
        tenant: &str,
        set: &CreateJwtKeySet,
    ) -> Result<JwtKeySetListed, Error> {
        let call = Call::new("POST", jwt_key_sets(tenant)).json(set)?;
        self.transport.send(call)
    }

    /// The issuers whose tokens a tenant takes.
    pub fn jwt_key_set_list(&self, tenant: &str) -> Result<JwtKeySetList, Error> {
        self.transport.send(Call::new("GET", jwt_key_sets(tenant)))
    }

    /// Gives an issuer other keys.
    pub fn jwt_keys_replace(
        &self,
        tenant: &str,
        key_id: &str,
        keys: &ReplaceJwtKeys,
    ) -> Result<JwtKeySetListed, Error> {
        let path = format!("{}/{}", jwt_key_sets(tenant), escaped(key_id));
        self.transport.send(Call::new("PATCH", path).json(keys)?)
    }

    /// Takes no more tokens of an issuer.
    pub fn jwt_key_set_end(&self, tenant: &str, key_id: &str) -> Result<Revoked, Error> {
        let path = format!("{}/{}", jwt_key_sets(tenant), escaped(key_id));
        self.transport.send(Call::new("DELETE", path))
    }
}

fn jwt_key_sets(tenant: &str) -> String {
    format!("{}/jwt-key-sets", path(tenant))
}

fn identity(tenant: &str) -> String {
    format!("{}/identity", path(tenant))
}

fn hmac_keys(tenant: &str) -> String {
    format!("{}/hmac-keys", path(tenant))
}

fn path(tenant: &str) -> String {
    format!("{PATH}/{}", escaped(tenant))
}
