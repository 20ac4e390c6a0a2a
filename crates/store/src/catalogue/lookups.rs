//! The MACs under which rows stand: one number per kind of key, so that no two ever meet.

use anchorhold_crypto::{Lookup, LookupKey, TokenHash};
use anchorhold_identity::Claim;
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{
    Address, KeyId, NamespaceId, Origin, Place, SandboxHandle, SessionHandle, SessionId, SubScopes,
    TenantId, TenantName, User, UserHandle,
};

use crate::sealed_rows::Table;

/// Rows of tenants.
pub(super) const TENANTS: Table = 1;
/// Rows of credentials.
pub(super) const CREDENTIALS: Table = 2;
/// Rows of living incarnations of namespaces.
pub(super) const NAMESPACES: Table = 3;
/// Rows of users.
pub(super) const USERS: Table = 4;
/// Rows of incarnations that are to be destroyed: made with the erasure, gone with the files.
pub(super) const TOMBSTONES: Table = 5;
/// Rows of sessions; changed last when they were used last, as far as that was written down.
pub(super) const SESSIONS: Table = 6;
/// Rows of pages that may use a publishable key.
pub(super) const ORIGINS: Table = 7;

// Numbers of keys. Part of the format: never change or reuse one.
const TENANT_NAME: u8 = 1;
const TENANT_ID: u8 = 2;
const TOKEN: u8 = 3;
const KEY_ID: u8 = 4;
const ADDRESS: u8 = 5;
const NAMESPACE_ID: u8 = 6;
const USER: u8 = 7;
const OF_INSTALLATION: u8 = 8;
const OF_TENANT: u8 = 9;
const NAMED_OF_TENANT: u8 = 10;
const OF_USER: u8 = 11;
const TOMBSTONE: u8 = 12;
const SESSION: u8 = 13;
const SESSION_HANDLE: u8 = 14;
const SESSION_ASIDE: u8 = 15;
const OF_SESSIONS: u8 = 16;
const OF_SESSION: u8 = 17;
const ORIGIN: u8 = 18;
const ORIGIN_OF_KEY: u8 = 19;
const USER_HANDLE: u8 = 20;
const SANDBOX: u8 = 21;
const SANDBOX_HANDLE: u8 = 22;
const OF_SANDBOXES: u8 = 23;
const OF_SANDBOX: u8 = 24;
const TURN: u8 = 25;

/// Makes the MACs.
pub(super) struct Lookups(LookupKey);

impl Lookups {
    pub(super) fn new(key: LookupKey) -> Self {
        Self(key)
    }

    /// A part of a turn of a chat that is kept in a namespace.
    pub(super) fn turn(&self, namespace: NamespaceId, part: &[u8]) -> Lookup {
        self.0.of(TURN, &[namespace.as_bytes(), part].concat())
    }

    pub(super) fn tenant_name(&self, name: &TenantName) -> Lookup {
        self.0.of(TENANT_NAME, name.as_str().as_bytes())
    }

    pub(super) fn tenant(&self, tenant: TenantId) -> Lookup {
        self.0.of(TENANT_ID, tenant.as_bytes())
    }

    pub(super) fn token(&self, hash: &TokenHash) -> Lookup {
        self.0.of(TOKEN, hash.as_bytes())
    }

    pub(super) fn key(&self, key: KeyId) -> Lookup {
        self.0.of(KEY_ID, key.as_bytes())
    }

    pub(super) fn address(&self, address: &Address) -> Lookup {
        self.0.of(ADDRESS, &address.canonical_bytes())
    }

    pub(super) fn namespace(&self, namespace: NamespaceId) -> Lookup {
        self.0.of(NAMESPACE_ID, namespace.as_bytes())
    }

    pub(super) fn tombstone(&self, namespace: NamespaceId) -> Lookup {
        self.0.of(TOMBSTONE, namespace.as_bytes())
    }

    pub(super) fn user(&self, tenant: TenantId, user: &User) -> Lookup {
        #[cfg(feature = "sabotage")]
        let tenant = any_if(Bug::UserWithoutTenant, tenant);
        self.0.of(USER, &user_bytes(tenant, user))
    }

