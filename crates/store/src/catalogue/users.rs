//! Users: the key of each one's pseudonym, what the tenant knows of them, and whose second name one is.

mod manage;

use std::sync::Arc;

use anchorhold_crypto::{Lookup, MacKey, Secret};
use anchorhold_identity::Standing;
use anchorhold_model::{Issuer, Role, Stream, TenantId, Timestamp, User, UserHandle, hex};
use zeroize::Zeroizing;

use super::bodies::{FORMAT, LinkBody, UserBody, decode, digits, encode, parsed};
use super::lookups::USERS;
use super::{Catalogue, Desk, new_row, next_row};
use crate::Error;
use crate::sealed_rows::{Row, Writer};

pub use manage::{UserPage, UserRecord};

/// What requests ask about a user.
#[derive(Clone)]
pub(super) struct StoredUser {
    pub(super) pseudonym: [u8; 16],
    pub(super) standing: Standing,
}

impl Catalogue {
    /// The name of a user in the audit log. Its key goes when the user is erased, and with it the
    /// last thing that ties the user to what is written there.
    pub fn pseudonym(&self, tenant: TenantId, user: &User) -> Result<[u8; 16], Error> {
        if user.issuer.names_no_users() {
            // A credential, a session or a sandbox that speaks for itself: its id is random and names nobody.
            let parts: [&[u8]; 2] = [tenant.as_bytes(), user.id.as_str().as_bytes()];
            return Ok(self.credential_pseudonyms.sign(&parts));
        }
        let lookup = self.lookups.user(tenant, user);
        if let Some(Some(stored)) = self.caches.users.get(&lookup) {
            return Ok(stored.pseudonym);
        }
        let mut desk = self.desk()?;
        if let Some(stored) = self.read_user(&desk, &lookup)? {
            return Ok(stored.pseudonym);
        }
        Ok(pseudonym_of(&self.promised_key(&mut desk, &lookup)))
    }

    /// A user, from memory or from its row.
    pub(super) fn user_by_lookup(&self, lookup: &Lookup) -> Result<Option<StoredUser>, Error> {
        if let Some(known) = self.caches.users.get(lookup) {
            return Ok(known);
        }
        let desk = self.desk()?;
        self.read_user(&desk, lookup)
    }

    fn read_user(&self, desk: &Desk, lookup: &Lookup) -> Result<Option<StoredUser>, Error> {
        let row = desk.rows.reader().get(USERS, lookup)?;
        let stored = row.as_ref().map(stored_user).transpose()?;
        self.caches.users.put(*lookup, stored.clone());
        Ok(stored)
    }

    /// The key that a user without a row will get.
    fn promised_key(&self, desk: &mut Desk, lookup: &Lookup) -> Zeroizing<[u8; 32]> {
        if let Some(key) = desk.pending_users.get(lookup) {
            return key.clone();
        }
        let key = self.draw_pseudonym_key(lookup);
        desk.pending_users.put(*lookup, key.clone());
        key
    }

    pub(super) fn draw_pseudonym_key(&self, lookup: &Lookup) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        self.foundation.random.fill(Stream(lookup), key.as_mut());
        key
    }

    /// Makes the row of a user, or marks it known; says what the row says afterwards.
    pub(super) fn write_user(
        &self,
        writer: &mut Writer<'_>,
        new: &NewUser<'_>,
        promised: Option<Zeroizing<[u8; 32]>>,
    ) -> Result<StoredUser, Error> {
        if let Some(row) = writer.reader().get(USERS, &new.lookup)? {
            let mut body: UserBody = decode(&row.body)?;
            if !new.known || body.known {
                return stored_user(&row);
            }
            body.known = true;
            let row = next_row(row, new.now, encode(&body)?);
            writer.update(&row)?;
            return stored_user(&row);
        }
        let row = self.user_row(new, promised)?;
        writer.insert(&row)?;
        stored_user(&row)
    }

    /// The row of a user who has none.
    fn user_row(
        &self,
        new: &NewUser<'_>,
        promised: Option<Zeroizing<[u8; 32]>>,
    ) -> Result<Row, Error> {
        let key = promised.unwrap_or_else(|| self.draw_pseudonym_key(&new.lookup));
        let body = UserBody {
            format: FORMAT,
            issuer: new.user.issuer.as_str().to_owned(),
            id: new.user.id.as_str().to_owned(),
            pseudonym_key: hex(key.as_ref()),
            known: new.known,
            role: Role::default(),
            linked_to: None,
        };
        let parent = self.lookups.of_tenant(Some(new.tenant));
        let mut row = new_row(USERS, new.lookup, parent, new.now, encode(&body)?);
        row.alias = Some(self.lookups.user_handle(new.tenant, handle_of(&key)));
        Ok(row)
    }

    /// Notes that a user is known of whom there is a row.
    pub(super) fn note_known(&self, tenant: TenantId, user: &User) -> Result<(), Error> {
        let new = NewUser {
            tenant,
            user,
            lookup: self.lookups.user(tenant, user),
            known: true,
            now: self.now(),
        };
        let mut desk = self.desk()?;
        let promised = desk.pending_users.get(&new.lookup).cloned();
        let stored = self.transact(&mut desk, |writer| self.write_user(writer, &new, promised))?;
        desk.pending_users.remove(&new.lookup);
        self.caches.users.put(new.lookup, Some(stored));
        Ok(())
    }
}

/// A user who is written down.
pub(super) struct NewUser<'a> {
    pub(super) tenant: TenantId,
    pub(super) user: &'a User,
    pub(super) lookup: Lookup,
    /// Whether the tenant knows the user from now on.
    pub(super) known: bool,
    pub(super) now: Timestamp,
}

pub(super) fn stored_user(row: &Row) -> Result<StoredUser, Error> {
    let body: UserBody = decode(&row.body)?;
    let key = Zeroizing::new(digits(&body.pseudonym_key)?);
    let linked_to = body.linked_to.as_ref().map(LinkBody::parse);
    Ok(StoredUser {
        pseudonym: pseudonym_of(&key),
        standing: Standing {
            is_known: body.known,
            role: body.role,
            linked_to: linked_to.transpose()?.map(Arc::new),
        },
    })
}

/// Who a row is of.
pub(super) fn user_of(body: &UserBody) -> Result<User, Error> {
    Ok(User {
        issuer: parsed(Issuer::parse(&body.issuer))?,
        id: parsed(anchorhold_model::UserId::parse(&body.id))?,
    })
}

fn pseudonym_of(key: &Zeroizing<[u8; 32]>) -> [u8; 16] {
    MacKey::new(Secret::new(**key)).sign(&[b"pseudonym"])
}

/// What names this life of a user; the key of its pseudonym is drawn anew after an erasure.
fn handle_of(key: &Zeroizing<[u8; 32]>) -> UserHandle {
    UserHandle::from_bytes(MacKey::new(Secret::new(**key)).sign(&[b"handle"]))
}
