//! Sandboxes of people whom a tenant does not know.

use std::net::IpAddr;

use anchorhold_crypto::Lookup;
use anchorhold_identity::{BegunSandbox, Claim, TenantAdmin, TenantRecord, ToldApart, Unavailable};
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{KeyId, NamespaceId, SandboxHandle, SessionId, TenantId, Timestamp, User};

use super::{Began, Beginning, Kind, Stay};
use crate::Error;
use crate::catalogue::bodies::{LinkBody, SandboxBody, SessionBody, decode, encode};
use crate::catalogue::lookups::{NAMESPACES, SESSIONS};
use crate::catalogue::namespaces::stored_namespace;
use crate::catalogue::{Catalogue, next_row};
use crate::sealed_rows::Row;

/// A sandbox as its tenant's admins see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxRecord {
    /// Names it; no secret.
    pub handle: SandboxHandle,
    /// With which credential it began.
    pub by: KeyId,
    /// Who was named, and nobody has proved to be; `None` where nobody was.
    pub claim: Option<User>,
    /// By which source.
    pub source: Option<String>,
    /// Whether the sender may say who the user is.
    pub is_asserted: bool,
    /// Who gets what is kept in it, once somebody decided that; the approval has not come to its end.
    pub approved_for: Option<User>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was used last.
    pub used_at: Timestamp,
    /// When it is over if nobody uses it before.
    pub expires_at: Timestamp,
    /// What is kept in it; nothing before a first write came to pass.
    pub namespace: Option<NamespaceId>,
}

impl Stay {
    const fn sandbox(self) -> Option<SandboxHandle> {
        match self {
            Self::Sandbox(sandbox) => Some(sandbox),
            Self::Session(_) => None,
        }
    }
}

impl Catalogue {
    /// The sandbox of a claim if it lives; `is_use` begins its time anew.
    pub(in crate::catalogue) fn living_sandbox(
        &self,
        tenant: &TenantRecord,
        claim: &Claim,
        is_use: bool,
    ) -> Result<Option<SandboxHandle>, Error> {
        let Some(lookup) = self.lookup_of_claim(tenant.id, claim) else {
            return Ok(None);
        };
        let living = self.staying(tenant, &lookup, is_use)?;
        Ok(living.and_then(Stay::sandbox))
    }

    /// The sandbox of a claim by what is in memory.
    pub(in crate::catalogue) fn sandbox_at_hand(
        &self,
        tenant: &TenantRecord,
        claim: &Claim,
        is_use: bool,
    ) -> Result<Option<SandboxHandle>, Unavailable> {
        let lookup = self.lookup_of_claim(tenant.id, claim);
        let lookup = lookup.ok_or(Unavailable)?;
        let living = self.staying_at_hand(tenant, &lookup, is_use)?;
        Ok(living.and_then(Stay::sandbox))
    }

    /// Where the sandbox of a claim stands; `None` where a token is to be shown and is not.
    fn lookup_of_claim(&self, tenant: TenantId, claim: &Claim) -> Option<Lookup> {
        let token = match &claim.told_apart {
            ToldApart::BySender => None,
            ToldApart::ByToken(token) => Some(token.as_ref()?),
        };
        Some(self.lookups.sandbox(tenant, claim, token))
    }

    /// Begins a sandbox, durably.
    pub(in crate::catalogue) fn begin_sandbox(
        &self,
        tenant: &TenantRecord,
        claim: &Claim,
        client: Option<IpAddr>,
    ) -> Result<BegunSandbox, Error> {
        let stream = self.lookups.key(claim.by);
        #[cfg(feature = "sabotage")]
        let stream = if sabotage::is(Bug::SandboxesOfOneStream) {
            self.lookups.of_sandboxes(tenant.id)
        } else {
            stream
        };
        // A token that a client shows and that leads nowhere is never taken over.
        let (token, is_asserted) = match claim.told_apart {
            ToldApart::BySender => (None, true),
            ToldApart::ByToken(_) => (Some(SessionId::from_bytes(self.drawn(&stream))), false),
        };
        let handle = SandboxHandle::from_bytes(self.drawn(&stream));
        let said = claim.said.as_ref();
        let sandbox = SandboxBody {
            handle,
            by: claim.by,
            source: said.map(|(source, _)| source.as_str().to_owned()),
            claim: said.map(|(_, user)| LinkBody::from(user)),
            is_asserted,
            approved_for: None,
        };
        let began = self.begin(Beginning {
            lookup: self.lookups.sandbox(tenant.id, claim, token.as_ref()),
            stay: Stay::Sandbox(handle),
            sandbox: Some(sandbox),
            owner: said.map(|(_, user)| self.lookups.of_user(tenant.id, user)),
            client,
            tenant,
        })?;
        Ok(match began {
            Began::Stay(stay) => {
                BegunSandbox::Sandbox(stay.sandbox().ok_or(Error::NotFound)?, token)
            }
            Began::Full(retry_after_seconds) => BegunSandbox::Full {
                retry_after_seconds,
            },
        })
    }