    /// A user, by what names this life of them.
    pub(super) fn user_handle(&self, tenant: TenantId, user: UserHandle) -> Lookup {
        #[cfg(feature = "sabotage")]
        let tenant = any_if(Bug::UserHandleWithoutTenant, tenant);
        self.0.of(USER_HANDLE, &pair(tenant, user.as_bytes()))
    }

    /// A session, by what its client shows.
    pub(super) fn session(&self, tenant: TenantId, id: &SessionId) -> Lookup {
        self.0.of(SESSION, &pair(tenant, id.as_bytes()))
    }

    /// A session, by what names it.
    pub(super) fn session_handle(&self, tenant: TenantId, session: SessionHandle) -> Lookup {
        self.0.of(SESSION_HANDLE, &pair(tenant, session.as_bytes()))
    }

    /// A session that is over, whose id leads to another one already.
    pub(super) fn session_aside(&self, tenant: TenantId, handle: &[u8; 16]) -> Lookup {
        self.0.of(SESSION_ASIDE, &pair(tenant, handle))
    }

    /// What the sessions of a tenant are listed under.
    pub(super) fn of_sessions(&self, tenant: TenantId) -> Lookup {
        self.0.of(OF_SESSIONS, tenant.as_bytes())
    }

    /// What the namespace of a session is listed under.
    pub(super) fn of_session(&self, tenant: TenantId, session: SessionHandle) -> Lookup {
        self.0.of(OF_SESSION, &pair(tenant, session.as_bytes()))
    }

    /// A sandbox, by everything that its claimants must have in common.
    pub(super) fn sandbox(
        &self,
        tenant: TenantId,
        claim: &Claim,
        token: Option<&SessionId>,
    ) -> Lookup {
        #[cfg(feature = "sabotage")]
        let (tenant, claim, token) = (
            any_if(Bug::SandboxWithoutTenant, tenant),
            &sabotaged(claim, token),
            token.filter(|_| !sabotage::is(Bug::SandboxByClaimAlone)),
        );
        let mut bytes = pair(tenant, claim.by.as_bytes()).to_vec();
        bytes.push(u8::from(claim.said.is_some()));
        if let Some((source, user)) = &claim.said {
            for part in [source.as_str(), user.issuer.as_str(), user.id.as_str()] {
                let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
                bytes.extend_from_slice(&length.to_be_bytes());
                bytes.extend_from_slice(part.as_bytes());
            }
        }
        bytes.push(u8::from(token.is_some()));
        bytes.extend_from_slice(token.map_or(&[][..], |token| token.as_bytes()));
        self.0.of(SANDBOX, &bytes)
    }

    /// A sandbox, by what names it.
    pub(super) fn sandbox_handle(&self, tenant: TenantId, sandbox: SandboxHandle) -> Lookup {
        #[cfg(feature = "sabotage")]
        let tenant = any_if(Bug::SandboxHandleWithoutTenant, tenant);
        self.0.of(SANDBOX_HANDLE, &pair(tenant, sandbox.as_bytes()))
    }

    /// What the sandboxes of a tenant are listed under.
    pub(super) fn of_sandboxes(&self, tenant: TenantId) -> Lookup {
        #[cfg(feature = "sabotage")]
        let tenant = any_if(Bug::SandboxesWithoutTenant, tenant);
        self.0.of(OF_SANDBOXES, tenant.as_bytes())
    }

    /// What the namespace of a sandbox is listed under.
    pub(super) fn of_sandbox(&self, tenant: TenantId, sandbox: SandboxHandle) -> Lookup {
        self.0.of(OF_SANDBOX, &pair(tenant, sandbox.as_bytes()))
    }

    /// What the keys are listed under that pages of an origin may use.
    pub(super) fn origin(&self, origin: &Origin) -> Lookup {
        self.0.of(ORIGIN, origin.as_str().as_bytes())
    }

