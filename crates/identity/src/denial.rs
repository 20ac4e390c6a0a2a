//! Why a request is refused: the whole truth for the audit log, a code for the stranger.

use std::borrow::Cow;

use anchorhold_model::{Access, KeyId, TenantId, TextError};

use crate::{JwtProblem, SignatureProblem};

/// The reason of a refusal. A door maps it to a code; several reasons share one code on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No credential came along.
    CredentialMissing,
    /// It is no API key, or no one knows it.
    CredentialUnknown,
    /// It was revoked.
    CredentialRevoked,
    /// A publishable key, and the page that sent it is none of those that it is for.
    OriginForbidden,
    /// Its time is over.
    CredentialExpired,
    /// It is of the other listener's class.
    CredentialMisplaced,
    /// It came from another machine with nothing that encrypts it.
    CredentialInClear,
    /// Strict mode, and nobody is named.
    IdentityMissing,
    /// Required mode, and nobody is named.
    IdentityRequired,
    /// An identity header is sent twice, as a list, under a twin's name or as a template.
    IdentityHeaderInvalid {
        /// The header.
        header: Cow<'static, str>,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A value in a header is no part of an address.
    NameInvalid {
        /// Where it stood.
        field: Cow<'static, str>,
        /// What is wrong with it.
        error: TextError,
    },
    /// Strategy `custom`, and no key is named.
    IsolationKeyRequired,
    /// Strict mode, and the identity is not proved.
    IdentityUnverified,
    /// Open WebUI names its user without a signature, though a secret is shared with it.
    OpenWebuiUnsigned,
    /// It is a signed token that does not count.
    JwtInvalid(JwtProblem),
    /// The request is signed, and the signature does not count.
    SignatureInvalid(SignatureProblem),
    /// The credential may not say who the user is.
    IdentityNotPermitted,
    /// Two identities disagree.
    IdentityConflict,
    /// The request names two namespaces.
    NamespaceConflict,
    /// No grant covers the named namespace, whether it exists or not.
    NamespaceForbidden {
        /// The name as the caller wrote it.
        name: String,
    },
    /// A grant covers it, but not with this access; or the credential may not do this at all.
    AccessForbidden {
        /// What was needed.
        needed: Option<Access>,
    },
    /// A granted namespace does not exist, or an id names none that the caller may know of.
    NamespaceNotFound,
    /// Nothing is stored for this user.
    UserNotFound,
    /// There are as many sessions as there may be, or this peer was given as many as it may have.
    SessionLimit {
        /// After how many seconds there may be another one.
        retry_after_seconds: u64,
    },
    /// There are as many sandboxes as there may be, or this peer was given as many as it may have.
    SandboxLimit {
        /// After how many seconds there may be another one.
        retry_after_seconds: u64,
    },
    /// The directory did not answer; try again.
    Unavailable,
    /// The keys of the token's issuer cannot be fetched now; try again.
    IssuerKeysUnavailable,
}

/// A refusal, with what is known of the caller for the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// Why.
    pub reason: Reason,
    /// Whose credential it was, when it is known.
    pub tenant: Option<TenantId>,
    /// Which credential it was, when it is known.
    pub key: Option<KeyId>,
}

impl Denial {
    /// A refusal of somebody unknown.
    pub const fn of_stranger(reason: Reason) -> Self {
        Self {
            reason,
            tenant: None,
            key: None,
        }
    }
}

impl Reason {
    /// The word in the audit log.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::CredentialMissing => "credential_missing",
            Self::CredentialUnknown => "credential_unknown",
            Self::CredentialRevoked => "credential_revoked",
            Self::OriginForbidden => "origin_forbidden",
            Self::CredentialExpired => "credential_expired",
            Self::CredentialMisplaced => "credential_misplaced",
            Self::CredentialInClear => "credential_in_clear",
            Self::IdentityMissing => "identity_missing",
            Self::IdentityRequired => "identity_required",
            Self::IdentityHeaderInvalid { .. } => "identity_header_invalid",
            Self::NameInvalid { .. } => "name_invalid",
            Self::IsolationKeyRequired => "isolation_key_required",
            Self::IdentityUnverified => "identity_unverified",
            Self::OpenWebuiUnsigned => "open_webui_unsigned",
            Self::JwtInvalid(problem) => problem.as_str(),
            Self::SignatureInvalid(problem) => problem.as_str(),
            Self::IdentityNotPermitted => "identity_not_permitted",
            Self::IdentityConflict => "identity_conflict",
            Self::NamespaceConflict => "namespace_conflict",
            Self::NamespaceForbidden { .. } => "namespace_forbidden",
            Self::AccessForbidden { .. } => "access_forbidden",
            Self::NamespaceNotFound => "namespace_not_found",
            Self::UserNotFound => "user_not_found",
            Self::SessionLimit { .. } => "session_limit",
            Self::SandboxLimit { .. } => "sandbox_limit",
            Self::Unavailable => "unavailable",
            Self::IssuerKeysUnavailable => "issuer_keys_unavailable",
        }
    }
}
