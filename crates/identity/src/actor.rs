//! Who acts, by which proof and through which door: what the audit log tells of a request.

use anchorhold_model::{Issuer, KeyId, TenantId, TrustMode, User};

use crate::{Denial, Reason};

/// How well an identity is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// Said by somebody without the right to say it.
    Claimed,
    /// Said by a credential that is trusted to say it.
    Asserted,
    /// Shown by the credential itself.
    Proven,
}

impl Strength {
    /// The word in replies and in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Asserted => "asserted",
            Self::Proven => "proven",
        }
    }
}

/// Where an identity came from; one file of `resolve/` each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A user-bound API key.
    ApiKey,
    /// A token that the tenant brought and mapped to a user.
    BearerMap,
    /// A signed token (JWT).
    Jwt,
    /// The application that the server is a part of.
    Application,
    /// A signed request.
    Signature,
    /// The `x-anchorhold-user` header.
    UserHeader,
    /// The `x-isolation-key` header.
    IsolationKeyHeader,
    /// The header in which Open WebUI names its user.
    OpenWebui,
    /// The signed token in which Open WebUI names its user.
    OpenWebuiJwt,
    /// The header in which `SillyTavern` names its user.
    SillyTavern,
    /// A header of the tenant's choosing.
    NamedHeader,
    /// What a body says at the place that the tenant configured.
    Metadata,
    /// The fields `user` and `safety_identifier` of a body.
    Body,
    /// A session that this server began.
    Session,
    /// A sandbox that this server began.
    Sandbox,
}

impl Source {
    /// Whether the credential itself names the user, or the application whose it is.
    pub const fn is_credential(self) -> bool {
        matches!(
            self,
            Self::ApiKey | Self::BearerMap | Self::Jwt | Self::Application
        )
    }

    /// Whether it is a header of ours, which may not contradict the credential even as a claim.
    pub const fn is_own_header(self) -> bool {
        matches!(self, Self::UserHeader | Self::IsolationKeyHeader)
    }

    /// The word in replies and in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::BearerMap => "bearer_map",
            Self::Jwt => "jwt",
            Self::Application => "application",
            Self::Signature => "signature",
            Self::UserHeader => "x-anchorhold-user",
            Self::IsolationKeyHeader => "x-isolation-key",
            Self::OpenWebui => "open_webui",
            Self::OpenWebuiJwt => "open_webui_jwt",
            Self::SillyTavern => "silly_tavern",
            Self::NamedHeader => "header",
            Self::Metadata => "metadata",
            Self::Body => "body",
            Self::Session => "session",
            Self::Sandbox => "sandbox",
        }
    }
}

/// Through which door a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    /// The HTTP API.
    Http,
    /// The tools for models.
    Mcp,
    /// The Rust library.
    Library,
    /// Nobody's request: the server's own chores.
    Background,
}

impl Door {
    /// The word in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Mcp => "mcp",
            Self::Library => "library",
            Self::Background => "background",
        }
    }
}

/// A credential as it was when the request began; a later revocation changes the generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CredentialStamp {
    /// The key.
    pub key: KeyId,
    /// Its revocation generation.
    pub generation: u64,
}

/// Who acts. A plain noun: having one gives no right.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The tenant; `None` for the operator and for background work.
    pub tenant: Option<TenantId>,
    /// The credential; `None` for background work.
    pub credential: Option<CredentialStamp>,
    /// Who the request speaks for; `None` where it speaks for nobody.
    pub subject: Option<User>,
    /// How well that is proved.
    pub strength: Option<Strength>,
    /// Where it came from.
    pub source: Option<Source>,
    /// For a named namespace: the identity that stood beside the credential. Where an application lets
    /// somebody else in: whom.
    pub on_behalf_of: Option<User>,
    /// The trust mode in force.
    pub trust_mode: Option<TrustMode>,
    /// Through which door.
    pub door: Door,
    /// Accepted under `legacy` only; the reply says so.
    pub advisory: bool,
}

impl Actor {
    /// A refusal of what the actor was let in to do.
    pub(crate) fn denied(&self, reason: Reason) -> Denial {
        Denial {
            reason,
            tenant: self.tenant,
            key: self.credential.map(|credential| credential.key),
        }
    }

    /// Whether somebody acts in a place that is another person's, because an application lets them.
    pub fn is_guest(&self) -> bool {
        let subject = self.subject.as_ref();
        self.source == Some(Source::Application)
            && self.on_behalf_of.is_some()
            && subject.is_some_and(|subject| subject.issuer.as_str() == Issuer::LOCAL)
    }

    /// Whether the user it speaks for is known to the tenant from then on: one that is proved, or that
    /// the tenant lets others name.
    pub fn makes_known(&self) -> bool {
        match (self.strength, self.trust_mode) {
            (Some(Strength::Proven), _)
            | (Some(Strength::Asserted), Some(TrustMode::Required | TrustMode::Legacy)) => true,
            (Some(Strength::Asserted | Strength::Claimed) | None, _) => false,
        }
    }
}
