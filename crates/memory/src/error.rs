//! What a verb can answer instead of a result; each says what the caller should do.

use anchorhold_store::Error as StoreError;

/// Why a verb did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// No memory has this id here. Look at the id and the namespace.
    #[error("memory not found")]
    MemoryNotFound,
    /// The namespace is gone. Create it, or ask for another one.
    #[error("namespace not found")]
    NamespaceNotFound,
    /// Nothing is stored for this user.
    #[error("user not found")]
    UserNotFound,
    /// The user is known and has another role. Change the role instead.
    #[error("user exists")]
    UserExists,
    /// Something is kept under the name that was to be a second one. Move it first.
    #[error("user has memories")]
    UserHasMemories,
    /// One of the two users is linked otherwise. Take that link away first.
    #[error("user linked otherwise")]
    UserLinked,
    /// The sandbox holds as many memories as it may. An admin must make the user known.
    #[error("sandbox full")]
    SandboxFull,
    /// What is in the sandbox goes to somebody already. Repeat that approval.
    #[error("sandbox decided")]
    SandboxDecided,
    /// The memory is larger than one in a sandbox may be.
    #[error("memory too large for a sandbox")]
    SandboxMemoryTooLarge,
    /// This peer has registered as many users as it may. Try again later.
    #[error("registration limit")]
    RegistrationLimit {
        /// After how many seconds.
        retry_after_seconds: u64,
    },
    /// No tenant has this name.
    #[error("tenant not found")]
    TenantNotFound,
    /// No living key of this tenant has this id.
    #[error("key not found")]
    KeyNotFound,
    /// The name is taken. Use the namespace that exists, or another name.
    #[error("namespace exists")]
    NamespaceExists,
    /// The name is taken.
    #[error("tenant exists")]
    TenantExists,
    /// The memory is not at the version that was named. Read it again, then change it.
    #[error("version conflict")]
    VersionConflict,
    /// The id stands for another content. Take another id.
    #[error("id conflict")]
    IdConflict,
    /// The cursor is not of this list, or older than a day. Start again without one.
    #[error("cursor invalid")]
    CursorInvalid,
    /// A value does not fit.
    #[error("{field} {problem}")]
    Invalid {
        /// Which value.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The vector does not fit the namespace: so many numbers are needed, or none may be sent.
    #[error("vector does not fit")]
    Vector {
        /// Numbers in the vectors of the namespace, where its application makes them.
        expected: Option<usize>,
    },
    /// The tenant's texts may not leave the house. The operator allows it, or not.
    #[error("egress forbidden")]
    EgressForbidden,
    /// The embedder of this namespace is not configured. The operator must configure it again;
    /// reading without a question works meanwhile.
    #[error("embedder missing")]
    EmbedderMissing,
    /// The embedder of another house gave no vectors; nothing was kept. Try again.
    #[error("embedder unavailable")]
    EmbedderUnavailable {
        /// Why, for the log alone.
        why: anchorhold_embed::Upstream,
    },
    /// The namespace's bytes do not open: `wrong_key` or `tampered`. The operator must look.
    #[error("namespace unavailable: {inside}: {what}")]
    NamespaceUnavailable {
        /// What was found.
        inside: &'static str,
        /// Where, for the log alone.
        what: &'static str,
    },
    /// A commit failed; the namespace is read from disk again. Try again.
    #[error("namespace poisoned")]
    NamespacePoisoned,
    /// Whether the write is stored is not known. Repeat it with the same ids.
    #[error("outcome unknown")]
    OutcomeUnknown,
    /// The audit log cannot be written, so nothing was done. The operator must look.
    #[error("audit unavailable")]
    AuditUnavailable,
    /// The credential was revoked while the request ran; nothing was done.
    #[error("credential revoked meanwhile")]
    Revoked,
    /// The namespace was erased while the request ran; nothing was done.
    #[error("namespace erased meanwhile")]
    Erased,
    /// Nobody waits for the answer any more, so it was not worked out; nothing was done.
    #[error("abandoned")]
    Abandoned,
    /// A resource is short. Try again.
    #[error("overloaded")]
    Overloaded,
    /// A fault of the server; the text is for its log alone.
    #[error("internal: {0}")]
    Internal(String),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::WrongKey => Self::NamespaceUnavailable {
                inside: "wrong_key",
                what: "key",
            },
            StoreError::Tampered { what } | StoreError::Malformed { what } => {
                Self::NamespaceUnavailable {
                    inside: "tampered",
                    what,
                }
            }
            StoreError::Format { .. } => Self::NamespaceUnavailable {
                inside: "format",
                what: "version",
            },
            StoreError::EgressForbidden => Self::EgressForbidden,
            StoreError::Conflict => Self::VersionConflict,
            StoreError::Void => Self::Erased,
            StoreError::Revoked => Self::Revoked,
            StoreError::Poisoned => Self::NamespacePoisoned,
            StoreError::Unavailable => Self::Overloaded,
            StoreError::OutcomeUnknown => Self::OutcomeUnknown,
            StoreError::AuditUnavailable => Self::AuditUnavailable,
            StoreError::Backup { what } => Self::Invalid {
                field: "backup",
                problem: what,
            },
            StoreError::NotFound => Self::NamespaceNotFound,
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<anchorhold_embed::Error> for Error {
    fn from(error: anchorhold_embed::Error) -> Self {
        match error {
            anchorhold_embed::Error::Upstream(why) => Self::EmbedderUnavailable { why },
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<anchorhold_index::Error> for Error {
    fn from(error: anchorhold_index::Error) -> Self {
        Self::Internal(error.to_string())
    }
}
