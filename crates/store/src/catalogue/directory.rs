//! What identity asks: who is this token, which tenant, which incarnation.

use std::net::IpAddr;
use std::sync::Arc;

use anchorhold_identity::{
    Begun, BegunSandbox, Claim, CredentialRecord, Directory, JwtKey, NewSession, Presented,
    Promise, Reservation, Standing, TenantRecord, Unavailable, Wanted,
};
use anchorhold_model::{
    Address, NamespaceId, Origin, SandboxHandle, SessionHandle, SessionId, TenantId, TenantName,
    User,
};
#[cfg(feature = "sabotage")]
use anchorhold_model::{
    Issuer, UserId,
    sabotage::{self, Bug},
};

use super::lookups::NAMESPACES;
use super::namespaces::stored_namespace;
use super::reservations::Reserved;
use super::{Catalogue, Desk};
use crate::Error;
use crate::sealed_rows::Row;

impl Directory for Catalogue {
    fn credential(&self, shown: &Presented) -> Result<Option<Arc<CredentialRecord>>, Unavailable> {
        let hash = self.hash_of(shown);
        let stored = self.credential_by_hash(&hash).map_err(unavailable)?;
        Ok(stored.map(|stored| Arc::clone(&stored.record)))
    }

    fn published_keys(
        &self,
        issuer: &CredentialRecord,
        wanted: Wanted<'_>,
    ) -> Result<Arc<[JwtKey]>, Unavailable> {
        self.jwks.get().ok_or(Unavailable)?.keys(issuer, wanted)
    }

    fn tenant(&self, tenant: TenantId) -> Result<Option<Arc<TenantRecord>>, Unavailable> {
        let stored = self.tenant_by_id(tenant).map_err(unavailable)?;
        Ok(stored.map(|stored| Arc::clone(&stored.record)))
    }

    fn tenant_named(&self, name: &TenantName) -> Result<Option<Arc<TenantRecord>>, Unavailable> {
        let stored = self.tenant_by_name(name).map_err(unavailable)?;
        Ok(stored.map(|stored| Arc::clone(&stored.record)))
    }

    fn incarnation(&self, address: &Address) -> Result<Option<NamespaceId>, Unavailable> {
        let lookup = self.lookups.address(address);
        if let Some(known) = self.caches.incarnations.get(&lookup) {
            return Ok(known);
        }
        let desk = self.desk().map_err(unavailable)?;
        self.living_at(&desk, &lookup).map_err(unavailable)
    }

    fn reserve(&self, address: &Address) -> Result<Reservation, Unavailable> {
        let lookup = self.lookups.address(address);
        if let Some(Some(living)) = self.caches.incarnations.get(&lookup) {
            return Ok(Reservation::Existing(living));
        }
        let mut desk = self.desk().map_err(unavailable)?;
        if let Some(living) = self.living_at(&desk, &lookup).map_err(unavailable)? {
            return Ok(Reservation::Existing(living));
        }
        let reserved = desk.reservations.get(&lookup);
        let again = |reserved: &Reserved| {
            #[cfg(feature = "sabotage")]
            if sabotage::is(Bug::ReservationOutlivesRequest) {
                return Some((reserved.namespace, Promise::default()));
            }
            Some((reserved.namespace, Promise::again(&reserved.promise)?))
        };
        if let Some((namespace, promise)) = reserved.and_then(again) {
            return Ok(Reservation::Reserved(namespace, promise));
        }
        let namespace = self.draw_namespace(&lookup);
        let (_, owner) = self.lookups.lists(address);
        let promise = Promise::default();
        let reserved = Reserved {
            namespace,
            owner,
            promise: promise.watch(),
        };
        desk.reservations.put(lookup, reserved);
        Ok(Reservation::Reserved(namespace, promise))
    }

    fn subtree(&self, tenant: TenantId, user: &User) -> Result<Vec<Address>, Unavailable> {
        let owner = self.lookups.of_user(tenant, user);
        let desk = self.desk().map_err(unavailable)?;
        let rows = desk.rows.reader().owned(NAMESPACES, &owner);
        let address = |row: &Row| stored_namespace(row).map(|stored| stored.address);
        rows.and_then(|rows| rows.iter().map(address).collect())
            .map_err(unavailable)
    }

