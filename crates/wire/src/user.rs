//! Users: made, found, listed, given a role, linked.

use anchorhold_model::{Issuer, Role, Timestamp, User, UserHandle, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Code, Rejection, Request, check, redacted_debug, schema, word};

/// Makes a user known to the tenant.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    /// The id, as the issuer writes it.
    pub id: String,
    /// Who vouches for the id; `local` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// What the user may do; `user` when absent.
    #[serde(default, deserialize_with = "word::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::role)]
    pub role: Option<Role>,
}
redacted_debug!(CreateUser);

/// A user to make, checked.
#[derive(Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Who.
    pub user: User,
    /// What the user may do.
    pub role: Option<Role>,
}
redacted_debug!(NewUser);

impl Request for CreateUser {
    type Domain = NewUser;

    fn into_domain(self) -> Result<NewUser, Rejection> {
        Ok(NewUser {
            user: user(self.issuer.as_deref(), &self.id)?,
            role: self.role,
        })
    }
}

/// Names a user by issuer and id: to look for, or to make a second name.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameUser {
    /// The id, as the issuer writes it.
    pub id: String,
    /// Who vouches for the id; `local` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}
redacted_debug!(NameUser);

impl Request for NameUser {
    type Domain = User;

    fn into_domain(self) -> Result<User, Rejection> {
        user(self.issuer.as_deref(), &self.id)
    }
}

/// Gives a user another role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchUser {
    /// What the user may do from the next request on.
    #[serde(deserialize_with = "word::required")]
    #[schema(schema_with = schema::role)]
    pub role: Role,
}

impl Request for PatchUser {
    type Domain = Role;

    fn into_domain(self) -> Result<Role, Rejection> {
        Ok(self.role)
    }
}

fn user(issuer: Option<&str>, id: &str) -> Result<User, Rejection> {
    let issuer = Issuer::parse(issuer.unwrap_or(Issuer::LOCAL))
        .map_err(|error| Rejection::of_field(Code::NameInvalid, "issuer", error))?;
    if issuer.names_no_users() {
        let rule = "must be one of users: keys, sessions and sandboxes speak for themselves";
        return Err(Rejection::of_field(Code::RequestInvalid, "issuer", rule));
    }
    let id = check::user_id("id", id)?;
    Ok(User { issuer, id })
}

/// A user as somebody named it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserName {
    /// Names this life of the user; no secret.
    #[schema(value_type = String)]
    pub handle: UserHandle,
    /// Who vouches for the id.
    pub issuer: String,
    /// The id.
    pub id: String,
}
redacted_debug!(UserName);

/// A user of the tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserBody {
    /// Who it is.
    #[serde(flatten)]
    pub name: UserName,
    /// What the user may do.
    #[schema(schema_with = schema::role)]
    pub role: Role,
    /// Whether the tenant knows the user; false of one that somebody only claimed to be.
    pub known: bool,
    /// Whose second name this is.
    pub linked_to: Option<crate::whoami::SubjectBody>,
    /// Its second names.
    pub links: Vec<UserName>,
    /// Since when anything is stored of it.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl UserName {
    /// A user behind its handle.
    pub fn of(handle: UserHandle, user: &User) -> Self {
        let id: &UserId = &user.id;
        Self {
            handle,
            issuer: user.issuer.as_str().to_owned(),
            id: id.as_str().to_owned(),
        }
    }
}

/// One page of users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserList {
    /// The users, in an order of their own that does not change.
    pub users: Vec<UserBody>,
    /// Where the next page goes on; null on the last.
    pub next_cursor: Option<String>,
}
