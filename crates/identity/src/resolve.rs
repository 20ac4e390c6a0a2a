//! Collects what a request says about who it speaks for; one file per source.
//!
//! To add a source: a file with a function that gives at most one [`Piece`], a call in
//! [`resolve`], a variant of `Source`.

mod api_key;
mod isolation_key_header;
mod jwt;
mod user_header;

use anchorhold_model::{SubScopes, User};

use crate::{Caller, Denial, Evidence, IdentityHeader, Source, Strength, signature};

/// One piece of evidence: a subject, and how well it is proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Who is named.
    pub subject: User,
    /// How well.
    pub strength: Strength,
    /// By which source.
    pub source: Source,
}

/// All evidence of a request. Only [`resolve`] makes one.
#[derive(Debug)]
pub struct Resolution {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) sub_scopes: SubScopes,
}

impl Resolution {
    /// The pieces, for an explanation of what was seen.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The strongest piece; the first source wins among equals.
    pub(crate) fn strongest(&self) -> Option<&Piece> {
        // `max_by_key` returns the last of equals, so the order is turned around.
        self.pieces.iter().rev().max_by_key(|piece| piece.strength)
    }

    /// Whether evidence disagrees so that nobody may decide for the caller: two subjects of
    /// strength Asserted or Proven, or a header that contradicts the credential's own subject.
    pub(crate) fn is_conflict(&self) -> bool {
        let own = self
            .pieces
            .iter()
            .find(|piece| piece.source.is_credential());
        let counts = |piece: &&Piece| own.is_some() || piece.strength >= Strength::Asserted;
        let mut subjects = self
            .pieces
            .iter()
            .filter(counts)
            .map(|piece| &piece.subject);
        let first = subjects.next();
        subjects.any(|subject| Some(subject) != first)
    }
}

/// Collects the evidence of a request and its sub-scopes.
pub fn resolve<'a>(
    caller: &Caller,
    evidence: impl Into<Evidence<'a>>,
) -> Result<Resolution, Denial> {
    let evidence = evidence.into();
    let headers = evidence.headers;
    let of_caller = |denial: Denial| caller.denied(denial.reason);
    let mut pieces = Vec::new();
    pieces.extend(api_key::piece(caller).map_err(of_caller)?);
    if !caller.credential().is_brought {
        pieces.extend(jwt::piece(caller));
        let is_signed = signature::is_signed(caller, &evidence)?;
        let users = user_header::piece(caller, headers, is_signed);
        pieces.extend(users.map_err(of_caller)?);
        let keys = isolation_key_header::piece(caller, headers, is_signed);
        pieces.extend(keys.map_err(of_caller)?);
    }
    #[cfg(feature = "sabotage")]
    if let Some(header) = pieces
        .iter()
        .position(|piece| piece.source == Source::UserHeader)
        && anchorhold_model::sabotage::is(anchorhold_model::sabotage::Bug::HeaderOverridesKey)
    {
        pieces = vec![Piece {
            strength: Strength::Proven,
            ..pieces.swap_remove(header)
        }];
    }
    let part = |header| headers.identity_part(header).map_err(of_caller);
    let sub_scopes = SubScopes {
        workspace: part(IdentityHeader::Workspace)?,
        agent: part(IdentityHeader::Agent)?,
        thread: part(IdentityHeader::Thread)?,
    };
    Ok(Resolution { pieces, sub_scopes })
}
