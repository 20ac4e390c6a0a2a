//! The port through which identity asks about tenants, credentials and namespaces.
//!
//! Plain nouns, never content: these reads are the only data access without a Scope. The
//! catalogue of `store` implements it.

use std::net::IpAddr;
use std::sync::{Arc, Weak};

use anchorhold_crypto::Token;
use anchorhold_model::{
    Address, BearerToken, Grant, KeyId, NamespaceId, Origin, Role, SandboxHandle, SessionHandle,
    SessionId, TenantId, TenantName, TenantPolicy, Timestamp, User, UserId,
};

use crate::{IdentitySettings, JwtKey, JwtKeySet, Source, Wanted};

/// The directory could not answer; nothing is known, so nothing is allowed. Try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the directory is unavailable")]
pub struct Unavailable;

/// The right to say who the user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActAs {
    /// As any user of the tenant, with everything that user may do.
    Full,
    /// As any user of the tenant, to read.
    Read,
}

/// What a request shows to say whose credential it carries.
pub enum Presented {
    /// A key of this server.
    Key(Token),
    /// A token that a tenant may have mapped to one of its users.
    Bearer(BearerToken),
    /// The issuer of a signed token.
    Issuer {
        /// Who it says has issued it.
        iss: String,
        /// For whom it says it is.
        audience: Option<String>,
    },
    /// Nothing, on a listener whose requests are of this tenant then.
    Listener(TenantId),
    /// Nothing that counts, through the application whose requests are of this tenant.
    Application(TenantId),
}

/// What is stored of an API key, or of a token that a tenant brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialRecord {
    /// The key's id.
    pub key: KeyId,
    /// The tenant; `None` for an operator key.
    pub tenant: Option<TenantId>,
    /// The name its maker gave it.
    pub name: String,
    /// What lists show of the token.
    pub hint: String,
    /// A token that its tenant brought and mapped to the user: final, so that no other evidence is
    /// read beside it.
    pub is_brought: bool,
    /// An issuer of signed tokens, each of which proves a user of its own.
    pub jwt: Option<Arc<JwtKeySet>>,
    /// The user it is bound to (issuer `local`).
    pub user: Option<UserId>,
    /// A user-bound key that may only read.
    pub viewer: bool,
    /// The right to say who the user is.
    pub act_as: Option<ActAs>,
    /// A tenant admin key.
    pub admin: bool,
    /// Grants on named namespaces.
    pub grants: Vec<Grant>,
    /// An invitation, worth one key of its user; a user who is not known gets this role. It is good for
    /// nothing else.
    pub invite: Option<Role>,
    /// The pages that may use it, for a publishable key: it stands in them for everybody to read, so it
    /// proves nothing but its tenant.
    pub origins: Option<Vec<Origin>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Rises with every revocation.
    pub generation: u64,
}

impl CredentialRecord {
    /// Whether it is neither revoked nor at its end.
    pub fn is_living(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expires_at| expires_at > now)
    }
}

/// What is stored of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantRecord {
    /// The tenant's id.
    pub id: TenantId,
    /// Its name.
    pub name: TenantName,
    /// What it demands.
    pub policy: TenantPolicy,
    /// Whom it believes.
    pub identity: IdentitySettings,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What a tenant knows of a user; of one that nobody has made, nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Made on purpose, or by a request that was good enough.
    pub is_known: bool,
    /// What the user may do.
    pub role: Role,
    /// Whose second name this is. That user is no second name of another one.
    pub linked_to: Option<Arc<User>>,
}

/// Keeps an id reserved for as long as somebody holds it: a first write that comes to nothing leaves
/// nothing behind, so that nobody is shown later whether the server was restarted in between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promise(Arc<()>);

impl Promise {
    /// Tells whether anybody still holds it.
    pub fn watch(&self) -> Weak<()> {
        Arc::downgrade(&self.0)
    }

    /// The promise again, if anybody still holds it.
    pub fn again(watched: &Weak<()>) -> Option<Self> {
        watched.upgrade().map(Self)
    }
}

/// An incarnation for a first write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// The namespace exists already.
    Existing(NamespaceId),
    /// It will have this id if the write comes to pass; until then nothing is stored.
    Reserved(NamespaceId, Promise),
}

/// A session that is to begin.
#[derive(Clone, Copy, Debug)]
pub struct NewSession {
    /// The id, if the client drew it.
    pub drawn: Option<SessionId>,
    /// Who asks, for limits.
    pub client: Option<IpAddr>,
    /// With which credential: what others draw never moves the ids that its sessions get.
    pub by: KeyId,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The session lives.
    Session(SessionId, SessionHandle),
    /// There are as many as there may be.
    Full {
        /// After how many seconds there may be another one.
        retry_after_seconds: u64,
    },
}

