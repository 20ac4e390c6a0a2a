//! Every effect between an intent and an outcome in the audit log: no intent, no effect.

use std::sync::atomic::Ordering;

use anchorhold_identity::Actor;
use anchorhold_model::NamespaceId;
use anchorhold_store::{Act, Outcome};

use crate::{Engine, Error};

/// What is about to be done.
pub(crate) struct Deed<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) verb: &'static str,
    pub(crate) namespace: Option<NamespaceId>,
    pub(crate) records: usize,
}

impl Engine {
    /// Writes the intent down, acts, writes the outcome down. Gives the id of the audit entry too.
    pub(crate) fn audited<T>(
        &self,
        deed: &Deed<'_>,
        act: impl FnOnce() -> Result<T, Error>,
    ) -> Result<(T, String), Error> {
        let audit = self.store.audit();
        let records = u64::try_from(deed.records).unwrap_or(u64::MAX);
        let (actor, verb, namespace) = (deed.actor, deed.verb, deed.namespace);
        let intent = audit.intent(&Act {
            actor,
            verb,
            namespace,
            records,
        });
        self.audit_blocked.store(intent.is_err(), Ordering::Relaxed);
        let intent = intent?;
        let audit_id = intent.id().to_owned();
        let result = act();
        let outcome = match &result {
            Ok(_) => Outcome::Done,
            Err(error) => Outcome::Failed {
                reason: reason(error),
            },
        };
        // The effect stands whether or not the outcome can be written: it then reads `unknown`.
        if let Err(error) = audit.outcome(intent, outcome) {
            tracing::warn!(verb, %error, "an outcome was not written to the audit log");
        }
        result.map(|value| (value, audit_id))
    }
}

/// The word for a failure in the audit log.
pub(crate) const fn reason(error: &Error) -> &'static str {
    match error {
        Error::MemoryNotFound => "memory_not_found",
        Error::NamespaceNotFound => "namespace_not_found",
        Error::UserNotFound => "user_not_found",
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
        Error::EmbedderMissing => "embedder_missing",
        Error::NamespaceUnavailable { inside } => inside,
        Error::NamespacePoisoned => "namespace_poisoned",
        Error::OutcomeUnknown => "outcome_unknown",
        Error::AuditUnavailable => "audit_unavailable",
        Error::Revoked => "revoked",
        Error::Erased => "erased",
        Error::Overloaded => "overloaded",
        Error::Internal(_) => "internal",
    }
}
