//! `key create | list | revoke`: API keys, as the operator (`--tenant`) or as a tenant's admin.

use std::path::{Path, PathBuf};

use anchorhold_client::wire::key::{ActAs, CreateKey, GrantBody, KeyList, KeyListed, Publishable};
use anchorhold_client::{Client, OperatorClient};
use anchorhold_model::AccessSet;
use clap::{Args, Subcommand};

use crate::commands::remember;
use crate::commands::tenant::word;
use crate::connection::{OperatorConnection, Server, refused};
use crate::exit::Error;
use crate::output::Output;

/// Manage API keys.
#[derive(Subcommand)]
pub(crate) enum Key {
    /// Make a key; it is shown once
    Create(Box<Create>),
    /// List the keys of a tenant
    List {
        #[command(flatten)]
        side: Side,
    },
    /// End a key at once
    Revoke {
        /// The id of the key
        key_id: String,
        #[command(flatten)]
        side: Side,
    },
}

/// Make a key.
#[derive(Args)]
pub(crate) struct Create {
    /// What it is called; need not be unique
    name: String,
    /// The one user it speaks for
    #[arg(long)]
    user: Option<String>,
    /// The file with a token that clients send already, to stand for the user; `-` is standard input
    #[arg(long, value_name = "FILE", requires = "user")]
    bearer_token_file: Option<PathBuf>,
    /// It only reads
    #[arg(long)]
    viewer: bool,
    /// It may name the user of each request: full, or read
    #[arg(long, value_name = "HOW", num_args = 0..=1, default_missing_value = "full")]
    #[arg(value_parser = act_as)]
    act_as: Option<ActAs>,
    /// It may stand in pages of this origin, such as https://app.example.org, and proves nobody; may be
    /// given more than once
    #[arg(long = "publishable-origin", value_name = "ORIGIN")]
    origins: Vec<String>,
    /// It manages the tenant
    #[arg(long)]
    admin: bool,
    /// A named namespace it reaches, such as org/acme/**=read; may be given more than once
    #[arg(long = "grant", value_name = "NAMESPACE=ACCESS", value_parser = grant)]
    grants: Vec<GrantBody>,
    /// Days until it ends
    #[arg(long)]
    expires_in_days: Option<u64>,
    #[command(flatten)]
    side: Side,
}

/// Who manages the keys.
#[derive(Args)]
pub(crate) struct Side {
    /// As the operator: keys of this tenant
    #[arg(long)]
    tenant: Option<String>,
    #[command(flatten)]
    operator: OperatorConnection,
    #[command(flatten)]
    server: Server,
}

enum Manager {
    Operator(OperatorClient, String),
    Admin(Client),
}

impl Side {
    fn manager(self) -> Result<Manager, Error> {
        Ok(match self.tenant {
            Some(tenant) => Manager::Operator(self.operator.client()?, tenant),
            None => Manager::Admin(self.server.client()?),
        })
    }
}

impl Key {
    /// Does it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        match self {
            Self::Create(create) => create.run(output),
            Self::List { side } => {
                let list: KeyList = match side.manager()? {
                    Manager::Operator(client, tenant) => client.key_list(&tenant),
                    Manager::Admin(client) => client.key_list(),
                }
                .map_err(refused)?;
                output.either(&list, || show(&list.keys, output))
            }
            Self::Revoke { key_id, side } => {
                let revoked = match side.manager()? {
                    Manager::Operator(client, tenant) => client.key_revoke(&tenant, &key_id),
                    Manager::Admin(client) => client.key_revoke(&key_id),
                }
                .map_err(refused)?;
                output.either(&revoked, || {
                    output.line(&format!("revoked {}", revoked.key_id))
                })
            }
        }
    }
}

impl Create {
    fn run(self, output: Output) -> Result<(), Error> {
        let key = CreateKey {
            name: self.name,
            user: self.user,
            bearer_token: self.bearer_token_file.as_deref().map(token).transpose()?,
            viewer: self.viewer.then_some(true),
            act_as: self.act_as.unwrap_or_default(),
            admin: self.admin.then_some(true),
            publishable: (!self.origins.is_empty()).then_some(Publishable {
                origins: self.origins,
            }),
            grants: (!self.grants.is_empty()).then_some(self.grants),
            expires_in_days: self.expires_in_days,
        };
        let made = match self.side.manager()? {
            Manager::Operator(client, tenant) => client.key_create(&tenant, &key),
            Manager::Admin(client) => client.key_create(&key),
        }
        .map_err(refused)?;
        output.either(&made, || {
            show(std::slice::from_ref(&made.listed), output)?;
            match &made.key {
                Some(key) => output.line(&format!("key (shown once): {key}")),
                None => Ok(()),
            }
        })
    }
}

fn show(keys: &[KeyListed], output: Output) -> Result<(), Error> {
    let row = |key: &KeyListed| {
        let mut rights = Vec::new();
        rights.extend(key.admin.then(|| "admin".to_owned()));
        match key.act_as {
            ActAs::No => {}
            ActAs::Read => rights.push("act as (read)".to_owned()),
            ActAs::Full => rights.push("act as".to_owned()),
        }
        let origins = key.origins.iter().flatten();
        rights.extend(origins.map(|origin| format!("page of {origin}")));
        rights.extend(key.viewer.then(|| "viewer".to_owned()));
        let word = |access| format!("{access:?}").to_lowercase();
        let grants = key.grants.iter();
        rights.extend(grants.map(|grant| format!("{}={}", grant.namespace, word(grant.access))));
        vec![
            key.key_id.to_string(),
            key.name.clone(),
            key.prefix.clone(),
            key.user.clone().unwrap_or_default(),
            rights.join(", "),
            key.expires_at
                .map_or("never".to_owned(), |time| time.to_string()),
        ]
    };
    let rows: Vec<_> = keys.iter().map(row).collect();
    output.table(&["id", "name", "prefix", "user", "rights", "ends"], &rows)
}

/// The one line of a file, or of standard input: a command line is for everybody to read.
pub(super) fn token(file: &Path) -> Result<String, Error> {
    let unreadable = |error| Error::Usage(format!("cannot read {}: {error}", file.display()));
    if file.as_os_str() == "-" {
        return remember::content("-".to_owned());
    }
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn act_as(text: &str) -> Result<ActAs, String> {
    match text {
        "full" => Ok(ActAs::Full),
        "read" => Ok(ActAs::Read),
        _ => Err("must be full or read".to_owned()),
    }
}

fn grant(text: &str) -> Result<GrantBody, String> {
    let (namespace, access) = text
        .rsplit_once('=')
        .ok_or_else(|| "must be written NAMESPACE=ACCESS, such as org/acme/**=read".to_owned())?;
    Ok(GrantBody {
        namespace: namespace.to_owned(),
        access: word::<AccessSet>(access)?,
    })
}
