//! The composition root: a store, an engine, a gate and a door, put together.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
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

use crate::exit::Error;
use crate::server::within;
use crate::system::{SystemClock, SystemRandom};

/// What a house is built from.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) data: PathBuf,
    pub(crate) handles_max: usize,
    pub(crate) backup_days: u32,
    pub(crate) audit: AuditMode,
    pub(crate) engine: anchorhold_memory::Settings,
    pub(crate) embedder: Arc<dyn Embedder>,
    /// Embedders of other houses.
    pub(crate) remotes: Vec<RemoteSettings>,
    /// Hosts at which issuers of signed tokens publish their keys.
    pub(crate) issuers: Vec<Host>,
}

/// An open installation, ready to be given doors.
pub(crate) struct House {
    pub(crate) engine: Arc<Engine>,
    pub(crate) clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

/// The model inside the binary.
pub(crate) fn builtin_embedder() -> Result<Arc<dyn Embedder>, Error> {
    match BuiltinEncoder::new() {
        Ok(encoder) => Ok(Arc::new(encoder)),
        Err(error) => Err(Error::Failed(format!("this program is damaged: {error}"))),
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
    pub(crate) fn init(&self, kek: &Kek) -> Result<(String, String), Error> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let made = Store::init(&self.options(&clock), kek)
            .map_err(|error| Error::of_store(error, &self.data))?;
        Ok((made.operator_token.reveal(), made.install_id))
    }

    /// Opens the installation.
    pub(crate) fn open(self, kek: &Kek) -> Result<House, Error> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let store = Store::open(self.options(&clock), kek)
            .map_err(|error| Error::of_store(error, &self.data))?;
        let embedders = embedders(self.embedder, self.remotes, &clock)?;
        let documents = Documents::new(&self.issuers)
            .map_err(|problem| Error::Configuration(format!("issuer at {problem}")))?;
        let engine = Engine::new(store, embedders, Arc::clone(&clock), self.engine);
        let engine = engine.with_fetch(Arc::new(documents));
        Ok(House {
            engine: Arc::new(engine),
            clock,
            random: Arc::new(SystemRandom),
        })
    }
}

impl House {
    /// A gate to this house.
    pub(crate) fn gate(&self) -> Gate {
        let (directory, journal) = (self.engine.directory(), self.engine.journal());
        Gate::new(directory, journal, Arc::clone(&self.clock))
    }

    /// The HTTP door.
    pub(crate) fn app(&self, options: DoorOptions) -> Arc<App> {
        Arc::new(App::new(
            Arc::clone(&self.engine),
            self.gate(),
            Arc::clone(&self.clock),
            Arc::clone(&self.random),
            options,
        ))
    }

    /// The chores; there is one authority for them in a process.
    pub(crate) fn chores(&self) -> Result<Chores, Error> {
        let claimed = || Error::Failed("the authority for chores is taken".to_owned());
        let authority = SystemAuthority::claim().ok_or_else(claimed)?;
        Ok(self.engine.chores(authority))
    }
}

/// How long a chore that runs is waited for at the end.
const CHORE_TIME_MAX: Duration = Duration::from_secs(5);

/// The thread that does the chores; it ends when this is dropped.
pub(crate) struct ChoresThread {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ChoresThread {
    /// Starts the chores.
    pub(crate) fn start(chores: Chores) -> Result<Self, Error> {
        let (stop, stopped) = mpsc::channel::<()>();
        let work = move || {
            while stopped.recv_timeout(Duration::from_secs(1))
                == Err(mpsc::RecvTimeoutError::Timeout)
            {
                if let Err(error) = chores.tick() {
                    tracing::warn!(%error, "a chore is left for the next round");
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("chores".to_owned())
            .spawn(work)?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Ends the chores and waits for the one that runs, however long it takes.
    pub(crate) fn finish(mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A chore that panicked has said so in the log.
            drop(thread.join());
        }
    }
}

impl Drop for ChoresThread {
    fn drop(&mut self) {
        drop(self.stop.take());
        let Some(thread) = self.thread.take() else {
            return;
        };
        // A chore that panicked has said so in the log.
        let is_over = within(CHORE_TIME_MAX, move || drop(thread.join()));
        if !is_over.unwrap_or(false) {
            tracing::warn!("a chore still runs and is left");
        }
    }
}
