//! A server on free ports of loopback with a store of its own.

use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use anchorhold_crypto::{Kek, Secret};
use anchorhold_gate::Gate;
use anchorhold_http::{App, Bound, Limits, McpOptions, Options, Tls, bind, serve};
use anchorhold_identity::{Door, Headers, Hook, ListenerPolicy, Operator};
use anchorhold_memory::{Engine, Settings};
use anchorhold_model::{
    Clock, Fetch, IpNet, Random, TenantId, TenantName, TenantPolicy, TrustMode,
};
use anchorhold_outbound::Documents;
use anchorhold_store::{AuditMode, EntryOutcome, Store};
use anchorhold_upstream::Upstreams;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::client::Ask;
use super::embedder::TestEmbedder;
use super::world::{TestClock, TestRandom};

/// What a server differs in.
pub(crate) struct Setup {
    pub(crate) limits: Limits,
    pub(crate) workers: usize,
    pub(crate) plain_http_from: Vec<IpNet>,
    pub(crate) tls: Option<Tls>,
    pub(crate) fetch: Arc<dyn Fetch>,
    pub(crate) engine: Settings,
    pub(crate) upstreams: Vec<anchorhold_upstream::Settings>,
    /// The listener's tenant `acme` and what it demands, if it has one.
    pub(crate) acme: Option<TenantPolicy>,
    pub(crate) trust_mode: Option<TrustMode>,
    pub(crate) mcp: McpOptions,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            workers: 4,
            plain_http_from: Vec::new(),
            tls: None,
            fetch: Arc::new(Documents::new(&[]).unwrap()),
            engine: Settings::default(),
            upstreams: Vec::new(),
            acme: None,
            trust_mode: None,
            mcp: McpOptions::default(),
        }
    }
}

pub(crate) struct Server {
    pub(crate) app: Arc<App>,
    pub(crate) engine: Arc<Engine>,
    pub(crate) bound: Bound,
    pub(crate) operator_key: String,
    pub(crate) embedder: Arc<TestEmbedder>,
    pub(crate) clock: Arc<TestClock>,
    stop: Option<oneshot::Sender<()>>,
    served: Mutex<std::sync::mpsc::Receiver<()>>,
    thread: Option<JoinHandle<()>>,
    data: tempfile::TempDir,
}

impl Server {
    /// A server with the limits of the model.
    pub(crate) fn new() -> Self {
        Self::of(Setup::default())
    }

    pub(crate) fn with(limits: Limits, workers: usize) -> Self {
        Self::of(Setup {
            limits,
            workers,
            ..Setup::default()
        })
    }

