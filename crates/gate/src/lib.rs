//! The one place where a request becomes a `Scope`; every door asks here and nowhere else.
//!
//! To add a door: build [`Ask`] from what it received, call one method below, and turn a
//! [`Denial`] into the door's own refusal. A door owns no rule about identity.
#![forbid(unsafe_code)]

mod chat;
mod explain;
mod named;
mod quarantine;
mod resolutions;
mod who;

use std::net::IpAddr;
use std::sync::Arc;

use anchorhold_identity::{
    Caller, Creation, Denial, Directory, Door, Evidence, Extent, Fetching, Headers, Hooked,
    Includes, Invitation, Journal, Leg, ListenerPolicy, Listing, Message, Missing, NamedSession,
    Operator, Read, Reading, Reason, Registration, Replays, Right, Ruling, Scope, SubjectErasure,
    Subtree, TenantAdmin, Verdict, Visit, authenticate_by, creation, enforce, enforce_below,
    enforce_by_id, enforce_reading, enforce_subtree, invitation, listing, operator, registration,
    relocation, resolve, sandbox_erasure, session_erasure, subject_erasure, tenant_admin, validate,
};
use anchorhold_model::{
    Clock, Issuer, NamespaceId, NamespaceName, Place, SubScopes, TrustMode, User, UserId,
};

pub use explain::{Credential, Explained};
pub use resolutions::{Refusals, Resolutions, Resolved};
pub use who::Who;

/// What a door knows of a request when it asks.
#[derive(Clone)]
pub struct Ask<'a> {
    /// All header lines.
    pub headers: Headers<'a>,
    /// The named namespaces of body and query, as far as there are any.
    pub named: &'a [NamespaceName],
    /// The verb, for the audit log.
    pub verb: &'static str,
    /// The door.
    pub door: Door,
    /// What the listener says of it; nothing where there is none.
    pub listener: ListenerPolicy,
    /// The application that it came through, and what that says; none where there is none.
    pub hooked: Option<Hooked<'a>>,
    /// What a signature would cover; none where the door has no such thing.
    pub message: Option<Message<'a>>,
    /// The other end of the connection; none where there is none.
    pub peer: Option<IpAddr>,
    /// The session that the request has by now; one for each request, however often it asks.
    pub visit: Arc<Visit>,
}

/// Turns requests into proofs, and refusals into entries of the audit log.
pub struct Gate {
    directory: Arc<dyn Directory>,
    /// None for a gate whose refusals decide nothing.
    journal: Option<Arc<dyn Journal>>,
    clock: Arc<dyn Clock>,
    replays: Arc<Replays>,
    resolutions: Arc<Resolutions>,
}

/// Whom an erasure is about.
#[derive(Clone, Debug)]
pub enum Erased {
    /// This user of the tenant (issuer `local`).
    User(UserId),
    /// Whoever the request speaks for.
    Own,
    /// A session.
    Session(NamedSession),
}

