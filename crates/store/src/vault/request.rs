//! What callers ask of a namespace's writer, and the check of their scope that is made last.

use anchorhold_identity::{Erase, Scope, Write};
use anchorhold_model::RecordId;

use crate::registry::Registry;
use crate::{Appended, Batch, Error, Purged};

/// Why records are purged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Somebody asked for it.
    Asked,
    /// Their time is over, and the server puts them away by itself.
    Over,
}

/// One write, with the scope that allows it.
pub(super) enum Request {
    Commit {
        scope: Scope<Write>,
        batch: Batch,
    },
    Purge {
        scope: Scope<Erase>,
        /// A purge reseals nothing, but it writes the state.
        write: Scope<Write>,
        ids: Vec<RecordId>,
        why: Why,
    },
}

/// What a request answers; the head is filled in when the group is durable.
pub(super) enum Reply {
    Appended(Appended),
    Purged(Purged),
}

impl Request {
    /// Records it may seal.
    pub(super) fn seals(&self) -> usize {
        match self {
            Self::Commit { batch, .. } => batch.records.len(),
            Self::Purge { .. } => 0,
        }
    }

    /// Records it touches.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Commit { batch, .. } => batch.records.len() + batch.over.len(),
            Self::Purge { ids, .. } => ids.len(),
        }
    }

    pub(super) fn scope(&self) -> &Scope<Write> {
        match self {
            Self::Commit { scope, .. } => scope,
            Self::Purge { write, .. } => write,
        }
    }

    /// Whether the credential and the incarnation are still what they were when the request
    /// began.
    pub(super) fn check(&self, registry: &dyn Registry) -> Result<(), Error> {
        let scope = self.scope();
        if let Some(stamp) = scope.credential()
            && !registry.is_current(stamp)?
        {
            return Err(Error::Revoked);
        }
        let namespace = scope.namespace();
        if !registry.is_living(namespace)? || registry.is_frozen(namespace) {
            return Err(Error::Void);
        }
        if let Self::Commit { batch, .. } = self
            && let Some(source) = batch.source
            && !registry.is_living(source)?
        {
            return Err(Error::Void);
        }
        Ok(())
    }
}
