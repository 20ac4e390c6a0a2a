//! The session of one request: found or begun once, however often the gate is asked on its behalf,
//! and told to the client in the reply.

use std::sync::{Mutex, PoisonError};

use anchorhold_model::{SessionCookie, SessionHandle, SessionId, TenantId, hex};

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

/// What a door keeps for one request, and shows the gate each time it asks.
#[derive(Debug, Default)]
pub struct Visit(Mutex<Option<Opened>>);

impl Visit {
    /// The session of the request, if it has one.
    pub fn opened(&self) -> Option<Opened> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session of the request; `begin` finds or makes it when it has none yet.
    pub(crate) fn open(
        &self,
        begin: impl FnOnce() -> Result<Opened, Denial>,
        again: impl FnOnce(Opened) -> Result<(), Denial>,
    ) -> Result<Opened, Denial> {
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opened) = *opened {
            again(opened)?;
            return Ok(opened);
        }
        let begun = begin()?;
        *opened = Some(begun);
        Ok(begun)
    }
}
