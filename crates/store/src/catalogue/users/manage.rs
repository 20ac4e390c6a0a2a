//! Users as their tenant's admins manage them: made, found, given a role, linked and taken apart.
//!
//! INVARIANT: a second name has no namespace, and leads to a user who is no second name. So a link
//! merges nothing and hides nothing, and whoever follows one is there.

use anchorhold_crypto::Lookup;
use anchorhold_identity::TenantAdmin;
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{Role, TenantId, Timestamp, User, UserHandle};
use zeroize::Zeroizing;

use super::super::bodies::{LinkBody, UserBody, decode, digits, encode};
use super::super::lookups::{NAMESPACES, USERS};
use super::super::{Catalogue, Desk, next_row};
use super::{NewUser, handle_of, stored_user, user_of};
use crate::Error;
use crate::sealed_rows::{Row, Writer};

/// A user as its tenant's admins see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRecord {
    /// Names this life of the user; no secret.
    pub handle: UserHandle,
    /// Who vouches, and the id.
    pub user: User,
    /// What the user may do.
    pub role: Role,
    /// Whether the tenant knows the user; otherwise somebody only claimed to be them.
    pub is_known: bool,
    /// Whose second name it is.
    pub linked_to: Option<User>,
    /// Its second names.
    pub links: Vec<(UserHandle, User)>,
    /// Since when there is a row of it.
    pub created_at: Timestamp,
}

/// Some users of a tenant.
#[derive(Debug)]
pub struct UserPage {
    /// The users, in an order of their own that does not change.
    pub users: Vec<UserRecord>,
    /// After whom the next page goes on; `None` on the last.
    pub after: Option<Lookup>,
}

/// A row that is to be written.
pub(in crate::catalogue) struct ChangedUser {
    pub(in crate::catalogue) row: Row,
    is_new: bool,
}

impl ChangedUser {
    pub(in crate::catalogue) fn write(&self, writer: &mut Writer<'_>) -> Result<(), Error> {
        if self.is_new {
            writer.insert(&self.row)
        } else {
            writer.update(&self.row)
        }
    }
}

impl Catalogue {
    /// Makes a user known, with this role if one is named. Says whether there was nothing of the user
    /// before. [`Error::Exists`] for one that is known and has another role.
    pub fn user_create(
        &self,
        admin: &TenantAdmin,
        user: &User,
        role: Option<Role>,
    ) -> Result<(UserRecord, bool), Error> {
        let tenant = self.tenant_by_id(admin.tenant())?.ok_or(Error::NotFound)?;
        let tenant = tenant.record.id;
        let lookup = self.lookups.user(tenant, user);
        let mut desk = self.desk()?;
        let before = desk.rows.reader().get(USERS, &lookup)?;
        if let Some(row) = &before {
            let body: UserBody = decode(&row.body)?;
            let differs = role.is_some_and(|role| role != body.role);
            if body.known && differs {
                return Err(Error::Exists);
            }
            if body.known {
                return Ok((self.user_record(&desk, tenant, row)?, false));
            }
        }
        let is_new = before.is_none();
        let row = self.put_user(&mut desk, tenant, user, |body, _| {
            body.known = true;
            body.role = role.unwrap_or(body.role);
        })?;
        Ok((self.user_record(&desk, tenant, &row)?, is_new))
    }

    /// The user of this id, if there is anything of them.
    pub fn user_find(&self, admin: &TenantAdmin, user: &User) -> Result<UserRecord, Error> {
        let lookup = self.lookups.user(admin.tenant(), user);
        let desk = self.desk()?;
        let row = desk.rows.reader().get(USERS, &lookup)?;
        self.user_record(&desk, admin.tenant(), &row.ok_or(Error::NotFound)?)
    }

    /// The user of this handle.
    pub fn user_get(&self, admin: &TenantAdmin, user: UserHandle) -> Result<UserRecord, Error> {
        let desk = self.desk()?;
        let row = self.user_row_of(&desk, admin.tenant(), user)?;
        self.user_record(&desk, admin.tenant(), &row)
    }

