//! Reserved incarnations come to be: many first writers share one durable commit.

use std::sync::{Arc, Mutex};

use anchorhold_crypto::Lookup;
use anchorhold_identity::Actor;
use anchorhold_model::{Address, NamespaceId, Place, Timestamp, User};

use super::lookups::{NAMESPACES, SESSIONS, USERS};
use super::sessions::stored_session;
use super::users::{NewUser, StoredUser, stored_user};
use super::{Catalogue, Desk, PendingUsers, Reservations};
use crate::Error;
use crate::catalogue::namespaces::stored_namespace;
use crate::sealed_rows::{Reader, Row, Writer};
use crate::turn::Served;

/// One first write that waits for its row.
pub(super) struct Materialisation {
    address: Address,
    lookup: Lookup,
    namespace: NamespaceId,
    /// Whether the tenant knows its user from then on.
    makes_known: bool,
    outcome: Mutex<Option<Result<(), Error>>>,
}

/// What became of one of them inside the transaction.
enum Made {
    /// The reservation is not this id any more.
    Void,
    /// Another writer made the same row.
    Already,
    /// Its rows are damaged; the other jobs are not concerned.
    Damaged(Error),
    /// Now it exists.
    Row(Row, Option<(Lookup, StoredUser)>),
}

impl Materialisation {
    fn user(&self) -> Option<&User> {
        match &self.address.place {
            Place::User(user, _) => Some(user),
            Place::Named(_) | Place::Shared | Place::Session(_) | Place::Quarantine(_) => None,
        }
    }

    fn settle(&self, outcome: Result<(), Error>) {
        if let Ok(mut slot) = self.outcome.lock() {
            *slot = Some(outcome);
        }
    }

    fn take(&self) -> Option<Result<(), Error>> {
        self.outcome.lock().ok()?.take()
    }
}

impl Catalogue {
    pub(super) fn materialise_durably(
        &self,
        address: &Address,
        namespace: NamespaceId,
        actor: &Actor,
    ) -> Result<(), Error> {
        let lookup = self.lookups.address(address);
        if let Some(Some(living)) = self.caches.incarnations.get(&lookup) {
            return (living == namespace).then_some(()).ok_or(Error::Void);
        }
        let job = Arc::new(Materialisation {
            address: address.clone(),
            lookup,
            namespace,
            makes_known: actor.makes_known(),
            outcome: Mutex::new(None),
        });
        self.waiting
            .lock()
            .map_err(|_| Error::Poisoned)?
            .push(Arc::clone(&job));
        // Whose turn it is does the work of all that wait; the others find theirs done.
        match self.turns.wait(|| job.take())? {
            Served::Already(outcome) => outcome,
            Served::Turn(_turn) => {
                self.materialise_waiting();
                job.take().unwrap_or(Err(Error::Unavailable))
            }
        }
    }

    fn materialise_waiting(&self) {
        let desk = self.desk();
        // After the desk was waited for, so that those who came meanwhile are served too.
        let Ok(mut waiting) = self.waiting.lock() else {
            return;
        };
        let batch = std::mem::take(&mut *waiting);
        drop(waiting);
        match desk {
            Ok(mut desk) => self.materialise_all(&mut desk, &batch),
            Err(error) => {
                for job in &batch {
                    job.settle(Err(same(&error)));
                }
            }
        }
    }

    fn materialise_all(&self, desk: &mut Desk, batch: &[Arc<Materialisation>]) {
        let now = self.now();
        let Desk {
            rows,
            reservations,
            pending_users,
        } = desk;
        let made = rows.transact(|writer| {
            batch
                .iter()
                .map(|job| self.materialise_one(writer, reservations, pending_users, job, now))
                .collect::<Result<Vec<_>, Error>>()
        });
        match made {
            Ok(made) => {
                for (job, made) in batch.iter().zip(made) {
                    let outcome = self.learn(desk, job, made);
                    job.settle(outcome);
                }
            }
            Err(error) => {
                self.mend(desk);
                for job in batch {
                    job.settle(Err(same(&error)));
                }
            }
        }
    }