impl Gate {
    /// A gate over a directory, with a journal for refusals.
    pub fn new(
        directory: Arc<dyn Directory>,
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            directory,
            journal: Some(journal),
            replays: Arc::new(Replays::new(clock.now())),
            resolutions: Arc::default(),
            clock,
        }
    }

    /// A gate over a directory that knows less. Its proofs are good; whoever it refuses is to ask
    /// this gate, which knows everything, so its refusals are not written down.
    #[must_use]
    pub fn tentative(&self, directory: Arc<dyn Directory>) -> Self {
        Self {
            directory,
            journal: None,
            clock: Arc::clone(&self.clock),
            replays: Arc::clone(&self.replays),
            resolutions: Arc::clone(&self.resolutions),
        }
    }

    /// What requests were taken for lately, and how often they were refused.
    pub fn resolutions(&self) -> &Resolutions {
        &self.resolutions
    }

    /// The scope of a request; `None` for a namespace that does not exist yet and is not made.
    pub fn scope<A>(&self, ask: &Ask<'_>, missing: Missing) -> Result<Option<Scope<A>>, Denial>
    where
        A: Right + Includes<Read>,
    {
        self.judged(ask, |caller, verdict| {
            let named = named::one(ask).map_err(|reason| caller.denied(reason))?;
            enforce(caller, verdict, named, missing, ask.door, self.directory())
        })
    }

    /// What a request reads: the namespace that it names, or its own and what is read along with that.
    pub fn reading(&self, ask: &Ask<'_>) -> Result<Reading, Denial> {
        self.judged(ask, |caller, verdict| {
            let named = named::one(ask).map_err(|reason| caller.denied(reason))?;
            let (door, directory) = (ask.door, self.directory());
            if named.is_none() {
                return enforce_reading(caller, verdict, door, directory, self.clock.now());
            }
            let own = enforce(caller, verdict, named, Missing::Empty, door, directory)?;
            Ok(Reading { own, beside: None })
        })
    }

    /// The scopes of all that a request means when it asks for the whole: a user's own namespace
    /// and all below it, or the one namespace that it names.
    pub fn subtree(&self, ask: &Ask<'_>) -> Result<Subtree, Denial> {
        self.judged(ask, |caller, verdict| {
            let named = named::one(ask).map_err(|reason| caller.denied(reason))?;
            enforce_subtree(caller, verdict, named, ask.door, self.directory())
        })
    }

    /// The scope of a sub-scope below the user of a request, for a first write too.
    pub fn below<A: Right>(
        &self,
        ask: &Ask<'_>,
        below: SubScopes,
    ) -> Result<Option<Scope<A>>, Denial> {
        self.judged(ask, |caller, verdict| {
            let named = named::one(ask).map_err(|reason| caller.denied(reason))?;
            enforce_below(caller, verdict, named, below, ask.door, self.directory())
        })
    }

    /// The scope of a named namespace by its opaque id.
    pub fn scope_by_id<A: Right>(
        &self,
        ask: &Ask<'_>,
        id: NamespaceId,
    ) -> Result<Scope<A>, Denial> {
        self.judged(ask, |caller, verdict| {
            let named = named::one(ask).map_err(|reason| caller.denied(reason))?;
            enforce_by_id(
                caller,
                verdict,
                id,
                named.as_ref(),
                ask.door,
                self.directory(),
            )
        })
    }

    /// Proof of the operator.
    pub fn operator(&self, ask: &Ask<'_>) -> Result<Operator, Denial> {
        self.known(ask, |caller| operator(caller, ask.door))
    }

    /// Proof of a tenant's admin.
    pub fn tenant_admin(&self, ask: &Ask<'_>) -> Result<TenantAdmin, Denial> {
        self.known(ask, |caller| {
            tenant_admin(caller, || self.verdict(ask, caller), ask.door)
        })
    }

    /// Proof of an invitation.
    pub fn invitation(&self, ask: &Ask<'_>) -> Result<Invitation, Denial> {
        let now = self.clock.now();
        let invited = match ask.hooked {
            // What a request shows there is shown to the application.
            Some(_) => Err(Denial::of_stranger(Reason::CredentialMissing)),
            None => invitation(ask.headers, self.directory(), ask.door, now),
        };
        invited.inspect_err(|denial| self.write_down(denial, None, ask))
    }

    /// Proof that whoever asks may become a user.
    pub fn registration(&self, ask: &Ask<'_>) -> Result<Registration, Denial> {
        self.known(ask, |caller| {
            registration(caller, ask.headers, ask.peer, ask.door)
        })
    }

    /// From where to where memories are moved, for an admin of the tenant of both.
    pub fn relocation(
        &self,
        admin: &TenantAdmin,
        places: (Place, Place),
        extent: Extent,
        missing: Missing,
    ) -> Result<Vec<Leg>, Denial> {
        relocation(admin, places, extent, missing, self.directory())
    }

    /// Proof that a named namespace may be created.
    pub fn creation(&self, ask: &Ask<'_>, name: NamespaceName) -> Result<Creation, Denial> {
        self.known(ask, |caller| creation(caller, name, ask.door))
    }

    /// Proof that the covered namespaces may be listed.
    pub fn listing(&self, ask: &Ask<'_>) -> Result<Listing, Denial> {
        self.known(ask, listing)
    }

    /// Proof that a user or a session may be erased.
    pub fn subject_erasure(&self, ask: &Ask<'_>, erased: Erased) -> Result<SubjectErasure, Denial> {
        self.judged(ask, |caller, verdict| {
            // A user and a namespace: what is to be destroyed must not be guessed.
            if named::one(ask)
                .map_err(|reason| caller.denied(reason))?
                .is_some()
            {
                return Err(caller.denied(Reason::NamespaceConflict));
            }
            let (door, directory) = (ask.door, self.directory());
            let of_session = |named| session_erasure(caller, verdict, named, door, directory);
            let user = match erased {
                Erased::Session(named) => return of_session(named),
                Erased::Own if verdict.ruling() == Ruling::Session => {
                    return of_session(NamedSession::Own);
                }
                Erased::Own if verdict.ruling() == Ruling::Sandbox => {
                    return sandbox_erasure(caller, verdict, door, directory);
                }
                Erased::User(id) => User {
                    issuer: local(caller)?,
                    id,
                },
                Erased::Own => match verdict.piece() {
                    Some(piece) => piece.subject.clone(),
                    None => return Err(caller.denied(nobody_to_erase(verdict))),
                },
            };
            subject_erasure(caller, verdict, user, door, directory)
        })
    }

    /// What the request is taken for.
    pub fn who(&self, ask: &Ask<'_>) -> Result<Who, Denial> {
        self.judged(ask, |caller, verdict| {
            let named = named::one(ask).map_err(|reason| caller.denied(reason))?;
            who::of(caller, verdict, named, self.directory())
        })
    }

    /// What a request would be taken for, step by step. For the operator, whom the door has to ask for
    /// first; nothing of it is written down, and no keys are fetched for it.
    pub fn explain(&self, ask: &Ask<'_>) -> Explained {
        let caller = match self.caller(ask) {
            Ok(caller) => caller,
            Err(denial) => return Explained::refused(denial),
        };
        let is_trusted_peer = caller.tenant().is_some_and(|tenant| {
            let sources = &tenant.identity.sources;
            ask.peer.is_some_and(|peer| sources.trusts(peer))
        });
        let begun = |denial| Explained::of(&caller, is_trusted_peer, denial);
        let resolution = match resolve(&caller, self.evidence(ask)) {
            Ok(resolution) => resolution,
            Err(denial) => return begun(denial),
        };
        let verdict = match validate(&caller, resolution, self.directory()) {
            Ok(verdict) => verdict,
            Err(denial) => return begun(denial),
        };
        let named = named::one(ask).map_err(|reason| caller.denied(reason));
        let outcome = named.and_then(|named| {
            // As a request that reads would be let in, or not.
            let (name, missing) = (named.clone(), Missing::Empty);
            let is_stay = matches!(verdict.ruling(), Ruling::Session | Ruling::Sandbox);
            if name.is_some() || !is_stay {
                enforce::<Read>(&caller, &verdict, name, missing, ask.door, self.directory())?;
            }
            who::of(&caller, &verdict, named, self.directory())
        });
        Explained {
            pieces: verdict.pieces().to_vec(),
            decided_by: verdict.piece().cloned(),
            ruling: Some(verdict.ruling()),
            outcome,
            ..begun(caller.denied(Reason::Unavailable))
        }
    }

    fn directory(&self) -> &dyn Directory {
        self.directory.as_ref()
    }

    /// Who asks. By published keys that are at hand: a door has asked `authenticate` before, where it may
    /// wait for those that are due.
    fn caller(&self, ask: &Ask<'_>) -> Result<Caller, Denial> {
        let (directory, now) = (self.directory(), self.clock.now());
        let came = (ask.listener, ask.hooked);
        authenticate_by(ask.headers, came, directory, Fetching::Never, now)
    }

    /// Tenant first; then what `decide` makes of the caller.
    fn known<T>(
        &self,
        ask: &Ask<'_>,
        decide: impl FnOnce(&Caller) -> Result<T, Denial>,
    ) -> Result<T, Denial> {
        let caller = self.caller(ask);
        let caller = caller.inspect_err(|denial| self.write_down(denial, None, ask))?;
        let mode = caller.tenant().map(|tenant| tenant.policy.trust_mode);
        decide(&caller).inspect_err(|denial| self.write_down(denial, mode, ask))
    }

    fn write_down(&self, denial: &Denial, mode: Option<TrustMode>, ask: &Ask<'_>) {
        if let Some(journal) = &self.journal {
            journal.denied(denial, ask.door, ask.verb);
            self.resolutions.refused(mode, denial);
        }
    }

    /// What a request shows to say who it speaks for.
    fn evidence<'a>(&'a self, ask: &Ask<'a>) -> Evidence<'a> {
        Evidence {
            headers: ask.headers,
            message: ask.message.map(|message| (message, &*self.replays)),
            peer: ask.peer,
            visit: Arc::clone(&ask.visit),
        }
    }

    /// Tenant first, resolve, validate; then what `decide` makes of the verdict.
    fn judged<T>(
        &self,
        ask: &Ask<'_>,
        decide: impl FnOnce(&Caller, &Verdict) -> Result<T, Denial>,
    ) -> Result<T, Denial> {
        self.known(ask, |caller| {
            let verdict = self.verdict(ask, caller)?;
            let decided = decide(caller, &verdict);
            let denial = decided.as_ref().err();
            // What a gate that knows less refuses, another one judges.
            if denial.is_none() || self.journal.is_some() {
                let taken = (caller, &verdict);
                self.resolutions.keep(ask, taken, denial, self.clock.now());
            }
            decided
        })
    }

    fn verdict(&self, ask: &Ask<'_>, caller: &Caller) -> Result<Verdict, Denial> {
        let resolution = resolve(caller, self.evidence(ask))?;
        validate(caller, resolution, self.directory())
    }
}

fn nobody_to_erase(verdict: &Verdict) -> Reason {
    match verdict.ruling() {
        Ruling::IdentityMissing => Reason::IdentityMissing,
        _ => Reason::IdentityRequired,
    }
}

fn local(caller: &Caller) -> Result<Issuer, Denial> {
    Issuer::parse(Issuer::LOCAL).map_err(|error| {
        caller.denied(Reason::NameInvalid {
            field: "issuer".into(),
            error,
        })
    })
}
