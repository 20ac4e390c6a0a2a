//! An installation in a temporary directory, and requests to an application over it.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anchorhold::system::{SystemClock, SystemRandom};
use anchorhold::{
    Anchorhold, Error, IsolationKey, RootKey, Secret, Settings, TenantPolicy, TrustMode,
};
use anchorhold_crypto::Kek;
use anchorhold_identity::Directory as _;
use anchorhold_model::TenantName;
use anchorhold_store::{AuditMode, Entry, Options, Store};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// There is one Anchorhold in a process, and some runners run all tests in one.
static ONE: Mutex<()> = Mutex::new(());

pub(crate) const MODES: [TrustMode; 4] = [
    TrustMode::Strict,
    TrustMode::Required,
    TrustMode::Quarantine,
    TrustMode::Legacy,
];

/// Where data lie, for as long as a test lasts.
pub(crate) struct Home {
    directory: tempfile::TempDir,
    _one: MutexGuard<'static, ()>,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self {
            _one: ONE.lock().unwrap_or_else(PoisonError::into_inner),
            directory: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    pub(crate) fn settings(&self) -> Settings {
        let root_key = RootKey::Value(Secret::new([7; 32]));
        Settings::new(self.data(), root_key, "notes").unwrap()
    }

    pub(crate) fn open(&self) -> Anchorhold {
        Anchorhold::open(self.settings()).unwrap()
    }

    /// Opens it; at the first start its tenant is given this policy.
    pub(crate) fn with(&self, policy: TenantPolicy) -> Anchorhold {
        let mut settings = self.settings();
        settings.policy = policy;
        Anchorhold::open(settings).unwrap()
    }

    pub(crate) fn refused(&self, change: impl FnOnce(&mut Settings)) -> Error {
        let mut settings = self.settings();
        change(&mut settings);
        Anchorhold::open(settings).err().unwrap()
    }

    /// The audit log of the tenant, newest first. Nothing is open.
    pub(crate) fn log(&self) -> Vec<Entry> {
        let options = Options {
            data: self.data(),
            clock: std::sync::Arc::new(SystemClock::new()),
            random: std::sync::Arc::new(SystemRandom),
            handles_max: 8,
            audit: AuditMode::Required,
            residue_days: 30,
        };
        let store = Store::open(options, &Kek::new(Secret::new([7; 32]))).unwrap();
        let name = TenantName::parse("notes").unwrap();
        let tenant = store.catalogue().tenant_named(&name).unwrap().unwrap();
        store.audit().entries(tenant.id, 1_000).unwrap()
    }
}

/// An application, and somebody who asks it.
pub(crate) struct Client {
    app: Router,
    runtime: Runtime,
}

/// What it answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Client {
    pub(crate) fn new(app: Router) -> Self {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
        Self { app, runtime }
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Asks `METHOD /target` with these headers and perhaps a body.
    pub(crate) fn ask(&self, line: &str, headers: &[(&str, &str)], body: Option<Value>) -> Reply {
        let (method, target) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = match body {
            None => request.body(Body::empty()),
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string())),
        };
        let answer = async {
            let response = self.app.clone().oneshot(request.unwrap()).await.unwrap();
            let (parts, body) = response.into_parts();
            let bytes = body.collect().await.unwrap().to_bytes();
            Reply {
                status: parts.status.as_u16(),
                headers: parts.headers,
                body: serde_json::from_slice(&bytes).unwrap_or_default(),
            }
        };
        self.runtime.block_on(answer)
    }

    pub(crate) fn get(&self, target: &str, headers: &[(&str, &str)]) -> Reply {
        self.ask(&format!("GET {target}"), headers, None)
    }

    pub(crate) fn keep(&self, target: &str, headers: &[(&str, &str)], content: &str) -> Reply {
        let body = json!({"content": content});
        let line = format!("POST {target}/v1/memories");
        self.ask(&line, headers, Some(body))
    }

    /// The contents that a list shows, newest first.
    pub(crate) fn list(&self, target: &str, headers: &[(&str, &str)]) -> Vec<String> {
        let reply = self.get(&format!("{target}/v1/memories"), headers);
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.contents()
    }
}

impl Reply {
    pub(crate) fn contents(&self) -> Vec<String> {
        let memories = self.body["memories"].as_array().unwrap().iter();
        memories
            .map(|memory| memory["content"].as_str().unwrap().to_owned())
            .collect()
    }

    pub(crate) fn is_refused(&self, status: u16, code: &str) {
        let told = (self.status, self.body["error"]["code"].as_str());
        assert_eq!(told, (status, Some(code)), "{self:?}");
    }
}

/// A middleware that says of every request that it is Alice's.
pub(crate) async fn as_alice(mut request: Request, next: Next) -> Response {
    let key = IsolationKey::user("alice").unwrap();
    request.extensions_mut().insert(key);
    next.run(request).await
}

/// A middleware that signs whoever in that says so, and nobody else.
pub(crate) async fn as_told(mut request: Request, next: Next) -> Response {
    let told = request.headers().get("signed-in-as");
    let told = told.and_then(|user| user.to_str().ok()).map(str::to_owned);
    if let Some(user) = told {
        let key = IsolationKey::user(&user).unwrap();
        request.extensions_mut().insert(key);
    }
    next.run(request).await
}
