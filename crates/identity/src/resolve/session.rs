//! The session that a request shows: in a header, or in a cookie where the tenant has one set.

use anchorhold_model::{Isolation, SessionCookie, SessionId};

use crate::visit::cookie_name;
use crate::{Caller, Denial, Headers, Reason};

/// The header of seed 000's clients.
pub(crate) const HEADER: &str = "x-session-id";

/// What a request shows of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Nothing.
    Nothing,
    /// Something that is no id.
    NoId,
    /// An id, of a living session or not.
    Id {
        /// Which.
        id: SessionId,
        /// Whether a client may have drawn it.
        may_be_drawn: bool,
    },
}

/// What is shown, if the tenant has sessions.
pub(super) fn shown(caller: &Caller, headers: Headers<'_>) -> Result<Option<Shown>, Denial> {
    let Some(tenant) = caller.tenant() else {
        return Ok(None);
    };
    if tenant.policy.isolation != Isolation::Session {
        return Ok(None);
    }
    let sent = headers.one(HEADER).map_err(|problem| {
        Denial::of_stranger(Reason::IdentityHeaderInvalid {
            header: HEADER.into(),
            problem,
        })
    })?;
    let sent = match tenant.identity.sessions.cookie {
        _ if sent.is_some() => sent,
        SessionCookie::Off => None,
        SessionCookie::Lax | SessionCookie::None => cookie(headers, &cookie_name(tenant.id)),
    };
    let Some(sent) = sent else {
        return Ok(Some(Shown::Nothing));
    };
    Ok(Some(SessionId::parse(sent).map_or(Shown::NoId, |id| {
        Shown::Id {
            id,
            may_be_drawn: SessionId::parse_drawn_by_client(sent).is_some(),
        }
    })))
}

/// The value of the tenant's cookie. Two that differ are none.
fn cookie<'a>(headers: Headers<'a>, expected: &str) -> Option<&'a str> {
    let mut values = headers
        .values("cookie")
        .filter_map(|line| std::str::from_utf8(line).ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == expected)
        .map(|(_, value)| value);
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}
