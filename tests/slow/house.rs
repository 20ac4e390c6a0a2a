//! An installation that is opened by the library: one tenant, its application key, and people who
//! keep and find through the gate.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anchorhold_crypto::{Kek, Secret};
use anchorhold_embed::{BuiltinEncoder, Embedder};
use anchorhold_gate::{Ask, Gate};
use anchorhold_identity::{
    ActAs, Denial, Door, Erase, Headers, ListenerPolicy, Missing, Read, Write,
};
use anchorhold_memory::{Engine, Error, NewKey, Page, Question, Settings};
use anchorhold_model::{Content, Draft, RecordId, TenantName, TenantPolicy};
use anchorhold_store::{Options, Store};

use crate::process::library::{WallClock, options};

const KEK: [u8; 32] = *b"the key of a house made for test";

/// What lies on disk, and the key to ask with.
pub(crate) struct Plot {
    directory: tempfile::TempDir,
    key: String,
}

/// Why somebody got no answer.
#[expect(dead_code, reason = "what is inside is shown when a test fails")]
#[derive(Debug)]
pub(crate) enum Refused {
    Gate(Denial),
    Engine(Error),
}

/// An open installation.
pub(crate) struct House {
    engine: Arc<Engine>,
    gate: Gate,
    key: String,
}

fn embedder() -> Arc<dyn Embedder> {
    static ENCODER: OnceLock<Arc<BuiltinEncoder>> = OnceLock::new();
    let encoder = ENCODER.get_or_init(|| Arc::new(BuiltinEncoder::new().unwrap()));
    Arc::clone(encoder) as Arc<dyn Embedder>
}

fn kek() -> Kek {
    Kek::new(Secret::new(KEK))
}

impl Plot {
    /// A new installation with a tenant and a key that may speak for all of its users.
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut plot = Self {
            directory,
            key: String::new(),
        };
        let made = Store::init(&plot.options(64), &kek()).unwrap();
        let house = plot.open(64).unwrap();
        let bearer = format!("Bearer {}", made.operator_token.reveal()).into_bytes();
        let operator = house
            .gate
            .operator(&ask(&[("authorization", &bearer)]))
            .unwrap();
        let name = TenantName::parse("acme").unwrap();
        let tenant = house
            .engine
            .tenant_create(&operator, name, TenantPolicy::default())
            .unwrap();
        let new = NewKey {
            name: "application".to_owned(),
            user: None,
            viewer: false,
            invite: None,
            origins: None,
            act_as: Some(ActAs::Full),
            admin: false,
            grants: Vec::new(),
            expires_at: None,
        };
        let (token, _) = house
            .engine
            .key_create(&operator.for_tenant(tenant.id), new)
            .unwrap();
        plot.key = token.reveal();
        plot
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn options(&self, open_max: usize) -> Options {
        Options {
            handles_max: open_max,
            ..options(self.data())
        }
    }

    /// Opens it; at most so many namespaces are open at once.
    pub(crate) fn open(&self, open_max: usize) -> Result<House, anchorhold_store::Error> {
        let store = Store::open(self.options(open_max), &kek())?;
        let settings = Settings {
            residents_max: open_max,
            ..Settings::default()
        };
        let engine = Arc::new(Engine::new(
            store,
            embedder(),
            Arc::new(WallClock),
            settings,
        ));
        let gate = Gate::new(engine.directory(), engine.journal(), Arc::new(WallClock));
        Ok(House {
            engine,
            gate,
            key: self.key.clone(),
        })
    }

    /// Every file with its bytes.
    pub(crate) fn snapshot(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let files = crate::process::files_below(&self.data());
        let read = |path: PathBuf| (path.clone(), std::fs::read(path).unwrap());
        files.into_iter().map(read).collect()
    }
}

/// Puts every file back as it was, and takes away what is new.
pub(crate) fn restore(data: &Path, files: &[(PathBuf, Vec<u8>)]) {
    for path in crate::process::files_below(data) {
        if !files.iter().any(|(known, _)| *known == path) {
            std::fs::remove_file(path).unwrap();
        }
    }
    for (path, content) in files {
        if std::fs::read(path).ok().as_ref() != Some(content) {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
    }
}

fn ask<'a>(lines: &'a [(&'a str, &'a [u8])]) -> Ask<'a> {
    Ask {
        headers: Headers::new(lines),
        peer: None,
        visit: std::sync::Arc::default(),
        named: &[],
        verb: "test",
        door: Door::Library,
        listener: ListenerPolicy::default(),
        hooked: None,
        message: None,
    }
}

impl House {
    /// What the application sends when it speaks for `user`.
    fn speaking<T>(&self, user: &str, run: impl FnOnce(&Ask<'_>) -> T) -> T {
        let bearer = format!("Bearer {}", self.key).into_bytes();
        let lines = [
            ("authorization", bearer.as_slice()),
            ("x-anchorhold-user", user.as_bytes()),
        ];
        run(&ask(&lines))
    }

    pub(crate) fn keep(&self, user: &str, text: &str) -> RecordId {
        let scope = self.speaking(user, |ask| self.gate.scope::<Write>(ask, Missing::Reserve));
        let draft = Draft::new(Content::new(text).unwrap());
        let kept = self
            .engine
            .remember(&scope.unwrap().unwrap(), draft)
            .unwrap();
        kept.memory.facets.id
    }

    pub(crate) fn delete(&self, user: &str, id: RecordId) {
        let scope = self.speaking(user, |ask| self.gate.scope::<Erase>(ask, Missing::Empty));
        self.engine.delete(scope.unwrap().as_ref(), id).unwrap();
    }

    /// All that a user keeps, newest first.
    pub(crate) fn list(&self, user: &str) -> Result<Vec<String>, Refused> {
        let scope = self.speaking(user, |ask| self.gate.scope::<Read>(ask, Missing::Empty));
        let scope = scope.map_err(Refused::Gate)?;
        let page = Page {
            limit: 200,
            cursor: None,
        };
        let listed = self
            .engine
            .list(scope.as_ref(), &page)
            .map_err(Refused::Engine)?;
        let text = |memory: anchorhold_model::Memory| memory.content.as_str().to_owned();
        Ok(listed.memories.into_iter().map(text).collect())
    }

    /// What a question brings back, best first.
    pub(crate) fn recall(&self, user: &str, query: &str) -> Result<Vec<String>, Refused> {
        let scope = self.speaking(user, |ask| self.gate.scope::<Read>(ask, Missing::Empty));
        let scope = scope.map_err(Refused::Gate)?;
        let question = Question::new(query);
        let recalled = self
            .engine
            .recall(scope.as_ref(), &question)
            .map_err(Refused::Engine)?;
        let hits = recalled.results.into_iter();
        Ok(hits
            .map(|hit| hit.memory.content.as_str().to_owned())
            .collect())
    }

    /// Finishes everything and lets go of the directory.
    pub(crate) fn close(self) {
        let Self { engine, gate, .. } = self;
        drop(gate);
        engine.close();
        assert_eq!(
            Arc::strong_count(&engine),
            1,
            "nobody else holds the engine"
        );
    }
}