    fn materialise_one(
        &self,
        writer: &mut Writer<'_>,
        reservations: &Reservations,
        pending_users: &PendingUsers,
        job: &Materialisation,
        now: Timestamp,
    ) -> Result<Made, Error> {
        let found = writer.reader().get(NAMESPACES, &job.lookup);
        let living = found.and_then(|row| row.as_ref().map(stored_namespace).transpose());
        match living {
            Err(error @ (Error::Tampered { .. } | Error::Malformed { .. })) => {
                return Ok(Made::Damaged(error));
            }
            Err(error) => return Err(error),
            Ok(Some(living)) if living.id == job.namespace => return Ok(Made::Already),
            Ok(Some(_)) => return Ok(Made::Void),
            Ok(None) => {}
        }
        // INVARIANT: asked inside the transaction, under the desk that an erase voids reservations
        // under, so a write that began before an erase never makes an incarnation after it.
        let reserved = reservations.get(&job.lookup);
        if reserved.is_none_or(|reserved| reserved.namespace != job.namespace) {
            return Ok(Made::Void);
        }
        match self.is_reachable(&writer.reader(), &job.address) {
            Ok(true) => {}
            Ok(false) => return Ok(Made::Void),
            Err(error @ (Error::Tampered { .. } | Error::Malformed { .. })) => {
                return Ok(Made::Damaged(error));
            }
            Err(error) => return Err(error),
        }
        let row = self.namespace_row(&job.address, job.namespace, None, now)?;
        // The user first: a damaged row is found before anything of this job is written.
        let user = match self.materialise_user(writer, pending_users, job, now) {
            Err(error @ (Error::Tampered { .. } | Error::Malformed { .. })) => {
                return Ok(Made::Damaged(error));
            }
            user => user?,
        };
        writer.insert(&row)?;
        Ok(Made::Row(row, user))
    }

    /// INVARIANT: nothing is kept where no request would find it, also if the place was reserved before: in
    /// a session or a sandbox that has ended, whose handle never comes back, and under the second name of a
    /// user.
    fn is_reachable(&self, reader: &Reader<'_>, address: &Address) -> Result<bool, Error> {
        match &address.place {
            Place::Session(session) => {
                let alias = self.lookups.session_handle(address.tenant, *session);
                Ok(reader.by_alias(SESSIONS, &alias)?.is_some())
            }
            Place::Quarantine(sandbox) => {
                let alias = self.lookups.sandbox_handle(address.tenant, *sandbox);
                let row = reader.by_alias(SESSIONS, &alias)?;
                let stored = row.as_ref().map(stored_session).transpose()?;
                Ok(stored.is_some_and(|stored| !stored.is_decided))
            }
            Place::User(user, _) => {
                let row = reader.get(USERS, &self.lookups.user(address.tenant, user))?;
                let stored = row.as_ref().map(stored_user).transpose()?;
                Ok(stored.is_none_or(|stored| stored.standing.linked_to.is_none()))
            }
            Place::Named(_) | Place::Shared => Ok(true),
        }
    }

    fn materialise_user(
        &self,
        writer: &mut Writer<'_>,
        pending_users: &PendingUsers,
        job: &Materialisation,
        now: Timestamp,
    ) -> Result<Option<(Lookup, StoredUser)>, Error> {
        let Some(user) = job.user() else {
            return Ok(None);
        };
        let tenant = job.address.tenant;
        let new = NewUser {
            tenant,
            user,
            lookup: self.lookups.user(tenant, user),
            known: job.makes_known,
            now,
        };
        let promised = pending_users.get(&new.lookup).cloned();
        let stored = self.write_user(writer, &new, promised)?;
        Ok(Some((new.lookup, stored)))
    }

    fn learn(&self, desk: &mut Desk, job: &Materialisation, made: Made) -> Result<(), Error> {
        match made {
            Made::Void => Err(Error::Void),
            Made::Damaged(error) => Err(error),
            Made::Already => Ok(()),
            Made::Row(row, user) => {
                desk.reservations.remove(&job.lookup);
                self.remember_namespace(desk, &row)?;
                if let Some((lookup, stored)) = user {
                    desk.pending_users.remove(&lookup);
                    self.caches.users.put(lookup, Some(stored));
                }
                Ok(())
            }
        }
    }
}

/// The error of a commit that several share.
fn same(error: &Error) -> Error {
    match error {
        Error::OutcomeUnknown => Error::OutcomeUnknown,
        Error::Poisoned => Error::Poisoned,
        Error::Tampered { what } => Error::Tampered { what },
        Error::Malformed { what } => Error::Malformed { what },
        _ => Error::Unavailable,
    }
}
