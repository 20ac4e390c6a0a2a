//! `user create | list | show | role | link | unlink | erase`: the users of a tenant, as its admin.

use anchorhold_client::Client;
use anchorhold_client::wire::user::{
    CreateUser, NameUser, PatchUser, UserBody, UserList, UserName,
};
use anchorhold_model::{Role, UserHandle};
use clap::{Args, Subcommand, ValueEnum};

use crate::commands::{confirm, erase};
use crate::connection::{Server, refused};
use crate::exit::Error;
use crate::output::Output;

/// Manage users.
#[derive(Subcommand)]
pub(crate) enum User {
    /// Make a user known, before or after its first request
    Create {
        /// The id, as its issuer writes it
        id: String,
        /// Who vouches for the id: local, owui, st, jwt:<name>
        #[arg(long, default_value = "local")]
        issuer: String,
        /// What the user may do: user when absent
        #[arg(long)]
        role: Option<RoleWord>,
        #[command(flatten)]
        server: Server,
    },
    /// List the users of the tenant
    List {
        #[command(flatten)]
        server: Server,
    },
    /// Show one user
    Show {
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        server: Server,
    },
    /// Give a user another role
    Role {
        #[command(flatten)]
        who: Who,
        /// What the user may do from the next request on
        role: RoleWord,
        #[command(flatten)]
        server: Server,
    },
    /// Make another id a second name of a user
    Link {
        #[command(flatten)]
        who: Who,
        /// The other id, under which nothing may be kept yet
        name: String,
        /// Who vouches for the other id
        #[arg(long, default_value = "local")]
        name_issuer: String,
        #[command(flatten)]
        server: Server,
    },
    /// Take a second name from a user; what was kept stays with the user
    Unlink {
        #[command(flatten)]
        who: Who,
        /// The second name: its handle, or its id
        name: String,
        /// Who vouches for the second name, where it is an id
        #[arg(long, default_value = "local")]
        name_issuer: String,
        #[command(flatten)]
        server: Server,
    },
    /// Destroy a user with everything that is kept of them
    Erase {
        #[command(flatten)]
        who: Who,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        server: Server,
    },
}

/// Which user.
#[derive(Args)]
pub(crate) struct Who {
    /// The user's handle (usr_...), or its id
    user: String,
    /// Who vouches for the id
    #[arg(long, default_value = "local")]
    issuer: String,
}

/// A role.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum RoleWord {
    /// Everything in their own namespaces
    User,
    /// To read them
    Viewer,
    /// What a user may, and to manage the tenant in requests that prove who they are
    Admin,
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::User => Self::User,
            RoleWord::Viewer => Self::Viewer,
            RoleWord::Admin => Self::Admin,
        }
    }
}

impl User {
    /// Does it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        let one =
            |user: &UserBody| output.either(user, || show(std::slice::from_ref(user), output));
        match self {
            Self::Create {
                id,
                issuer,
                role,
                server,
            } => {
                let user = CreateUser {
                    id,
                    issuer: Some(issuer),
                    role: role.map(Role::from),
                };
                one(&server.client()?.user_create(&user).map_err(refused)?)
            }
            Self::List { server } => {
                let all = all(&server.client()?)?;
                output.either(&all, || show(&all.users, output))
            }
            Self::Show { who, server } => one(&who.find(&server.client()?)?),
            Self::Role { who, role, server } => {
                let (client, role) = (server.client()?, role.into());
                let changes = PatchUser { role };
                let handle = who.handle(&client)?;
                one(&client.user_patch(&handle, &changes).map_err(refused)?)
            }
            Self::Link {
                who,
                name,
                name_issuer,
                server,
            } => {
                let client = server.client()?;
                let name = NameUser {
                    id: name,
                    issuer: Some(name_issuer),
                };
                let handle = who.handle(&client)?;
                one(&client.user_link(&handle, &name).map_err(refused)?)
            }
            Self::Unlink {
                who,
                name,
                name_issuer,
                server,
            } => {
                let client = server.client()?;
                let name = Who {
                    user: name,
                    issuer: name_issuer,
                };
                let (handle, name) = (who.handle(&client)?, name.handle(&client)?);
                one(&client.user_unlink(&handle, &name).map_err(refused)?)
            }
            Self::Erase { who, yes, server } => {
                let client = server.client()?;
                let handle = who.handle(&client)?;
                if !yes {
                    confirm(
                        "this destroys the user with everything that is kept of them, for ever",
                    )?;
                }
                let receipt = client.user_erase(&handle).map_err(refused)?;
                output.either(&receipt, || erase::show(&receipt, output))
            }
        }
    }
}

impl Who {
    fn find(self, client: &Client) -> Result<UserBody, Error> {
        if UserHandle::parse(&self.user).is_some() {
            return client.user(&self.user).map_err(refused);
        }
        let name = NameUser {
            id: self.user,
            issuer: Some(self.issuer),
        };
        client.user_lookup(&name).map_err(refused)
    }

    fn handle(self, client: &Client) -> Result<String, Error> {
        Ok(self.find(client)?.name.handle.to_string())
    }
}

/// Every user of the tenant.
fn all(client: &Client) -> Result<UserList, Error> {
    let mut all = UserList {
        users: Vec::new(),
        next_cursor: None,
    };
    loop {
        let page = client.user_list(Some(200), all.next_cursor.as_deref());
        let mut page = page.map_err(refused)?;
        all.users.append(&mut page.users);
        all.next_cursor = page.next_cursor;
        if all.next_cursor.is_none() {
            return Ok(all);
        }
    }
}

fn show(users: &[UserBody], output: Output) -> Result<(), Error> {
    let name = |issuer: &str, id: &str| format!("{issuer} {id}");
    let row = |user: &UserBody| {
        let second = |link: &UserName| name(&link.issuer, &link.id);
        let link = match &user.linked_to {
            Some(first) => format!("second name of {}", name(&first.issuer, &first.id)),
            None => user.links.iter().map(second).collect::<Vec<_>>().join(", "),
        };
        vec![
            user.name.handle.to_string(),
            user.name.issuer.clone(),
            user.name.id.clone(),
            user.role.as_str().to_owned(),
            if user.known { "yes" } else { "no" }.to_owned(),
            link,
        ]
    };
    let rows: Vec<_> = users.iter().map(row).collect();
    output.table(&["user", "issuer", "id", "role", "known", "links"], &rows)
}
