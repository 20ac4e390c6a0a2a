//! `identity show | set | forget-open-webui-secret`: which headers name a tenant's users, and whom
//! the tenant believes.

mod shown;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anchorhold_client::wire::explain::{Explain, ExplainReply, PieceBody, Values};
use anchorhold_client::wire::quarantine::PatchQuarantine;
use anchorhold_client::wire::resolution::ResolutionBody;
use anchorhold_client::wire::session::PatchSessions;
use anchorhold_client::wire::sources::{PatchIdentity, SourceBody};
use anchorhold_model::{Change, ClientIds, HeaderKind, SessionCookie, Timestamp, Trust};
use clap::{Args, Subcommand};

use super::tenant::word;
use super::{key, remember};
use crate::connection::{OfTenant, OperatorConnection, refused};
use crate::exit::Error;
use crate::output::Output;

/// Manage which headers name a tenant's users, as the operator.
#[derive(Subcommand)]
pub(crate) enum Identity {
    /// Show what the last requests were taken for, without a name of anybody
    Log {
        /// At most so many: 1 to 200
        #[arg(long)]
        limit: Option<u64>,
        #[command(flatten)]
        operator: OperatorConnection,
    },
    /// Show which headers are read, in their order, and whom the tenant believes
    Show {
        #[command(flatten)]
        of: OfTenant,
    },
    /// Change it; what is not named stays
    Set(Box<Set>),
    /// Say what a request with these headers would be taken for, and why
    Explain {
        /// A header, such as "x-st-user: alice"; give the key as "authorization: Bearer ..." or better
        /// in a file with @FILE, which holds one header a line
        #[arg(long = "header", value_name = "NAME: VALUE", required = true)]
        headers: Vec<String>,
        /// The address of the other end of the connection
        #[arg(long)]
        peer: Option<std::net::IpAddr>,
        #[command(flatten)]
        operator: OperatorConnection,
    },
    /// Let Open WebUI name its users without signing them again
    ForgetOpenWebuiSecret {
        #[command(flatten)]
        of: OfTenant,
    },
}

/// Change which headers are read.
#[derive(Args)]
#[group(skip)]
pub(crate) struct Set {
    /// All headers that name a user, those first that count first, such as open_webui,
    /// silly_tavern=auto, header:x-remote-user or header:x-remote-user:local; trust is always, auto,
    /// claimed or never; +proxies lets the word of a trusted proxy count, as it does in headers of your
    /// own; the usual ones that are not named stay as they are, after these
    #[arg(long, value_name = "SOURCE[:HEADER[:local]][=TRUST][+proxies]", value_delimiter = ',', value_parser = source)]
    sources: Option<Vec<SourceBody>>,
    /// All networks whose peers may say who a user is, such as 10.0.0.0/8; "" for none
    #[arg(long, value_name = "NETWORK", value_delimiter = ',')]
    trusted_proxies: Option<Vec<String>>,
    /// A file with what Open WebUI has as FORWARD_USER_INFO_HEADER_JWT_SECRET
    #[arg(long, value_name = "FILE")]
    open_webui_secret_file: Option<PathBuf>,
    #[command(flatten)]
    sessions: Sessions,
    #[command(flatten)]
    quarantine: Quarantine,
    /// New users in a minute that one peer may register by itself; 0 for nobody, as usual
    #[arg(long, value_name = "NUMBER")]
    registrations_per_minute: Option<u64>,
    #[command(flatten)]
    bodies: Bodies,
    /// Until when requests of users find what is in the shared namespace too; "" for no longer
    #[arg(long, value_name = "TIME", value_parser = time_or_empty)]
    shared_read_until: Option<Change<Timestamp>>,
    #[command(flatten)]
    of: OfTenant,
}

/// What bodies say of their users.
#[derive(Args)]
#[group(skip)]
struct Bodies {
    /// Where JSON bodies name their users, such as /metadata/user_id; "" for nowhere
    #[arg(long, value_name = "POINTER")]
    metadata_pointer: Option<String>,
    /// Whether user and safety_identifier in bodies of the OpenAI API name a user where nothing else does
    #[arg(long, value_name = "BOOLEAN")]
    body_user: Option<bool>,
}

/// A time, or an empty text that takes it away.
fn time_or_empty(text: &str) -> Result<Change<Timestamp>, String> {
    if text.is_empty() {
        return Ok(Change::Clear);
    }
    remember::time(text).map(Change::Set)
}

