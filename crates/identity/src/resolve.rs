//! Collects what a request says about who it speaks for; one file per source.
//!
//! To add a source: a file with a function that gives at most one [`Piece`], a call in
//! [`resolve`], a variant of `Source`. A header more is a variant of `HeaderKind`.

pub(crate) mod api_key;
mod body;
mod header;
mod hook;
mod jwt;
mod open_webui;
pub(crate) mod peer;
mod sandbox;
mod session;

use std::net::IpAddr;
use std::sync::Arc;

use anchorhold_model::{HeaderKind, Issuer, SessionId, SubScopes, User};

use crate::{
    Caller, Denial, Evidence, IdentityHeader, Source, Standing, Strength, Visit, signature,
};
pub(crate) use session::Shown;

/// One piece of evidence: a subject, and how well it is proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Who is named; once it is validated, whoever that is by a link.
    pub subject: User,
    /// Who was named, where a link leads from there to the subject.
    pub said: Option<User>,
    /// What the tenant knows of the subject, once it is validated.
    pub standing: Standing,
    /// How well.
    pub strength: Strength,
    /// By which source.
    pub source: Source,
}

impl Piece {
    /// Who was named.
    pub fn said(&self) -> &User {
        self.said.as_ref().unwrap_or(&self.subject)
    }
}

/// All evidence of a request. Only [`resolve`] makes one.
#[derive(Debug)]
pub struct Resolution {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) sub_scopes: SubScopes,
    /// On whose behalf it is made, where an application lets somebody else in.
    pub(crate) guest: Option<Piece>,
    /// What is shown of a session, if the tenant has sessions.
    pub(crate) session: Option<Shown>,
    /// What is shown of a sandbox, if the tenant has a quarantine.
    pub(crate) sandbox: Option<SessionId>,
    /// Where the request came from, for limits.
    pub(crate) client: Option<IpAddr>,
    /// The session that the request has by now.
    pub(crate) visit: Arc<Visit>,
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

    /// The key of the application's own choosing, if it sent one. Where the server is a part of it, no
    /// header takes the place of what it says.
    pub(crate) fn isolation_key(&self) -> Option<&Piece> {
        let of_application = |piece: &Piece| piece.source == Source::Application;
        let is_final = self.pieces.iter().any(of_application);
        let is_key = |piece: &&Piece| {
            piece.said().issuer.as_str() == Issuer::ISOLATION_KEY
                && (!is_final || of_application(piece))
        };
        self.pieces.iter().find(is_key)
    }

    /// Whether evidence disagrees so that nobody may decide for the caller: two subjects of
    /// strength Asserted or Proven, or a header of ours that contradicts the credential's own
    /// subject at whatever strength.
    pub(crate) fn is_conflict(&self) -> bool {
        let own = self
            .pieces
            .iter()
            .find(|piece| piece.source.is_credential());
        let counts = |piece: &&Piece| {
            piece.strength >= Strength::Asserted || (own.is_some() && piece.source.is_own_header())
        };
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
        pieces.extend(hook::piece(caller));
        let mut said = said(caller, &evidence).map_err(of_caller)?;
        let is_alone = pieces.is_empty() && said.is_empty();
        said.extend(in_body(caller, &evidence, is_alone).map_err(of_caller)?);
        pieces.extend(hook::without_words(caller, said));
    }
    #[cfg(feature = "sabotage")]
    let pieces = sabotaged(pieces);
    let part = |header| headers.identity_part(header).map_err(of_caller);
    let sub_scopes = SubScopes {
        workspace: part(IdentityHeader::Workspace)?,
        agent: part(IdentityHeader::Agent)?,
        thread: part(IdentityHeader::Thread)?,
    };
    let sub_scopes = hook::sub_scopes(caller, sub_scopes)?;
    let session = session::shown(caller, headers).map_err(of_caller)?;
    let sandbox = sandbox::shown(caller, headers).map_err(of_caller)?;
    let client = caller
        .tenant()
        .and_then(|tenant| peer::client(&tenant.identity.sources, evidence.peer, headers));
    Ok(Resolution {
        pieces,
        sub_scopes,
        guest: hook::guest(caller),
        session,
        sandbox,
        client,
        visit: evidence.visit,
    })
}

/// What the body says: where the tenant looks, and where nothing else says anything.
fn in_body(
    caller: &Caller,
    evidence: &Evidence<'_>,
    is_alone: bool,
) -> Result<Option<Piece>, Denial> {
    let body = evidence
        .message
        .as_ref()
        .and_then(|(message, _)| message.body);
    let (Some(tenant), Some(body)) = (caller.tenant(), body) else {
        return Ok(None);
    };
    let settings = &tenant.identity;
    let pointed = settings.metadata_pointer.as_ref();
    let pointed = pointed.map_or(Ok(None), |pointer| body::pointed(pointer, body))?;
    if pointed.is_some() || !is_alone || settings.ignores_body_user {
        return Ok(pointed);
    }
    body::fallback(body)
}

/// Who sent the headers, as far as that decides what they are worth.
#[derive(Clone, Copy)]
struct Senders {
    /// A key of the tenant has signed the request.
    is_signed: bool,
    /// The key may say who the user is.
    may_act: bool,
    /// The request comes from a proxy that the tenant trusts.
    is_proxy: bool,
    /// The credential, or the application, says who the user is.
    has_user: bool,
}

/// What the headers say, in the order that the tenant wants.
fn said(caller: &Caller, evidence: &Evidence<'_>) -> Result<Vec<Piece>, Denial> {
    let Some(tenant) = caller.tenant() else {
        return Ok(Vec::new());
    };
    let sources = &tenant.identity.sources;
    let senders = Senders {
        is_signed: signature::is_signed(caller, evidence)?,
        may_act: caller.credential().act_as.is_some(),
        is_proxy: evidence.peer.is_some_and(|peer| sources.trusts(peer)),
        has_user: caller.has_user(),
    };
    let mut pieces = Vec::new();
    for source in sources.headers() {
        pieces.extend(match source.kind {
            HeaderKind::OpenWebui => open_webui::piece(caller, source, evidence.headers, senders)?,
            HeaderKind::User
            | HeaderKind::IsolationKey
            | HeaderKind::SillyTavern
            | HeaderKind::Named => header::piece(source, evidence.headers, senders)?,
        });
    }
    Ok(pieces)
}

/// A header in the place of all that is proved.
#[cfg(feature = "sabotage")]
fn sabotaged(mut pieces: Vec<Piece>) -> Vec<Piece> {
    use anchorhold_model::sabotage::{self, Bug};
    let header = pieces
        .iter()
        .position(|piece| piece.source == Source::UserHeader);
    match header {
        Some(header) if sabotage::is(Bug::HeaderOverridesKey) => vec![Piece {
            strength: Strength::Proven,
            ..pieces.swap_remove(header)
        }],
        _ => pieces,
    }
}