    /// Users of a tenant, those after `after`.
    pub fn user_list(
        &self,
        admin: &TenantAdmin,
        after: Option<&Lookup>,
        limit: usize,
    ) -> Result<UserPage, Error> {
        let parent = self.lookups.of_tenant(Some(admin.tenant()));
        let desk = self.desk()?;
        let more = limit.saturating_add(1);
        let reader = desk.rows.reader();
        let mut rows = reader.children_after(USERS, &parent, after, more)?;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let record = |row: &Row| self.user_record(&desk, admin.tenant(), row);
        Ok(UserPage {
            users: rows.iter().map(record).collect::<Result<_, _>>()?,
            after: rows.last().filter(|_| has_more).map(|row| row.lookup),
        })
    }

    /// Gives a user another role, from the next request on. [`Error::Linked`] for a second name, whose role
    /// is that of the user.
    pub fn user_change(
        &self,
        admin: &TenantAdmin,
        user: UserHandle,
        role: Role,
    ) -> Result<UserRecord, Error> {
        let tenant = admin.tenant();
        let mut desk = self.desk()?;
        let row = self.user_row_of(&desk, tenant, user)?;
        let body: UserBody = decode(&row.body)?;
        if body.linked_to.is_some() {
            return Err(Error::Linked);
        }
        let user = user_of(&body)?;
        let row = self.put_user(&mut desk, tenant, &user, |body, _| body.role = role)?;
        self.user_record(&desk, tenant, &row)
    }

    /// Makes `name` a second name of a user, from the next request on. [`Error::Exists`] when something
    /// is kept under that name, [`Error::Linked`] when one of the two is linked otherwise.
    pub fn user_link(
        &self,
        admin: &TenantAdmin,
        user: UserHandle,
        name: &User,
    ) -> Result<UserRecord, Error> {
        let tenant = admin.tenant();
        let mut desk = self.desk()?;
        let first = self.user_row_of(&desk, tenant, user)?;
        let body: UserBody = decode(&first.body)?;
        let user = user_of(&body)?;
        let owner = self.lookups.of_user(tenant, name);
        let reader = desk.rows.reader();
        let second = reader.get(USERS, &self.lookups.user(tenant, name))?;
        let second = second.as_ref().map(stored_user).transpose()?;
        let leads_to = second.and_then(|second| second.standing.linked_to);
        if leads_to.as_deref() == Some(&user) {
            return self.user_record(&desk, tenant, &first);
        }
        let has_names = !reader.owned(USERS, &owner)?.is_empty();
        if leads_to.is_some() || has_names || body.linked_to.is_some() || user == *name {
            return Err(Error::Linked);
        }
        if !reader.owned(NAMESPACES, &owner)?.is_empty() {
            return Err(Error::Exists);
        }
        // A write that began before must not make a namespace that the link would hide; one that
        // reserves its place later finds the link, see `materialise.rs`.
        desk.reservations.void(&owner);
        let link = LinkBody::from(&user);
        let owner = self.lookups.of_user(tenant, &user);
        self.put_user(&mut desk, tenant, name, |body, row| {
            body.known = true;
            body.linked_to = Some(link);
            row.owner = Some(owner);
        })?;
        let first = self.put_user(&mut desk, tenant, &user, |body, _| body.known = true)?;
        self.user_record(&desk, tenant, &first)
    }

