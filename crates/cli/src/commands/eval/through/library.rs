//! Through the library: gate and engine in this process, without a door.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anchorhold_embed::{Embedder, Embedding};
use anchorhold_gate::Gate;
use anchorhold_identity::{Missing, Read, Write};
use anchorhold_memory::{Question, Recipe};
use anchorhold_model::{Content, Draft, Metadata, TenantPolicy};

use super::{Found, Through, dia_id, metadata, unknown_user};
use crate::commands::eval::locomo::Turn;
use crate::exit::Error;
use crate::rule::{Holder, Rule, with_headers};
use crate::throw_away::{ThrowAway, Wish};
use anchorhold::house::builtin_embedder;

/// An open installation and the key of each user.
pub(in crate::commands::eval) struct Library {
    installation: ThrowAway,
    gate: Gate,
    keys: Vec<String>,
}

impl Library {
    pub(in crate::commands::eval) fn start(users: &[&str], ablation: bool) -> Result<Self, Error> {
        let mut embedder = builtin_embedder()?;
        if ablation {
            embedder = Arc::new(Repeated::new(embedder));
        }
        let installation = ThrowAway::new(Wish::new(embedder))?;
        let rule = Rule::new(&installation.house, &installation.operator_key)?;
        let tenant = rule.tenant("evaluation", TenantPolicy::default())?;
        let key = |user: &&str| rule.key(&tenant, user, &Holder::User(user));
        let keys = users.iter().map(key).collect::<Result<_, _>>()?;
        Ok(Self {
            gate: installation.house.gate(),
            installation,
            keys,
        })
    }
}

impl Through for Library {
    fn keep(&self, user: usize, turns: &[Turn]) -> Result<Vec<String>, Error> {
        let key = self.keys.get(user).ok_or_else(unknown_user)?;
        let scope = with_headers(&self.gate, key, None, |gate, ask| {
            gate.scope::<Write>(ask, Missing::Reserve)
        })?;
        let scope = scope.ok_or_else(unknown_user)?;
        let drafts = turns.iter().map(draft).collect::<Result<_, _>>()?;
        let kept = self
            .installation
            .house
            .engine
            .remember_batch(&scope, drafts);
        let kept = kept.into_iter().map(|kept| match kept {
            Ok(kept) => Ok(kept.memory.facets.id.to_string()),
            Err(error) => Err(Error::Failed(format!("a memory was not kept: {error}"))),
        });
        kept.collect()
    }

    fn ask(
        &self,
        user: usize,
        question: &str,
        limit: usize,
        recipe: &Recipe,
    ) -> Result<Vec<Found>, Error> {
        let key = self.keys.get(user).ok_or_else(unknown_user)?;
        let scope = with_headers(&self.gate, key, None, |gate, ask| {
            gate.scope::<Read>(ask, Missing::Empty)
        })?;
        let question = Question {
            limit,
            recipe: recipe.clone(),
            ..Question::new(question)
        };
        let engine = &self.installation.house.engine;
        let recalled = engine
            .recall(scope.as_ref(), &question)
            .map_err(|error| Error::Failed(format!("recall failed: {error}")))?;
        let found = recalled.results.into_iter().map(|result| {
            let facets = result.memory.facets;
            Found {
                id: facets.id.to_string(),
                dia_id: dia_id(&facets.metadata.to_object()),
            }
        });
        Ok(found.collect())
    }

    fn stop(self: Box<Self>) -> Result<(), Error> {
        self.installation.house.engine.close();
        Ok(())
    }
}

fn draft(turn: &Turn) -> Result<Draft, Error> {
    let problem = |error: &dyn std::fmt::Display| {
        Error::Configuration(format!("turn {}: {error}", turn.dia_id))
    };
    let content = Content::new(turn.text.as_str()).map_err(|error| problem(&error))?;
    Ok(Draft {
        metadata: Metadata::new(metadata(turn)).map_err(|error| problem(&error))?,
        event_time: turn.time,
        speaker: Some(turn.speaker.clone()),
        conversation: Some(turn.session.clone()),
        ..Draft::new(content)
    })
}

/// Embeds a text once, however often it is asked for: a table by ablation asks the same questions
/// ten times. Not for servers: what one namespace asked must not be faster for another one.
struct Repeated {
    inner: Arc<dyn Embedder>,
    known: Mutex<BTreeMap<String, Embedding>>,
}

impl Repeated {
    fn new(inner: Arc<dyn Embedder>) -> Self {
        Self {
            inner,
            known: Mutex::default(),
        }
    }
}

impl Embedder for Repeated {
    fn model(&self) -> &str {
        self.inner.model()
    }

    fn dimension(&self) -> usize {
        self.inner.dimension()
    }

    fn embed(&self, text: &str) -> Result<Embedding, anchorhold_embed::Error> {
        let known = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(text)
            .cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let fresh = self.inner.embed(text)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(text.to_owned(), fresh.clone());
        Ok(fresh)
    }
}
