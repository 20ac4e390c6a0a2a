//! The composition root: a store, an engine, a gate and a door, put together.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anchorhold_crypto::Kek;
use anchorhold_embed::{BuiltinEncoder, Embedder, RemoteEmbedder, RemoteSettings};
use anchorhold_gate::Gate;
use anchorhold_http::{App, Options as DoorOptions};
use anchorhold_identity::SystemAuthority;
use anchorhold_memory::{Chores, Embedders, Engine};
use anchorhold_model::{Clock, EmbedderName, Random};
use anchorhold_outbound::{Documents, Host};
use anchorhold_store::{AuditMode, Options, Store};
use anchorhold_upstream::Upstreams;

use crate::Error;
use crate::chores::within;
use crate::system::{SystemClock, SystemRandom};

/// How long a store is waited for that is in use by verbs which nobody waits for any more.
const CLOSE_TIME_MAX: Duration = Duration::from_secs(5);

/// For how much of that time the emptying of another namespace's log is begun.
const LOGS_TIME_MAX: Duration = Duration::from_secs(3);

/// What a house is built from.
#[derive(Clone)]
pub struct Plan {
    /// The data directory.
    pub data: PathBuf,
    /// Namespace files open at once.
    pub handles_max: usize,
    /// Days that backups of the data directory are kept; receipts of erasures tell of it.
    pub backup_days: u32,
    /// Whether acts are written down.
    pub audit: AuditMode,
    /// How much the engine keeps in memory.
    pub engine: anchorhold_memory::Settings,
    /// The embedder of the house.
    pub embedder: Arc<dyn Embedder>,
    /// Embedders of other houses.
    pub remotes: Vec<RemoteSettings>,
    /// Hosts at which issuers of signed tokens publish their keys.
    pub issuers: Vec<Host>,
    /// Model servers.
    pub upstreams: Vec<anchorhold_upstream::Settings>,
}

/// An open installation, ready to be given doors.
pub struct House {
    /// The verbs.
    pub engine: Arc<Engine>,
    /// Time as the house sees it.
    pub clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    upstreams: Arc<Upstreams>,
}

/// Refuses a directory with files of somebody else. What a start that was cut off has left is
/// no hindrance.
pub fn check_empty(data: &Path) -> Result<(), Error> {
    const OWN: [&str; 5] = ["lock", "audit", "namespaces", "keyring.db", "catalogue.db"];
    let entries = match std::fs::read_dir(data) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            let message = format!("cannot read {}: {error}", data.display());
            return Err(Error::Configuration(message));
        }
    };
    for entry in entries {
        let name = entry?.file_name();
        let is_own = name.to_str().is_some_and(|name| {
            name.starts_with('.') || OWN.iter().any(|own| name.starts_with(own))
        });
        if !is_own {
            return Err(Error::Configuration(format!(
                "{} holds something else ({}); name an empty directory",
                data.display(),
                name.display()
            )));
        }
    }
    Ok(())
}

/// Workers of a door where nothing else is said: they wait for disks more than they compute, and writes
/// that wait together share a commit.
pub fn workers() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    (cores * 4).clamp(16, 64)
}

/// The model inside the binary.
pub fn builtin_embedder() -> Result<Arc<dyn Embedder>, Error> {
    match BuiltinEncoder::new() {
        Ok(encoder) => Ok(Arc::new(encoder)),
        Err(error) => Err(Error::Damaged(error.to_string())),
    }
}

/// The embedder of the house with those of other houses.
fn embedders(
    house: Arc<dyn Embedder>,
    remotes: Vec<RemoteSettings>,
    clock: &Arc<dyn Clock>,
) -> Result<Embedders, Error> {
    let mut embedders = Embedders::from(house);
    for settings in remotes {
        let named = settings.name.clone();
        let refused =
            |problem: String| Error::Configuration(format!("embedder {named:?}: {problem}"));
        let name = EmbedderName::parse(&settings.name)
            .ok_or_else(|| refused(format!("its name {}", EmbedderName::RULE)))?;
        let remote = RemoteEmbedder::new(settings, Arc::clone(clock))
            .map_err(|error| refused(error.to_string()))?;
        embedders = embedders
            .with(name, Arc::new(remote))
            .map_err(|error| refused(error.to_string()))?;
    }
    Ok(embedders)
}

impl Plan {
    fn options(&self, clock: &Arc<dyn Clock>) -> Options {
        Options {
            data: self.data.clone(),
            clock: Arc::clone(clock),
            random: Arc::new(SystemRandom),
            handles_max: self.handles_max,
            audit: self.audit,
            residue_days: self.backup_days,
        }
    }

    /// Makes the installation; gives the operator key and the id.
    pub fn init(&self, kek: &Kek) -> Result<(String, String), Error> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let made = Store::init(&self.options(&clock), kek)
            .map_err(|error| Error::of_store(error, &self.data))?;
        Ok((made.operator_token.reveal(), made.install_id))
    }

    /// Opens the installation.
    pub fn open(self, kek: &Kek) -> Result<House, Error> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let store = Store::open(self.options(&clock), kek)
            .map_err(|error| Error::of_store(error, &self.data))?;
        let embedders = embedders(self.embedder, self.remotes, &clock)?;
        let documents = Documents::new(&self.issuers)
            .map_err(|problem| Error::Configuration(format!("issuer at {problem}")))?;
        let upstreams = Upstreams::new(self.upstreams, &clock)
            .map_err(|problem| Error::Configuration(problem.to_string()))?;
        let engine = Engine::new(store, embedders, Arc::clone(&clock), self.engine);
        let engine = engine.with_fetch(Arc::new(documents));
        Ok(House {
            engine: Arc::new(engine),
            clock,
            random: Arc::new(SystemRandom),
            upstreams: Arc::new(upstreams),
        })
    }
}

impl House {
    /// A gate to this house.
    pub fn gate(&self) -> Gate {
        let (directory, journal) = (self.engine.directory(), self.engine.journal());
        Gate::new(directory, journal, Arc::clone(&self.clock))
    }

    /// The HTTP door.
    pub fn app(&self, options: DoorOptions) -> Arc<App> {
        let app = App::new(
            Arc::clone(&self.engine),
            self.gate(),
            Arc::clone(&self.clock),
            Arc::clone(&self.random),
            options,
        );
        Arc::new(app.with_upstreams(Arc::clone(&self.upstreams)))
    }

    /// The chores; there is one authority for them in a process.
    pub fn chores(&self) -> Result<Chores, Error> {
        let authority = SystemAuthority::claim().ok_or(Error::Taken)?;
        Ok(self.engine.chores(authority))
    }

    /// Leaves everything on disk, and says whether that was done in time. Whatever is not stays as it is: an
    /// acknowledgement follows the commit, so nobody was promised it, and the next start goes on from there.
    pub fn close(&self) -> Result<bool, Error> {
        let engine = Arc::clone(&self.engine);
        let close = move || {
            engine.empty_logs(LOGS_TIME_MAX);
            engine.close();
        };
        Ok(within(CLOSE_TIME_MAX, close)?)
    }
}
