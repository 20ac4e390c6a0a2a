//! Isolation sessions as their tenant manages them: listed, ended, swept once they are over.

use anchorhold_identity::{SessionSweep, SystemAuthority, TenantAdmin};
use anchorhold_model::{Place, SessionHandle};

use crate::audited::Deed;
use crate::{Engine, Error, Receipt, SessionRecord};

impl Engine {
    /// The sessions of a tenant that live, those used last first, at most `limit` of them.
    pub fn session_list(
        &self,
        proof: &TenantAdmin,
        limit: usize,
    ) -> Result<Vec<SessionRecord>, Error> {
        Ok(self.store.catalogue().session_list(proof, limit)?)
    }

    /// Ends a session and destroys what is kept in it. [`Error::NamespaceNotFound`] for one that is not
    /// there.
    pub fn session_end(
        &self,
        proof: &TenantAdmin,
        session: SessionHandle,
    ) -> Result<Receipt, Error> {
        self.erase_subject(&proof.session_erasure(session))
    }

    /// Ends every session of a tenant that nobody used for so long, and destroys what is kept in them.
    /// Says how many they were. One that is used meanwhile stays.
    pub fn session_sweep(&self, proof: &SessionSweep) -> Result<usize, Error> {
        self.store.catalogue().keep_session_uses()?;
        let mut swept = 0;
        loop {
            let sessions = self.sweep_some(proof)?;
            if sessions == 0 {
                return Ok(swept);
            }
            swept += sessions;
        }
    }

    fn sweep_some(&self, proof: &SessionSweep) -> Result<usize, Error> {
        // Nothing is written down where there is nothing to do.
        let due = self.store.catalogue().sessions_due(proof.tenant())?;
        if due == 0 {
            return Ok(0);
        }
        let deed = Deed {
            actor: proof.actor(),
            verb: "session_sweep",
            namespace: None,
            records: due,
        };
        let (sessions, _) = self.audited(&deed, || match self.store.sweep_sessions(proof) {
            Ok(swept) => {
                for namespace in swept.namespaces {
                    self.residents.forget(namespace);
                }
                Ok(swept.sessions)
            }
            // The rows may be gone, and what is in memory goes with them.
            Err(error) => {
                self.residents.forget_where(|address| {
                    address.tenant == proof.tenant() && {
                        matches!(address.place, Place::Session(_) | Place::Quarantine(_))
                    }
                });
                Err(error.into())
            }
        })?;
        Ok(sessions)
    }

    /// Ends what is over in every tenant. One that cannot be swept does not keep the others from it.
    pub(crate) fn session_sweep_all(&self, authority: &SystemAuthority) -> Result<usize, Error> {
        let mut swept = 0;
        for tenant in self.store.catalogue().tenants()? {
            match self.session_sweep(&authority.session_sweep(tenant)) {
                Ok(sessions) => swept += sessions,
                Err(error) => tracing::warn!(%error, "the sessions of a tenant were not swept"),
            }
        }
        Ok(swept)
    }
}
