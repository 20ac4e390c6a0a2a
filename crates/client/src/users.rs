//! Users, as a tenant's admins manage them.

use anchorhold_wire::erase::Receipt;
use anchorhold_wire::user::{CreateUser, NameUser, PatchUser, UserBody, UserList};

use crate::transport::escaped;
use crate::{Client, Error};

const PATH: &str = "/v1/users";

impl Client {
    /// Makes a user known.
    pub fn user_create(&self, user: &CreateUser) -> Result<UserBody, Error> {
        self.transport.send(self.call("POST", PATH).json(user)?)
    }

    /// One page of the users of the tenant.
    pub fn user_list(&self, limit: Option<u64>, cursor: Option<&str>) -> Result<UserList, Error> {
        let call = self.call("GET", PATH);
        self.transport
            .send(call.query("limit", limit).query("cursor", cursor))
    }

    /// A user by issuer and id.
    pub fn user_lookup(&self, user: &NameUser) -> Result<UserBody, Error> {
        let path = format!("{PATH}/lookup");
        self.transport.send(self.call("POST", path).json(user)?)
    }

    /// A user by its handle.
    pub fn user(&self, handle: &str) -> Result<UserBody, Error> {
        self.transport.send(self.call("GET", path(handle)))
    }

    /// Gives a user another role.
    pub fn user_patch(&self, handle: &str, changes: &PatchUser) -> Result<UserBody, Error> {
        let call = self.call("PATCH", path(handle)).json(changes)?;
        self.transport.send(call)
    }

    /// Erases a user, whichever name of theirs the handle is of.
    pub fn user_erase(&self, handle: &str) -> Result<Receipt, Error> {
        self.transport.send(self.call("DELETE", path(handle)))
    }

    /// Gives a user a second name.
    pub fn user_link(&self, handle: &str, name: &NameUser) -> Result<UserBody, Error> {
        let path = format!("{}/links", path(handle));
        self.transport.send(self.call("POST", path).json(name)?)
    }

    /// Takes a second name from a user.
    pub fn user_unlink(&self, handle: &str, name: &str) -> Result<UserBody, Error> {
        let path = format!("{}/links/{}", path(handle), escaped(name));
        self.transport.send(self.call("DELETE", path))
    }
}

fn path(handle: &str) -> String {
    format!("{PATH}/{}", escaped(handle))
}
