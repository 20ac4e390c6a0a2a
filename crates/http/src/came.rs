//! By which way a request came: a listener, or the application that the server is a part of.

use std::sync::Arc;

use anchorhold_identity::{Hook, Hooked, IsolationKey, ListenerPolicy};

/// What a listener and an application say of a request.
#[derive(Clone, Default)]
pub(crate) struct Came {
    pub(crate) listener: ListenerPolicy,
    /// None of what came over a connection of the server's own.
    pub(crate) application: Option<Application>,
}

/// What an application says of one request. It lies among what the door keeps beside a request, where
/// nothing that is sent can put it.
#[derive(Clone)]
pub(crate) struct Application {
    pub(crate) hook: Arc<Hook>,
    /// Whom the request speaks for.
    pub(crate) key: Option<IsolationKey>,
    /// Path and query as the client sent them, with what the application took away since.
    pub(crate) target: String,
}

impl Came {
    /// The same for the gate.
    pub(crate) fn hooked(&self) -> Option<Hooked<'_>> {
        let application = self.application.as_ref()?;
        Some(Hooked {
            hook: &application.hook,
            key: application.key.as_ref(),
        })
    }
}
