//! The session or sandbox of one request: found or begun once, however often the gate is asked on its
//! behalf, and told to the client in the reply.

use std::sync::{Mutex, MutexGuard, PoisonError};

use anchorhold_model::{SandboxHandle, SessionCookie, SessionHandle, SessionId, TenantId, hex};

use crate::Denial;

/// How the session of a request came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// It lived before.
    Continued,
    /// The client showed none.
    New,
    /// What the client showed is no living session; this one takes its place.
    Replaced,
    /// The client drew the id.
    Adopted,
}

/// The session of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What the client is to show again.
    pub id: SessionId,
    /// Which session it is.
    pub handle: SessionHandle,
    /// Whose.
    pub tenant: TenantId,
    /// How it came to be.
    pub beginning: Beginning,
    /// Whether the client is to keep the id in a cookie.
    pub cookie: SessionCookie,
    /// For how long it lives without use.
    pub idle_seconds: u64,
}

impl Opened {
    /// The name of the cookie. It is the tenant's own, so that no other tenant of this server sets it, and
    /// its prefix keeps neighbouring hosts, and whatever is not encrypted, from setting it.
    pub fn cookie_name(&self) -> String {
        cookie_name(self.tenant)
    }
}

/// The name of a tenant's cookie.
pub(crate) fn cookie_name(tenant: TenantId) -> String {
    format!("__Host-anchorhold-{}", hex(tenant.as_bytes()))
}

/// The sandbox of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenedSandbox {
    /// Which sandbox it is.
    pub handle: SandboxHandle,
    /// What the client is to show again; `None` where its sender tells claimants apart.
    pub token: Option<SessionId>,
}

/// What a door keeps for one request, and shows the gate each time it asks.
#[derive(Debug, Default)]
pub struct Visit(Mutex<Stay>);

/// Where a request is for a while.
#[derive(Clone, Copy, Debug, Default)]
struct Stay {
    session: Option<Opened>,
    /// Whether the identity was accepted on a word alone, or ought to be another one.
    has_advisory: bool,
    /// Whether whoever it speaks for is not known.
    is_quarantined: bool,
    sandbox: Option<OpenedSandbox>,
}

impl Visit {
    /// The session of the request, if it has one.
    pub fn opened(&self) -> Option<Opened> {
        self.stay().session
    }

    /// Whether the identity of the request is not proved and was accepted, or looks like one that changes
    /// hands.
    pub fn has_advisory(&self) -> bool {
        self.stay().has_advisory
    }

    pub(crate) fn advise(&self) {
        self.stay().has_advisory = true;
    }

    /// Whether the request was kept apart because its identity is not known.
    pub fn is_quarantined(&self) -> bool {
        self.stay().is_quarantined
    }

    /// The sandbox of the request, if it has one.
    pub fn sandbox(&self) -> Option<OpenedSandbox> {
        self.stay().sandbox
    }

    /// The session of the request; `begin` finds or makes it when it has none yet.
    pub(crate) fn open(
        &self,
        begin: impl FnOnce() -> Result<Opened, Denial>,
        again: impl FnOnce(Opened) -> Result<(), Denial>,
    ) -> Result<Opened, Denial> {
        let mut stay = self.stay();
        if let Some(opened) = stay.session {
            again(opened)?;
            return Ok(opened);
        }
        let begun = begin()?;
        stay.session = Some(begun);
        Ok(begun)
    }

    /// The sandbox of the request; `find` finds or makes it, or says that there is none yet, and is
    /// shown the one that the request has already.
    pub(crate) fn quarantine(
        &self,
        find: impl FnOnce(Option<OpenedSandbox>) -> Result<Option<OpenedSandbox>, Denial>,
    ) -> Result<Option<OpenedSandbox>, Denial> {
        let mut stay = self.stay();
        stay.is_quarantined = true;
        stay.sandbox = find(stay.sandbox)?;
        Ok(stay.sandbox)
    }

    fn stay(&self) -> MutexGuard<'_, Stay> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
