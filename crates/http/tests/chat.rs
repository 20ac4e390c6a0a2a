//! Chats that pass: what goes to the model server, what comes back, and what is remembered of it.

mod captures;
mod memory;
mod named;
mod passing;
mod policy;
mod trouble;
mod turns;

use std::time::Duration;

use anchorhold_http::Limits;
use anchorhold_scripted::{Received, Script, Scripted};
use anchorhold_upstream::{Deadlines, Model, Settings};
use serde_json::{Value, json};

use crate::support::{Ask, Reply, Server, Setup};

/// A model server inside the house, with phases that are short.
fn settings(scripted: &Scripted) -> Settings {
    Settings {
        private: true,
        key: Some("sk-upstream".to_owned()),
        deadlines: Deadlines {
            head: Duration::from_millis(300),
            idle: Duration::from_millis(300),
            ..Deadlines::default()
        },
        ..Settings::new("house", scripted.url())
    }
}

fn model(name: &str) -> Model {
    Model::named(name)
}

/// A server before a model server, with a tenant that has an application.
struct House {
    scripted: Scripted,
    server: Server,
    key: String,
}

impl House {
    fn new() -> Self {
        Self::of(|_| ())
    }

    /// The same with what is changed of the settings of the model server.
    fn of(change: impl FnOnce(&mut Settings)) -> Self {
        Self::with(Limits::default(), change)
    }

    /// The same with other limits, too.
    fn with(limits: Limits, change: impl FnOnce(&mut Settings)) -> Self {
        let scripted = Scripted::start().unwrap();
        let mut settings = settings(&scripted);
        change(&mut settings);
        let server = Server::of(Setup {
            limits,
            upstreams: vec![settings],
            ..Setup::default()
        });
        let key = server.acting();
        Self {
            scripted,
            server,
            key,
        }
    }

    /// A chat of a user.
    fn chat(&self, user: &str, body: Value) -> Ask {
        let ask = self.server.ask("POST", "/v1/chat/completions");
        ask.key(&self.key).user(user).json(body)
    }

    /// What a user says to a model, in one message.
    fn say(&self, user: &str, text: &str) -> Reply {
        let reply = self.chat(user, said(Script::Answer, text)).send();
        assert_eq!(reply.status, 200, "{reply:?}");
        reply
    }

    fn remember(&self, user: &str, content: &str) -> Value {
        self.remember_as(user, json!({"content": content}))
    }

    fn remember_as(&self, user: &str, body: Value) -> Value {
        let ask = self.server.ask("POST", "/v1/memories").key(&self.key);
        let kept = ask.user(user).json(body).send();
        assert_eq!(kept.status, 201, "{kept:?}");
        kept.json()
    }

    /// What is kept of a user, the oldest first: who said it, and what.
    fn kept(&self, user: &str) -> Vec<(String, String)> {
        let ask = self.server.ask("GET", "/v1/memories").key(&self.key);
        let listed = ask.user(user).send().json();
        let text = |one: &Value, name: &str| one[name].as_str().unwrap_or("").to_owned();
        let all = listed["memories"].as_array().unwrap().iter().rev();
        all.map(|one| (text(one, "speaker"), text(one, "content")))
            .collect()
    }

    /// The only request that the model server has received since the last look.
    fn received(&self) -> Received {
        let mut received = self.scripted.take();
        assert_eq!(received.len(), 1);
        received.remove(0)
    }

    fn patch(&self, chat: Value) {
        let patch = self.server.operate("PATCH", "/v1/tenants/acme");
        let patched = patch.json(json!({"chat": chat})).send();
        assert_eq!(patched.status, 200, "{patched:?}");
    }
}

fn said(script: Script, text: &str) -> Value {
    json!({"model": script.model(), "messages": [{"role": "user", "content": text}]})
}

/// The blocks of memories in a prompt.
fn blocks(received: &Received) -> Vec<String> {
    let body = received.json();
    let messages = body["messages"].as_array().unwrap().iter();
    let contents = messages.filter_map(|one| one["content"].as_str());
    let blocks = contents.filter(|content| content.starts_with("<memory>"));
    blocks.map(str::to_owned).collect()
}
