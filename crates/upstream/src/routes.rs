//! From the name of a model to the server that serves it.

use std::collections::BTreeSet;
use std::sync::Arc;

use anchorhold_model::Clock;
use serde_json::{Map, Value, json};

use crate::{Model, Server, Settings, SettingsError};

/// All model servers. Shared by all requests.
#[derive(Default)]
pub struct Upstreams {
    servers: Vec<Arc<Server>>,
}

/// Where the requests for a model go.
#[derive(Clone)]
pub struct Route {
    /// The server.
    pub server: Arc<Server>,
    /// The model there.
    pub model: Model,
}

/// A model, as `GET /v1/models` describes it.
pub type Listed = Map<String, Value>;

impl Upstreams {
    /// Prepares all of them; nothing is sent yet.
    ///
    /// # Errors
    /// Which one cannot be used, and why.
    pub fn new(settings: Vec<Settings>, clock: &Arc<dyn Clock>) -> Result<Self, SettingsError> {
        let (mut names, mut shown) = (BTreeSet::new(), BTreeSet::new());
        let mut servers = Vec::new();
        for one in settings {
            let name = one.name.clone();
            let refused = |problem: String| SettingsError(format!("upstream {name:?}: {problem}"));
            if !is_name(&name) {
                return Err(refused(
                    "its name must be 1 to 64 of a-z, 0-9, -, _ and .".to_owned(),
                ));
            }
            if !names.insert(name.clone()) {
                return Err(refused("two have this name".to_owned()));
            }
            for model in &one.models {
                if !shown.insert(model.shown().to_owned()) {
                    let model = model.shown();
                    return Err(refused(format!(
                        "two models are called {model:?}; give one an alias"
                    )));
                }
            }
            let server = Server::new(one, Arc::clone(clock));
            let server = server.map_err(|SettingsError(problem)| refused(problem))?;
            servers.push(Arc::new(server));
        }
        Ok(Self { servers })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    /// Where a model is served: a name of the configuration, the name of a server and of a model there
    /// (`ollama/llama3.2`), or what a server lists that serves whatever it has. With one such server alone
    /// everything else goes there too.
    pub async fn route(&self, name: &str) -> Option<Route> {
        for server in &self.servers {
            if let Some(model) = server.models().iter().find(|model| model.shown() == name) {
                return Some(Route::to(server, model.clone()));
            }
        }
        if let Some((server, rest)) = name.split_once('/')
            && let Some(server) = self.servers.iter().find(|one| one.name() == server)
        {
            let mut models = server.models().iter();
            let known = models.find(|model| model.shown() == rest || model.name == rest);
            match known {
                Some(model) => return Some(Route::to(server, model.clone())),
                None if server.models().is_empty() => {
                    return Some(Route::to(server, Model::named(rest)));
                }
                None => {}
            }
        }
        let open = self.servers.iter().filter(|one| one.models().is_empty());
        let open: Vec<_> = open.collect();
        if let [only] = open.as_slice() {
            return Some(Route::to(only, Model::named(name)));
        }
        for server in open {
            let listed = server.listing.models(server).await;
            if listed
                .iter()
                .any(|model| model.get("id").is_some_and(|id| id == name))
            {
                return Some(Route::to(server, Model::named(name)));
            }
        }
        None
    }

    /// All models, each under a name that leads to it: of two servers that list the same name, the later
    /// one's stands behind the name of its server.
    pub async fn models(&self) -> Vec<Listed> {
        let mut listed: Vec<Listed> = Vec::new();
        let mut names = BTreeSet::new();
        for server in &self.servers {
            for model in server.models() {
                names.insert(model.shown().to_owned());
                listed.extend(
                    json!({
                        "id": model.shown(),
                        "object": "model",
                        "created": 0,
                        "owned_by": server.name(),
                    })
                    .as_object()
                    .cloned(),
                );
            }
        }
        for server in self.servers.iter().filter(|one| one.models().is_empty()) {
            for model in server.listing.models(server).await.iter() {
                let mut model = model.clone();
                let id = model.get("id").and_then(Value::as_str).unwrap_or_default();
                let id = if names.contains(id) {
                    format!("{}/{id}", server.name())
                } else {
                    id.to_owned()
                };
                if names.insert(id.clone()) {
                    model.insert("id".to_owned(), id.into());
                    listed.push(model);
                }
            }
        }
        listed
    }
}

impl Route {
    fn to(server: &Arc<Server>, model: Model) -> Self {
        Self {
            server: Arc::clone(server),
            model,
        }
    }
}

/// The name of a server stands before a slash and in counters.
fn is_name(name: &str) -> bool {
    let known =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(known)
}
