//! `x-anchorhold-user`: proven by a signature, asserted by a key with `act_as`, claimed by any other.

use anchorhold_model::{Issuer, User, UserId};

use super::{Piece, api_key};
use crate::{Caller, Denial, Headers, IdentityHeader, Reason, Source, Strength};

pub(super) fn piece(
    caller: &Caller,
    headers: Headers<'_>,
    is_signed: bool,
) -> Result<Option<Piece>, Denial> {
    piece_of(
        caller,
        headers,
        IdentityHeader::User,
        api_key::local()?,
        Source::UserHeader,
        is_signed,
    )
}

/// What a header says that names a subject of `issuer`.
pub(super) fn piece_of(
    caller: &Caller,
    headers: Headers<'_>,
    header: IdentityHeader,
    issuer: Issuer,
    source: Source,
    is_signed: bool,
) -> Result<Option<Piece>, Denial> {
    let Some(value) = headers.identity(header)? else {
        return Ok(None);
    };
    let field = header.name();
    let id = UserId::parse(value)
        .map_err(|error| Denial::of_stranger(Reason::NameInvalid { field, error }))?;
    let (strength, source) = match caller.credential().act_as {
        _ if is_signed => (Strength::Proven, Source::Signature),
        Some(_) => (Strength::Asserted, source),
        None => (Strength::Claimed, source),
    };
    let subject = User { issuer, id };
    Ok(Some(Piece {
        subject,
        strength,
        source,
    }))
}
