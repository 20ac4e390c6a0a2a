//! Invitations, and users who register themselves.

use anchorhold_wire::invite::{CreateInvite, InviteCreated, InviteList, InviteRevoked, Joined};

use crate::transport::escaped;
use crate::{Client, Error};

const PATH: &str = "/v1/invites";

impl Client {
    /// Invites somebody to be a user.
    pub fn invite_create(&self, invite: &CreateInvite) -> Result<InviteCreated, Error> {
        self.transport.send(self.call("POST", PATH).json(invite)?)
    }

    /// The invitations that nobody has used yet.
    pub fn invite_list(&self) -> Result<InviteList, Error> {
        self.transport.send(self.call("GET", PATH))
    }

    /// Takes an invitation back.
    pub fn invite_revoke(&self, invite: &str) -> Result<InviteRevoked, Error> {
        let path = format!("{PATH}/{}", escaped(invite));
        self.transport.send(self.call("DELETE", path))
    }

    /// Becomes the user of an invitation, which is the key of this client.
    pub fn invite_redeem(&self) -> Result<Joined, Error> {
        let path = format!("{PATH}/redeem");
        self.transport.send(self.call("POST", path))
    }

    /// Becomes a user, where the tenant lets anybody.
    pub fn register(&self) -> Result<Joined, Error> {
        self.transport.send(self.call("POST", "/v1/register"))
    }
}
