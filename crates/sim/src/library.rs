//! Asks the gate and the engine directly: the same verbs as the routes of the HTTP door, without it.

mod chat;
mod manage;
mod port;
mod sandboxes;
mod users;

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anchorhold_gate::Ask;
use anchorhold_identity::{
    Denial, Door, Erase, Headers, Includes, ListenerPolicy, Missing, Read, Reading, Right, Scope,
    Visit, Write,
};
use anchorhold_memory::{Error, Page, Question, Recalled, Which};
use anchorhold_model::{Memory, NamespaceName, RecordId};
use anchorhold_wire::address::AddressBody;
use anchorhold_wire::forget::{ForgetRequest, Selection};
use anchorhold_wire::memory::{BatchMemories, CreateMemory, MemoryBody};
use anchorhold_wire::patch::PatchMemory;
use anchorhold_wire::recall::RecallRequest;
use anchorhold_wire::{Rejection, read};
use serde_json::{Value, json};

use crate::request::{Reply, Request, Verb};
use crate::world::Server;

/// A refusal, as text: what was refused and why.
struct Refused(String);

impl From<Denial> for Refused {
    fn from(denial: Denial) -> Self {
        Self(format!("denied: {:?}", denial.reason))
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(format!("failed: {error:?}: {error}"))
    }
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        Self(format!("rejected: {:?}", rejection.into_detail("none")))
    }
}

pub(crate) use users::BETWEEN;

type Answer = Result<Value, Refused>;

/// Stands in a reply when what is answered from memory is not what is answered otherwise.
pub(crate) const TORN: &str = "two answers to one question";

pub(crate) fn ask(server: &Server, request: &Request) -> Reply {
    let call = Call {
        server,
        request,
        visit: Arc::default(),
    };
    let (mut text, body) = match call.answer() {
        Ok(body) => (body.to_string(), body),
        Err(Refused(text)) => (text, Value::Null),
    };
    // As the HTTP door tells it.
    if call.visit.is_quarantined() {
        text.push_str("\nx-anchorhold-identity: quarantine");
    } else if call.visit.has_advisory() {
        text.push_str("\nx-anchorhold-identity: advisory");
    }
    if let Some(token) = call.visit.sandbox().and_then(|sandbox| sandbox.token) {
        text.extend(["\nx-anchorhold-sandbox: ", &token.reveal()]);
    }
    if let Some(opened) = call.visit.opened() {
        let (id, beginning) = (opened.id.reveal(), opened.beginning);
        let told = format!("\nx-session-id: {id}\n{beginning:?}");
        text.push_str(&told);
    }
    Reply { text, body }
}

struct Call<'a> {
    server: &'a Server,
    request: &'a Request,
    /// The session that the request has by now.
    visit: Arc<Visit>,
}

fn shown<A: Right>(scope: &Scope<A>, memory: &Memory) -> Value {
    json!(MemoryBody::new(
        memory,
        AddressBody::from(&scope.address().place)
    ))
}

/// All that an answer says.
fn told(scope: &Scope<Read>, recalled: &Recalled) -> Value {
    let results = recalled.results.iter().map(|hit| {
        json!({
            "memory": shown(scope, &hit.memory),
            "score": hit.score.to_bits(),
            "similarity": hit.similarity.to_bits(),
            "why": text(&hit.why),
        })
    });
    json!({
        "results": results.collect::<Vec<_>>(),
        "tokens": recalled.query_tokens,
        "windows": recalled.windows,
    })
}

fn text(value: &impl Debug) -> String {
    format!("{value:?}")
}

