//! A header that names the user: proven by a signature over the request, asserted by whoever may say
//! who a user is, claimed by anybody else, and never believed further than the tenant wants.

use anchorhold_model::{HeaderKind, HeaderSource, Trust, User, UserId};

use super::{Piece, Senders};
use crate::{Denial, Headers, Reason, Source, Standing, Strength};

/// What the header says, if it is there and to be read.
pub(super) fn piece(
    source: &HeaderSource,
    headers: Headers<'_>,
    senders: Senders,
) -> Result<Option<Piece>, Denial> {
    let is_own = matches!(source.kind, HeaderKind::User | HeaderKind::IsolationKey);
    // What a client signs holds our own headers.
    let is_signed = senders.is_signed && is_own;
    let may_assert = senders.may_act || (senders.is_proxy && source.from_proxies);
    let believed = believed(source.trust, is_signed, may_assert);
    // INVARIANT: our own headers never contradict a credential with a user of its own unseen.
    let seen = (is_own && senders.has_user).then_some(Strength::Claimed);
    let Some(strength) = believed.or(seen) else {
        return Ok(None);
    };
    let Some(id) = user_id(source, headers)? else {
        return Ok(None);
    };
    let issuer = source.issuer().map_err(|error| named(source, error))?;
    Ok(Some(Piece {
        subject: User { issuer, id },
        said: None,
        standing: Standing::default(),
        strength,
        source: match source.kind {
            HeaderKind::User | HeaderKind::IsolationKey if strength == Strength::Proven => {
                Source::Signature
            }
            HeaderKind::User => Source::UserHeader,
            HeaderKind::IsolationKey => Source::IsolationKeyHeader,
            HeaderKind::OpenWebui => Source::OpenWebui,
            HeaderKind::SillyTavern => Source::SillyTavern,
            HeaderKind::Named => Source::NamedHeader,
        },
    }))
}

/// How far a header is believed; `None` when it is not to be read.
const fn believed(trust: Trust, is_signed: bool, may_assert: bool) -> Option<Strength> {
    let at_best = match (is_signed, may_assert) {
        (true, _) => Strength::Proven,
        (false, true) => Strength::Asserted,
        (false, false) => Strength::Claimed,
    };
    match (trust, at_best) {
        (Trust::Never, _) | (Trust::Auto, Strength::Claimed) => None,
        (Trust::Claimed, _) => Some(Strength::Claimed),
        (Trust::Always | Trust::Auto, strength) => Some(strength),
    }
}

/// The user whom the header names.
pub(super) fn user_id(
    source: &HeaderSource,
    headers: Headers<'_>,
) -> Result<Option<UserId>, Denial> {
    let header = source.header.as_str();
    let value = headers.one(header).map_err(|problem| {
        Denial::of_stranger(Reason::IdentityHeaderInvalid {
            header: header.to_owned().into(),
            problem,
        })
    })?;
    let id = value.map(UserId::parse).transpose();
    id.map_err(|error| named(source, error))
}

fn named(source: &HeaderSource, error: anchorhold_model::TextError) -> Denial {
    Denial::of_stranger(Reason::NameInvalid {
        field: source.header.as_str().to_owned().into(),
        error,
    })
}
