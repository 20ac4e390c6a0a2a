//! `x-isolation-key`: a key of the application's own choosing. Its issuer is `isolation-key`, so it
//! never meets a user of the same spelling, and beside another identity it is a conflict.

use anchorhold_model::Issuer;

use super::{Piece, user_header};
use crate::{Caller, Denial, Headers, IdentityHeader, Reason, Source};

pub(super) fn piece(
    caller: &Caller,
    headers: Headers<'_>,
    is_signed: bool,
) -> Result<Option<Piece>, Denial> {
    let issuer = Issuer::parse(Issuer::ISOLATION_KEY).map_err(|error| {
        Denial::of_stranger(Reason::NameInvalid {
            field: "issuer",
            error,
        })
    })?;
    let header = IdentityHeader::IsolationKey;
    let source = Source::IsolationKeyHeader;
    user_header::piece_of(caller, headers, header, issuer, source, is_signed)
}