/// How sandboxes live (`tenant create --trust-mode quarantine`).
#[derive(Args)]
#[group(skip)]
struct Quarantine {
    /// Seconds without use after which a sandbox is over
    #[arg(long, value_name = "SECONDS")]
    sandbox_idle_seconds: Option<u64>,
    /// Sandboxes that live at a time
    #[arg(long, value_name = "NUMBER")]
    sandboxes_live_max: Option<u64>,
    /// New sandboxes that one peer is given in a minute
    #[arg(long, value_name = "NUMBER")]
    sandboxes_new_per_minute: Option<u64>,
    /// Memories in each sandbox
    #[arg(long, value_name = "NUMBER")]
    sandbox_memories_max: Option<u64>,
}

impl Quarantine {
    fn patch(self) -> Option<PatchQuarantine> {
        let patch = PatchQuarantine {
            idle_seconds: self.sandbox_idle_seconds,
            live_max: self.sandboxes_live_max,
            new_per_minute: self.sandboxes_new_per_minute,
            memories_max: self.sandbox_memories_max,
        };
        (patch != PatchQuarantine::default()).then_some(patch)
    }
}

/// How sessions live, where the tenant has them (`tenant create --isolation session`).
#[derive(Args)]
#[group(skip)]
struct Sessions {
    /// Whether clients may draw the ids of their sessions: adopt or reissue
    #[arg(long = "session-client-ids", value_name = "HOW", value_parser = word::<ClientIds>)]
    client_ids: Option<ClientIds>,
    /// Seconds without use after which a session is over
    #[arg(long = "session-idle-seconds", value_name = "SECONDS")]
    idle_seconds: Option<u64>,
    /// Sessions that live at a time
    #[arg(long = "sessions-live-max", value_name = "NUMBER")]
    live_max: Option<u64>,
    /// New sessions that one peer is given in a minute
    #[arg(long = "sessions-new-per-minute", value_name = "NUMBER")]
    new_per_minute: Option<u64>,
    /// Whether the id travels in a cookie too: off, lax or none
    #[arg(long = "session-cookie", value_name = "REACH", value_parser = word::<SessionCookie>)]
    cookie: Option<SessionCookie>,
}

impl Sessions {
    fn patch(self) -> Option<PatchSessions> {
        let patch = PatchSessions {
            client_ids: self.client_ids,
            idle_seconds: self.idle_seconds,
            live_max: self.live_max,
            new_per_minute: self.new_per_minute,
            cookie: self.cookie,
        };
        (patch != PatchSessions::default()).then_some(patch)
    }
}

impl Identity {
    /// Does it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        let after = match self {
            Self::Log { limit, operator } => {
                let list = operator.client()?.resolutions(limit).map_err(refused)?;
                return output.either(&list, || recount(&list.resolutions, output));
            }
            Self::Explain {
                headers,
                peer,
                operator,
            } => {
                let request = Explain {
                    headers: lines(&headers)?,
                    peer,
                    ..Explain::default()
                };
                let explained = operator.client()?.explain(&request).map_err(refused)?;
                return output.either(&explained, || tell(&explained, output));
            }
            Self::Show { of } => of.operator.client()?.identity(&of.tenant),
            Self::Set(set) => {
                let set = *set;
                let file = set.open_webui_secret_file.as_deref();
                let secret = file.map(key::token);
                let changes = PatchIdentity {
                    sources: set.sources,
                    trusted_proxies: set.trusted_proxies.map(without_empty),
                    open_webui_secret: secret.transpose()?,
                    sessions: set.sessions.patch(),
                    quarantine: set.quarantine.patch(),
                    registrations_per_minute: set.registrations_per_minute,
                    shared_read_until: set.shared_read_until.unwrap_or_default(),
                    metadata_pointer: match set.bodies.metadata_pointer {
                        None => Change::Keep,
                        Some(pointer) if pointer.is_empty() => Change::Clear,
                        Some(pointer) => Change::Set(pointer),
                    },
                    body_user: set.bodies.body_user,
                };
                let client = set.of.operator.client()?;
                client.identity_change(&set.of.tenant, &changes)
            }
            Self::ForgetOpenWebuiSecret { of } => {
                let client = of.operator.client()?;
                client.open_webui_secret_remove(&of.tenant)
            }
        };
        let after = after.map_err(refused)?;
        output.either(&after, || shown::show(&after, output))
    }
}