    /// Takes a second name from a user: what comes under it from now on is kept apart.
    /// [`Error::NotFound`] when it is none of theirs.
    pub fn user_unlink(
        &self,
        admin: &TenantAdmin,
        user: UserHandle,
        name: UserHandle,
    ) -> Result<UserRecord, Error> {
        let tenant = admin.tenant();
        let mut desk = self.desk()?;
        let first = self.user_row_of(&desk, tenant, user)?;
        let second = self.user_row_of(&desk, tenant, name)?;
        let user = user_of(&decode(&first.body)?)?;
        let body: UserBody = decode(&second.body)?;
        let leads_to = body.linked_to.as_ref().map(LinkBody::parse).transpose()?;
        if leads_to != Some(user) {
            return Err(Error::NotFound);
        }
        #[cfg(feature = "sabotage")]
        let before = self.caches.users.get(&second.lookup);
        self.put_user(&mut desk, tenant, &user_of(&body)?, |body, row| {
            body.linked_to = None;
            row.owner = None;
        })?;
        #[cfg(feature = "sabotage")]
        if let Some(before) = before.filter(|_| sabotage::is(Bug::UnlinkedNameRemembered)) {
            self.caches.users.put(second.lookup, before);
        }
        self.user_record(&desk, tenant, &first)
    }

    /// Changes the row of a user, or makes it, durably.
    fn put_user(
        &self,
        desk: &mut Desk,
        tenant: TenantId,
        user: &User,
        change: impl FnOnce(&mut UserBody, &mut Row),
    ) -> Result<Row, Error> {
        let changed = self.changed_user(desk, tenant, user, change)?;
        self.transact(desk, |writer| changed.write(writer))?;
        self.remember_user(desk, &changed)?;
        Ok(changed.row)
    }

    /// The row of a user after a change.
    pub(in crate::catalogue) fn changed_user(
        &self,
        desk: &Desk,
        tenant: TenantId,
        user: &User,
        change: impl FnOnce(&mut UserBody, &mut Row),
    ) -> Result<ChangedUser, Error> {
        let now = self.now();
        let lookup = self.lookups.user(tenant, user);
        let before = desk.rows.reader().get(USERS, &lookup)?;
        let is_new = before.is_none();
        let mut row = match before {
            Some(row) => {
                let body = row.body.clone();
                next_row(row, now, body)
            }
            None => {
                let new = NewUser {
                    tenant,
                    user,
                    lookup,
                    known: false,
                    now,
                };
                self.user_row(&new, desk.pending_users.get(&lookup).cloned())?
            }
        };
        let mut body: UserBody = decode(&row.body)?;
        change(&mut body, &mut row);
        row.body = encode(&body)?;
        Ok(ChangedUser { row, is_new })
    }

    pub(in crate::catalogue) fn remember_user(
        &self,
        desk: &mut Desk,
        changed: &ChangedUser,
    ) -> Result<(), Error> {
        let row = &changed.row;
        desk.pending_users.remove(&row.lookup);
        self.caches.users.put(row.lookup, Some(stored_user(row)?));
        Ok(())
    }

    fn user_row_of(&self, desk: &Desk, tenant: TenantId, user: UserHandle) -> Result<Row, Error> {
        let alias = self.lookups.user_handle(tenant, user);
        let row = desk.rows.reader().by_alias(USERS, &alias)?;
        row.ok_or(Error::NotFound)
    }

    pub(in crate::catalogue) fn user_record(
        &self,
        desk: &Desk,
        tenant: TenantId,
        row: &Row,
    ) -> Result<UserRecord, Error> {
        let named = |row: &Row| {
            let body: UserBody = decode(&row.body)?;
            let key = Zeroizing::new(digits(&body.pseudonym_key)?);
            Ok((handle_of(&key), user_of(&body)?))
        };
        let (handle, user) = named(row)?;
        let body: UserBody = decode(&row.body)?;
        let owner = self.lookups.of_user(tenant, &user);
        let names = desk.rows.reader().owned(USERS, &owner)?;
        let mut links = names.iter().map(named).collect::<Result<Vec<_>, Error>>()?;
        links.sort_unstable();
        Ok(UserRecord {
            handle,
            user,
            role: body.role,
            is_known: body.known,
            linked_to: body.linked_to.as_ref().map(LinkBody::parse).transpose()?,
            links,
            created_at: row.created_at,
        })
    }
}
