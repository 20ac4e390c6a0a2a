//! What a stranger is told of a denial: one code and one sentence for each reason, and the same
//! bytes for reasons that must not be told apart.

use anchorhold_identity::{Denial, Reason};
use anchorhold_model::Access;
use anchorhold_wire::Code;

use super::Refusal;

const IDENTITY_MISSING: &str =
    "this tenant accepts proven users alone; use a key that is bound to the user";
const IDENTITY_REQUIRED: &str = "say who the user is in the header x-anchorhold-user, or in one that this tenant reads besides (x-isolation-key, x-openwebui-user-id, x-st-user, its own), or name a namespace";
const ISOLATION_KEY_REQUIRED: &str =
    "this tenant chooses the namespace by the header x-isolation-key; send it";
const IDENTITY_UNVERIFIED: &str =
    "this tenant does not take a header's word; use a key that is bound to the user";
const IDENTITY_NOT_PERMITTED: &str =
    "this key may not say who the user is; use one with act_as or one bound to the user";
const SIGNATURE_INVALID: &str = "the signature of this request does not count; check the key id, the clock, the nonce and what is signed";
const IDENTITY_CONFLICT: &str =
    "the key and the headers, or two headers, name two users; send evidence of one";
const CREDENTIAL_IN_CLEAR: &str = "this key came in clear, so others may have read it: replace it, and use https, or let the operator name the proxy that ends TLS (plain_http_from)";
const OPEN_WEBUI_UNSIGNED: &str = "this tenant takes the users of Open WebUI in signed tokens alone: set FORWARD_USER_INFO_HEADER_JWT_SECRET there to the secret that is set here";

const ORIGIN_FORBIDDEN: &str = "this publishable key is for pages of other origins; list the origin of this page with the key, or use a secret key in a backend";
const SANDBOX_LIMIT: &str = "this tenant does not know the user, and has no room for another sandbox now; repeat after the seconds of Retry-After, or let an admin make the user known";
const SESSION_LIMIT: &str = "no session can begin now; repeat after the seconds of Retry-After, and send the x-session-id of a reply again";

impl From<Denial> for Refusal {
    fn from(denial: Denial) -> Self {
        match denial.reason {
            Reason::CredentialMissing => Self::new(
                Code::CredentialMissing,
                "send an API key of this listener as Authorization: Bearer <key>",
            ),
            // INVARIANT: these five are equal in every byte, so that nobody learns which it was.
            Reason::CredentialUnknown
            | Reason::CredentialRevoked
            | Reason::CredentialExpired
            | Reason::CredentialMisplaced
            | Reason::JwtInvalid(_) => credential_invalid(),
            Reason::CredentialInClear => Self::new(Code::AccessForbidden, CREDENTIAL_IN_CLEAR),
            // Nor what is wrong with a signature: the operator's log has it.
            Reason::SignatureInvalid(_) => Self::new(Code::CredentialInvalid, SIGNATURE_INVALID),
            Reason::OriginForbidden => Self::new(Code::AccessForbidden, ORIGIN_FORBIDDEN),
            Reason::IdentityHeaderInvalid { header, problem } => Self::of_field(
                Code::IdentityHeaderInvalid,
                &header,
                format!("{problem}; send it once, with one value"),
            ),
            Reason::NameInvalid { field, error } => {
                Self::of_field(Code::NameInvalid, &field, error)
            }
            Reason::NamespaceConflict => Self::new(
                Code::NamespaceConflict,
                "the request names two namespaces; name one, in one place",
            ),
            Reason::NamespaceForbidden { name } => Self::new(
                Code::NamespaceForbidden,
                format!("API key not authorized for namespace \"{name}\""),
            ),
            Reason::AccessForbidden { needed } => access_forbidden(needed),
            Reason::NamespaceNotFound => Self::namespace_not_found(),
            Reason::UserNotFound => Self::user_not_found(),
            Reason::SessionLimit {
                retry_after_seconds,
            } => Self::new(Code::SessionLimit, SESSION_LIMIT).retried_after(retry_after_seconds),
            Reason::SandboxLimit {
                retry_after_seconds,
            } => Self::new(Code::SessionLimit, SANDBOX_LIMIT).retried_after(retry_after_seconds),
            Reason::Unavailable => Self::new(
                Code::Overloaded,
                "the key cannot be checked right now; repeat after the seconds of Retry-After",
            )
            .because("the directory is unavailable"),
            Reason::IssuerKeysUnavailable => Self::new(
                Code::Overloaded,
                "the keys of this token's issuer cannot be fetched right now; repeat after the seconds of Retry-After",
            )
            .because("the keys of an issuer are not at hand"),
            Reason::IdentityMissing => Self::new(Code::IdentityMissing, IDENTITY_MISSING),
            Reason::IdentityRequired => Self::new(Code::IdentityRequired, IDENTITY_REQUIRED),
            Reason::IsolationKeyRequired => {
                Self::new(Code::IsolationKeyRequired, ISOLATION_KEY_REQUIRED)
            }
            Reason::OpenWebuiUnsigned => Self::new(Code::IdentityUnverified, OPEN_WEBUI_UNSIGNED),
            Reason::IdentityUnverified => Self::new(Code::IdentityUnverified, IDENTITY_UNVERIFIED),
            Reason::IdentityNotPermitted => {
                Self::new(Code::IdentityNotPermitted, IDENTITY_NOT_PERMITTED)
            }
            Reason::IdentityConflict => Self::new(Code::IdentityConflict, IDENTITY_CONFLICT),
        }
    }
}

/// One answer for every credential that does not count.
pub(super) fn credential_invalid() -> Refusal {
    Refusal::new(
        Code::CredentialInvalid,
        "this API key is not valid here; use another key of this listener",
    )
}

impl Refusal {
    /// Nothing is stored of a user.
    pub(crate) fn user_not_found() -> Self {
        Self::new(
            Code::UserNotFound,
            "nothing is kept for this user; check the id",
        )
    }
}

fn access_forbidden(needed: Option<Access>) -> Refusal {
    let message = match needed {
        Some(Access::Read) => "this key may not read here; use one with the access \"read\"",
        Some(Access::Write) => "this key may not write here; use one with the access \"write\"",
        Some(Access::Erase) => "this key may not delete here; use one with the access \"erase\"",
        Some(Access::Admin) => "this key may not manage here; use one with the access \"admin\"",
        None => "this key may not do this; use a tenant admin key, or a key of the user",
    };
    Refusal::new(Code::AccessForbidden, message)
}
