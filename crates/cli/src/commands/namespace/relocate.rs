//! `namespace move`: memories of the shared namespace become a user's, or those of a user another one's.

use std::fs;
use std::path::PathBuf;

use anchorhold_client::Client;
use anchorhold_client::wire::relocation::{MoveReply, MoveRequest, PlaceName};
use anchorhold_model::Timestamp;
use anchorhold_model::limits::FORGET_IDS_MAX;
use clap::Args;
use serde_json::{Value, json};

use crate::commands::recall;
use crate::commands::remember::time;
use crate::connection::{Server, refused};
use crate::exit::Error;
use crate::output::Output;

/// Move memories to another user or namespace.
#[derive(Args)]
pub(crate) struct Move {
    #[command(flatten)]
    from: From,
    #[command(flatten)]
    to: To,
    #[command(flatten)]
    which: Which,
    /// Say only what would be moved
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    server: Server,
}

/// Where the memories are.
#[derive(Args)]
struct From {
    /// They are in the shared namespace of the tenant
    #[arg(id = "from_shared", long = "from-shared", required_unless_present_any = ["from_namespace", "from_user"])]
    shared: bool,
    /// They are in this named namespace
    #[arg(
        id = "from_namespace",
        long = "from-namespace",
        value_name = "NAME",
        conflicts_with = "from_shared"
    )]
    namespace: Option<String>,
    /// They are this user's
    #[arg(id = "from_user", long = "from-user", value_name = "ID", conflicts_with_all = ["from_shared", "from_namespace"])]
    user: Option<String>,
    /// Who vouches for the id; local when absent
    #[arg(
        id = "from_issuer",
        long = "from-issuer",
        value_name = "ISSUER",
        requires = "from_user"
    )]
    issuer: Option<String>,
    /// They are in this workspace of the user
    #[arg(
        id = "from_workspace",
        long = "from-workspace",
        value_name = "ID",
        requires = "from_user"
    )]
    workspace: Option<String>,
    /// They are in this agent of the user
    #[arg(
        id = "from_agent",
        long = "from-agent",
        value_name = "ID",
        requires = "from_user"
    )]
    agent: Option<String>,
    /// They are in this thread of the user
    #[arg(
        id = "from_thread",
        long = "from-thread",
        value_name = "ID",
        requires = "from_user"
    )]
    thread: Option<String>,
}

/// Where they go.
#[derive(Args)]
struct To {
    /// To the shared namespace of the tenant
    #[arg(id = "to_shared", long = "to-shared", required_unless_present_any = ["to_namespace", "to_user"])]
    shared: bool,
    /// To this named namespace, which must be there
    #[arg(
        id = "to_namespace",
        long = "to-namespace",
        value_name = "NAME",
        conflicts_with = "to_shared"
    )]
    namespace: Option<String>,
    /// To this user, who is known then
    #[arg(id = "to_user", long = "to-user", value_name = "ID", conflicts_with_all = ["to_shared", "to_namespace"])]
    user: Option<String>,
    /// Who vouches for the id; local when absent
    #[arg(
        id = "to_issuer",
        long = "to-issuer",
        value_name = "ISSUER",
        requires = "to_user"
    )]
    issuer: Option<String>,
    /// To this workspace of the user
    #[arg(
        id = "to_workspace",
        long = "to-workspace",
        value_name = "ID",
        requires = "to_user"
    )]
    workspace: Option<String>,
    /// To this agent of the user
    #[arg(
        id = "to_agent",
        long = "to-agent",
        value_name = "ID",
        requires = "to_user"
    )]
    agent: Option<String>,
    /// To this thread of the user
    #[arg(
        id = "to_thread",
        long = "to-thread",
        value_name = "ID",
        requires = "to_user"
    )]
    thread: Option<String>,
}

/// Which of them.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The memory with this id; may be given several times
    #[arg(long = "id", value_name = "ID")]
    ids: Vec<String>,
    /// The memories whose ids stand in this file, one a line
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// Those that were kept at this time or before, such as 2026-06-30T23:59:59Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<Timestamp>,
    #[arg(long, value_parser = recall::json, help = "Those that a filter matches, such as '{\"metadata.user\": {\"eq\": \"alice\"}}'")]
    filter: Option<Value>,
    /// All of them, with workspaces, agents and threads; the empty namespaces are destroyed
    #[arg(long)]
    everything: bool,
}

impl Move {
    /// Moves them.
    pub(super) fn run(self, output: Output) -> Result<(), Error> {
        let requests = self.which.requests()?;
        let (from, to, dry_run) = (self.from.place(), self.to.place(), self.dry_run);
        let requests = requests.into_iter().map(|request| MoveRequest {
            from: from.clone(),
            to: to.clone(),
            dry_run: dry_run.then_some(true),
            ..request
        });
        let done = moved(&self.server.client()?, requests)?;
        output.either(&done, || {
            let verb = if dry_run { "would be moved" } else { "moved" };
            output.line(&format!(
                "{} {verb}; {} of them were there already; {} left, {} there now, {} empty namespaces destroyed",
                done.matched, done.present, done.left, done.there, done.destroyed
            ))
        })
    }
}

/// One request after the other; what was counted in each place last is what is there.
fn moved(client: &Client, requests: impl Iterator<Item = MoveRequest>) -> Result<MoveReply, Error> {
    let mut all = MoveReply {
        matched: 0,
        moved: 0,
        present: 0,
        left: 0,
        there: 0,
        destroyed: 0,
        dry_run: false,
    };
    for request in requests {
        let done = client.namespace_move(&request).map_err(refused)?;
        all = MoveReply {
            matched: all.matched + done.matched,
            moved: all.moved + done.moved,
            present: all.present + done.present,
            destroyed: all.destroyed + done.destroyed,
            ..done
        };
    }
    Ok(all)
}

impl Which {
    /// As few requests as can say it.
    fn requests(self) -> Result<Vec<MoveRequest>, Error> {
        let ids = match &self.list {
            None => self.ids,
            Some(file) => {
                let text = fs::read_to_string(file).map_err(|error| {
                    Error::Failed(format!("cannot read {}: {error}", file.display()))
                })?;
                let lines = text.lines().map(str::trim);
                lines
                    .filter(|line| !line.is_empty())
                    .map(str::to_owned)
                    .collect()
            }
        };
        if self.list.is_some() && ids.is_empty() {
            return Err(Error::Failed("the file lists no ids".to_owned()));
        }
        if !ids.is_empty() {
            let some = |ids: &[String]| MoveRequest {
                ids: Some(ids.to_vec()),
                ..MoveRequest::default()
            };
            return Ok(ids.chunks(FORGET_IDS_MAX).map(some).collect());
        }
        let until = self.until.map(|time| json!({"created_at": {"lte": time}}));
        Ok(vec![MoveRequest {
            filter: self.filter.or(until),
            everything: self.everything.then_some(true),
            ..MoveRequest::default()
        }])
    }
}

impl From {
    fn place(self) -> PlaceName {
        PlaceName {
            shared: self.shared.then_some(true),
            namespace: self.namespace,
            user: self.user,
            issuer: self.issuer,
            workspace: self.workspace,
            agent: self.agent,
            thread: self.thread,
        }
    }
}

impl To {
    fn place(self) -> PlaceName {
        PlaceName {
            shared: self.shared.then_some(true),
            namespace: self.namespace,
            user: self.user,
            issuer: self.issuer,
            workspace: self.workspace,
            agent: self.agent,
            thread: self.thread,
        }
    }
}
