//! What rows say, as JSON with a format number. Names are parsed again when a row is read, so a
//! row never brings in what a door would refuse.

use anchorhold_identity::ActAs;
use anchorhold_model::{
    AccessSet, Address, Grant, GrantPattern, Issuer, JsonPointer, KeyId, NamespaceId,
    NamespaceName, Origin, Part, Place, QuarantinePolicy, Role, SandboxHandle, SessionHandle,
    SessionPolicy, Sources, SubScopes, TenantId, TenantPolicy, TextError, Timestamp, User, UserId,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::Error;

/// The version of all bodies below. A new field needs a default; a new meaning a new version.
pub(super) const FORMAT: u32 = 1;

pub(super) const MALFORMED: Error = Error::Malformed {
    what: "catalogue row",
};

#[derive(Serialize, Deserialize)]
pub(super) struct TenantBody {
    pub(super) format: u32,
    pub(super) id: TenantId,
    pub(super) name: String,
    pub(super) policy: TenantPolicy,
    #[serde(default)]
    pub(super) identity: IdentityBody,
    /// Memories that are on their way from one namespace to another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) moves: Vec<MoveBody>,
    /// The wrapped wrapping key, hexadecimal.
    pub(super) wrapped: String,
}

/// What a tenant configured about identities.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct IdentityBody {
    #[serde(default)]
    pub(super) hmac_keys: Vec<HmacKeyBody>,
    #[serde(default)]
    pub(super) sources: Sources,
    /// What Open WebUI signs with.
    #[serde(default)]
    pub(super) open_webui_secret: Option<String>,
    #[serde(default)]
    pub(super) sessions: SessionPolicy,
    #[serde(default)]
    pub(super) quarantine: QuarantinePolicy,
    #[serde(default)]
    pub(super) registrations_per_minute: u64,
    #[serde(default)]
    pub(super) shared_read_until: Option<Timestamp>,
    #[serde(default)]
    pub(super) metadata_pointer: Option<JsonPointer>,
    #[serde(default)]
    pub(super) ignores_body_user: bool,
}

/// Memories that go from one namespace to another, all or none of them.
#[derive(Serialize, Deserialize)]
pub(super) struct MoveBody {
    pub(super) number: u64,
    pub(super) from: NamespaceId,
    pub(super) to: NamespaceId,
    pub(super) records: Vec<MovedBody>,
    pub(super) have_arrived: bool,
}

