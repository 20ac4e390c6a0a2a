//! Open WebUI: the user in a signed token once a secret is shared with it, else in a header.
//!
//! INVARIANT: with a secret, the header alone is refused. Open WebUI sends it when it cannot sign,
//! and so does whoever wants to pass for it.

use anchorhold_model::{HeaderSource, Trust, User};

use super::{Piece, Senders, header};
use crate::jwt::Unverified;
use crate::{Caller, Denial, Headers, JwtKeys, JwtProblem, Reason, Source, Standing, Strength};

/// The header of the signed token.
const TOKEN: &str = "x-openwebui-user-jwt";

/// What Open WebUI says, if it is to be read.
pub(super) fn piece(
    caller: &Caller,
    source: &HeaderSource,
    headers: Headers<'_>,
    senders: Senders,
) -> Result<Option<Piece>, Denial> {
    if source.trust == Trust::Never {
        return Ok(None);
    }
    let keys = caller.tenant().and_then(|tenant| {
        let identity = &tenant.identity;
        identity.open_webui.as_ref()
    });
    if keys.is_some() && header::user_id(source, headers)?.is_some() {
        return Err(Denial::of_stranger(Reason::OpenWebuiUnsigned));
    }
    let token = headers.one(TOKEN).map_err(|problem| {
        Denial::of_stranger(Reason::IdentityHeaderInvalid {
            header: TOKEN.into(),
            problem,
        })
    })?;
    let Some(token) = token else {
        return header::piece(source, headers, senders);
    };
    let refused = |problem| Denial::of_stranger(Reason::JwtInvalid(problem));
    // A proof that nobody can check does not count, and is not as if it were absent.
    let unknown = || refused(JwtProblem::KeyUnknown);
    let set = keys.ok_or_else(unknown)?;
    let JwtKeys::Given(keys) = &set.keys else {
        return Err(unknown());
    };
    let now = caller.judged_at();
    let shown = Unverified::read(token).and_then(|token| token.verify(set, keys, now));
    let shown = shown.map_err(refused)?;
    Ok(Some(Piece {
        subject: User {
            issuer: set.vouches.clone(),
            id: shown.id,
        },
        said: None,
        standing: Standing::default(),
        strength: match source.trust {
            Trust::Claimed => Strength::Claimed,
            Trust::Always | Trust::Auto | Trust::Never => Strength::Proven,
        },
        source: Source::OpenWebuiJwt,
    }))
}
