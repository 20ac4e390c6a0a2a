//! `invite create | list | revoke | redeem | register`: how people become users by themselves.

use anchorhold_client::wire::invite::{CreateInvite, InviteListed, Joined};
use clap::Subcommand;

use crate::commands::user::RoleWord;
use crate::connection::{Server, refused};
use crate::exit::Error;
use crate::output::Output;

/// Manage invitations.
#[derive(Subcommand)]
pub(crate) enum Invite {
    /// Invite somebody to be a user, as a tenant's admin
    Create {
        /// The id of the user
        user: String,
        /// What the invitation and the key are called
        #[arg(long)]
        name: Option<String>,
        /// What the user may do, if the tenant does not know them yet
        #[arg(long)]
        role: Option<RoleWord>,
        /// Hours until it ends: 1 to 720, 72 when absent
        #[arg(long)]
        expires_in_hours: Option<u64>,
        #[command(flatten)]
        server: Server,
    },
    /// List the invitations that nobody has used yet, as a tenant's admin
    List {
        #[command(flatten)]
        server: Server,
    },
    /// Take an invitation back, as a tenant's admin
    Revoke {
        /// Its id, such as `invite list` shows it
        invite: String,
        #[command(flatten)]
        server: Server,
    },
    /// Become the user of an invitation, which stands in the place of a key (ANCHORHOLD_KEY)
    Redeem {
        #[command(flatten)]
        server: Server,
    },
    /// Become a user under an id of the server's, where the tenant lets anybody
    Register {
        #[command(flatten)]
        server: Server,
    },
}

impl Invite {
    /// Does it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        let joined = |joined: &Joined| output.either(joined, || welcome(joined, output));
        match self {
            Self::Create {
                user,
                name,
                role,
                expires_in_hours,
                server,
            } => {
                let invite = CreateInvite {
                    user,
                    name,
                    role: role.map(Into::into),
                    expires_in_hours,
                };
                let made = server.client()?.invite_create(&invite).map_err(refused)?;
                output.either(&made, || {
                    show(std::slice::from_ref(&made.listed), output)?;
                    output.line(&format!("invitation, shown once: {}", made.invite))
                })
            }
            Self::List { server } => {
                let list = server.client()?.invite_list().map_err(refused)?;
                output.either(&list, || show(&list.invites, output))
            }
            Self::Revoke { invite, server } => {
                let gone = server.client()?.invite_revoke(&invite).map_err(refused)?;
                let told = format!("{} is worth nothing any more", gone.invite_id);
                output.either(&gone, || output.line(&told))
            }
            Self::Redeem { server } => joined(&server.client()?.invite_redeem().map_err(refused)?),
            Self::Register { server } => joined(&server.client()?.register().map_err(refused)?),
        }
    }
}

fn welcome(joined: &Joined, output: Output) -> Result<(), Error> {
    let user = &joined.user.name;
    output.line(&format!(
        "you are {} {} ({})",
        user.issuer, user.id, user.handle
    ))?;
    output.line(&format!("key, shown once: {}", joined.key))
}

fn show(invites: &[InviteListed], output: Output) -> Result<(), Error> {
    let row = |invite: &InviteListed| {
        let end = invite.expires_at.map(|at| at.to_string());
        vec![
            invite.invite_id.to_string(),
            invite.name.clone(),
            invite.user.clone(),
            invite.role.as_str().to_owned(),
            end.unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = invites.iter().map(row).collect();
    output.table(&["invitation", "name", "user", "role", "ends"], &rows)
}