#[derive(Serialize, Deserialize)]
pub(super) struct MovedBody {
    pub(super) id: String,
    pub(super) ordinal: u64,
    pub(super) version: u64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct HmacKeyBody {
    pub(super) key: KeyId,
    pub(super) name: String,
    pub(super) created_at: Timestamp,
    /// Hexadecimal.
    pub(super) secret: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct CredentialBody {
    pub(super) format: u32,
    pub(super) key: KeyId,
    pub(super) tenant: Option<TenantId>,
    pub(super) name: String,
    pub(super) hint: String,
    /// The tenant brought the token.
    #[serde(default)]
    pub(super) is_brought: bool,
    /// The keyed hash of the token, hexadecimal.
    pub(super) hash: String,
    #[serde(default)]
    pub(super) jwt: Option<JwtKeySetBody>,
    pub(super) user: Option<String>,
    pub(super) viewer: bool,
    pub(super) act_as: Option<ActAsBody>,
    pub(super) admin: bool,
    pub(super) grants: Vec<GrantBody>,
    /// An invitation, and the role of whom it makes known.
    #[serde(default)]
    pub(super) invite: Option<Role>,
    /// The pages of a publishable key.
    #[serde(default)]
    pub(super) origins: Option<Vec<Origin>>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) revoked_at: Option<Timestamp>,
    pub(super) generation: u64,
}

/// An issuer of signed tokens.
#[derive(Serialize, Deserialize)]
pub(super) struct JwtKeySetBody {
    pub(super) name: String,
    pub(super) vouches: String,
    pub(super) iss: String,
    pub(super) audience: Option<String>,
    pub(super) role_claim: Option<String>,
    pub(super) leeway_seconds: u64,
    pub(super) keys: Vec<JwtKeyBody>,
    /// In place of keys, where the issuer publishes them.
    #[serde(default)]
    pub(super) published: Option<JwksSourceBody>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct JwksSourceBody {
    pub(super) url: String,
    pub(super) algorithms: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct JwtKeyBody {
    pub(super) kid: Option<String>,
    pub(super) algorithm: String,
    pub(super) form: JwtKeyFormBody,
    pub(super) text: String,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum JwtKeyFormBody {
    Secret,
    Pem,
    Jwk,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ActAsBody {
    Full,
    Read,
}

#[derive(Serialize, Deserialize)]
pub(super) struct GrantBody {
    pattern: String,
    access: AccessSet,
}

#[derive(Serialize, Deserialize)]
pub(super) struct NamespaceBody {
    pub(super) format: u32,
    pub(super) id: NamespaceId,
    pub(super) tenant: TenantId,
    pub(super) place: PlaceBody,
    pub(super) description: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub(super) enum PlaceBody {
    Named {
        name: String,
    },
    User {
        issuer: String,
        id: String,
        workspace: Option<String>,
        agent: Option<String>,
        thread: Option<String>,
    },
    Shared,
    Session {
        handle: SessionHandle,
    },
    Quarantine {
        handle: SandboxHandle,
    },
}

/// A session, or a sandbox.
#[derive(Serialize, Deserialize)]
pub(super) struct SessionBody {
    pub(super) format: u32,
    pub(super) tenant: TenantId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) handle: Option<SessionHandle>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sandbox: Option<SandboxBody>,
}

/// Whose sandbox it is.
#[derive(Serialize, Deserialize)]
pub(super) struct SandboxBody {
    pub(super) handle: SandboxHandle,
    /// With which credential it began.
    pub(super) by: KeyId,
    /// By which source somebody was named, and who.
    pub(super) source: Option<String>,
    pub(super) claim: Option<LinkBody>,
    /// Whether the sender may say who the user is, so that its word tells claimants apart.
    pub(super) is_asserted: bool,
    /// Who gets what is kept in it: nobody uses it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) approved_for: Option<LinkBody>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct UserBody {
    pub(super) format: u32,
    pub(super) issuer: String,
    pub(super) id: String,
    /// The key of the user's pseudonym, hexadecimal.
    pub(super) pseudonym_key: String,
    /// Made on purpose, or by a request that was good enough.
    pub(super) known: bool,
    #[serde(default)]
    pub(super) role: Role,
    /// Whose second name it is.
    #[serde(default)]
    pub(super) linked_to: Option<LinkBody>,
}

/// The user whom a second name leads to.
#[derive(Serialize, Deserialize)]
pub(super) struct LinkBody {
    issuer: String,
    id: String,
}

impl From<&User> for LinkBody {
    fn from(user: &User) -> Self {
        Self {
            issuer: user.issuer.as_str().to_owned(),
            id: user.id.as_str().to_owned(),
        }
    }
}

impl LinkBody {
    pub(super) fn parse(&self) -> Result<User, Error> {
        Ok(User {
            issuer: parsed(Issuer::parse(&self.issuer))?,
            id: parsed(UserId::parse(&self.id))?,
        })
    }
}

/// The bytes of a body.
pub(super) fn encode(body: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, Error> {
    serde_json::to_vec(body)
        .map(Zeroizing::new)
        .map_err(|_| MALFORMED)
}

/// A body of a known format.
pub(super) fn decode<B: DeserializeOwned>(bytes: &[u8]) -> Result<B, Error> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let Format { format } = serde_json::from_slice(bytes).map_err(|_| MALFORMED)?;
    if format != FORMAT {
        return Err(Error::Format { found: format });
    }
    serde_json::from_slice(bytes).map_err(|_| MALFORMED)
}

/// A name that was parsed before it was stored.
pub(super) fn parsed<T>(result: Result<T, TextError>) -> Result<T, Error> {
    result.map_err(|_| MALFORMED)
}

/// Bytes that were stored as hexadecimal digits.
pub(super) fn digits<const N: usize>(text: &str) -> Result<[u8; N], Error> {
    anchorhold_model::unhex(text).ok_or(MALFORMED)
}

impl From<ActAs> for ActAsBody {
    fn from(act_as: ActAs) -> Self {
        match act_as {
            ActAs::Full => Self::Full,
            ActAs::Read => Self::Read,
        }
    }
}

impl From<ActAsBody> for ActAs {
    fn from(body: ActAsBody) -> Self {
        match body {
            ActAsBody::Full => Self::Full,
            ActAsBody::Read => Self::Read,
        }
    }
}

impl From<&Grant> for GrantBody {
    fn from(grant: &Grant) -> Self {
        Self {
            pattern: grant.pattern.to_string(),
            access: grant.access,
        }
    }
}

impl GrantBody {
    pub(super) fn parse(&self) -> Result<Grant, Error> {
        Ok(Grant {
            pattern: parsed(GrantPattern::parse(&self.pattern))?,
            access: self.access,
        })
    }
}

impl From<&Place> for PlaceBody {
    fn from(place: &Place) -> Self {
        let text = |part: &Option<Part>| part.as_ref().map(|part| part.as_str().to_owned());
        match place {
            Place::Named(name) => Self::Named {
                name: name.to_string(),
            },
            Place::User(user, sub_scopes) => Self::User {
                issuer: user.issuer.as_str().to_owned(),
                id: user.id.as_str().to_owned(),
                workspace: text(&sub_scopes.workspace),
                agent: text(&sub_scopes.agent),
                thread: text(&sub_scopes.thread),
            },
            Place::Shared => Self::Shared,
            Place::Session(handle) => Self::Session { handle: *handle },
            Place::Quarantine(handle) => Self::Quarantine { handle: *handle },
        }
    }
}

impl NamespaceBody {
    pub(super) fn address(&self) -> Result<Address, Error> {
        let part = |text: &Option<String>| text.as_deref().map(Part::parse).transpose();
        let place = match &self.place {
            PlaceBody::Named { name } => Place::Named(parsed(NamespaceName::parse(name))?),
            PlaceBody::User {
                issuer,
                id,
                workspace,
                agent,
                thread,
            } => Place::User(
                User {
                    issuer: parsed(Issuer::parse(issuer))?,
                    id: parsed(UserId::parse(id))?,
                },
                SubScopes {
                    workspace: parsed(part(workspace))?,
                    agent: parsed(part(agent))?,
                    thread: parsed(part(thread))?,
                },
            ),
            PlaceBody::Shared => Place::Shared,
            PlaceBody::Session { handle } => Place::Session(*handle),
            PlaceBody::Quarantine { handle } => Place::Quarantine(*handle),
        };
        Ok(Address {
            tenant: self.tenant,
            place,
        })
    }
}
