//! Users as their tenant manages them: made, found, listed, given a role, linked.

use anchorhold_identity::TenantAdmin;
use anchorhold_model::{Role, User, UserHandle};
use anchorhold_store::{Error as StoreError, UserRecord};

use crate::audited::Deed;
use crate::{Engine, Error, Receipt, cursor};

/// One page of users.
pub struct UserPage {
    /// The users, in an order of their own that does not change.
    pub users: Vec<UserRecord>,
    /// Where the next page goes on; `None` on the last.
    pub next_cursor: Option<String>,
}

impl Engine {
    /// Makes a user known to its tenant, with this role if one is named. Says whether there was nothing
    /// of them before. [`Error::UserExists`] for one that is known and has another role.
    pub fn user_create(
        &self,
        proof: &TenantAdmin,
        user: &User,
        role: Option<Role>,
    ) -> Result<(UserRecord, bool), Error> {
        self.user_deed(proof, "user_create", || {
            let made = self.store.catalogue().user_create(proof, user, role);
            made.map_err(|error| of_user(error, Error::UserExists))
        })
    }

    /// The user of this id. [`Error::UserNotFound`] when nothing of them is stored.
    pub fn user_find(&self, proof: &TenantAdmin, user: &User) -> Result<UserRecord, Error> {
        let found = self.store.catalogue().user_find(proof, user);
        found.map_err(not_found)
    }

    /// The user of this handle.
    pub fn user_get(&self, proof: &TenantAdmin, user: UserHandle) -> Result<UserRecord, Error> {
        let found = self.store.catalogue().user_get(proof, user);
        found.map_err(not_found)
    }

    /// The users of a tenant, page by page.
    pub fn user_list(
        &self,
        proof: &TenantAdmin,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<UserPage, Error> {
        let now = self.clock.now();
        let catalogue = self.store.catalogue();
        let after = cursor.map(|text| cursor::read_user(catalogue, proof, text, now));
        let page = catalogue.user_list(proof, after.transpose()?.as_ref(), limit)?;
        let next = |after| cursor::write_user(catalogue, proof, &after, now);
        Ok(UserPage {
            users: page.users,
            next_cursor: page.after.map(next),
        })
    }

    /// Gives a user another role, from the next request on.
    pub fn user_change(
        &self,
        proof: &TenantAdmin,
        user: UserHandle,
        role: Role,
    ) -> Result<UserRecord, Error> {
        self.user_deed(proof, "user_change", || {
            let changed = self.store.catalogue().user_change(proof, user, role);
            changed.map_err(|error| of_user(error, Error::UserExists))
        })
    }

    /// Makes `name` a second name of a user: whoever comes under it is that user, from the next request
    /// on. [`Error::UserHasMemories`] when something is kept under it already.
    pub fn user_link(
        &self,
        proof: &TenantAdmin,
        user: UserHandle,
        name: &User,
    ) -> Result<UserRecord, Error> {
        self.user_deed(proof, "user_link", || {
            let linked = self.store.catalogue().user_link(proof, user, name);
            linked.map_err(|error| of_user(error, Error::UserHasMemories))
        })
    }

    /// Takes a second name from a user: what comes under it from now on is kept apart, and what was kept
    /// stays with the user.
    pub fn user_unlink(
        &self,
        proof: &TenantAdmin,
        user: UserHandle,
        name: UserHandle,
    ) -> Result<UserRecord, Error> {
        self.user_deed(proof, "user_unlink", || {
            let unlinked = self.store.catalogue().user_unlink(proof, user, name);
            unlinked.map_err(not_found)
        })
    }

    /// Erases the user of a handle with all that is below it. A second name stands for its user.
    pub fn user_erase(&self, proof: &TenantAdmin, user: UserHandle) -> Result<Receipt, Error> {
        let user = self.user_get(proof, user)?;
        let user = user.linked_to.unwrap_or(user.user);
        self.erase_subject(&proof.user_erasure(user))
    }

    fn user_deed<T>(
        &self,
        proof: &TenantAdmin,
        verb: &'static str,
        act: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        let deed = Deed {
            actor: proof.actor(),
            verb,
            namespace: None,
            records: 0,
        };
        self.audited(&deed, act).map(|(done, _)| done)
    }
}

fn of_user(error: StoreError, exists: Error) -> Error {
    match error {
        StoreError::Exists => exists,
        StoreError::Linked => Error::UserLinked,
        error => not_found(error),
    }
}

fn not_found(error: StoreError) -> Error {
    match error {
        StoreError::NotFound => Error::UserNotFound,
        error => error.into(),
    }
}