    pub(crate) fn of(setup: Setup) -> Self {
        let data = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock::new());
        let random: Arc<dyn Random> = Arc::new(TestRandom::new());
        let embedder = Arc::new(TestEmbedder::default());
        let options = anchorhold_store::Options {
            data: data.path().join("data"),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            random: Arc::clone(&random),
            handles_max: 64,
            audit: AuditMode::Required,
            residue_days: 30,
        };
        let kek = Kek::new(Secret::new([7; 32]));
        let made = Store::init(&options, &kek).unwrap();
        let store = Store::open(options, &kek).unwrap();
        let engine = Engine::new(
            store,
            Arc::clone(&embedder),
            Arc::clone(&clock) as _,
            setup.engine,
        );
        let engine = Arc::new(engine.with_fetch(setup.fetch));
        let gate = Gate::new(
            engine.directory(),
            engine.journal(),
            Arc::clone(&clock) as _,
        );
        let operator_key = made.operator_token.reveal();
        let options = Options {
            workers: setup.workers,
            plain_http_from: setup.plain_http_from,
            listener: ListenerPolicy {
                tenant: setup
                    .acme
                    .map(|policy| acme(&engine, &gate, &operator_key, policy)),
                trust_mode: setup.trust_mode,
            },
            mcp: setup.mcp,
        };
        let app = App::new(
            Arc::clone(&engine),
            gate,
            Arc::clone(&clock) as _,
            random,
            options,
        );
        let of_models = Arc::clone(&clock) as Arc<dyn Clock>;
        let upstreams = Upstreams::new(setup.upstreams, &of_models).unwrap();
        let app = app.with_upstreams(Arc::new(upstreams));
        let app = Arc::new(app.with_limits(setup.limits));
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let (end, served) = std::sync::mpsc::channel();
        let (served_app, served_engine) = (Arc::clone(&app), Arc::clone(&engine));
        let tls = setup.tls.map(Arc::new);
        let thread = std::thread::spawn(move || {
            run((served_app, tls), &served_engine, stopped, &tell, &end);
        });
        Self {
            app,
            engine,
            bound: told.recv().unwrap(),
            operator_key,
            embedder,
            clock,
            stop: Some(stop),
            served: Mutex::new(served),
            thread: Some(thread),
            data,
        }
    }

    pub(crate) fn tenant_address(&self) -> SocketAddr {
        self.bound.listen
    }

    pub(crate) fn operator_address(&self) -> SocketAddr {
        self.bound.operator_listen
    }

    /// The data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.data.path().join("data")
    }

    /// Bytes of all audit logs, with what was put off.
    pub(crate) fn bytes_of_audit(&self) -> u64 {
        self.engine.empty_logs(Duration::ZERO);
        let files = std::fs::read_dir(self.data().join("audit")).unwrap();
        let length = |file: std::fs::DirEntry| file.metadata().unwrap().len();
        files.map(|file| length(file.unwrap())).sum()
    }

    /// Door, verb and outcome of each entry in the audit log of a tenant. The server ends.
    pub(crate) fn audit(mut self, tenant: &str) -> Vec<(String, String, EntryOutcome)> {
        let name = TenantName::parse(tenant).unwrap();
        let tenant = self
            .engine
            .directory()
            .tenant_named(&name)
            .unwrap()
            .unwrap();
        self.begin_shutdown();
        self.wait();
        // The engine holds its own files as long as it is there.
        let copy = tempfile::tempdir().unwrap();
        let copied = std::process::Command::new("cp")
            .arg("-r")
            .args([self.data().as_path(), copy.path()])
            .status();
        assert!(copied.unwrap().success());
        let options = anchorhold_store::Options {
            data: copy.path().join("data"),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            random: Arc::new(TestRandom::new()),
            handles_max: 64,
            audit: AuditMode::Required,
            residue_days: 30,
        };
        let store = Store::open(options, &Kek::new(Secret::new([7; 32]))).unwrap();
        let entries = store.audit().entries(tenant.id, 1_000).unwrap();
        let told = entries.into_iter();
        told.map(|entry| (entry.door, entry.verb, entry.outcome))
            .collect()
    }

    /// A request to the tenant listener.
    pub(crate) fn ask(&self, method: &str, target: &str) -> Ask {
        Ask::new(
            self.tenant_address(),
            anchorhold_http::tenant_document(),
            method,
            target,
        )
    }

    /// A request to the operator listener with the operator's key.
    pub(crate) fn operate(&self, method: &str, target: &str) -> Ask {
        self.operate_as(method, target).key(&self.operator_key)
    }

    /// The same without a key.
    pub(crate) fn operate_as(&self, method: &str, target: &str) -> Ask {
        Ask::new(
            self.operator_address(),
            anchorhold_http::operator_document(),
            method,
            target,
        )
    }

    /// Makes a tenant.
    pub(crate) fn tenant(&self, name: &str) {
        self.tenant_with(json!({"name": name}));
    }

    pub(crate) fn tenant_with(&self, body: Value) {
        let made = self.operate("POST", "/v1/tenants").json(body).send();
        assert_eq!(made.status, 201, "{made:?}");
    }

    /// Makes a key of a tenant and shows it.
    pub(crate) fn key(&self, tenant: &str, body: Value) -> String {
        self.key_with_id(tenant, body).0
    }

    pub(crate) fn key_with_id(&self, tenant: &str, mut body: Value) -> (String, String) {
        if body.get("name").is_none() {
            body["name"] = "test".into();
        }
        let target = format!("/v1/tenants/{tenant}/keys");
        let made = self.operate("POST", &target).json(body).send();
        assert_eq!(made.status, 201, "{made:?}");
        let made = made.json();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        (text("key"), text("key_id"))
    }

    /// A tenant with one key that may name any user.
    pub(crate) fn acting(&self) -> String {
        self.tenant("acme");
        self.key("acme", json!({"act_as": true}))
    }

    /// The right of an application to the tenant `acme`.
    pub(crate) fn hook(&self) -> Hook {
        let (directory, journal) = (self.engine.directory(), self.engine.journal());
        let gate = Gate::new(directory, journal, Arc::clone(&self.clock) as _);
        let acme = TenantName::parse("acme").unwrap();
        let acme = self.engine.directory().tenant_named(&acme);
        let hook = operator(&gate, &self.operator_key).hook(acme.unwrap().unwrap().id);
        assert!(self.engine.hook_key(&hook, false).unwrap().is_some());
        hook
    }

    /// Closes the only connection of a client that has sent its request, once a text of it is held
    /// by the embedder, and waits until the server knows.
    pub(crate) fn leave(&self, client: TcpStream) {
        self.embedder.wait_for(1);
        drop(client);
        let has_noticed = || {
            let counters = self.operate_as("GET", "/metrics").send().text();
            counters.contains("anchorhold_http_connections{listener=\"tenant\"} 0")
        };
        while !has_noticed() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Begins a shutdown; requests that run go on.
    pub(crate) fn begin_shutdown(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits until nobody is served any more; a verb may still run.
    pub(crate) fn wait_until_served(&self) {
        self.served.lock().unwrap().recv().unwrap();
    }

    /// Waits until the server has ended.
    pub(crate) fn wait(&mut self) {
        self.thread.take().unwrap().join().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.embedder.release();
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(
                ended.is_ok() || std::thread::panicking(),
                "the server panicked"
            );
        }
    }
}