    /// Decides that a user gets what is kept in a sandbox: nobody uses it and nothing is written there any
    /// more. With `None` it is as before. Says whether that is new. [`Error::Linked`] when it was decided for
    /// another user.
    pub fn sandbox_decide(
        &self,
        admin: &TenantAdmin,
        sandbox: SandboxHandle,
        user: Option<&User>,
    ) -> Result<bool, Error> {
        let alias = self.lookups.sandbox_handle(admin.tenant(), sandbox);
        let mut desk = self.desk()?;
        let row = desk.rows.reader().by_alias(SESSIONS, &alias)?;
        let row = row.ok_or(Error::NotFound)?;
        let mut body: SessionBody = decode(&row.body)?;
        let decided = body.sandbox.as_mut().ok_or(Error::NotFound)?;
        let before = decided.approved_for.as_ref().map(LinkBody::parse);
        let before = before.transpose()?;
        if before.is_some() && user.is_some() && before.as_ref() != user {
            return Err(Error::Linked);
        }
        decided.approved_for = user.map(LinkBody::from);
        let owner = self.owner_of_session(&row)?;
        // Its time begins anew, so that no sweep comes between.
        let row = next_row(row, self.now(), encode(&body)?);
        self.transact(&mut desk, |writer| writer.update(&row))?;
        self.remember_session(&desk, &row)?;
        // INVARIANT: under the same hold of the desk as the decision, see `materialise.rs`.
        desk.reservations.void(&owner);
        for kept in desk.rows.reader().owned(NAMESPACES, &owner)? {
            let namespace = stored_namespace(&kept)?.id;
            match user {
                Some(_) => self.frozen().insert(namespace),
                None => self.frozen().remove(&namespace),
            };
        }
        Ok(before.as_ref() != user)
    }

    /// Whether a sandbox of this handle is there, over or not.
    pub(in crate::catalogue) fn has_sandbox(
        &self,
        tenant: TenantId,
        sandbox: SandboxHandle,
    ) -> Result<bool, Error> {
        let alias = self.lookups.sandbox_handle(tenant, sandbox);
        let desk = self.desk()?;
        Ok(desk.rows.reader().by_alias(SESSIONS, &alias)?.is_some())
    }

    /// The sandboxes of a tenant that live, those used last first, at most `limit` of them.
    pub fn sandbox_list(
        &self,
        admin: &TenantAdmin,
        limit: usize,
    ) -> Result<Vec<SandboxRecord>, Error> {
        let listed = self.living_of(admin, Kind::Sandbox, limit)?;
        listed.into_iter().map(record).collect()
    }

    /// A sandbox by its handle, over or not.
    pub fn sandbox_get(
        &self,
        admin: &TenantAdmin,
        sandbox: SandboxHandle,
    ) -> Result<SandboxRecord, Error> {
        let tenant = self.tenant_by_id(admin.tenant())?.ok_or(Error::NotFound)?;
        let alias = self.lookups.sandbox_handle(admin.tenant(), sandbox);
        let desk = self.desk()?;
        let row = desk.rows.reader().by_alias(SESSIONS, &alias)?;
        let row: Row = row.ok_or(Error::NotFound)?;
        let listed = self.listed(&desk, &tenant.record, row)?;
        record(listed.ok_or(Error::NotFound)?)
    }
}

fn record(listed: super::ends::Listed) -> Result<SandboxRecord, Error> {
    let body: SessionBody = decode(&listed.row.body)?;
    let sandbox = body.sandbox.ok_or(Error::NotFound)?;
    let claim = sandbox.claim.as_ref().map(LinkBody::parse);
    let approved_for = sandbox.approved_for.as_ref().map(LinkBody::parse);
    Ok(SandboxRecord {
        approved_for: approved_for.transpose()?,
        handle: sandbox.handle,
        by: sandbox.by,
        claim: claim.transpose()?,
        source: sandbox.source,
        is_asserted: sandbox.is_asserted,
        created_at: listed.row.created_at,
        used_at: listed.used_at,
        expires_at: listed.expires_at,
        namespace: listed.namespace,
    })
}
