//! Anchorhold, open inside an application.

use std::sync::Arc;

use anchorhold_crypto::{Kek, Secret};
use anchorhold_http::{App, McpOptions, Options, TenantRoutes};
use anchorhold_identity::{Hook, ListenerPolicy, SystemAuthority};
use anchorhold_model::Stream;
use anchorhold_store::{AuditMode, Store};

use crate::chores::ChoresThread;
use crate::house::{self, House, Plan};
use crate::system::SystemRandom;
use crate::{AnchorholdLayer, Error, RootKey, Settings, key_file};

/// An open installation, and the application that it is a part of. There is one in a process. Dropped, it
/// finishes what runs, for a few seconds at most, and leaves everything on disk; nothing is kept by its
/// services any more, and the directory is free once they are gone too.
pub struct Anchorhold {
    house: House,
    app: Arc<App>,
    hook: Arc<Hook>,
    operator_key: Option<String>,
    chores: Option<ChoresThread>,
}

impl Anchorhold {
    /// Opens a data directory, or makes one where nothing is. Blocks while it does.
    pub fn open(settings: Settings) -> Result<Self, Error> {
        let authority = SystemAuthority::claim().ok_or(Error::Taken)?;
        let plan = settings.plan()?;
        let data = &settings.data;
        let is_there = Store::is_initialised(data);
        if is_there.map_err(|error| Error::of_store(error, data))? {
            let kek = kek(&settings, Start::Later)?;
            return Self::begin(plan.open(&kek)?, authority, settings, None);
        }
        house::check_empty(data)?;
        // Durable before the data refer to it.
        let kek = kek(&settings, Start::First)?;
        let (operator_key, _) = plan.init(&kek)?;
        let data = data.clone();
        plan.open(&kek)
            .and_then(|house| Self::begin(house, authority, settings, Some(operator_key)))
            .map_err(|error| Error::FirstStart {
                data,
                error: Box::new(error),
            })
    }

    fn begin(
        house: House,
        authority: SystemAuthority,
        settings: Settings,
        operator_key: Option<String>,
    ) -> Result<Self, Error> {
        let chores = house.engine.chores(authority);
        let hook = chores.hook(settings.tenant, settings.policy, settings.renews_key)?;
        let hook = hook.ok_or(Error::Revoked)?;
        let app = house.app(Options {
            workers: settings.workers,
            plain_http_from: Vec::new(),
            mcp: McpOptions::default(),
            listener: ListenerPolicy::default(),
        });
        Ok(Self {
            chores: Some(ChoresThread::start(chores)?),
            house,
            app,
            hook: Arc::new(hook),
            operator_key,
        })
    }

    /// The routes of a tenant and its users (`/v1/...`) as a service, for `nest_service` and its like.
    pub fn service(&self) -> TenantRoutes {
        TenantRoutes::new(&self.app, Arc::clone(&self.hook))
    }

    /// The same as a layer, which answers what stands below `/v1/` and passes the rest on.
    pub fn layer(&self) -> AnchorholdLayer {
        AnchorholdLayer::new(self.service())
    }

    /// The key of the operator, at the first start alone. Keep it: `anchorhold serve` on the same directory
    /// asks for it, to manage the tenant while the application does not run.
    pub fn operator_key(&self) -> Option<&str> {
        self.operator_key.as_deref()
    }
}

impl Drop for Anchorhold {
    fn drop(&mut self) {
        drop(self.chores.take());
        if !self.house.close().unwrap_or(false) {
            tracing::warn!(
                "the store is in use and is left as it is; the next start goes on from there"
            );
        }
    }
}

impl Settings {
    fn plan(&self) -> Result<Plan, Error> {
        Ok(Plan {
            data: self.data.clone(),
            handles_max: self.handles_max,
            backup_days: self.backup_days,
            audit: AuditMode::Required,
            engine: anchorhold_memory::Settings::default(),
            embedder: house::builtin_embedder()?,
            remotes: Vec::new(),
            issuers: Vec::new(),
            upstreams: Vec::new(),
        })
    }
}

/// Whether there may be data already that only the old key opens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    First,
    Later,
}

/// The key that opens everything. For data that are there it is never made: a new one opens nothing.
fn kek(settings: &Settings, start: Start) -> Result<Kek, Error> {
    let path = match &settings.root_key {
        RootKey::Value(key) => return Ok(Kek::new(Secret::new(*key.expose()))),
        RootKey::File(path) => path,
    };
    key_file::check_outside(path, &settings.data)?;
    if !key_file::exists(path) {
        if start == Start::Later {
            return Err(Error::Configuration(format!(
                "there is no key file at {}; bring back the one that was made at first start. \
                 Without it nothing in {} can be read",
                path.display(),
                settings.data.display()
            )));
        }
        key_file::make(path, &Kek::generate(&SystemRandom, Stream::PROCESS))?;
    }
    key_file::read(path)
}