/// Whose sandbox a request means: two that differ in anything never meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// With which credential it came.
    pub by: KeyId,
    /// Who is claimed, and by which source; `None` where nobody is named.
    pub said: Option<(Source, User)>,
    /// What tells two claimants of one name apart.
    pub told_apart: ToldApart,
}

/// What tells two claimants of one name apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToldApart {
    /// Whoever sends the request: it may say who the user is.
    BySender,
    /// What this server gave to one of them, if the request shows it.
    ByToken(Option<SessionId>),
}

/// What came of a sandbox that is to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BegunSandbox {
    /// It is there, with what tells its claimant apart where the sender does not.
    Sandbox(SandboxHandle, Option<SessionId>),
    /// There are as many as there may be.
    Full {
        /// After how many seconds there may be another one.
        retry_after_seconds: u64,
    },
}

/// Reads of nouns, the reservation of ids, and the beginning and use of sessions.
pub trait Directory: Send + Sync {
    /// The credential that is shown: looked up by keyed hash, compared in constant time.
    fn credential(&self, shown: &Presented) -> Result<Option<Arc<CredentialRecord>>, Unavailable>;

    /// The keys that an issuer publishes. May block for ten seconds where `wanted` lets it, with
    /// nothing locked.
    fn published_keys(
        &self,
        issuer: &CredentialRecord,
        wanted: Wanted<'_>,
    ) -> Result<Arc<[JwtKey]>, Unavailable>;

    /// The tenant with this id.
    fn tenant(&self, tenant: TenantId) -> Result<Option<Arc<TenantRecord>>, Unavailable>;

    /// The tenant with this name.
    fn tenant_named(&self, name: &TenantName) -> Result<Option<Arc<TenantRecord>>, Unavailable>;

    /// The living incarnation at an address.
    fn incarnation(&self, address: &Address) -> Result<Option<NamespaceId>, Unavailable>;

    /// The living incarnation, or an id for the one to come. Two requests that ask before the
    /// first write get the same id, as long as one of them lasts; an erase in between makes it void.
    fn reserve(&self, address: &Address) -> Result<Reservation, Unavailable>;

    /// The addresses of all living incarnations of a user, its own and those of its sub-scopes.
    fn subtree(&self, tenant: TenantId, user: &User) -> Result<Vec<Address>, Unavailable>;

    /// The address of a living incarnation of this tenant; `None` for any other id.
    fn address(
        &self,
        tenant: TenantId,
        namespace: NamespaceId,
    ) -> Result<Option<Address>, Unavailable>;

    /// The session of this id if it lives now. To look is not to use it.
    fn session(
        &self,
        tenant: &TenantRecord,
        id: &SessionId,
    ) -> Result<Option<SessionHandle>, Unavailable>;

    /// The same, and its time begins anew.
    fn session_use(
        &self,
        tenant: &TenantRecord,
        id: &SessionId,
    ) -> Result<Option<SessionHandle>, Unavailable>;

    /// Begins a session. Its row is durable when this returns; it has no namespace before a first write.
    fn session_begin(&self, tenant: &TenantRecord, new: NewSession) -> Result<Begun, Unavailable>;

    /// The sandbox of a claim if it lives now; `is_use` begins its time anew.
    fn sandbox(
        &self,
        tenant: &TenantRecord,
        claim: &Claim,
        is_use: bool,
    ) -> Result<Option<SandboxHandle>, Unavailable>;

    /// Begins a sandbox for a claim; one that lives is found again. Its row is durable when this returns.
    fn sandbox_begin(
        &self,
        tenant: &TenantRecord,
        claim: &Claim,
        client: Option<IpAddr>,
    ) -> Result<BegunSandbox, Unavailable>;

    /// Whether a sandbox of this handle is there, over or not.
    fn sandbox_stands(&self, tenant: TenantId, sandbox: SandboxHandle)
    -> Result<bool, Unavailable>;

    /// Whether any publishable key lists this origin.
    fn is_origin_listed(&self, origin: &Origin) -> Result<bool, Unavailable>;

    /// What the tenant knows of this user.
    fn standing(&self, tenant: TenantId, user: &User) -> Result<Standing, Unavailable>;

    /// Notes that the tenant knows this user, of whom something is stored already.
    fn make_known(&self, tenant: TenantId, user: &User) -> Result<(), Unavailable>;
}
