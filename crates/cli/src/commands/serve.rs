//! `serve`: opens an installation, or makes one where nothing is, and serves it.

use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;

use anchorhold_http::{Options, Tls};
use anchorhold_identity::{ListenerPolicy, TenantRecord};
use anchorhold_memory::Chores;
use anchorhold_model::{TenantName, TrustMode};
use anchorhold_store::{AuditMode, Store};
use clap::Args;
use serde::Serialize;

use crate::commands::init;
use crate::config::{Installation, ListenerSettings, Preset, ServerFlags, Settings, TlsFiles};
use crate::exit::Error;
use crate::output::visible;
use crate::rule::{Holder, Rule};
use crate::server::{self, Listeners};
use crate::{kek, logging, system};
use anchorhold::chores::ChoresThread;
use anchorhold::house::{House, Plan, builtin_embedder};

/// The tenant that a first start makes.
const FIRST_TENANT: &str = "default";

/// Serve an installation; makes one in an empty data directory.
#[derive(Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    flags: ServerFlags,
    /// At first start, print the keys even when standard output is no terminal
    #[arg(long)]
    print_operator_key: bool,
}

/// The line that says that requests are taken.
#[derive(Serialize)]
struct Ready {
    event: &'static str,
    listen: SocketAddr,
    operator_listen: SocketAddr,
    tls: bool,
}

impl Serve {
    /// Serves until a signal comes.
    pub(crate) fn run(self) -> Result<(), Error> {
        let may_print = self.print_operator_key || std::io::stdout().is_terminal();
        let files_max = system::harden();
        let settings = Settings::resolve(self.flags, &system::variable)?;
        logging::start(&settings.log)?;
        let tls = settings.tls.as_ref().map(encrypted).transpose()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let runtime = server::runtime()?;
        let installation = &settings.installation;
        let initialised = Store::is_initialised(&installation.data)
            .map_err(|error| Error::of_store(error, &installation.data))?;
        if !initialised && !may_print {
            return Err(nowhere_to_print(installation));
        }
        check_first_tenant(initialised, &settings.listener)?;
        let bind = || {
            let bound = Listeners::bind(settings.listen, settings.operator_listen);
            bound.map(|listeners| listeners.with_tls(tls.clone()))
        };
        let (house, listeners) = if initialised {
            let house = open(&settings, files_max)?;
            check_modes(&house)?;
            listener_tenant(&house, &settings.listener)?;
            (house, bind()?)
        } else {
            // A port that is taken must not cost the keys of a first start.
            let listeners = bind()?;
            let made = init::make(installation)?;
            let house = open(&settings, files_max)?;
            let url = format!("{scheme}://{}", listeners.listen()?);
            introduce(&house, &made, &url, settings.preset).map_err(|error| made.lost(&error))?;
            (house, listeners)
        };
        let interrupted = server::interruption(&runtime)?;
        let chores = house.chores()?;
        let listener = listener_policy(&house, &chores, &settings)?;
        let chores = ChoresThread::start(chores)?;
        let ready = Ready {
            event: "ready",
            listen: listeners.listen()?,
            operator_listen: listeners.operator_listen()?,
            tls: tls.is_some(),
        };
        let line = serde_json::to_string(&ready)
            .map_err(|error| Error::Failed(format!("cannot write JSON: {error}")))?;
        // Whoever closed standard error does not wait for the line.
        let _ = writeln!(std::io::stderr(), "{line}");
        let usual = server::default_options();
        let options = Options {
            workers: settings.workers.unwrap_or(usual.workers),
            plain_http_from: settings.plain_http_from,
            listener,
            mcp: settings.mcp,
        };
        let outcome = server::serve(runtime, &house, listeners, options, interrupted);
        drop(chores);
        outcome
    }
}

/// TLS with these files. One that cannot be used stops the start.
fn encrypted(files: &TlsFiles) -> Result<Arc<Tls>, Error> {
    Tls::load(&files.certificate, &files.key)
        .map(Arc::new)
        .map_err(|error| {
            let places = "set --tls-certificate and --tls-key, their variables or keys in the file";
            Error::Configuration(format!("{error}. Mend it, or {places}"))
        })
}

fn nowhere_to_print(installation: &Installation) -> Error {
    Error::Configuration(format!(
        "{} is not initialised, and standard output is no terminal to show the new keys on; \
         nothing was made. Run `anchorhold init` first, or pass --print-operator-key",
        installation.data.display()
    ))
}

fn open(settings: &Settings, files_max: u64) -> Result<House, Error> {
    let installation = &settings.installation;
    let install_id = Store::install_id(&installation.data)
        .map_err(|error| Error::of_store(error, &installation.data))?;
    if anchorhold_model::unhex::<16>(&install_id).is_none() {
        // It becomes part of a path.
        return Err(Error::Failed("install.json is damaged".to_owned()));
    }
    let found = kek::find(installation, &install_id)?;
    let plan = Plan {
        data: installation.data.clone(),
        backup_days: settings.backup_days,
        handles_max: handles_within(settings.handles_max, files_max),
        audit: AuditMode::Required,
        engine: anchorhold_memory::Settings {
            residents_max: settings.residents_max,
            resident_bytes_max: settings.resident_bytes_max,
            session_sweep_seconds: settings.session_sweep_seconds,
            allows_legacy: settings.allows_legacy,
            ..anchorhold_memory::Settings::default()
        },
        embedder: builtin_embedder()?,
        remotes: settings.embedders.clone(),
        issuers: settings.issuers.clone(),
        upstreams: settings.upstreams.clone(),
    };
    Ok(plan.open(&found.kek)?)
}

