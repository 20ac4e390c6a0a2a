//! `session list | end | sweep`: isolation sessions, as a tenant's admin.

use anchorhold_client::wire::session::SessionListed;
use clap::Subcommand;

use crate::commands::{confirm, erase};
use crate::connection::{Server, refused};
use crate::exit::Error;
use crate::output::Output;

/// Manage isolation sessions.
#[derive(Subcommand)]
pub(crate) enum Session {
    /// List the sessions that were used last
    List {
        /// At most so many: 1 to 200
        #[arg(long)]
        limit: Option<usize>,
        #[command(flatten)]
        server: Server,
    },
    /// End a session and destroy what is kept in it
    End {
        /// Its handle, such as `session list` shows it
        session: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        server: Server,
    },
    /// Destroy the sessions that are over, without waiting for the server's own sweep
    Sweep {
        #[command(flatten)]
        server: Server,
    },
}

impl Session {
    /// Does it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        match self {
            Self::List { limit, server } => {
                let list = server.client()?.session_list(limit).map_err(refused)?;
                output.either(&list, || show(&list.sessions, output))
            }
            Self::End {
                session,
                yes,
                server,
            } => {
                if !yes {
                    confirm("this destroys the session with everything in it, for ever")?;
                }
                let receipt = server.client()?.session_end(&session).map_err(refused)?;
                output.either(&receipt, || erase::show(&receipt, output))
            }
            Self::Sweep { server } => {
                let swept = server.client()?.session_sweep().map_err(refused)?;
                output.either(&swept, || {
                    output.line(&format!("{} sessions were over", swept.swept))
                })
            }
        }
    }
}

fn show(sessions: &[SessionListed], output: Output) -> Result<(), Error> {
    let row = |session: &SessionListed| {
        let kept = if session.has_namespace { "yes" } else { "no" };
        vec![
            session.session.to_string(),
            session.created_at.to_string(),
            session.used_at.to_string(),
            session.expires_at.to_string(),
            kept.to_owned(),
        ]
    };
    let rows: Vec<_> = sessions.iter().map(row).collect();
    output.table(
        &["session", "began", "used", "over at", "holds memories"],
        &rows,
    )
}
