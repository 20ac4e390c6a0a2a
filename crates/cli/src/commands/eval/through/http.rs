//! Through HTTP: a real server over loopback, and the client that the command line uses.

use anchorhold_client::wire::key::CreateKey;
use anchorhold_client::wire::memory::CreateMemory;
use anchorhold_client::wire::recall::RecallRequest;
use anchorhold_client::wire::tenant::CreateTenant;
use anchorhold_client::{Client, Config, OperatorClient};
use anchorhold_memory::Recipe;

use super::{Found, Through, dia_id, metadata, unknown_user};
use crate::commands::eval::locomo::Turn;
use crate::connection::refused;
use crate::exit::{Error, Refused};
use crate::throw_away::{ThrowAway, ThrowAwayServer, Wish};
use anchorhold::house::builtin_embedder;

const TENANT: &str = "evaluation";

/// A server and one client for each user, each with a key of its own.
pub(in crate::commands::eval) struct Http {
    server: ThrowAwayServer,
    users: Vec<Client>,
}

impl Http {
    pub(in crate::commands::eval) fn start(users: &[&str]) -> Result<Self, Error> {
        let server = ThrowAwayServer::start(ThrowAway::new(Wish::new(builtin_embedder()?))?)?;
        let key = server.operator_key().to_owned();
        let operator =
            OperatorClient::new(&server.operator_url, Some(key), None).map_err(refused)?;
        let tenant = CreateTenant {
            name: TENANT.to_owned(),
            ..CreateTenant::default()
        };
        operator.tenant_create(&tenant).map_err(refused)?;
        let client = |user: &&str| {
            let key = CreateKey {
                name: (*user).to_owned(),
                user: Some((*user).to_owned()),
                ..CreateKey::default()
            };
            let made = operator.key_create(TENANT, &key).map_err(refused)?;
            let config = Config {
                url: server.url.clone(),
                key: made.key,
                ..Config::default()
            };
            Client::new(config).map_err(refused)
        };
        Ok(Self {
            users: users.iter().map(client).collect::<Result<_, _>>()?,
            server,
        })
    }
}

impl Through for Http {
    fn keep(&self, user: usize, turns: &[Turn]) -> Result<Vec<String>, Error> {
        let client = self.users.get(user).ok_or_else(unknown_user)?;
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
        let client = self.users.get(user).ok_or_else(unknown_user)?;
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
        self.server.stop()
    }
}
