//! Through HTTP: a real server over loopback, and the client that the command line uses. Behind it stands a model
//! server that answers without a model, for chats.

use anchorhold_client::wire::chat::PatchChat;
use anchorhold_client::wire::key::CreateKey;
use anchorhold_client::wire::memory::CreateMemory;
use anchorhold_client::wire::recall::RecallRequest;
use anchorhold_client::wire::tenant::{CreateTenant, PatchTenant};
use anchorhold_client::{Client, Config, OperatorClient};
use anchorhold_memory::Recipe;
use anchorhold_model::Tokenizer;
use anchorhold_scripted::{Script, Scripted};
use anchorhold_upstream::{Model, Settings};
use serde_json::json;

use super::{Found, Through, dia_id, metadata, unknown_user};
use crate::commands::eval::locomo::Turn;
use crate::connection::refused;
use crate::exit::{Error, Refused};
use crate::plain_client::{self, bearer, head};
use crate::throw_away::{ThrowAway, ThrowAwayServer, Wish};
use anchorhold::house::builtin_embedder;

const TENANT: &str = "evaluation";

/// A server, and a key for each user.
pub(in crate::commands::eval) struct Http {
    server: ThrowAwayServer,
    operator: OperatorClient,
    users: Vec<User>,
    _model_server: Scripted,
}

struct User {
    client: Client,
    key: String,
}

/// What of the memory stood in the prompt of a chat.
pub(in crate::commands::eval) struct Shown {
    /// The turns that its memories were made from.
    pub(in crate::commands::eval) turns: Vec<String>,
    /// Tokens that they took.
    pub(in crate::commands::eval) tokens: usize,
}

impl Http {
    pub(in crate::commands::eval) fn start(users: &[&str]) -> Result<Self, Error> {
        let model_server = Scripted::start()?;
        let mut wish = Wish::new(builtin_embedder()?);
        wish.upstreams = vec![Settings {
            private: true,
            models: vec![Model {
                tokenizer: Tokenizer::O200k,
                ..Model::named(Script::Answer.model())
            }],
            ..Settings::new("scripted", model_server.url())
        }];
        let server = ThrowAwayServer::start(ThrowAway::new(wish)?)?;
        let key = server.operator_key().to_owned();
        let operator =
            OperatorClient::new(&server.operator_url, Some(key), None).map_err(refused)?;
        let tenant = CreateTenant {
            name: TENANT.to_owned(),
            ..CreateTenant::default()
        };
        operator.tenant_create(&tenant).map_err(refused)?;
        let user = |name: &&str| {
            let key = CreateKey {
                name: (*name).to_owned(),
                user: Some((*name).to_owned()),
                ..CreateKey::default()
            };
            let made = operator.key_create(TENANT, &key).map_err(refused)?;
            let nameless = || Error::Failed("no key was shown".to_owned());
            let key = made.key.ok_or_else(nameless)?;
            let config = Config {
                url: server.url.clone(),
                key: Some(key.clone()),
                ..Config::default()
            };
            Ok::<_, Error>(User {
                client: Client::new(config).map_err(refused)?,
                key,
            })
        };
        Ok(Self {
            users: users.iter().map(user).collect::<Result<_, _>>()?,
            operator,
            server,
            _model_server: model_server,
        })
    }

    /// Lets memories take so many tokens in a prompt, whatever their importance, from this similarity on.
    pub(in crate::commands::eval) fn allow(
        &self,
        tokens: usize,
        threshold_percent: Option<u8>,
    ) -> Result<(), Error> {
        let patch = PatchTenant {
            chat: Some(PatchChat {
                soft_tokens: Some(tokens),
                hard_tokens: Some(tokens),
                threshold_percent,
                ..PatchChat::default()
            }),
            ..PatchTenant::default()
        };
        let updated = self.operator.tenant_patch(TENANT, &patch);
        updated.map(drop).map_err(refused)
    }

    /// Asks in a chat of which nothing is kept.
    pub(in crate::commands::eval) fn chat(
        &self,
        user: usize,
        question: &str,
    ) -> Result<Shown, Error> {
        let user = self.users.get(user).ok_or_else(unknown_user)?;
        let message = json!({"role": "user", "content": question});
        let body = json!({"model": Script::Answer.model(), "messages": [message]}).to_string();
        let key = bearer(&user.key);
        let headers = [
            ("authorization", key.as_str()),
            ("x-anchorhold-memory", "read"),
        ];
        let mut connection = plain_client::Client::connect(&self.server.url)?;
        let head = head("/v1/chat/completions", &headers, &body);
        let answer = connection.answer(&head, &body)?;
        let word = answer.header("x-anchorhold-memory").map(str::to_owned);
        let audit_id = answer
            .header("x-anchorhold-memory-audit")
            .map(str::to_owned);
        let tokens = answer.header("x-anchorhold-memory-tokens");
        let tokens = tokens.and_then(|tokens| tokens.parse().ok()).unwrap_or(0);
        answer.wanted()?;
        if word.as_deref() != Some("on") {
            let message = format!("a chat went without its memory: {word:?}");
            return Err(Error::Failed(message));
        }
        let mut turns = Vec::new();
        if let Some(audit_id) = audit_id {
            let shown = user.client.chat_injection(&audit_id).map_err(refused)?;
            let memories = shown.memories.iter();
            turns.extend(memories.map(|memory| dia_id(&memory.metadata)));
        }
        Ok(Shown { turns, tokens })
    }

    /// Ends the server.
    pub(in crate::commands::eval) fn end(self) -> Result<(), Error> {
        self.server.stop()
    }
}

impl Through for Http {
    fn keep(&self, user: usize, turns: &[Turn]) -> Result<Vec<String>, Error> {
        let client = &self.users.get(user).ok_or_else(unknown_user)?.client;
        let memory = |turn: &Turn| CreateMemory {
            content: turn.text.clone(),
            metadata: Some(metadata(turn)),
            event_time: turn.time,
            speaker: Some(turn.speaker.clone()),
            conversation: Some(turn.session.clone()),
            ..CreateMemory::default()
        };
        let memories: Vec<CreateMemory> = turns.iter().map(memory).collect();
        let reply = client.remember_batch(&memories).map_err(refused)?;
        let kept = reply
            .results
            .into_iter()
            .map(|result| match (result.memory, result.error) {
                (Some(memory), _) => Ok(memory.id),
                (None, Some(error)) => Err(Error::Refused(Box::new(Refused {
                    code: error.code.to_string(),
                    message: error.message,
                    ..Refused::default()
                }))),
                (None, None) => Err(Error::Failed("a memory was not kept".to_owned())),
            });
        kept.collect()
    }

    fn ask(
        &self,
        user: usize,
        question: &str,
        limit: usize,
        _recipe: &Recipe,
    ) -> Result<Vec<Found>, Error> {
        let client = &self.users.get(user).ok_or_else(unknown_user)?.client;
        let request = RecallRequest {
            query: question.to_owned(),
            limit: u64::try_from(limit).ok(),
            ..RecallRequest::default()
        };
        let reply = client.recall(&request).map_err(refused)?;
        let found = reply.results.into_iter().map(|result| Found {
            dia_id: dia_id(&result.memory.metadata),
            id: result.memory.id,
        });
        Ok(found.collect())
    }

    fn stop(self: Box<Self>) -> Result<(), Error> {
        self.end()
    }
}
