//! Which models a server says that it has: asked for at most once in a while, and remembered.

use std::sync::Arc;
use std::time::Duration;

use anchorhold_model::Clock;
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::Server;

/// How long a list is good.
const FRESH: Duration = Duration::from_mins(1);
/// How long a list that cannot be had again is still used.
const STALE_MAX: Duration = Duration::from_mins(10);
/// How long a server is not asked again that gave none.
const AGAIN: Duration = Duration::from_secs(5);
/// How long a server is waited for.
const TIME_MAX: Duration = Duration::from_secs(5);
/// Bytes of a list; a longer one is not read.
const BYTES_MAX: usize = 4 * 1024 * 1024;

type Models = Arc<Vec<Map<String, Value>>>;

#[derive(Default)]
struct Last {
    models: Models,
    /// When they were told.
    told: Option<Duration>,
    /// When they were asked for.
    asked: Option<Duration>,
}

/// What a server said last.
pub(crate) struct Listing {
    clock: Arc<dyn Clock>,
    /// Whoever asks holds it; the others wait for what comes.
    last: Mutex<Last>,
}

#[derive(Deserialize)]
struct Document {
    data: Vec<Map<String, Value>>,
}

impl Listing {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            last: Mutex::default(),
        }
    }

    /// The models of a server, as it describes them; none while it tells none.
    pub(crate) async fn models(&self, server: &Server) -> Models {
        let mut last = self.last.lock().await;
        let now = self.clock.monotonic();
        let is_within =
            |at: Option<Duration>, age| at.is_some_and(|at| now.saturating_sub(at) < age);
        if is_within(last.told, FRESH) || is_within(last.asked, AGAIN) {
            return Arc::clone(&last.models);
        }
        last.asked = Some(now);
        match timeout(TIME_MAX, fetched(server)).await {
            Ok(Some(models)) => {
                last.models = Arc::new(models);
                last.told = Some(now);
            }
            _ => {
                tracing::warn!(
                    server = server.name(),
                    "a model server does not list its models"
                );
                if !is_within(last.told, STALE_MAX) {
                    *last = Last {
                        asked: last.asked,
                        ..Last::default()
                    };
                }
            }
        }
        Arc::clone(&last.models)
    }
}

async fn fetched(server: &Server) -> Option<Vec<Map<String, Value>>> {
    let mut response = server.get("models").await.ok()?;
    if response.status() != 200 {
        return None;
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.ok()? {
        body.extend_from_slice(&piece);
        if body.len() > BYTES_MAX {
            return None;
        }
    }
    let document: Document = serde_json::from_slice(&body).ok()?;
    let mut models = document.data;
    models.retain(|model| matches!(model.get("id"), Some(Value::String(_))));
    Some(models)
}
