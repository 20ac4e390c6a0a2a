//! Model servers as the configuration names them, played by a scripted one.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that finds something else fails and says where"
)]

mod misbehaviour;
mod routes;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anchorhold_model::{Clock, TenantId, Timestamp};
use anchorhold_scripted::{Script, Scripted};
use anchorhold_upstream::{Call, Deadlines, Failure, Reply, Settings, SettingsError, Upstreams};
use serde_json::{Value, json};

const TENANT: TenantId = TenantId::from_bytes([1; 16]);

/// A clock that stands still unless it is moved.
#[derive(Default)]
struct Time(AtomicU64);

impl Time {
    fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for Time {
    fn now(&self) -> Timestamp {
        Timestamp::from_milliseconds(0)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::Relaxed))
    }
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

/// A server inside the house, with phases that are short.
fn settings(name: &str, url: &str) -> Settings {
    Settings {
        private: true,
        key: Some("sk-upstream".to_owned()),
        deadlines: Deadlines {
            connect: Duration::from_secs(5),
            head: Duration::from_millis(300),
            idle: Duration::from_millis(300),
            total: Duration::from_mins(1),
        },
        ..Settings::new(name, url)
    }
}

fn upstreams(settings: Vec<Settings>) -> Result<Upstreams, SettingsError> {
    let clock: Arc<dyn Clock> = Arc::<Time>::default();
    Upstreams::new(settings, &clock)
}

fn only(scripted: &Scripted) -> Upstreams {
    upstreams(vec![settings("model-server", &scripted.url())]).unwrap()
}

fn call(script: Script, is_stream: bool) -> Call {
    let message = json!({"role": "user", "content": "When does it leave?"});
    let body = json!({"model": script.model(), "stream": is_stream, "messages": [message]});
    Call {
        path: "chat/completions",
        accept: None,
        body: body.to_string().into(),
    }
}

async fn send(upstreams: &Upstreams, script: Script, is_stream: bool) -> Result<Reply, Failure> {
    let route = upstreams.route(script.model()).await.unwrap();
    route.server.send(TENANT, call(script, is_stream)).await
}

async fn whole(upstreams: &Upstreams, script: Script, is_stream: bool) -> Result<Vec<u8>, Failure> {
    let reply = send(upstreams, script, is_stream).await?;
    Ok(reply.whole(usize::MAX).await?.unwrap().to_vec())
}

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}