/// Refuses to serve tenants in mode `legacy` where other machines reach the server, unless that is wanted.
fn check_modes(house: &House) -> Result<(), Error> {
    let found = house.engine.tenants_not_allowed();
    let found =
        found.map_err(|error| Error::Failed(format!("cannot read the tenants: {error}")))?;
    if found.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = found.iter().map(|name| visible(name.as_str())).collect();
    Err(Error::Configuration(format!(
        "in mode legacy whoever has a key names any user, and other machines reach this server; in that \
         mode: {}. Serve on loopback (--listen 127.0.0.1:3300) and give each another mode (anchorhold \
         tenant update NAME --trust-mode required), or say \
         --listener-trust-mode required or --allow-legacy",
        names.join(", ")
    )))
}

/// The first start makes one tenant, and the listener can name no other.
fn check_first_tenant(initialised: bool, listener: &ListenerSettings) -> Result<(), Error> {
    match &listener.tenant {
        Some(name) if !initialised && name.as_str() != FIRST_TENANT => Err(no_tenant(name)),
        _ => Ok(()),
    }
}

/// The tenant of requests that show no key, if there is to be one.
fn listener_tenant(
    house: &House,
    listener: &ListenerSettings,
) -> Result<Option<Arc<TenantRecord>>, Error> {
    let Some(name) = &listener.tenant else {
        return Ok(None);
    };
    let found = house.engine.directory().tenant_named(name);
    let found =
        found.map_err(|error| Error::Failed(format!("cannot read the tenants: {error}")))?;
    found.ok_or_else(|| no_tenant(name)).map(Some)
}

fn no_tenant(name: &TenantName) -> Error {
    Error::Configuration(format!(
        "the listener is to be of the tenant {:?}, and there is none of that name; start the server \
         without --listener-tenant and make it, or name another",
        visible(name.as_str())
    ))
}

/// What the tenant listener says of its requests.
fn listener_policy(
    house: &House,
    chores: &Chores,
    settings: &Settings,
) -> Result<ListenerPolicy, Error> {
    let listener = &settings.listener;
    let tenant = listener_tenant(house, listener)?;
    if let Some(tenant) = &tenant {
        let key = chores.listener_key(tenant.id, listener.renews_key);
        let key = key.map_err(|error| {
            Error::Failed(format!("cannot make the key of the listener: {error}"))
        })?;
        match key {
            Some(_) if settings.is_reached => tracing::warn!(
                "other machines reach the listener, and without a key everybody there is its tenant"
            ),
            Some(_) => {}
            None => tracing::warn!(
                "the key of the listener was revoked, so requests without a key are refused; start with \
                 --renew-listener-key to serve them again"
            ),
        }
    }
    Ok(ListenerPolicy {
        tenant: tenant.map(|tenant| tenant.id),
        trust_mode: listener.trust_mode,
    })
}

/// An open namespace holds two files and a third one for moments; connections need the rest.
fn handles_within(wanted: usize, files_max: u64) -> usize {
    let fitting = usize::try_from(files_max / 4).unwrap_or(usize::MAX).max(8);
    if fitting < wanted {
        tracing::warn!(
            wanted,
            fitting,
            "the system allows few open files; namespaces share them"
        );
    }
    wanted.min(fitting)
}

/// Makes the first tenant and its key, and shows everything that is never shown again.
fn introduce(house: &House, made: &init::Made, url: &str, preset: Preset) -> Result<(), Error> {
    let rule = Rule::new(house, &made.operator_key)?;
    let policy = preset.policy();
    let (holder, user) = match policy.trust_mode {
        // Nobody's word counts there: a key that proves its user.
        TrustMode::Strict => (Holder::User("alice"), ""),
        _ => (Holder::Application, "-H 'x-anchorhold-user: alice' "),
    };
    let tenant = rule.tenant(FIRST_TENANT, policy)?;
    rule.sessions(&tenant, preset.sessions())?;
    let key = rule.key(&tenant, "first key", &holder)?;
    let mut stdout = std::io::stdout().lock();
    writeln!(
        stdout,
        "Anchorhold is initialised. These keys are shown once; keep them.\n\n\
         data          {data}\n\
         kek           {kek}\n\
         operator key  {operator}\n\
         tenant        default\n\
         api key       {key}\n\n\
         Keep a memory for Alice:\n\n\
         curl -sS {url}/v1/memories -H 'Authorization: Bearer {key}' {user}\
         -H 'Content-Type: application/json' \
         -d '{{\"content\": \"Alice takes her tea without sugar.\"}}'\n",
        data = visible(&made.data),
        kek = visible(&made.kek),
        operator = made.operator_key,
    )?;
    if matches!(holder, Holder::User(_)) {
        writeln!(
            stdout,
            "The tenant takes proofs alone, so this key speaks for alice and for nobody else.\n"
        )?;
    }
    if url.starts_with("https") {
        writeln!(
            stdout,
            "The address must be one that the certificate names. Is it signed by an authority of your \
             own, give curl its file with --cacert, and the commands with ANCHORHOLD_CA_FILE.\n"
        )?;
    }
    Ok(stdout.flush()?)
}
