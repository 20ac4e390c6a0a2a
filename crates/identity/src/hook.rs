//! The application that a server is a part of: it signs its users in by itself, and says of each request
//! whom it speaks for.

use anchorhold_model::{AccessSet, Issuer, Part, SubScopes, TenantId, TextError, User, UserId};

use crate::Actor;

/// The right of an application to say who speaks in its requests: any user of one tenant, and of no other.
/// Only who holds the keys of the installation makes one.
pub struct Hook {
    pub(crate) tenant: TenantId,
    pub(crate) actor: Actor,
}

impl Hook {
    /// The tenant of all requests of the application.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Who acts when the application is given its credential.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// A request that came through an application.
#[derive(Clone, Copy)]
pub struct Hooked<'a> {
    /// The right of the application.
    pub hook: &'a Hook,
    /// Whom the request speaks for; none where the application says nothing.
    pub key: Option<&'a IsolationKey>,
}

/// Whom a request speaks for, as the application found out by itself: its middleware puts one into the
/// request's extensions. A plain noun: it counts where the application's own service reads it, and cannot
/// be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IsolationKey {
    pub(crate) subject: User,
    pub(crate) sub_scopes: SubScopes,
    pub(crate) on_behalf_of: Option<User>,
    pub(crate) access: AccessSet,
}

/// A name that cannot stand in an [`IsolationKey`]. Refuse the request, or give the person another id:
/// names are never repaired, since a repaired one may be another person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {part} {problem}")]
pub struct IsolationKeyError {
    /// Which of the names.
    pub part: &'static str,
    /// What is wrong with it.
    pub problem: TextError,
}

impl IsolationKey {
    /// A user of the application, with everything that is theirs. It is the same person as whoever a key
    /// of this user speaks for (issuer `local`).
    pub fn user(id: &str) -> Result<Self, IsolationKeyError> {
        Ok(Self::of(user(Issuer::LOCAL, id, "user")?, AccessSet::Admin))
    }

    /// An organisation (or a project, or a room), whose members share its memories: they read, write and
    /// delete single ones, and nobody destroys all of it unless [`Self::with_access`] says so. With strategy
    /// `custom` only such a key chooses a namespace (issuer `isolation-key`).
    pub fn organisation(name: &str) -> Result<Self, IsolationKeyError> {
        let subject = user(Issuer::ISOLATION_KEY, name, "organisation")?;
        Ok(Self::of(subject, AccessSet::Erase))
    }

    const fn of(subject: User, access: AccessSet) -> Self {
        Self {
            subject,
            sub_scopes: SubScopes {
                workspace: None,
                agent: None,
                thread: None,
            },
            on_behalf_of: None,
            access,
        }
    }

    /// A workspace below. Where the application names a part, no header of the request names another.
    pub fn workspace(mut self, name: &str) -> Result<Self, IsolationKeyError> {
        self.sub_scopes.workspace = Some(part(name, "workspace")?);
        Ok(self)
    }

    /// An agent below.
    pub fn agent(mut self, name: &str) -> Result<Self, IsolationKeyError> {
        self.sub_scopes.agent = Some(part(name, "agent")?);
        Ok(self)
    }

    /// A thread below.
    pub fn thread(mut self, name: &str) -> Result<Self, IsolationKeyError> {
        self.sub_scopes.thread = Some(part(name, "thread")?);
        Ok(self)
    }

    /// The same for one request of another user of the application, which has checked that this one may:
    /// a guest. Guests read, unless [`Self::with_access`] says more afterwards; they reach this one place and
    /// nothing below it, and never have all of it destroyed. The audit log tells of both.
    pub fn on_behalf_of(mut self, guest: &str) -> Result<Self, IsolationKeyError> {
        self.on_behalf_of = Some(user(Issuer::LOCAL, guest, "guest")?);
        self.access = AccessSet::Read;
        Ok(self)
    }

    /// What the request may do there at most.
    #[must_use]
    pub fn with_access(self, access: AccessSet) -> Self {
        Self { access, ..self }
    }
}

fn user(issuer: &str, id: &str, part: &'static str) -> Result<User, IsolationKeyError> {
    let wrong = |problem| IsolationKeyError { part, problem };
    Ok(User {
        issuer: Issuer::parse(issuer).map_err(wrong)?,
        id: UserId::parse(id).map_err(wrong)?,
    })
}

fn part(name: &str, part: &'static str) -> Result<Part, IsolationKeyError> {
    Part::parse(name).map_err(|problem| IsolationKeyError { part, problem })
}
