//! Erases a user with all that is below it, or a whole namespace: keys first, then bytes.

use anchorhold_identity::{Admin, Directory as _, Scope, Subject, SubjectErasure};
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{Address, Place, Timestamp};
use anchorhold_store::{Error as StoreError, Residue, Shredded};

use crate::audited::Deed;
use crate::{Engine, Error};

/// What an erasure destroyed, and where a trace may remain until when.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The receipt's own id.
    pub receipt_id: String,
    /// Namespaces destroyed.
    pub namespaces: u64,
    /// Records destroyed with them, as of the last write: what expired since still counts, whether or
    /// not the server has put it away.
    pub records: u64,
    /// Ids of the namespace keys destroyed.
    pub key_ids: Vec<String>,
    /// When.
    pub erased_at: Timestamp,
    /// Copies of wrapped keys that this server does not hold, and until when they may exist.
    pub residues: Vec<Residue>,
    /// The entry in the audit log.
    pub audit_id: String,
}

impl Engine {
    /// Erases a user with its namespace, every workspace, agent and thread below and its keys, or a
    /// session.
    pub fn erase_subject(&self, proof: &SubjectErasure) -> Result<Receipt, Error> {
        let (verb, missing) = match proof.subject() {
            Subject::User(_) => ("erase_user", Error::UserNotFound),
            Subject::Session(_) => ("erase_session", Error::NamespaceNotFound),
            Subject::Sandbox(_) | Subject::Approved(_) => {
                ("erase_sandbox", Error::NamespaceNotFound)
            }
        };
        let deed = Deed {
            actor: proof.actor(),
            verb,
            namespace: None,
            records: 0,
        };
        let catalogue = self.store.catalogue();
        let is_theirs = |address: &Address| match (&address.place, proof.subject()) {
            (Place::User(user, _), Subject::User(erased)) => user == erased,
            (Place::Session(session), Subject::Session(erased)) => session == erased,
            (Place::Quarantine(sandbox), Subject::Sandbox(erased) | Subject::Approved(erased)) => {
                sandbox == erased
            }
            // Kept under a name of theirs, if it is gone now.
            (Place::Quarantine(_), Subject::User(_)) => {
                !matches!(catalogue.incarnation(address), Ok(Some(_)))
            }
            _ => false,
        };
        let erase = || {
            let shredded = self.store.erase_subject(proof);
            #[cfg(feature = "sabotage")]
            if sabotage::is(Bug::OldIncarnation) {
                return shredded.map_err(Error::from);
            }
            // Also after a failure: the rows may be gone, and what is in memory goes with them.
            self.residents
                .forget_where(|address| address.tenant == proof.tenant() && is_theirs(address));
            shredded.map_err(|error| match error {
                StoreError::NotFound => missing,
                StoreError::Linked => Error::UserLinked,
                other => other.into(),
            })
        };
        self.audited(&deed, erase)
            .map(|(shredded, audit_id)| receipt(shredded, audit_id))
    }

    /// Erases one namespace.
    pub fn erase_namespace(&self, scope: &Scope<Admin>) -> Result<Receipt, Error> {
        let namespace = scope.namespace();
        let deed = Deed {
            actor: scope.actor(),
            verb: "erase_namespace",
            namespace: Some(namespace),
            records: 0,
        };
        let erase = || {
            let shredded = self.store.namespace_drop(scope);
            self.residents.forget(namespace);
            Ok(shredded?)
        };
        self.audited(&deed, erase)
            .map(|(shredded, audit_id)| receipt(shredded, audit_id))
    }
}

fn receipt(shredded: Shredded, audit_id: String) -> Receipt {
    let receipt_id = audit_id.strip_prefix("aud_").unwrap_or(&audit_id);
    Receipt {
        receipt_id: format!("rcp_{receipt_id}"),
        namespaces: shredded.namespaces,
        records: shredded.records,
        key_ids: shredded.key_ids,
        erased_at: shredded.erased_at,
        residues: shredded.residues,
        audit_id,
    }
}
