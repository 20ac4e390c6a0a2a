//! A signed token proves its subject, whose issuer is the configured name of its key set.

use super::Piece;
use crate::{Caller, Source, Standing, Strength};

pub(super) fn piece(caller: &Caller) -> Option<Piece> {
    caller.vouched().map(|vouched| Piece {
        subject: vouched.user.clone(),
        said: None,
        standing: Standing::default(),
        strength: Strength::Proven,
        source: Source::Jwt,
    })
}
