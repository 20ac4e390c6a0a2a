//! A signed token proves its subject, whose issuer is the configured name of its key set.

use super::Piece;
use crate::{Caller, Source, Strength};

pub(super) fn piece(caller: &Caller) -> Option<Piece> {
    caller.vouched().map(|vouched| Piece {
        subject: vouched.user.clone(),
        strength: Strength::Proven,
        source: Source::Jwt,
    })
}
