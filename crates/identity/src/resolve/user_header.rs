//! `x-anchorhold-user`: asserted by a key with `act_as`, claimed by any other.

use anchorhold_model::{User, UserId};

use super::{Piece, api_key};
use crate::{Caller, Denial, Headers, IdentityHeader, Reason, Source, Strength};

pub(super) fn piece(caller: &Caller, headers: Headers<'_>) -> Result<Option<Piece>, Denial> {
    let Some(value) = headers.identity(IdentityHeader::User)? else {
        return Ok(None);
    };
    let field = IdentityHeader::User.name();
    let id = UserId::parse(value)
        .map_err(|error| Denial::of_stranger(Reason::NameInvalid { field, error }))?;
    let strength = match caller.credential().act_as {
        Some(_) => Strength::Asserted,
        None => Strength::Claimed,
    };
    Ok(Some(Piece {
        subject: User {
            issuer: api_key::local()?,
            id,
        },
        strength,
        source: Source::UserHeader,
    }))
}
