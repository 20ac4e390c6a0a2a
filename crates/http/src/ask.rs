//! From a request to the gate and back with a proof; the only file that talks to the gate.

use std::sync::Arc;

use anchorhold_gate::{Ask, Erased, Gate, Who};
use anchorhold_identity::{
    Admin, Chatting, Creation, Denial, Extent, Headers, Includes, Invitation, Leg, Listing,
    Message, Missing, Operator, Passage, Read, Reading, Reason, Registration, Right, Scope,
    SubjectErasure, Subtree, TenantAdmin, Write,
};
use anchorhold_model::{NamespaceId, NamespaceName, Place, SandboxHandle, SubScopes, User};
use anchorhold_wire::Code;
use axum::http::HeaderMap;

use crate::call::{Arrival, Call};
use crate::credential::lines;
use crate::refusal::Refusal;
use crate::state::App;

/// Puts a request's evidence before a gate.
fn put<T>(
    gate: &Gate,
    headers: &HeaderMap,
    (arrival, came): (&Arrival, Came<'_>),
    named: &[NamespaceName],
    verb: &'static str,
    decide: impl FnOnce(&Gate, &Ask<'_>) -> Result<T, Denial>,
) -> Result<T, Denial> {
    let lines = lines(headers);
    let ask = Ask {
        headers: Headers::new(&lines),
        named,
        verb,
        door: arrival.door,
        listener: arrival.came.listener,
        hooked: arrival.came.hooked(),
        message: Some(arrival.message(came)),
        peer: arrival.peer,
        visit: Arc::clone(&arrival.visit),
    };
    decide(gate, &ask)
}

/// Whether the gate has let the request in before.
#[derive(Clone, Copy)]
enum Came<'a> {
    /// Not yet; with its body, where it is JSON.
    Now(Option<&'a [u8]>),
    /// Its reply goes out already.
    Before,
}

/// A request whose reply goes out in pieces: what its tenant demands may change meanwhile, and its key
/// may end.
pub(crate) struct Again {
    app: Arc<App>,
    headers: HeaderMap,
    arrival: Arc<Arrival>,
    named: Option<NamespaceName>,
    verb: &'static str,
}

impl Arrival {
    fn message<'a>(&'a self, came: Came<'a>) -> Message<'a> {
        let (body, is_again) = match came {
            Came::Now(body) => (body, false),
            Came::Before => (None, true),
        };
        Message {
            body,
            method: self.method.as_str(),
            target: &self.target,
            body_sha256: self.body_sha256,
            request: self.request,
            arrived: self.at,
            is_again,
        }
    }
}

impl Again {
    /// Whether the request would still be let in to read.
    pub(crate) fn may_read(&self) -> Result<(), Refusal> {
        let named = self.named.as_slice();
        put(
            &self.app.gate,
            &self.headers,
            (&self.arrival, Came::Before),
            named,
            self.verb,
            |gate, ask| gate.scope::<Read>(ask, Missing::Empty).map(drop),
        )?;
        Ok(())
    }
}

impl Call {
    fn ask<T>(
        &self,
        named: &[NamespaceName],
        decide: impl FnOnce(&Gate, &Ask<'_>) -> Result<T, Denial>,
    ) -> Result<T, Refusal> {
        Ok(self.ask_at(&self.app.gate, named, decide)?)
    }

    fn ask_at<T>(
        &self,
        gate: &Gate,
        named: &[NamespaceName],
        decide: impl FnOnce(&Gate, &Ask<'_>) -> Result<T, Denial>,
    ) -> Result<T, Denial> {
        let body = self.route.body_speaks.then_some(&*self.received.bytes);
        let came = (&*self.arrival, Came::Now(body));
        put(gate, &self.headers, came, named, self.route.verb, decide)
    }

    /// What asks the gate again while the reply to this request goes out.
    pub(crate) fn again(&self, named: Option<NamespaceName>) -> Again {
        Again {
            app: Arc::clone(&self.app),
            headers: self.headers.clone(),
            arrival: Arc::clone(&self.arrival),
            named,
            verb: self.route.verb,
        }
    }

    /// As [`Self::reading`] where only one namespace is read, if the gate can tell from memory; `None`
    /// also for a refusal, which is for the gate that knows everything.
    pub(crate) fn reading_at_hand(&self, named: Option<NamespaceName>) -> Option<Scope<Read>> {
        let reading = self.ask_at(&self.app.gate_at_hand, named.as_slice(), Gate::reading);
        let Reading { own, beside } = reading.ok()?;
        own.filter(|_| beside.is_none())
    }

    /// What is read: the namespace that body, query or headers name, or the user's own and what was
    /// shared before, where the tenant wants that.
    pub(crate) fn reading(&self, named: Option<NamespaceName>) -> Result<Reading, Refusal> {
        self.ask(named.as_slice(), Gate::reading)
    }

    /// The scope of the namespace that body, query or headers name, or of the user's own; `None`
    /// when the user's own does not exist yet.
    pub(crate) fn existing<A>(
        &self,
        named: Option<NamespaceName>,
    ) -> Result<Option<Scope<A>>, Refusal>
    where
        A: Right + Includes<Read>,
    {
        self.ask(named.as_slice(), |gate, ask| {
            gate.scope(ask, Missing::Empty)
        })
    }

    /// The same for a first write, which makes the user's own namespace.
    pub(crate) fn reserved(&self, named: Option<NamespaceName>) -> Result<Scope<Write>, Refusal> {
        self.ask(named.as_slice(), |gate, ask| {
            gate.scope(ask, Missing::Reserve)
        })?
        .ok_or_else(|| Refusal::internal("the gate reserved nothing"))
    }

    /// All that the request means when it asks for the whole.
    pub(crate) fn subtree(&self, named: Option<NamespaceName>) -> Result<Subtree, Refusal> {
        self.ask(named.as_slice(), Gate::subtree)
    }

    /// The scope of a sub-scope below the request's user, for a first write too.
    pub(crate) fn below(
        &self,
        named: Option<NamespaceName>,
        below: SubScopes,
    ) -> Result<Scope<Write>, Refusal> {
        self.ask(named.as_slice(), |gate, ask| gate.below(ask, below))?
            .ok_or_else(|| Refusal::internal("the gate reserved nothing"))
    }

    /// The scope of the named namespace with the opaque id of the path. An id that is none is
    /// refused like one of nobody, after the credential was looked at.
    pub(crate) fn by_id<A: Right>(&self) -> Result<Scope<A>, Refusal> {
        match NamespaceId::parse(self.parameter("id")) {
            Some(id) => self.ask(&[], |gate, ask| gate.scope_by_id(ask, id)),
            None => {
                self.listing()?;
                Err(Refusal::namespace_not_found())
            }
        }
    }

    pub(crate) fn operator(&self) -> Result<Operator, Refusal> {
        self.ask(&[], Gate::operator)
    }

    pub(crate) fn tenant_admin(&self) -> Result<TenantAdmin, Refusal> {
        self.ask(&[], Gate::tenant_admin)
    }

    pub(crate) fn invitation(&self) -> Result<Invitation, Refusal> {
        self.ask(&[], Gate::invitation)
    }

    pub(crate) fn registration(&self) -> Result<Registration, Refusal> {
        self.ask(&[], Gate::registration)
    }

    /// What is kept in a sandbox of an admin's tenant.
    pub(crate) fn sandbox(
        &self,
        admin: &TenantAdmin,
        sandbox: SandboxHandle,
    ) -> Result<Option<Scope<Admin>>, Refusal> {
        let scope = self.app.gate.sandbox(admin, sandbox);
        scope.map_err(|denial| match denial.reason {
            Reason::NamespaceNotFound => Refusal::sandbox_not_found(),
            _ => denial.into(),
        })
    }

    /// Where what was in a sandbox goes.
    pub(crate) fn approved(
        &self,
        admin: &TenantAdmin,
        user: User,
    ) -> Result<Scope<Write>, Refusal> {
        Ok(self.app.gate.approved(admin, user)?)
    }

    /// From where to where memories are moved.
    pub(crate) fn relocation(
        &self,
        admin: &TenantAdmin,
        places: (Place, Place),
        extent: Extent,
        dry_run: bool,
    ) -> Result<Vec<Leg>, Refusal> {
        let missing = if dry_run {
            Missing::Empty
        } else {
            Missing::Reserve
        };
        let legs = self.app.gate.relocation(admin, places, extent, missing);
        legs.map_err(|denial| match denial.reason {
            Reason::NamespaceConflict => Refusal::of_field(
                Code::NamespaceConflict,
                "to",
                "is where the memories are already; a second name of a user stands for the user",
            ),
            _ => denial.into(),
        })
    }

    /// What a chat reads, and where it is kept.
    pub(crate) fn chatting(&self) -> Result<Chatting, Refusal> {
        self.ask(&[], Gate::chatting)
    }

    /// That a request may be passed on to a model server.
    pub(crate) fn passage(&self) -> Result<Passage, Refusal> {
        self.ask(&[], Gate::passage)
    }

    pub(crate) fn creation(&self, name: NamespaceName) -> Result<Creation, Refusal> {
        self.ask(&[], |gate, ask| gate.creation(ask, name))
    }

    pub(crate) fn listing(&self) -> Result<Listing, Refusal> {
        self.ask(&[], Gate::listing)
    }

    pub(crate) fn erasure(&self, erased: Erased) -> Result<SubjectErasure, Refusal> {
        self.ask(&[], |gate, ask| gate.subject_erasure(ask, erased))
    }

    pub(crate) fn who(&self) -> Result<Who, Refusal> {
        self.ask(&[], Gate::who)
    }
}
