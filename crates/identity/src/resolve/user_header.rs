//! `x-anchorhold-user`: asserted by a key with `act_as`, claimed by any other.

use anchorhold_model::{Issuer, User, UserId};

use super::{Piece, api_key};
use crate::{Caller, Denial, Headers, IdentityHeader, Reason, Source, Strength};

pub(super) fn piece(caller: &Caller, headers: Headers<'_>) -> Result<Option<Piece>, Denial> {
    piece_of(
        caller,
        headers,
        IdentityHeader::User,
        api_key::local()?,
        Source::UserHeader,
    )
}

/// What a header says that names a subject of `issuer`.
pub(super) fn piece_of(
    caller: &Caller,
    headers: Headers<'_>,
    header: IdentityHeader,
    issuer: Issuer,
    source: Source,
) -> Result<Option<Piece>, Denial> {
    let Some(value) = headers.identity(header)? else {
        return Ok(None);
    };
    let field = header.name();
    let id = UserId::parse(value)
        .map_err(|error| Denial::of_stranger(Reason::NameInvalid { field, error }))?;
    let strength = match caller.credential().act_as {
        Some(_) => Strength::Asserted,
        None => Strength::Claimed,
    };
    let subject = User { issuer, id };
    Ok(Some(Piece {
        subject,
        strength,
        source,
    }))
}
