//! What the world of the tests answers when identity asks.

use std::net::IpAddr;
use std::sync::Arc;

use anchorhold_identity::{
    Begun, BegunSandbox, Claim, CredentialRecord, Directory, JwtKey, NewSession, Presented,
    Promise, Reservation, Standing, TenantRecord, ToldApart, Unavailable, Wanted,
};
use anchorhold_model::{
    Address, NamespaceId, Origin, SandboxHandle, SessionHandle, SessionId, TenantId, TenantName,
    User,
};

use crate::world::{BROUGHT, TENANT, World, token};

impl Directory for World {
    fn credential(&self, shown: &Presented) -> Result<Option<Arc<CredentialRecord>>, Unavailable> {
        self.ask("credential")?;
        let is_ours = match shown {
            Presented::Key(found) => found.reveal() == token(self.class()),
            Presented::Bearer(found) => self.credential.is_brought && found.as_str() == BROUGHT,
            Presented::Issuer { iss, audience } => {
                let issuer = self.issuer.as_ref().filter(|record| {
                    let set = record.jwt.as_ref().unwrap();
                    set.iss == *iss && set.audience == *audience
                });
                return Ok(issuer.cloned().map(Arc::new));
            }
            Presented::Listener(tenant) => self.listener.tenant == Some(*tenant),
            Presented::Application(tenant) => {
                let hook = self.hook.as_ref();
                hook.is_some_and(|hook| hook.tenant() == *tenant)
            }
        };
        Ok(is_ours.then(|| Arc::new(self.credential.clone())))
    }

    fn published_keys(
        &self,
        issuer: &CredentialRecord,
        wanted: Wanted<'_>,
    ) -> Result<Arc<[JwtKey]>, Unavailable> {
        let cache = self.published.as_ref().ok_or(Unavailable)?;
        cache.keys(issuer, wanted)
    }

    fn tenant(&self, id: TenantId) -> Result<Option<Arc<TenantRecord>>, Unavailable> {
        self.ask("tenant")?;
        Ok(self.tenant.clone().filter(|tenant| tenant.id == id))
    }

    fn tenant_named(&self, _: &TenantName) -> Result<Option<Arc<TenantRecord>>, Unavailable> {
        Err(Unavailable)
    }

    fn incarnation(&self, address: &Address) -> Result<Option<NamespaceId>, Unavailable> {
        self.ask("incarnation")?;
        Ok(self.living.get(address).copied())
    }

    fn reserve(&self, address: &Address) -> Result<Reservation, Unavailable> {
        self.ask("reserve")?;
        Ok(match self.living.get(address) {
            Some(id) => Reservation::Existing(*id),
            None => Reservation::Reserved(NamespaceId::from_bytes([200; 16]), Promise::default()),
        })
    }

    /// More than was asked for, as a careless directory would answer.
    fn subtree(&self, _: TenantId, _: &User) -> Result<Vec<Address>, Unavailable> {
        self.ask("subtree")?;
        Ok(self.living.keys().rev().cloned().collect())
    }

    fn address(&self, _: TenantId, _: NamespaceId) -> Result<Option<Address>, Unavailable> {
        self.ask("address")?;
        Ok(self.by_id.clone())
    }

    fn session(
        &self,
        _: &TenantRecord,
        id: &SessionId,
    ) -> Result<Option<SessionHandle>, Unavailable> {
        self.ask("session")?;
        Ok(self.sessions.lock().unwrap().get(id).copied())
    }

    fn session_use(
        &self,
        _: &TenantRecord,
        id: &SessionId,
    ) -> Result<Option<SessionHandle>, Unavailable> {
        self.ask("session_use")?;
        Ok(self.sessions.lock().unwrap().get(id).copied())
    }

    fn session_begin(&self, _: &TenantRecord, new: NewSession) -> Result<Begun, Unavailable> {
        self.ask("session_begin")?;
        self.clients.lock().unwrap().push(new.client);
        let mut sessions = self.sessions.lock().unwrap();
        if sessions.len() >= self.sessions_max {
            let retry_after_seconds = 7;
            return Ok(Begun::Full {
                retry_after_seconds,
            });
        }
        let number = u8::try_from(sessions.len()).unwrap();
        let id = new
            .drawn
            .unwrap_or(SessionId::from_bytes([0x40 | number; 16]));
        let handle = SessionHandle::from_bytes([0x80 | number; 16]);
        sessions.insert(id, handle);
        Ok(Begun::Session(id, handle))
    }

    fn sandbox(
        &self,
        _: &TenantRecord,
        claim: &Claim,
        _: bool,
    ) -> Result<Option<SandboxHandle>, Unavailable> {
        self.ask("sandbox")?;
        let sandboxes = self.sandboxes.lock().unwrap();
        let own = sandboxes.iter().find(|(of, _)| of == claim);
        Ok(own.map(|(_, sandbox)| *sandbox))
    }

    fn sandbox_begin(
        &self,
        _: &TenantRecord,
        claim: &Claim,
        client: Option<IpAddr>,
    ) -> Result<BegunSandbox, Unavailable> {
        self.ask("sandbox_begin")?;
        self.clients.lock().unwrap().push(client);
        let mut sandboxes = self.sandboxes.lock().unwrap();
        if sandboxes.len() >= self.sessions_max {
            let retry_after_seconds = 7;
            return Ok(BegunSandbox::Full {
                retry_after_seconds,
            });
        }
        let number = u8::try_from(sandboxes.len()).unwrap();
        let sandbox = SandboxHandle::from_bytes([0xc0 | number; 16]);
        let mut claim = claim.clone();
        let mut token = None;
        if let ToldApart::ByToken(shown) = &mut claim.told_apart {
            token = Some(SessionId::from_bytes([0xa0 | number; 16]));
            *shown = token;
        }
        sandboxes.push((claim, sandbox));
        Ok(BegunSandbox::Sandbox(sandbox, token))
    }

    fn sandbox_stands(
        &self,
        tenant: TenantId,
        sandbox: SandboxHandle,
    ) -> Result<bool, Unavailable> {
        self.ask("sandbox_stands")?;
        let sandboxes = self.sandboxes.lock().unwrap();
        let stands = sandboxes.iter().any(|(_, one)| *one == sandbox);
        Ok(stands && tenant == TENANT)
    }

    fn is_origin_listed(&self, _: &Origin) -> Result<bool, Unavailable> {
        Ok(self.credential.origins.is_some())
    }

    fn standing(&self, tenant: TenantId, user: &User) -> Result<Standing, Unavailable> {
        self.ask("standing")?;
        let own = self.standings.get(user).filter(|_| tenant == TENANT);
        Ok(own.cloned().unwrap_or(Standing {
            is_known: self.known && tenant == TENANT,
            ..Standing::default()
        }))
    }

    fn make_known(&self, tenant: TenantId, user: &User) -> Result<(), Unavailable> {
        self.ask("make_known")?;
        self.made_known.lock().unwrap().push((tenant, user.clone()));
        Ok(())
    }
}
