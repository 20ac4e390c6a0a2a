//! `namespace create | list | show | update | delete | move`: named namespaces, and moves between all kinds.

mod relocate;

use anchorhold_client::Client;
use anchorhold_client::wire::namespace::{
    CreateNamespace, NamespaceBody, NamespaceList, PatchNamespace,
};
use anchorhold_model::{Change, NamespaceId};
use clap::Subcommand;

use crate::connection::{Server, refused};
use crate::exit::Error;
use crate::output::Output;

/// Manage named namespaces.
#[derive(Subcommand)]
pub(crate) enum Namespace {
    /// Make a namespace
    Create {
        /// 1 to 8 segments, such as org/acme
        name: String,
        /// What it is for
        #[arg(long)]
        description: Option<String>,
        #[command(flatten)]
        server: Server,
    },
    /// List the namespaces that the key may see
    List {
        #[command(flatten)]
        server: Server,
    },
    /// Show one namespace
    Show {
        /// Its name, or its id
        namespace: String,
        #[command(flatten)]
        server: Server,
    },
    /// Describe a namespace anew
    Update {
        /// Its name, or its id
        namespace: String,
        /// What it is for; an empty text takes the description away
        #[arg(long)]
        description: String,
        #[command(flatten)]
        server: Server,
    },
    /// Move memories to another user or namespace, as the tenant's admin
    Move(Box<relocate::Move>),
    /// Destroy a namespace with all that is in it
    Delete {
        /// Its name, or its id
        namespace: String,
        #[command(flatten)]
        server: Server,
    },
}

impl Namespace {
    /// Does it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        match self {
            Self::Create {
                name,
                description,
                server,
            } => {
                let namespace = CreateNamespace { name, description };
                let made = server
                    .client()?
                    .namespace_create(&namespace)
                    .map_err(refused)?;
                output.either(&made, || show(std::slice::from_ref(&made), output))
            }
            Self::List { server } => list(server, output),
            Self::Show { namespace, server } => {
                let client = server.client()?;
                let id = id_of(&client, namespace)?;
                let found = client.namespace(&id).map_err(refused)?;
                output.either(&found, || show(std::slice::from_ref(&found), output))
            }
            Self::Update {
                namespace,
                description,
                server,
            } => {
                let description = if description.is_empty() {
                    Change::Clear
                } else {
                    Change::Set(description)
                };
                let changes = PatchNamespace { description };
                let client = server.client()?;
                let id = id_of(&client, namespace)?;
                let changed = client.namespace_patch(&id, &changes).map_err(refused)?;
                output.either(&changed, || show(std::slice::from_ref(&changed), output))
            }
            Self::Move(relocation) => relocation.run(output),
            Self::Delete { namespace, server } => {
                let client = server.client()?;
                let id = id_of(&client, namespace)?;
                let gone = client.namespace_delete(&id).map_err(refused)?;
                output.either(&gone, || output.line(&format!("destroyed {}", gone.id)))
            }
        }
    }
}

fn list(server: Server, output: Output) -> Result<(), Error> {
    let all = all(&server.client()?)?;
    output.either(&all, || show(&all.namespaces, output))
}

/// Every namespace that the key may see.
fn all(client: &Client) -> Result<NamespaceList, Error> {
    let mut all = NamespaceList {
        namespaces: Vec::new(),
        next_cursor: None,
    };
    loop {
        let page = client.namespace_list(Some(200), all.next_cursor.as_deref());
        let mut page = page.map_err(refused)?;
        all.namespaces.append(&mut page.namespaces);
        all.next_cursor = page.next_cursor;
        if all.next_cursor.is_none() {
            return Ok(all);
        }
    }
}

/// The id that was given, or that of the namespace with the name that was given.
fn id_of(client: &Client, given: String) -> Result<String, Error> {
    if NamespaceId::parse(&given).is_some() {
        return Ok(given);
    }
    let mut all = all(client)?.namespaces.into_iter();
    let found = all.find(|one| one.name == given);
    found.map(|one| one.id.to_string()).ok_or_else(|| {
        Error::Failed(format!(
            "this key sees no namespace {given}; `anchorhold namespace list` shows what it sees"
        ))
    })
}

fn show(namespaces: &[NamespaceBody], output: Output) -> Result<(), Error> {
    let row = |namespace: &NamespaceBody| {
        vec![
            namespace.name.clone(),
            namespace.id.to_string(),
            namespace.created_at.to_string(),
            namespace.description.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = namespaces.iter().map(row).collect();
    output.table(&["name", "id", "created", "description"], &rows)
}
