//! What a caller is told when a verb did not do what it was asked.

use anchorhold_memory::Error;
use anchorhold_wire::Code;

use super::Refusal;
use super::reason::credential_invalid;

const USER_EXISTS: &str = "this user is known and has another role; change the role with PATCH";
const USER_HAS_MEMORIES: &str =
    "memories are kept under this id, and a link would hide them; move or erase them first";
const USER_LINKED: &str = "one of the two users is linked otherwise; take that link away first";

const SANDBOX_FULL: &str = "this tenant does not know the user, and the sandbox of the user is full; delete memories, or let an admin make the user known";
const SANDBOX_DECIDED: &str = "an approval of this sandbox has begun, and GET /v1/quarantine/{id} says for whom; repeat that one";
const SANDBOX_MEMORY: &str = "a memory of a user whom this tenant does not know holds 8 KiB with its metadata; send less, or let an admin make the user known";

const NAMESPACE_EXISTS: &str = "a namespace has this name already; use it or choose another name";
const TENANT_EXISTS: &str = "a tenant has this name already; use it or choose another name";
const VERSION_CONFLICT: &str =
    "the memory was changed meanwhile; read it again, then repeat the change";
const ID_CONFLICT: &str = "this id belongs to a memory with other content; choose another id";
const REGISTRATION_LIMIT: &str =
    "no further user registers from here now; repeat after the seconds of Retry-After";

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::MemoryNotFound => Self::memory_not_found(),
            Error::NamespaceNotFound => Self::namespace_not_found(),
            Error::UserNotFound => Self::user_not_found(),
            Error::UserExists => Self::new(Code::IdConflict, USER_EXISTS),
            Error::UserHasMemories => Self::new(Code::NamespaceExists, USER_HAS_MEMORIES),
            Error::UserLinked => Self::new(Code::IdConflict, USER_LINKED),
            Error::SandboxFull => Self::new(Code::QuotaExceeded, SANDBOX_FULL),
            Error::SandboxDecided => Self::new(Code::IdConflict, SANDBOX_DECIDED),
            Error::SandboxMemoryTooLarge => Self::new(Code::QuotaExceeded, SANDBOX_MEMORY),
            Error::RegistrationLimit {
                retry_after_seconds,
            } => Self::new(Code::SessionLimit, REGISTRATION_LIMIT)
                .retried_after(retry_after_seconds),
            Error::TenantNotFound => Self::tenant_not_found(),
            Error::KeyNotFound => Self::key_not_found(),
            Error::NamespaceExists => Self::new(Code::NamespaceExists, NAMESPACE_EXISTS),
            Error::TenantExists => Self::new(Code::TenantExists, TENANT_EXISTS),
            Error::VersionConflict => Self::new(Code::VersionConflict, VERSION_CONFLICT),
            Error::IdConflict => Self::new(Code::IdConflict, ID_CONFLICT),
            Error::CursorInvalid => Self::of_field(
                Code::CursorInvalid,
                "cursor",
                "is not of this list or older than a day; start again without it",
            ),
            Error::Invalid { field, problem } => {
                Self::of_field(Code::RequestInvalid, field, problem)
            }
            Error::Vector { expected } => Self::vector(expected),
            Error::EgressForbidden => Self::egress_forbidden(),
            Error::EmbedderMissing => Self::embedder_missing(),
            Error::EmbedderUnavailable { why } => Self::embedder_unavailable(&why),
            Error::Revoked => credential_invalid(),
            Error::Erased => Self::new(
                Code::VersionConflict,
                "the namespace was erased while the request ran and nothing was done; repeat it",
            ),
            Error::NamespaceUnavailable { inside, what } => Self::new(
                Code::NamespaceUnavailable,
                "the namespace does not open; report the request_id to the operator",
            )
            .because(format!("{inside}: {what}")),
            Error::NamespacePoisoned => Self::new(
                Code::NamespacePoisoned,
                "a write failed and the namespace is opened again; repeat after the seconds of Retry-After",
            )
            .because("a commit failed"),
            Error::OutcomeUnknown => Self::new(
                Code::Internal,
                "the write may or may not have happened; repeat it with the same id",
            )
            .because("the outcome of a commit is unknown"),
            Error::AuditUnavailable => Self::new(
                Code::AuditUnavailable,
                "the audit log cannot be written and nothing was done; repeat after the seconds of Retry-After",
            )
            .because("the audit log is unavailable"),
            Error::Abandoned | Error::Overloaded => Self::new(
                Code::Overloaded,
                "a resource is short; repeat after the seconds of Retry-After",
            ),
            Error::Internal(cause) => Self::internal(cause),
        }
    }
}

impl Refusal {
    /// The vector is missing, unwanted, or of another length.
    fn vector(expected: Option<usize>) -> Self {
        let rule = match expected {
            Some(numbers) => format!(
                "must be a list of {numbers} numbers; the vectors of this namespace are made by its application"
            ),
            None => {
                "is not taken here; the vectors of this namespace are made by the server".to_owned()
            }
        };
        Self::of_field(Code::RequestInvalid, "vector", rule)
    }

    /// The tenant's texts may not leave the house.
    fn egress_forbidden() -> Self {
        Self::new(
            Code::ModelForbidden,
            "the embedder of this namespace is in another house, and texts of this tenant may not leave; its operator decides",
        )
    }

    /// The embedder of another house gave no vectors; why is for the log alone.
    fn embedder_unavailable(why: &impl std::fmt::Display) -> Self {
        Self::new(
            Code::Overloaded,
            "the embedder of this namespace gives no vectors just now and nothing was done; repeat after the seconds of Retry-After",
        )
        .because(format!("the embedder {why}"))
    }

    /// The configuration has no embedder for the vectors of the namespace.
    fn embedder_missing() -> Self {
        Self::new(
            Code::Maintenance,
            "the embedder of this namespace is not configured; its operator adds it to [[embedders]] again, and until then memories are listed, read and deleted as ever",
        )
        .because("a namespace needs an embedder that is not configured")
    }

    /// No memory has this id in the namespace of the request.
    pub(crate) fn memory_not_found() -> Self {
        Self::new(
            Code::MemoryNotFound,
            "no memory has this id in this namespace; check both",
        )
    }

    /// No namespace that the key may know of has this id.
    pub(crate) fn namespace_not_found() -> Self {
        Self::new(
            Code::NamespaceNotFound,
            "there is no such namespace; GET /v1/namespaces lists those of this key",
        )
    }

    /// No tenant has this name. Its path stands for nothing, hence the code.
    pub(crate) fn tenant_not_found() -> Self {
        Self::new(
            Code::RouteNotFound,
            "no tenant has this name; GET /v1/tenants lists them",
        )
    }

    /// No living key of the tenant has this id. Its path stands for nothing, hence the code.
    pub(crate) fn key_not_found() -> Self {
        Self::new(
            Code::RouteNotFound,
            "no key of this tenant has this id; list the keys to see them",
        )
    }
}
