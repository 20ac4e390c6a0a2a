//! `tenant create | list | update`: the operator's work on tenants.

mod chat;

use anchorhold_client::wire::embedding::{EgressBody, EmbeddingBody, EmbeddingKind};
use anchorhold_client::wire::tenant::{CreateTenant, PatchTenant, TenantBody};
use anchorhold_model::{Isolation, TrustMode};
use chat::ChatFlags;
use clap::{Args, Subcommand};
use serde::de::DeserializeOwned;

use crate::connection::{OperatorConnection, refused};
use crate::exit::Error;
use crate::output::Output;

/// Manage tenants, as the operator.
#[derive(Subcommand)]
pub(crate) enum Tenant {
    /// Make a tenant
    Create {
        /// Its name
        name: String,
        #[command(flatten)]
        policy: Policy,
        #[command(flatten)]
        connection: OperatorConnection,
    },
    /// List all tenants
    List {
        #[command(flatten)]
        connection: OperatorConnection,
    },
    /// Give a tenant another policy
    Update {
        /// Its name
        name: String,
        #[command(flatten)]
        policy: Policy,
        #[command(flatten)]
        connection: OperatorConnection,
    },
}

/// What a tenant demands.
#[derive(Args)]
pub(crate) struct Policy {
    /// What it demands of identities: strict, required or legacy
    #[arg(long, value_parser = word::<TrustMode>)]
    trust_mode: Option<TrustMode>,
    /// How requests that name no namespace find one: user, session, custom or none
    #[arg(long, value_parser = word::<Isolation>)]
    isolation: Option<Isolation>,
    /// Who makes the vectors of new namespaces: builtin, caller:<numbers> or remote:<embedder>
    #[arg(long, value_parser = embedding)]
    embedding: Option<EmbeddingBody>,
    /// Whether texts may leave the house to be embedded: true or false
    #[arg(long)]
    egress_embedding: Option<bool>,
    #[command(flatten)]
    chat: ChatFlags,
}

impl Tenant {
    /// Does it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        match self {
            Self::Create {
                name,
                policy,
                connection,
            } => {
                let tenant = CreateTenant {
                    name,
                    trust_mode: policy.trust_mode,
                    isolation: policy.isolation,
                    embedding: policy.embedding,
                    egress: policy.egress_embedding.map(egress),
                    chat: policy.chat.changes(),
                };
                let made = connection
                    .client()?
                    .tenant_create(&tenant)
                    .map_err(refused)?;
                output.either(&made, || show(std::slice::from_ref(&made), output))
            }
            Self::List { connection } => {
                let list = connection.client()?.tenant_list().map_err(refused)?;
                output.either(&list, || show(&list.tenants, output))
            }
            Self::Update {
                name,
                policy,
                connection,
            } => {
                let changes = PatchTenant {
                    trust_mode: policy.trust_mode,
                    isolation: policy.isolation,
                    embedding: policy.embedding,
                    egress: policy.egress_embedding.map(egress),
                    chat: policy.chat.changes(),
                };
                let client = connection.client()?;
                let changed = client.tenant_patch(&name, &changes).map_err(refused)?;
                output.either(&changed, || show(std::slice::from_ref(&changed), output))
            }
        }
    }
}

fn show(tenants: &[TenantBody], output: Output) -> Result<(), Error> {
    let row = |tenant: &TenantBody| {
        vec![
            tenant.name.clone(),
            tenant.id.to_string(),
            format!("{:?}", tenant.trust_mode).to_lowercase(),
            format!("{:?}", tenant.isolation).to_lowercase(),
            written(&tenant.embedding),
            if tenant.egress.embedding {
                "embedding"
            } else {
                "none"
            }
            .to_owned(),
        ]
    };
    let rows: Vec<_> = tenants.iter().map(row).collect();
    output.table(
        &[
            "name",
            "id",
            "trust mode",
            "isolation",
            "embedding",
            "egress",
        ],
        &rows,
    )
}

const fn egress(embedding: bool) -> EgressBody {
    EgressBody { embedding }
}

/// Reads `builtin`, `caller:384` or `remote:name`.
fn embedding(text: &str) -> Result<EmbeddingBody, String> {
    let (kind, detail) = match text.split_once(':') {
        Some((kind, detail)) => (kind, Some(detail)),
        None => (text, None),
    };
    let plain = |kind| EmbeddingBody {
        kind,
        embedder: None,
        dimension: None,
    };
    match (kind, detail) {
        ("builtin", None) => Ok(plain(EmbeddingKind::Builtin)),
        ("caller", Some(numbers)) => Ok(EmbeddingBody {
            dimension: Some(numbers.parse().map_err(|_| RULE.to_owned())?),
            ..plain(EmbeddingKind::Caller)
        }),
        ("remote", Some(name)) => Ok(EmbeddingBody {
            embedder: Some(name.to_owned()),
            ..plain(EmbeddingKind::Remote)
        }),
        _ => Err(RULE.to_owned()),
    }
}

const RULE: &str = "must be builtin, caller:<numbers> such as caller:384, or remote:<embedder>";

/// The same, written.
fn written(embedding: &EmbeddingBody) -> String {
    match (embedding.kind, embedding.dimension, &embedding.embedder) {
        (EmbeddingKind::Caller, Some(numbers), _) => format!("caller:{numbers}"),
        (EmbeddingKind::Remote, _, Some(name)) => format!("remote:{name}"),
        (kind, ..) => format!("{kind:?}").to_lowercase(),
    }
}

/// Reads a word as bodies write it, so that the server and not this program decides which of the
/// known words it has already.
pub(crate) fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
        .map_err(|error| error.to_string())
}