/// Proof of the operator.
fn operator(gate: &Gate, operator_key: &str) -> Operator {
    let bearer = format!("Bearer {operator_key}");
    let lines: [(&str, &[u8]); 1] = [("authorization", bearer.as_bytes())];
    let ask = anchorhold_gate::Ask {
        headers: Headers::new(&lines),
        named: &[],
        verb: "test",
        door: Door::Library,
        listener: ListenerPolicy::default(),
        hooked: None,
        message: None,
        peer: None,
        visit: Arc::default(),
    };
    gate.operator(&ask).unwrap()
}

/// Makes the tenant of the listener and the key of whoever shows none.
fn acme(engine: &Engine, gate: &Gate, operator_key: &str, policy: TenantPolicy) -> TenantId {
    let operator = operator(gate, operator_key);
    let name = TenantName::parse("acme").unwrap();
    let tenant = engine.tenant_create(&operator, name, policy).unwrap().id;
    let opening = operator.listener_opening(tenant);
    let key = engine.listener_key(&opening, false).unwrap().unwrap();
    let again = engine.listener_key(&opening, true).unwrap().unwrap();
    assert_eq!(key.key, again.key, "one that lives is the one");
    tenant
}

fn run(
    (app, tls): (Arc<App>, Option<Arc<Tls>>),
    engine: &Engine,
    stopped: oneshot::Receiver<()>,
    tell: &std::sync::mpsc::Sender<Bound>,
    end: &std::sync::mpsc::Sender<()>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let (tenant, operator, bound) = bind(any, any).unwrap();
        tell.send(bound).unwrap();
        let shutdown = async {
            let _ = stopped.await;
        };
        serve(app, tenant, operator, tls, shutdown).await.unwrap();
    });
    // A test may not wait for it.
    let _ = end.send(());
    engine.close();
}
