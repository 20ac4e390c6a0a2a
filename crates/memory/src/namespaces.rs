//! Named namespaces: create, list, describe, update.

use anchorhold_identity::{Admin, Creation, Listing, Read, Scope};
use anchorhold_store::{Error as StoreError, NamespaceRecord};

use crate::audited::Deed;
use crate::{Engine, Error, cursor};

/// One page of namespaces, by name.
pub struct NamespacePage {
    /// The namespaces.
    pub namespaces: Vec<NamespaceRecord>,
    /// Where the next page goes on; `None` on the last.
    pub next_cursor: Option<String>,
}

impl Engine {
    /// Creates a named namespace.
    pub fn namespace_create(
        &self,
        proof: &Creation,
        description: Option<String>,
    ) -> Result<NamespaceRecord, Error> {
        let deed = Deed {
            actor: proof.actor(),
            verb: "namespace_create",
            namespace: None,
            records: 0,
        };
        let create = || {
            self.store
                .catalogue()
                .namespace_create(proof, description)
                .map_err(|error| match error {
                    StoreError::Exists => Error::NamespaceExists,
                    other => other.into(),
                })
        };
        self.audited(&deed, create).map(|(record, _)| record)
    }

    /// The named namespaces that the caller's grants cover, by name. The cursor tells nothing that
    /// the page before it did not.
    pub fn namespace_list(
        &self,
        proof: &Listing,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<NamespacePage, Error> {
        let now = self.clock.now();
        let catalogue = self.store.catalogue();
        let after = match cursor {
            Some(text) => Some(cursor::read_name(catalogue, proof, text, now)?),
            None => None,
        };
        let more = limit.saturating_add(1);
        let mut namespaces = catalogue.namespace_list(proof, after.as_ref(), more)?;
        let has_more = namespaces.len() > limit;
        namespaces.truncate(limit);
        let last = namespaces.last().filter(|_| has_more);
        let next_cursor =
            last.map(|record| cursor::write_name(catalogue, proof, &record.name, now));
        Ok(NamespacePage {
            namespaces,
            next_cursor,
        })
    }

    /// What is stored of a namespace.
    pub fn namespace_describe(&self, scope: &Scope<Read>) -> Result<NamespaceRecord, Error> {
        Ok(self.store.catalogue().namespace_describe(scope)?)
    }

    /// Changes the description.
    pub fn namespace_update(
        &self,
        scope: &Scope<Admin>,
        description: Option<String>,
    ) -> Result<NamespaceRecord, Error> {
        let deed = Deed {
            actor: scope.actor(),
            verb: "namespace_update",
            namespace: Some(scope.namespace()),
            records: 0,
        };
        let update = || {
            Ok(self
                .store
                .catalogue()
                .namespace_update(scope, description)?)
        };
        self.audited(&deed, update).map(|(record, _)| record)
    }
}
