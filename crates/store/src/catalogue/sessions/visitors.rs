//! Sessions of visitors, who show an id.

use anchorhold_identity::{Begun, NewSession, TenantAdmin, TenantRecord, Unavailable};
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{NamespaceId, SessionHandle, SessionId, Timestamp};

use super::{Began, Beginning, Kind, Stay};
use crate::Error;
use crate::catalogue::Catalogue;

/// A session as its tenant sees it. Its id is the client's alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// Names it; no secret.
    pub handle: SessionHandle,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was used last.
    pub used_at: Timestamp,
    /// When it is over if nobody uses it before.
    pub expires_at: Timestamp,
    /// What is kept in it; nothing before a first write.
    pub namespace: Option<NamespaceId>,
}

impl Stay {
    const fn session(self) -> Option<SessionHandle> {
        match self {
            Self::Session(session) => Some(session),
            Self::Sandbox(_) => None,
        }
    }
}

impl Catalogue {
    /// The session of this id if it lives; `is_use` begins its time anew.
    pub(in crate::catalogue) fn living_session(
        &self,
        tenant: &TenantRecord,
        id: &SessionId,
        is_use: bool,
    ) -> Result<Option<SessionHandle>, Error> {
        let lookup = self.lookups.session(tenant.id, id);
        let living = self.staying(tenant, &lookup, is_use)?;
        Ok(living.and_then(Stay::session))
    }

    /// The session of this id by what is in memory.
    pub(in crate::catalogue) fn session_at_hand(
        &self,
        tenant: &TenantRecord,
        id: &SessionId,
        is_use: bool,
    ) -> Result<Option<SessionHandle>, Unavailable> {
        let lookup = self.lookups.session(tenant.id, id);
        let living = self.staying_at_hand(tenant, &lookup, is_use)?;
        Ok(living.and_then(Stay::session))
    }

    /// Begins a session, durably.
    pub(in crate::catalogue) fn begin_session(
        &self,
        tenant: &TenantRecord,
        new: NewSession,
    ) -> Result<Begun, Error> {
        let stream = self.lookups.key(new.by);
        #[cfg(feature = "sabotage")]
        let stream = if sabotage::is(Bug::SessionsOfOneStream) {
            self.lookups.of_sessions(tenant.id)
        } else {
            stream
        };
        let id = new
            .drawn
            .unwrap_or_else(|| SessionId::from_bytes(self.drawn(&stream)));
        let handle = SessionHandle::from_bytes(self.drawn(&stream));
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::UnknownSessionIsTheLast)
            && let Some(last) = self.last_session(tenant)?
        {
            return Ok(Begun::Session(id, last));
        }
        let began = self.begin(Beginning {
            lookup: self.lookups.session(tenant.id, &id),
            stay: Stay::Session(handle),
            sandbox: None,
            owner: None,
            client: new.client,
            tenant,
        })?;
        Ok(match began {
            Began::Stay(stay) => Begun::Session(id, stay.session().ok_or(Error::NotFound)?),
            Began::Full(retry_after_seconds) => Begun::Full {
                retry_after_seconds,
            },
        })
    }

    #[cfg(feature = "sabotage")]
    fn last_session(&self, tenant: &TenantRecord) -> Result<Option<SessionHandle>, Error> {
        let parent = self.lookups.of_sessions(tenant.id);
        let reader = self.desk()?;
        let rows = reader.rows.reader().latest(super::SESSIONS, &parent, 1)?;
        let stored = rows.first().map(super::stored_session).transpose()?;
        Ok(stored.and_then(|stored| stored.stay.session()))
    }

    /// The sessions of a tenant that live, those used last first, at most `limit` of them.
    pub fn session_list(
        &self,
        admin: &TenantAdmin,
        limit: usize,
    ) -> Result<Vec<SessionRecord>, Error> {
        let listed = self.living_of(admin, Kind::Session, limit)?.into_iter();
        let record = |one: super::ends::Listed| {
            let handle = one.stored.stay.session()?;
            Some(SessionRecord {
                handle,
                created_at: one.row.created_at,
                used_at: one.used_at,
                expires_at: one.expires_at,
                namespace: one.namespace,
            })
        };
        Ok(listed.filter_map(record).collect())
    }
}