    fn address(
        &self,
        tenant: TenantId,
        namespace: NamespaceId,
    ) -> Result<Option<Address>, Unavailable> {
        let stored = self.namespace_by_id(namespace).map_err(unavailable)?;
        Ok(stored
            .filter(|stored| {
                #[cfg(feature = "sabotage")]
                if sabotage::is(Bug::IdWithoutTenant) || sabotage::is(Bug::DenialTellsName) {
                    return true;
                }
                stored.address.tenant == tenant
            })
            .map(|stored| stored.address.clone()))
    }

    fn session(
        &self,
        tenant: &TenantRecord,
        id: &SessionId,
    ) -> Result<Option<SessionHandle>, Unavailable> {
        self.living_session(tenant, id, false).map_err(unavailable)
    }

    fn session_use(
        &self,
        tenant: &TenantRecord,
        id: &SessionId,
    ) -> Result<Option<SessionHandle>, Unavailable> {
        self.living_session(tenant, id, true).map_err(unavailable)
    }

    fn session_begin(&self, tenant: &TenantRecord, new: NewSession) -> Result<Begun, Unavailable> {
        self.begin_session(tenant, new).map_err(unavailable)
    }

    fn sandbox(
        &self,
        tenant: &TenantRecord,
        claim: &Claim,
        is_use: bool,
    ) -> Result<Option<SandboxHandle>, Unavailable> {
        self.living_sandbox(tenant, claim, is_use)
            .map_err(unavailable)
    }

    fn sandbox_begin(
        &self,
        tenant: &TenantRecord,
        claim: &Claim,
        client: Option<IpAddr>,
    ) -> Result<BegunSandbox, Unavailable> {
        self.begin_sandbox(tenant, claim, client)
            .map_err(unavailable)
    }

    fn sandbox_stands(
        &self,
        tenant: TenantId,
        sandbox: SandboxHandle,
    ) -> Result<bool, Unavailable> {
        self.has_sandbox(tenant, sandbox).map_err(unavailable)
    }

    fn is_origin_listed(&self, origin: &Origin) -> Result<bool, Unavailable> {
        self.is_listed(origin).map_err(unavailable)
    }

    fn standing(&self, tenant: TenantId, user: &User) -> Result<Standing, Unavailable> {
        let lookup = self.lookups.user(tenant, user);
        let stored = self.user_by_lookup(&lookup).map_err(unavailable)?;
        let standing = stored.map_or_else(Standing::default, |stored| stored.standing);
        #[cfg(feature = "sabotage")]
        let standing = linked_anywhere(user, standing);
        Ok(standing)
    }

    fn make_known(&self, tenant: TenantId, user: &User) -> Result<(), Unavailable> {
        self.note_known(tenant, user).map_err(unavailable)
    }
}

impl Catalogue {
    /// What lives at an address, by the file; the cache knows it afterwards.
    pub(super) fn living_at(
        &self,
        desk: &Desk,
        lookup: &[u8; 32],
    ) -> Result<Option<NamespaceId>, Error> {
        match desk.rows.reader().get(NAMESPACES, lookup)? {
            Some(row) => Ok(Some(self.remember_namespace(desk, &row)?.id)),
            None => {
                self.caches.incarnations.put(*lookup, None);
                Ok(None)
            }
        }
    }
}

/// What is known of a user, with the link of the tenant that asked for its name first.
#[cfg(feature = "sabotage")]
fn linked_anywhere(user: &User, standing: Standing) -> Standing {
    if !sabotage::is(Bug::LinkWithoutTenant) {
        return standing;
    }
    let text = |user: &User| format!("{} {}", user.issuer.as_str(), user.id.as_str());
    let own = standing.linked_to.as_deref().map(text);
    let first = sabotage::share_text(&text(user), |first| first.or_else(|| own.clone()));
    let linked_to = first.or(own).and_then(|first| {
        let (issuer, id) = first.split_once(' ')?;
        Some(Arc::new(User {
            issuer: Issuer::parse(issuer).ok()?,
            id: UserId::parse(id).ok()?,
        }))
    });
    Standing {
        linked_to,
        ..standing
    }
}

/// Identity learns only that nothing is known; the log learns why.
fn unavailable(error: Error) -> Unavailable {
    tracing::error!(%error, "the catalogue did not answer");
    Unavailable
}
