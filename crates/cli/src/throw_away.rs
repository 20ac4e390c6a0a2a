//! A throw-away installation for `demo`, `eval` and `bench`: a directory that is removed at the
//! end, a key that is never written, and, where wanted, a real server over loopback.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use anchorhold_crypto::Kek;
use anchorhold_embed::Embedder;
use anchorhold_model::{Stream, limits};
use anchorhold_store::AuditMode;
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::exit::Error;
use crate::server::{self, Listeners};
use anchorhold::chores::ChoresThread;
use anchorhold::house::{House, Plan};
use anchorhold::system::SystemRandom;

/// What a throw-away installation differs in.
pub(crate) struct Wish {
    /// Where the directory is made; the system's place for temporary files when absent.
    pub(crate) parent: Option<std::path::PathBuf>,
    pub(crate) handles_max: usize,
    pub(crate) audit: AuditMode,
    pub(crate) engine: anchorhold_memory::Settings,
    pub(crate) embedder: Arc<dyn Embedder>,
    pub(crate) upstreams: Vec<anchorhold_upstream::Settings>,
}

impl Wish {
    /// As a server has it by default.
    pub(crate) fn new(embedder: Arc<dyn Embedder>) -> Self {
        Self {
            parent: None,
            handles_max: limits::HANDLES_DEFAULT,
            audit: AuditMode::Required,
            engine: anchorhold_memory::Settings::default(),
            embedder,
            upstreams: Vec::new(),
        }
    }
}

/// An installation that is removed when this is dropped.
pub(crate) struct ThrowAway {
    pub(crate) house: House,
    pub(crate) operator_key: String,
    plan: Plan,
    kek: Kek,
    directory: TempDir,
}

impl ThrowAway {
    /// Makes one and opens it.
    pub(crate) fn new(wish: Wish) -> Result<Self, Error> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("anchorhold-");
        let directory = match &wish.parent {
            Some(parent) => builder.tempdir_in(parent),
            None => builder.tempdir(),
        }?;
        let kek = Kek::generate(&SystemRandom, Stream::PROCESS);
        let plan = Plan {
            data: directory.path().join("data"),
            handles_max: wish.handles_max,
            backup_days: anchorhold_store::RESIDUE_DAYS_DEFAULT,
            audit: wish.audit,
            engine: wish.engine,
            embedder: wish.embedder,
            remotes: Vec::new(),
            issuers: Vec::new(),
            upstreams: wish.upstreams,
        };
        let (operator_key, _) = plan.init(&kek)?;
        Ok(Self {
            house: plan.clone().open(&kek)?,
            operator_key,
            plan,
            kek,
            directory,
        })
    }

    /// Closes it and opens it again, which takes as long as is said.
    pub(crate) fn reopened(self) -> Result<(Self, Duration), Error> {
        let Self {
            house,
            operator_key,
            plan,
            kek,
            directory,
        } = self;
        let clock = Arc::clone(&house.clock);
        house.engine.close();
        drop(house);
        let before = clock.monotonic();
        let house = plan.clone().open(&kek)?;
        let took = clock.monotonic().saturating_sub(before);
        let again = Self {
            house,
            operator_key,
            plan,
            kek,
            directory,
        };
        Ok((again, took))
    }

    /// Where the data lie.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }
}

/// A throw-away installation that is served over loopback, in this process.
pub(crate) struct ThrowAwayServer {
    pub(crate) url: String,
    pub(crate) operator_url: String,
    installation: Arc<ThrowAway>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<(), Error>>>,
    _chores: ChoresThread,
}

impl ThrowAwayServer {
    /// Serves it on two free ports.
    pub(crate) fn start(installation: ThrowAway) -> Result<Self, Error> {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listeners = Listeners::bind(any, any)?;
        let url = format!("http://{}", listeners.listen()?);
        let operator_url = format!("http://{}", listeners.operator_listen()?);
        let chores = ChoresThread::start(installation.house.chores()?)?;
        let installation = Arc::new(installation);
        let served = Arc::clone(&installation);
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = move || {
            let runtime = server::runtime()?;
            let until = async {
                // An error means that whoever would stop us is gone, so there is nothing to serve.
                let _ = stopped.await;
            };
            let options = server::default_options();
            server::serve(runtime, &served.house, listeners, options, until)
        };
        Ok(Self {
            url,
            operator_url,
            installation,
            stop: Some(stop),
            thread: Some(
                std::thread::Builder::new()
                    .name("server".to_owned())
                    .spawn(serve)?,
            ),
            _chores: chores,
        })
    }

    /// The key of its operator.
    pub(crate) fn operator_key(&self) -> &str {
        &self.installation.operator_key
    }

    /// Where its data lie.
    pub(crate) fn path(&self) -> &Path {
        self.installation.path()
    }

    /// Stops it and says whether it ended well.
    pub(crate) fn stop(mut self) -> Result<(), Error> {
        self.end()
    }

    fn end(&mut self) -> Result<(), Error> {
        drop(self.stop.take());
        match self.thread.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(outcome)) => outcome,
            Some(Err(_)) => Err(Error::Failed("the throw-away server panicked".to_owned())),
        }
    }
}

impl Drop for ThrowAwayServer {
    fn drop(&mut self) {
        // Already an error on the way out; `stop` reports how the server ended otherwise.
        let _ = self.end();
    }
}
