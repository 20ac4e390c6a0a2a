//! The nouns that are in memory, for who may not wait for the desk. Whatever is not there is
//! unavailable, and nobody is refused for good by it.

use std::net::IpAddr;
use std::sync::Arc;

use anchorhold_identity::{
    Begun, BegunSandbox, Claim, CredentialRecord, Directory, Fetching, JwtKey, NewSession,
    Presented, Reservation, Standing, TenantRecord, Unavailable, Wanted,
};
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{
    Address, NamespaceId, Origin, SandboxHandle, SessionHandle, SessionId, TenantId, TenantName,
    User,
};

use super::Catalogue;

/// A directory that never waits.
pub struct AtHand(Arc<Catalogue>);

impl AtHand {
    /// What `catalogue` has in memory.
    pub const fn new(catalogue: Arc<Catalogue>) -> Self {
        Self(catalogue)
    }
}

impl Directory for AtHand {
    fn credential(&self, shown: &Presented) -> Result<Option<Arc<CredentialRecord>>, Unavailable> {
        let hash = self.0.hash_of(shown);
        let stored = self.0.caches.credentials.get(hash.as_bytes());
        let stored = stored.filter(|stored| stored.hash.matches(&hash));
        let stored = stored.ok_or(Unavailable)?;
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::RevokedKeyAtHand) {
            return Ok(Some(Arc::new(CredentialRecord {
                revoked_at: None,
                ..(*stored.record).clone()
            })));
        }
        Ok(Some(Arc::clone(&stored.record)))
    }

    fn published_keys(
        &self,
        issuer: &CredentialRecord,
        wanted: Wanted<'_>,
    ) -> Result<Arc<[JwtKey]>, Unavailable> {
        let fetching = Fetching::Elsewhere;
        self.0.published_keys(issuer, Wanted { fetching, ..wanted })
    }

    fn tenant(&self, tenant: TenantId) -> Result<Option<Arc<TenantRecord>>, Unavailable> {
        let stored = self.0.caches.tenants.get(tenant.as_bytes());
        let stored = stored.ok_or(Unavailable)?;
        Ok(Some(Arc::clone(&stored.record)))
    }

    fn tenant_named(&self, _: &TenantName) -> Result<Option<Arc<TenantRecord>>, Unavailable> {
        Err(Unavailable)
    }

    fn incarnation(&self, address: &Address) -> Result<Option<NamespaceId>, Unavailable> {
        let lookup = self.0.lookups.address(address);
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::PlaceAtHandWithoutTenant) {
            return Ok(self.incarnation_of_any(address));
        }
        self.0.caches.incarnations.get(&lookup).ok_or(Unavailable)
    }

    fn reserve(&self, address: &Address) -> Result<Reservation, Unavailable> {
        let living = self.incarnation(address)?.ok_or(Unavailable)?;
        Ok(Reservation::Existing(living))
    }

    fn subtree(&self, _: TenantId, _: &User) -> Result<Vec<Address>, Unavailable> {
        Err(Unavailable)
    }

    fn address(&self, _: TenantId, _: NamespaceId) -> Result<Option<Address>, Unavailable> {
        Err(Unavailable)
    }

    fn session(
        &self,
        tenant: &TenantRecord,
        id: &SessionId,
    ) -> Result<Option<SessionHandle>, Unavailable> {
        self.0.session_at_hand(tenant, id, false)
    }

    fn session_use(
        &self,
        tenant: &TenantRecord,
        id: &SessionId,
    ) -> Result<Option<SessionHandle>, Unavailable> {
        self.0.session_at_hand(tenant, id, true)
    }

    fn session_begin(&self, _: &TenantRecord, _: NewSession) -> Result<Begun, Unavailable> {
        Err(Unavailable)
    }

    fn sandbox(
        &self,
        tenant: &TenantRecord,
        claim: &Claim,
        is_use: bool,
    ) -> Result<Option<SandboxHandle>, Unavailable> {
        self.0.sandbox_at_hand(tenant, claim, is_use)
    }

    fn sandbox_begin(
        &self,
        _: &TenantRecord,
        _: &Claim,
        _: Option<IpAddr>,
    ) -> Result<BegunSandbox, Unavailable> {
        Err(Unavailable)
    }

    fn sandbox_stands(&self, _: TenantId, _: SandboxHandle) -> Result<bool, Unavailable> {
        Err(Unavailable)
    }

    fn is_origin_listed(&self, origin: &Origin) -> Result<bool, Unavailable> {
        self.0.is_listed_at_hand(origin).ok_or(Unavailable)
    }

    fn standing(&self, tenant: TenantId, user: &User) -> Result<Standing, Unavailable> {
        let lookup = self.0.lookups.user(tenant, user);
        let stored = self.0.caches.users.get(&lookup).ok_or(Unavailable)?;
        Ok(stored.map_or_else(Standing::default, |stored| stored.standing))
    }

    fn make_known(&self, _: TenantId, _: &User) -> Result<(), Unavailable> {
        Err(Unavailable)
    }
}

#[cfg(feature = "sabotage")]
impl AtHand {
    /// The incarnation that was asked for first at a place of this name, in whatever tenant.
    fn incarnation_of_any(&self, address: &Address) -> Option<NamespaceId> {
        let lookup = self.0.lookups.address(address);
        let own = self.0.caches.incarnations.get(&lookup).flatten();
        let own = own.map(|namespace| anchorhold_model::hex(namespace.as_bytes()));
        let place = format!("{:?}", address.place);
        let first = sabotage::share_text(&place, |first| first.or_else(|| own.clone()));
        let digits: [u8; 16] = anchorhold_model::unhex(&first.or(own)?)?;
        Some(NamespaceId::from_bytes(digits))
    }
}
