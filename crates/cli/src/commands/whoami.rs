//! `whoami`: what the server takes the key and the user for.

use anchorhold_client::wire::address::{AddressBody, Kind};
use anchorhold_client::wire::whoami::{Strength, WhoamiReply};
use clap::Args;

use crate::connection::{Connection, refused};
use crate::exit::Error;
use crate::output::Output;

/// Show what the server takes the key and the user for.
#[derive(Args)]
pub(crate) struct Whoami {
    #[command(flatten)]
    connection: Connection,
}

impl Whoami {
    /// Asks.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        let reply = self.connection.client()?.whoami().map_err(refused)?;
        output.either(&reply, || {
            let rows: Vec<_> = facts(&reply)
                .map(|(name, value)| vec![name.to_owned(), value])
                .into();
            output.table(&["fact", "value"], &rows)
        })
    }
}

fn facts(reply: &WhoamiReply) -> [(&'static str, String); 7] {
    let nobody = || "nobody".to_owned();
    let subject = reply.subject.as_ref();
    let grants = reply.grants.iter();
    let grants = grants.map(|grant| format!("{} ({:?})", grant.namespace, grant.access));
    [
        ("tenant", reply.tenant.clone()),
        (
            "subject",
            subject.map_or_else(nobody, |who| format!("{} ({})", who.id, who.issuer)),
        ),
        ("strength", strength(reply.strength).to_owned()),
        (
            "namespace",
            reply.namespace.as_ref().map_or_else(nobody, place),
        ),
        (
            "namespace id",
            (reply.namespace_id).map_or_else(|| "none yet".to_owned(), |id| id.to_string()),
        ),
        ("grants", grants.collect::<Vec<_>>().join(", ")),
        ("key", reply.key_id.to_string()),
    ]
}

/// The word for a strength.
pub(crate) const fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::Proven => "proven",
        Strength::Asserted => "asserted",
        Strength::Claimed => "claimed",
        Strength::None => "none",
    }
}

/// A namespace in one line.
pub(crate) fn place(address: &AddressBody) -> String {
    let mut text = match (address.kind, &address.name) {
        (Kind::Named, Some(name)) => format!("named {name}"),
        (Kind::User, Some(name)) => format!("user {name}"),
        (Kind::Session, Some(name)) => format!("session {name}"),
        (Kind::Quarantine, Some(name)) => format!("sandbox {name}"),
        (Kind::Quarantine, None) => "sandbox".to_owned(),
        (Kind::Shared, _) => "shared".to_owned(),
        (Kind::Session, None) => "session".to_owned(),
        (Kind::Named, None) => "named".to_owned(),
        (Kind::User, None) => "user".to_owned(),
    };
    let below = [
        ("workspace", &address.workspace),
        ("agent", &address.agent),
        ("thread", &address.thread),
    ];
    for (name, value) in below {
        if let Some(value) = value {
            text.extend([", ", name, " ", value]);
        }
    }
    text
}
