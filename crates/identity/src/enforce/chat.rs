//! Proofs for requests that go on to a model server.

use std::sync::Arc;

use anchorhold_model::{NamespaceName, Timestamp};

use super::{Missing, Reading, enforce, enforce_reading};
use crate::{Caller, Denial, Directory, Door, Reason, Scope, TenantRecord, Verdict, Write};

/// Proof that a request may be passed on to a model server.
pub struct Passage {
    tenant: Arc<TenantRecord>,
}

impl Passage {
    /// The tenant.
    pub fn tenant(&self) -> &TenantRecord {
        &self.tenant
    }
}

/// Where a chat reads, and where it is kept.
pub struct Chatting {
    /// That it may be passed on.
    pub passage: Passage,
    /// What is recalled from.
    pub reading: Reading,
    /// Where it is kept; `None` for who only reads.
    pub writing: Option<Scope<Write>>,
}

/// Every credential of a tenant may have requests passed on, but for one that anybody can read in a page: what
/// is asked of a model costs its tenant money.
pub fn passage(caller: &Caller) -> Result<Passage, Denial> {
    let Some(tenant) = caller.tenant_record() else {
        return Err(caller.denied(Reason::CredentialMisplaced));
    };
    if caller.is_publishable() {
        return Err(caller.denied(Reason::AccessForbidden { needed: None }));
    }
    Ok(Passage { tenant })
}

/// A chat is judged as what it does: it reads, and it is kept where the caller may write.
pub fn chatting(
    caller: &Caller,
    verdict: &Verdict,
    named: Option<NamespaceName>,
    door: Door,
    directory: &dyn Directory,
    now: Timestamp,
) -> Result<Chatting, Denial> {
    let passage = passage(caller)?;
    let reserve = Missing::Reserve;
    let writing = match enforce(caller, verdict, named.clone(), reserve, door, directory) {
        Ok(writing) => writing,
        Err(denial) if matches!(denial.reason, Reason::AccessForbidden { .. }) => None,
        Err(denial) => return Err(denial),
    };
    let reading = if named.is_none() {
        enforce_reading(caller, verdict, door, directory, now)?
    } else {
        Reading {
            own: enforce(caller, verdict, named, Missing::Empty, door, directory)?,
            beside: None,
        }
    };
    Ok(Chatting {
        passage,
        reading,
        writing,
    })
}