    /// That one key is for an origin.
    pub(super) fn origin_of(&self, key: KeyId, origin: &Origin) -> Lookup {
        // The id has a length of its own, so nothing runs together.
        let bytes = [key.as_bytes().as_slice(), origin.as_str().as_bytes()].concat();
        self.0.of(ORIGIN_OF_KEY, &bytes)
    }

    /// What all tenants are listed under.
    pub(super) fn of_installation(&self) -> Lookup {
        self.0.of(OF_INSTALLATION, &[])
    }

    /// What the keys and users of a tenant are listed under; `None` is the operator.
    pub(super) fn of_tenant(&self, tenant: Option<TenantId>) -> Lookup {
        #[cfg(feature = "sabotage")]
        let tenant = tenant.filter(|_| !sabotage::is(Bug::KeysWithoutTenant));
        let bytes = tenant.map_or_else(Vec::new, |tenant| tenant.as_bytes().to_vec());
        self.0.of(OF_TENANT, &bytes)
    }

    /// What the named namespaces of a tenant are listed under.
    pub(super) fn named_of_tenant(&self, tenant: TenantId) -> Lookup {
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::NamespacesWithoutTenant) {
            return self.0.of(NAMED_OF_TENANT, &[]);
        }
        self.0.of(NAMED_OF_TENANT, tenant.as_bytes())
    }

    /// What the namespaces and keys of a user are listed under.
    pub(super) fn of_user(&self, tenant: TenantId, user: &User) -> Lookup {
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::EraseWithoutTenant) {
            return self.0.of(OF_USER, user.id.as_str().as_bytes());
        }
        self.0.of(OF_USER, &user_bytes(tenant, user))
    }

    /// What a namespace is listed under: its kind's list in the tenant, and its user.
    pub(super) fn lists(&self, address: &Address) -> (Lookup, Option<Lookup>) {
        match &address.place {
            Place::Named(_) => (self.named_of_tenant(address.tenant), None),
            Place::User(user, _) => (
                self.of_tenant(Some(address.tenant)),
                Some(self.of_user(address.tenant, user)),
            ),
            Place::Shared => (self.of_tenant(Some(address.tenant)), None),
            Place::Session(session) => (
                self.of_tenant(Some(address.tenant)),
                Some(self.of_session(address.tenant, *session)),
            ),
            Place::Quarantine(sandbox) => (
                self.of_tenant(Some(address.tenant)),
                Some(self.of_sandbox(address.tenant, *sandbox)),
            ),
        }
    }
}

/// One tenant for all while a bug is planted.
#[cfg(feature = "sabotage")]
fn any_if(bug: Bug, tenant: TenantId) -> TenantId {
    if sabotage::is(bug) {
        TenantId::from_bytes([0; 16])
    } else {
        tenant
    }
}

/// A claim without what a planted bug leaves out.
#[cfg(feature = "sabotage")]
fn sabotaged(claim: &Claim, token: Option<&SessionId>) -> Claim {
    let is_any_key =
        sabotage::is(Bug::SandboxByClaimAlone) || sabotage::is(Bug::SandboxWithoutTenant);
    let is_any_claim = token.is_some() && sabotage::is(Bug::SandboxTokenForAnyClaim);
    Claim {
        by: if is_any_key {
            KeyId::from_bytes([0; 16])
        } else {
            claim.by
        },
        said: claim.said.clone().filter(|_| !is_any_claim),
        told_apart: claim.told_apart,
    }
}

/// Both have a length of their own, so nothing runs together.
fn pair(tenant: TenantId, other: &[u8; 16]) -> [u8; 32] {
    let mut bytes = [0; 32];
    let (first, second) = bytes.split_at_mut(16);
    first.copy_from_slice(tenant.as_bytes());
    second.copy_from_slice(other);
    bytes
}

/// A user's main namespace is the one encoding of a user in which parts never run together.
fn user_bytes(tenant: TenantId, user: &User) -> Vec<u8> {
    let place = Place::User(user.clone(), SubScopes::default());
    Address { tenant, place }.canonical_bytes()
}
