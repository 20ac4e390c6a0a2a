//! `hmac-key create | list | revoke`: keys with which the backends of a tenant sign requests.

use anchorhold_client::wire::hmac_key::{CreateHmacKey, HmacKeyListed};
use clap::Subcommand;

use crate::connection::{OfTenant, refused};
use crate::exit::Error;
use crate::output::Output;

/// Manage the keys with which a tenant signs requests.
#[derive(Subcommand)]
pub(crate) enum HmacKey {
    /// Make a key; its secret is shown once
    Create {
        /// What it is called; need not be unique
        name: String,
        #[command(flatten)]
        of: OfTenant,
    },
    /// List the keys
    List {
        #[command(flatten)]
        of: OfTenant,
    },
    /// End a key at once
    Revoke {
        /// The id of the key
        key_id: String,
        #[command(flatten)]
        of: OfTenant,
    },
}

impl HmacKey {
    /// Does it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        match self {
            Self::Create { name, of } => {
                let (client, key) = (of.operator.client()?, CreateHmacKey { name });
                let made = client.hmac_key_create(&of.tenant, &key).map_err(refused)?;
                output.either(&made, || {
                    show(std::slice::from_ref(&made.listed), output)?;
                    output.line(&format!("secret (shown once): {}", made.secret))
                })
            }
            Self::List { of } => {
                let client = of.operator.client()?;
                let list = client.hmac_key_list(&of.tenant).map_err(refused)?;
                output.either(&list, || show(&list.hmac_keys, output))
            }
            Self::Revoke { key_id, of } => {
                let client = of.operator.client()?;
                let revoked = client.hmac_key_revoke(&of.tenant, &key_id);
                let revoked = revoked.map_err(refused)?;
                output.either(&revoked, || {
                    output.line(&format!("revoked {}", revoked.key_id))
                })
            }
        }
    }
}

fn show(keys: &[HmacKeyListed], output: Output) -> Result<(), Error> {
    let row = |key: &HmacKeyListed| {
        vec![
            key.key_id.to_string(),
            key.name.clone(),
            key.created_at.to_string(),
        ]
    };
    let rows: Vec<_> = keys.iter().map(row).collect();
    output.table(&["id", "name", "made"], &rows)
}
