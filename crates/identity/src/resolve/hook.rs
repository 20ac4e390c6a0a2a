//! The application that the server is a part of proves whom a request speaks for: it has signed them in.
//!
//! INVARIANT: there no header names anybody by its own word. It can contradict the application, and
//! where that says nothing, only what is proved counts.

use anchorhold_model::SubScopes;

use super::Piece;
use crate::{Caller, Denial, Reason, Source, Standing, Strength};

pub(super) fn piece(caller: &Caller) -> Option<Piece> {
    let key = caller.isolation_key()?;
    Some(Piece::of_application(key.subject.clone()))
}

/// On whose behalf the request is made, where that is somebody else.
pub(super) fn guest(caller: &Caller) -> Option<Piece> {
    let guest = caller.isolation_key()?.on_behalf_of.clone()?;
    Some(Piece::of_application(guest))
}

impl Piece {
    fn of_application(subject: anchorhold_model::User) -> Self {
        Self {
            subject,
            said: None,
            standing: Standing::default(),
            strength: Strength::Proven,
            source: Source::Application,
        }
    }
}

/// Where the application says nothing, what is left of what was said.
pub(super) fn without_words(caller: &Caller, mut said: Vec<Piece>) -> Vec<Piece> {
    if caller.is_hooked() && caller.isolation_key().is_none() {
        said.retain(|piece| piece.strength == Strength::Proven);
    }
    said
}

/// The part of its subject that the request means: what the application says, and only where it says
/// nothing and lets in nobody else, what the headers do.
pub(super) fn sub_scopes(caller: &Caller, sent: SubScopes) -> Result<SubScopes, Denial> {
    let Some(key) = caller.isolation_key() else {
        return Ok(sent);
    };
    if key.sub_scopes == SubScopes::default() && key.on_behalf_of.is_none() {
        return Ok(sent);
    }
    let own = &key.sub_scopes;
    let contradicts = |sent: &Option<_>, own: &Option<_>| sent.is_some() && sent != own;
    if contradicts(&sent.workspace, &own.workspace)
        || contradicts(&sent.agent, &own.agent)
        || contradicts(&sent.thread, &own.thread)
    {
        return Err(caller.denied(Reason::IdentityConflict));
    }
    Ok(own.clone())
}