/// The headers of the command line and of the files that it names.
fn lines(arguments: &[String]) -> Result<BTreeMap<String, Values>, Error> {
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut take = |line: &str| {
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| Error::Usage("a header is written as \"name: value\"".to_owned()))?;
        let values = lines.entry(name.trim().to_lowercase()).or_default();
        values.push(value.trim().to_owned());
        Ok::<(), Error>(())
    };
    for argument in arguments {
        match argument.strip_prefix('@') {
            None => take(argument)?,
            Some(file) => {
                let text = std::fs::read_to_string(file)
                    .map_err(|error| Error::Usage(format!("cannot read {file}: {error}")))?;
                let mut filled = text.lines().filter(|line| !line.trim().is_empty());
                filled.try_for_each(&mut take)?;
            }
        }
    }
    let values = |(name, values)| (name, Values::Many(values));
    Ok(lines.into_iter().map(values).collect())
}

fn recount(resolutions: &[ResolutionBody], output: Output) -> Result<(), Error> {
    let row = |one: &ResolutionBody| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            one.at.to_string(),
            text(&one.tenant),
            one.verb.clone(),
            text(&one.source),
            said(one.strength),
            one.ruling.clone(),
            if one.disagrees { "yes" } else { "" }.to_owned(),
            text(&one.refusal),
        ]
    };
    let rows: Vec<_> = resolutions.iter().map(row).collect();
    let columns = [
        "at",
        "tenant",
        "verb",
        "source",
        "strength",
        "ruling",
        "disagrees",
        "refused",
    ];
    output.table(&columns, &rows)
}

fn tell(explained: &ExplainReply, output: Output) -> Result<(), Error> {
    let credential = match (explained.key_id, &explained.tenant) {
        (Some(key), Some(tenant)) => format!("{key} of tenant {tenant}"),
        _ => "none that counts".to_owned(),
    };
    output.line(&format!("credential: {credential}"))?;
    let row = |piece: &PieceBody| {
        vec![
            piece.source.clone(),
            format!("{}:{}", piece.subject.issuer, piece.subject.id),
            said(piece.strength),
            if piece.decides { "decides" } else { "" }.to_owned(),
        ]
    };
    let rows: Vec<_> = explained.evidence.iter().map(row).collect();
    output.table(&["evidence", "subject", "strength", ""], &rows)?;
    if let Some(ruling) = &explained.ruling {
        let mode = explained.trust_mode.map(said).unwrap_or_default();
        let isolation = explained.isolation.map(said).unwrap_or_default();
        output.line(&format!("in mode {mode}, isolation {isolation}: {ruling}"))?;
    }
    match (&explained.refusal, &explained.whoami) {
        (Some(refusal), _) => output.line(&format!(
            "refused with {} {} ({}): {}",
            refusal.status, refusal.code, refusal.reason, refusal.message
        ))?,
        (None, Some(who)) => {
            let place = match &who.namespace {
                Some(place) => said(place.kind),
                None => "none".to_owned(),
            };
            output.line(&format!("let in; namespace: {place}"))?;
        }
        (None, None) => {}
    }
    for advisory in &explained.advisories {
        output.line(&format!("note: {advisory}"))?;
    }
    Ok(())
}

/// The word of a value.
fn said(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn without_empty(networks: Vec<String>) -> Vec<String> {
    networks
        .into_iter()
        .filter(|network| !network.is_empty())
        .collect()
}

/// `source`, `source=trust`, `source:header`, `header:name:local=trust`, each perhaps with `+proxies`.
fn source(text: &str) -> Result<SourceBody, String> {
    let (text, from_proxies) = match text.strip_suffix("+proxies") {
        Some(text) => (text, Some(true)),
        None => (text, None),
    };
    let (what, trust) = match text.split_once('=') {
        Some((what, trust)) => (what, Some(word::<Trust>(trust)?)),
        None => (text, None),
    };
    let mut parts = what.splitn(3, ':');
    let kind = word::<HeaderKind>(parts.next().unwrap_or_default())?;
    Ok(SourceBody {
        source: kind,
        header: parts.next().map(str::to_owned),
        trust,
        issuer: parts.next().map(str::to_owned),
        from_proxies,
    })
}
