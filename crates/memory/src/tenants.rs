//! Tenants: create, list, update; for the operator alone.

use std::sync::Arc;

use anchorhold_identity::{Directory as _, Operator, TenantRecord};
use anchorhold_model::{EmbeddingPolicy, PolicyChanges, TenantName, TenantPolicy, TrustMode};
use anchorhold_store::Error as StoreError;

use crate::audited::Deed;
use crate::{Engine, Error};

fn of_tenant(error: StoreError) -> Error {
    match error {
        StoreError::Exists => Error::TenantExists,
        StoreError::NotFound => Error::TenantNotFound,
        StoreError::EgressForbidden => Error::Invalid {
            field: "embedding",
            problem: "sends texts to another house; allow it with {\"egress\": {\"embedding\": true}}",
        },
        other => other.into(),
    }
}

impl Engine {
    /// Creates a tenant.
    pub fn tenant_create(
        &self,
        proof: &Operator,
        name: TenantName,
        policy: TenantPolicy,
    ) -> Result<Arc<TenantRecord>, Error> {
        self.check_configured(&policy.embedding)?;
        self.check_mode(policy.trust_mode)?;
        let deed = Deed {
            actor: proof.actor(),
            verb: "tenant_create",
            namespace: None,
            records: 0,
        };
        let create = || {
            self.store
                .catalogue()
                .tenant_create(proof, name, policy)
                .map_err(of_tenant)
        };
        self.audited(&deed, create).map(|(tenant, _)| tenant)
    }

    /// All tenants, by name.
    pub fn tenant_list(&self, proof: &Operator) -> Result<Vec<Arc<TenantRecord>>, Error> {
        Ok(self.store.catalogue().tenant_list(proof)?)
    }

    /// Changes what a tenant is given; the next request is judged by it.
    pub fn tenant_update(
        &self,
        proof: &Operator,
        name: &TenantName,
        changes: PolicyChanges,
    ) -> Result<Arc<TenantRecord>, Error> {
        if let Some(embedding) = &changes.embedding {
            self.check_configured(embedding)?;
        }
        if let Some(trust_mode) = changes.trust_mode {
            self.check_mode(trust_mode)?;
        }
        let deed = Deed {
            actor: proof.actor(),
            verb: "tenant_update",
            namespace: None,
            records: 0,
        };
        let update = || {
            let catalogue = self.store.catalogue();
            catalogue
                .tenant_update(proof, name, changes)
                .map_err(of_tenant)
        };
        self.audited(&deed, update).map(|(tenant, _)| tenant)
    }

    fn check_configured(&self, embedding: &EmbeddingPolicy) -> Result<(), Error> {
        match self.embedders.choice(embedding) {
            Some(_) => Ok(()),
            None => Err(Error::Invalid {
                field: "embedding.embedder",
                problem: "is not configured; name one of [[embedders]] in the configuration file",
            }),
        }
    }

    fn check_mode(&self, trust_mode: TrustMode) -> Result<(), Error> {
        if trust_mode == TrustMode::Legacy && !self.settings.allows_legacy {
            return Err(Error::Invalid {
                field: "trust_mode",
                problem: "is not legacy where other machines reach the server: take required or strict, or \
                          start the server on loopback or with --allow-legacy (never with preset public)",
            });
        }
        Ok(())
    }

    /// The tenants that are in mode `legacy` where none may be, by name: a server that finds one does
    /// not serve.
    pub fn tenants_not_allowed(&self) -> Result<Vec<TenantName>, Error> {
        let catalogue = self.store.catalogue();
        let mut found = Vec::new();
        if self.settings.allows_legacy {
            return Ok(found);
        }
        for tenant in catalogue.tenants()? {
            let tenant = catalogue.tenant(tenant).map_err(|_| Error::Overloaded)?;
            let legacy = tenant.filter(|tenant| tenant.policy.trust_mode == TrustMode::Legacy);
            found.extend(legacy.map(|tenant| tenant.name.clone()));
        }
        found.sort();
        Ok(found)
    }

    /// The tenant with this name.
    pub fn tenant_named(
        &self,
        _proof: &Operator,
        name: &TenantName,
    ) -> Result<Arc<TenantRecord>, Error> {
        let found = self.store.catalogue().tenant_named(name);
        found
            .map_err(|_| Error::Overloaded)?
            .ok_or(Error::TenantNotFound)
    }
}
