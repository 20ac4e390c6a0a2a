//! `erase`: destroys the keys of a user, of a session or of a named namespace, and with them all that is in it.

use anchorhold_client::wire::erase::{EraseRequest, Receipt};
use clap::Args;

use crate::commands::confirm;
use crate::connection::{Server, refused};
use crate::exit::Error;
use crate::output::{Output, visible};

/// Destroy a user, a session or a named namespace with all that is in it.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("target").required(true))]
pub(crate) struct Erase {
    /// This user, with all workspaces, agents and threads
    #[arg(long, group = "target")]
    user: Option<String>,
    /// This named namespace
    #[arg(long, group = "target")]
    namespace: Option<String>,
    /// This session: the id of its client, or the handle that `session list` shows
    #[arg(long, group = "target")]
    session: Option<String>,
    /// Whoever the key (or ANCHORHOLD_USER) speaks for
    #[arg(long = "self", group = "target")]
    own: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    server: Server,
}

impl Erase {
    /// Asks, then destroys.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        if !self.yes {
            self.confirm()?;
        }
        let request = EraseRequest {
            user: self.user,
            namespace: self.namespace,
            session: self.session,
            own: self.own.then_some(true),
        };
        let client = if self.own {
            self.server.client_as_user()?
        } else {
            self.server.client()?
        };
        let receipt = client.erase(&request).map_err(refused)?;
        output.either(&receipt, || show(&receipt, output))
    }

    fn confirm(&self) -> Result<(), Error> {
        let target = match (&self.user, &self.namespace, &self.session) {
            (Some(user), _, _) => format!("user {user:?} with everything kept for it"),
            (None, Some(name), _) => format!("namespace {name:?} with everything in it"),
            (None, None, Some(_)) => "the session with everything in it".to_owned(),
            (None, None, None) => "everything that is kept for you".to_owned(),
        };
        confirm(&format!("this destroys {}, for ever", visible(&target)))
    }
}

/// A receipt, for people.
pub(super) fn show(receipt: &Receipt, output: Output) -> Result<(), Error> {
    let facts = [
        ("receipt", receipt.receipt_id.clone()),
        ("namespaces", receipt.namespaces.to_string()),
        ("records", receipt.records.to_string()),
        ("keys destroyed", receipt.key_ids.len().to_string()),
        ("erased at", receipt.erased_at.to_string()),
        ("audit entry", receipt.audit_id.clone()),
    ];
    let rows = facts.map(|(name, value)| vec![name.to_owned(), value]);
    output.table(&["fact", "value"], &rows)?;
    for residue in &receipt.residues {
        let until = residue
            .until
            .map_or("unknown".to_owned(), |until| until.to_string());
        output.line(&format!("may still lie in {} until {until}", residue.place))?;
    }
    Ok(())
}
