//! `quarantine list | show | approve | reject`: people whom a tenant does not know, as its admin.

use anchorhold_client::wire::memory::MemoryBody;
use anchorhold_client::wire::quarantine::{ApproveSandbox, SandboxBody, SandboxShown};
use clap::Subcommand;

use crate::commands::{confirm, erase};
use crate::connection::{Server, refused};
use crate::exit::Error;
use crate::output::Output;

/// Manage the quarantine.
#[derive(Subcommand)]
pub(crate) enum Quarantine {
    /// List the sandboxes that were used last
    List {
        /// At most so many: 1 to 200
        #[arg(long)]
        limit: Option<u64>,
        #[command(flatten)]
        server: Server,
    },
    /// Show a sandbox with what is kept in it
    Show {
        /// Its handle, such as `quarantine list` shows it
        sandbox: String,
        #[command(flatten)]
        server: Server,
    },
    /// Give what is kept in a sandbox to a user, who is known from then on
    Approve {
        /// Its handle
        sandbox: String,
        /// Whose it is: you say so, the claim does not
        #[arg(long)]
        user: String,
        /// Who vouches for the id of the user
        #[arg(long, default_value = "local")]
        issuer: String,
        /// The version that `quarantine show` told, so that nothing is approved that was written since
        #[arg(long)]
        version: Option<u64>,
        #[command(flatten)]
        server: Server,
    },
    /// Destroy a sandbox with what is kept in it
    Reject {
        /// Its handle
        sandbox: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        server: Server,
    },
}

impl Quarantine {
    /// Does it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        match self {
            Self::List { limit, server } => {
                let list = server.client()?.quarantine_list(limit).map_err(refused)?;
                output.either(&list, || show(&list.sandboxes, output))
            }
            Self::Show { sandbox, server } => {
                let all = whole(server, &sandbox)?;
                output.either(&all, || {
                    show(std::slice::from_ref(&all.sandbox), output)?;
                    let row = |memory: &MemoryBody| {
                        vec![memory.created_at.to_string(), memory.content.clone()]
                    };
                    let rows: Vec<_> = all.memories.iter().map(row).collect();
                    output.table(&["kept", "memory"], &rows)?;
                    let version = all.version;
                    output.line(&format!("approve what is shown with --version {version}"))
                })
            }
            Self::Approve {
                sandbox,
                user,
                issuer,
                version,
                server,
            } => {
                let approval = ApproveSandbox {
                    user,
                    issuer: Some(issuer),
                    version,
                };
                let client = server.client()?;
                let done = client.quarantine_approve(&sandbox, &approval);
                let done = done.map_err(refused)?;
                output.either(&done, || {
                    let (moved, user) = (done.moved, &done.user);
                    let told = format!("{moved} memories are {} {}'s", user.issuer, user.id);
                    output.line(&told)
                })
            }
            Self::Reject {
                sandbox,
                yes,
                server,
            } => {
                if !yes {
                    confirm("this destroys the sandbox with everything in it, for ever")?;
                }
                let client = server.client()?;
                let receipt = client.quarantine_reject(&sandbox).map_err(refused)?;
                output.either(&receipt, || erase::show(&receipt, output))
            }
        }
    }
}

/// A sandbox with everything that is kept in it.
fn whole(server: Server, sandbox: &str) -> Result<SandboxShown, Error> {
    let client = server.client()?;
    let page = |cursor: Option<&str>| {
        let shown = client.quarantine_show(sandbox, Some(200), cursor);
        shown.map_err(refused)
    };
    let mut all = page(None)?;
    while let Some(cursor) = all.next_cursor.take() {
        let mut next = page(Some(&cursor))?;
        all.memories.append(&mut next.memories);
        all.next_cursor = next.next_cursor;
    }
    Ok(all)
}

fn show(sandboxes: &[SandboxBody], output: Output) -> Result<(), Error> {
    let row = |sandbox: &SandboxBody| {
        let claim = match &sandbox.claim {
            Some(claim) => format!("{} {}", claim.issuer, claim.id),
            None => "nobody is named".to_owned(),
        };
        vec![
            sandbox.sandbox.to_string(),
            claim,
            sandbox.source.clone().unwrap_or_default(),
            sandbox.key_id.to_string(),
            sandbox.used_at.to_string(),
            sandbox.expires_at.to_string(),
        ]
    };
    let rows: Vec<_> = sandboxes.iter().map(row).collect();
    output.table(
        &["sandbox", "claims to be", "by", "key", "used", "over at"],
        &rows,
    )
}