impl Call<'_> {
    fn answer(&self) -> Answer {
        match self.request.verb {
            Verb::Remember => self.remember(),
            Verb::Batch => self.batch(),
            Verb::Recall => self.recall(),
            Verb::Chat => self.chat(),
            Verb::List => self.list(),
            Verb::Get => self.get(),
            Verb::Change => self.change(),
            Verb::Delete => self.delete(),
            Verb::Forget => self.forget(),
            Verb::Erase => self.erase(),
            Verb::Whoami => self.whoami(),
            Verb::NamespaceCreate => self.namespace_create(),
            Verb::NamespaceList => self.namespace_list(),
            Verb::NamespaceGet => self.namespace_get(),
            Verb::NamespaceUpdate => self.namespace_update(),
            Verb::NamespaceDelete => self.namespace_delete(),
            Verb::KeyCreate => self.key_create(),
            Verb::KeyList => self.key_list(),
            Verb::KeyRevoke => self.key_revoke(),
            Verb::UserCreate => self.user_create(),
            Verb::UserList => self.user_list(),
            Verb::UserLookup => self.user_lookup(),
            Verb::UserGet => self.user_get(),
            Verb::UserChange => self.user_change(),
            Verb::UserErase => self.user_erase(),
            Verb::UserLink => self.user_link(),
            Verb::UserUnlink => self.user_unlink(),
            Verb::SandboxList => self.sandbox_list(),
            Verb::SandboxShow => self.sandbox_show(),
            Verb::SandboxApprove => self.sandbox_approve(),
            Verb::SandboxReject => self.sandbox_reject(),
            Verb::Move => self.relocate(),
            Verb::Export => self.export(),
            Verb::Import => self.import(),
            Verb::Many => Ok(self.many()),
            Verb::Health => Ok(json!({"degraded": self.server.engine.is_degraded()})),
            Verb::Nowhere => Err(Refused("no route".to_owned())),
        }
    }

    fn many(&self) -> Value {
        let answer = |inner: &Request| {
            let mut request = inner.clone();
            request.headers.clone_from(&self.request.headers);
            request.headers.retain(|(name, _)| *name != "if-match");
            let call = Call {
                server: self.server,
                request: &request,
                visit: Arc::clone(&self.visit),
            };
            match call.answer() {
                Ok(body) => json!({"body": body}),
                Err(Refused(error)) => json!({"error": error}),
            }
        };
        let results: Vec<Value> = self.request.inner.iter().map(answer).collect();
        json!({"results": results})
    }

    fn body<R: anchorhold_wire::Request>(&self) -> Result<R::Domain, Refused> {
        let body = self.request.body.as_ref().unwrap_or(&Value::Null);
        Ok(read::<R>(body.to_string().as_bytes())?)
    }

    fn gate<T>(
        &self,
        named: Option<NamespaceName>,
        decide: impl FnOnce(&Ask<'_>) -> Result<T, Denial>,
    ) -> Result<T, Refused> {
        let lines: Vec<(&str, &[u8])> = self
            .request
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect();
        Ok(decide(&Ask {
            headers: Headers::new(&lines),
            named: named.as_slice(),
            verb: "simulate",
            door: Door::Library,
            listener: ListenerPolicy::default(),
            hooked: None,
            message: None,
            peer: None,
            visit: Arc::clone(&self.visit),
        })?)
    }

    fn scope<A>(
        &self,
        named: Option<NamespaceName>,
        missing: Missing,
    ) -> Result<Option<Scope<A>>, Refused>
    where
        A: Right + Includes<Read>,
    {
        self.gate(named, |ask| self.server.gate.scope(ask, missing))
    }

    /// The namespace that the query names.
    fn queried(&self) -> Result<Option<NamespaceName>, Refused> {
        let parsed = self
            .request
            .parameter("namespace")
            .map(NamespaceName::parse);
        let refused = |error| Refused(format!("rejected: {error:?}"));
        parsed.transpose().map_err(refused)
    }

    fn id(&self) -> Result<RecordId, Refused> {
        RecordId::parse(&self.request.target).ok_or_else(|| Error::MemoryNotFound.into())
    }

    fn limit(&self) -> Result<usize, Refused> {
        let limit = self.request.parameter("limit");
        let limit = limit.and_then(|limit| limit.parse().ok());
        Ok(anchorhold_wire::page_limit(limit)?)
    }

    fn remember(&self) -> Answer {
        let new = self.body::<CreateMemory>()?;
        let scope = self
            .scope::<Write>(new.namespace, Missing::Reserve)?
            .unwrap();
        let kept = self.server.engine.remember(&scope, new.draft)?;
        let mut body = shown(&scope, &kept.memory);
        body["replayed"] = kept.replayed.into();
        Ok(body)
    }

    fn batch(&self) -> Answer {
        let batch = self.body::<BatchMemories>()?;
        let scope = self
            .scope::<Write>(batch.namespace, Missing::Reserve)?
            .unwrap();
        let items = batch.memories.into_iter();
        let drafts = items.filter_map(|item| Some(item.ok()?.draft)).collect();
        let results = self.server.engine.remember_batch(&scope, drafts);
        let results = results.into_iter().map(|result| match result {
            Ok(kept) => json!({"memory": shown(&scope, &kept.memory), "replayed": kept.replayed}),
            Err(error) => json!({"error": text(&error)}),
        });
        Ok(json!({"results": results.collect::<Vec<_>>()}))
    }

    fn recall(&self) -> Answer {
        let recall = self.body::<RecallRequest>()?;
        let question = Question {
            limit: recall.limit,
            threshold: recall.threshold,
            filter: recall.filter,
            explain: recall.explain,
            vector: recall.vector,
            ..Question::new(recall.query)
        };
        let at_hand = self.recalled_at_hand(recall.namespace.clone(), &question);
        let answer = self.recalled(recall.namespace, &question);
        match (at_hand, &answer) {
            (Some(one), Ok(other)) if one != *other => Ok(json!([TORN, one, other])),
            (Some(one), Err(Refused(other))) => Ok(json!([TORN, one, other])),
            _ => answer,
        }
    }

    /// As the HTTP door answers on the thread of a connection: from memory, or not at all.
    fn recalled_at_hand(&self, named: Option<NamespaceName>, question: &Question) -> Option<Value> {
        let gate = &self.server.gate_at_hand;
        let reading = self.gate(named, |ask| gate.reading(ask)).ok()?;
        let scope = reading.own.filter(|_| reading.beside.is_none())?;
        let recalled = self.server.engine.recall_at_hand(Some(&scope), question)?;
        let told = told(&scope, &recalled.ok()?);
        self.server.at_hand.fetch_add(1, Ordering::Relaxed);
        Some(told)
    }

    fn recalled(&self, named: Option<NamespaceName>, question: &Question) -> Answer {
        let Reading { own, beside } = self.gate(named, |ask| self.server.gate.reading(ask))?;
        let engine = &self.server.engine;
        let recalled = engine.recall(own.as_ref(), question)?;
        let mut answer = match own {
            Some(scope) => told(&scope, &recalled),
            None => json!({"results": []}),
        };
        if let Some(scope) = beside {
            let recalled = engine.recall(Some(&scope), question)?;
            answer["beside"] = told(&scope, &recalled);
        }
        Ok(answer)
    }

    fn list(&self) -> Answer {
        let page = Page {
            limit: self.limit()?,
            cursor: self.request.parameter("cursor").map(str::to_owned),
        };
        let scope = self.scope::<Read>(self.queried()?, Missing::Empty)?;
        let listed = self.server.engine.list(scope.as_ref(), &page)?;
        let memories = scope.iter().flat_map(|scope| {
            let memories = listed.memories.iter();
            memories.map(|memory| {
                let mut body = shown(scope, memory);
                body["ordinal"] = memory.facets.ordinal.into();
                body
            })
        });
        Ok(json!({
            "memories": memories.collect::<Vec<_>>(),
            "next_cursor": listed.next_cursor,
        }))
    }

    fn get(&self) -> Answer {
        let named = self.queried()?;
        let Reading { own, beside } = self.gate(named, |ask| self.server.gate.reading(ask))?;
        let id = self.id()?;
        for scope in own.iter().chain(&beside) {
            match self.server.engine.get(Some(scope), id) {
                Err(Error::MemoryNotFound) => {}
                found => return Ok(shown(scope, &found?)),
            }
        }
        Err(Error::MemoryNotFound.into())
    }

    fn change(&self) -> Answer {
        let patch = self.body::<PatchMemory>()?;
        let if_match = self.request.headers.iter();
        let if_match = if_match
            .filter(|(name, _)| *name == "if-match")
            .find_map(|(_, value)| value.trim_matches('"').parse().ok());
        let scope = self.scope::<Write>(patch.namespace, Missing::Empty)?;
        let engine = &self.server.engine;
        let memory = engine.change(scope.as_ref(), self.id()?, patch.changes, if_match)?;
        Ok(scope.map_or(Value::Null, |scope| shown(&scope, &memory)))
    }

    fn delete(&self) -> Answer {
        let scope = self.scope::<Erase>(self.queried()?, Missing::Empty)?;
        self.server.engine.delete(scope.as_ref(), self.id()?)?;
        Ok(json!({"deleted": true}))
    }

    fn forget(&self) -> Answer {
        let forget = self.body::<ForgetRequest>()?;
        let which = match forget.selection {
            Selection::Ids(ids) => Which::Ids(ids),
            Selection::Filter(filter) => Which::Matching(filter),
        };
        let scope = self.scope::<Erase>(forget.namespace, Missing::Empty)?;
        let engine = &self.server.engine;
        let forgotten = engine.forget(scope.as_ref(), which, forget.dry_run)?;
        Ok(json!({"forgotten": text(&forgotten.ids)}))
    }
}
