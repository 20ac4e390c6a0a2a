//! Every effect between an intent and an outcome in the audit log: no intent, no effect.

use std::sync::atomic::Ordering;

use anchorhold_identity::{Actor, Read, Scope};
use anchorhold_model::NamespaceId;
use anchorhold_store::{Act, Intent, Outcome};

use crate::{Engine, Error};

/// What is about to be done.
pub(crate) struct Deed<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) verb: &'static str,
    pub(crate) namespace: Option<NamespaceId>,
    pub(crate) records: usize,
}

/// An effect whose intent is written down.
pub(crate) struct Begun {
    intent: Intent,
    verb: &'static str,
}

impl Engine {
    /// Writes the intent down, acts, writes the outcome down. Gives the id of the audit entry too.
    pub(crate) fn audited<T>(
        &self,
        deed: &Deed<'_>,
        act: impl FnOnce() -> Result<T, Error>,
    ) -> Result<(T, String), Error> {
        let begun = self.begin(deed)?;
        let audit_id = begun.intent.id().to_owned();
        let result = act();
        self.end(begun, &result.as_ref().map(drop).map_err(Clone::clone));
        result.map(|value| (value, audit_id))
    }

    /// Reads. What a guest reads of another person is written down as if it changed something.
    pub(crate) fn read<T>(
        &self,
        verb: &'static str,
        scope: &Scope<Read>,
        read: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        if !scope.actor().is_guest() {
            return read();
        }
        let deed = Deed {
            actor: scope.actor(),
            verb,
            namespace: Some(scope.namespace()),
            records: 0,
        };
        self.audited(&deed, read).map(|(value, _)| value)
    }

    /// Writes down the intent of an effect that comes piece by piece.
    pub(crate) fn begin(&self, deed: &Deed<'_>) -> Result<Begun, Error> {
        let intent = self.store.audit().intent(&Act {
            actor: deed.actor,
            verb: deed.verb,
            namespace: deed.namespace,
            records: u64::try_from(deed.records).unwrap_or(u64::MAX),
        });
        self.audit_blocked.store(intent.is_err(), Ordering::Relaxed);
        let (intent, verb) = (intent?, deed.verb);
        Ok(Begun { intent, verb })
    }

    /// Writes down what it came to.
    pub(crate) fn end(&self, begun: Begun, result: &Result<(), Error>) {
        let outcome = match result {
            Ok(()) => Outcome::Done,
            Err(error) => Outcome::Failed {
                reason: reason(error),
            },
        };
        self.settle(begun, outcome);
    }

    /// The effect stands whether or not the outcome can be written: it then reads `unknown`.
    pub(crate) fn settle(&self, begun: Begun, outcome: Outcome) {
        let Begun { intent, verb } = begun;
        if let Err(error) = self.store.audit().outcome(intent, outcome) {
            tracing::warn!(verb, %error, "an outcome was not written to the audit log");
        }
    }
}

/// The word for a failure in the audit log.
pub(crate) const fn reason(error: &Error) -> &'static str {
    match error {
        Error::MemoryNotFound => "memory_not_found",
        Error::NamespaceNotFound => "namespace_not_found",
        Error::UserNotFound => "user_not_found",
        Error::UserExists => "user_exists",
        Error::UserHasMemories => "user_has_memories",
        Error::UserLinked => "user_linked",
        Error::SandboxFull => "sandbox_full",
        Error::SandboxDecided => "sandbox_decided",
        Error::SandboxMemoryTooLarge => "sandbox_memory_too_large",
        Error::RegistrationLimit { .. } => "registration_limit",
        Error::TenantNotFound => "tenant_not_found",
        Error::KeyNotFound => "key_not_found",
        Error::NamespaceExists => "namespace_exists",
        Error::TenantExists => "tenant_exists",
        Error::VersionConflict => "version_conflict",
        Error::IdConflict => "id_conflict",
        Error::CursorInvalid => "cursor_invalid",
        Error::Invalid { .. } => "invalid",
        Error::Vector { .. } => "vector",
        Error::EgressForbidden => "egress_forbidden",
        Error::EmbedderUnavailable { .. } => "embedder_unavailable",
        Error::EmbedderMissing => "embedder_missing",
        Error::NamespaceUnavailable { inside, .. } => inside,
        Error::NamespacePoisoned => "namespace_poisoned",
        Error::OutcomeUnknown => "outcome_unknown",
        Error::AuditUnavailable => "audit_unavailable",
        Error::Revoked => "revoked",
        Error::Erased => "erased",
        Error::Abandoned => "abandoned",
        Error::Overloaded => "overloaded",
        Error::Internal(_) => "internal",
    }
}
