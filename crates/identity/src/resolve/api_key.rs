//! A user-bound API key proves its user, and so does a token that the tenant mapped to one.

use anchorhold_model::{Issuer, User};

use super::Piece;
use crate::{Caller, Denial, Reason, Source, Standing, Strength};

pub(super) fn piece(caller: &Caller) -> Result<Option<Piece>, Denial> {
    let Some(id) = caller.credential().user.clone() else {
        return Ok(None);
    };
    Ok(Some(Piece {
        subject: User {
            issuer: local()?,
            id,
        },
        said: None,
        standing: Standing::default(),
        strength: Strength::Proven,
        source: if caller.credential().is_brought {
            Source::BearerMap
        } else {
            Source::ApiKey
        },
    }))
}

/// The issuer `local`: what the tenant itself vouches for.
pub(crate) fn local() -> Result<Issuer, Denial> {
    Issuer::parse(Issuer::LOCAL).map_err(|error| {
        Denial::of_stranger(Reason::NameInvalid {
            field: "issuer".into(),
            error,
        })
    })
}
