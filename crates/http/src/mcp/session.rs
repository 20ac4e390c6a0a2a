//! The id of a session: given out when one begins, looked at with every message that shows it.
//!
//! A session holds nothing, and its id gives no right: every message is judged by its own credential. The id is
//! a MAC over whom the first message spoke for, so that it counts beside the same credential and for the same
//! user alone. A client may leave it out, and one of another is none.

use anchorhold_gate::Who;
use anchorhold_model::{Issuer, Stream, hex, unhex};
use anchorhold_wire::Code;
use axum::http::{HeaderName, HeaderValue};

use crate::call::Call;
use crate::refusal::Refusal;
use crate::state::App;

const ID: HeaderName = HeaderName::from_static("mcp-session-id");
/// Bytes that tell one session from another.
const NONCE_BYTES: usize = 16;
/// Bytes of an id: those and the MAC.
const ID_BYTES: usize = 32;

/// For whom a session is.
pub(super) struct Session {
    tenant: String,
    key: String,
    issuer: String,
    user: String,
}

/// For whom a message speaks. Refuses one that shows the id of another session, as if there were none.
pub(super) fn judge(call: &Call) -> Result<Session, Refusal> {
    let session = Session::of(&call.who()?);
    let mut shown = call.headers.get_all(ID).iter();
    match (shown.next(), shown.next()) {
        (None, _) => Ok(session),
        (Some(id), None) if session.is(&call.app, id) => Ok(session),
        _ => Err(Refusal::new(
            Code::NamespaceNotFound,
            "no such session lives; begin one with initialize, without the header mcp-session-id",
        )),
    }
}

impl Session {
    fn of(who: &Who) -> Self {
        // An isolation session and a sandbox are no users: a client that shows none is in another one each time.
        let is_user = |issuer: &str| !matches!(issuer, Issuer::SESSION | Issuer::QUARANTINE);
        let user = who.subject.as_ref();
        let user = user.filter(|user| is_user(user.issuer.as_str()));
        Self {
            tenant: who.tenant.as_str().to_owned(),
            key: who.key.to_string(),
            issuer: user.map_or_else(String::new, |user| user.issuer.as_str().to_owned()),
            user: user.map_or_else(String::new, |user| user.id.as_str().to_owned()),
        }
    }

    fn mac(&self, app: &App, nonce: &[u8]) -> Vec<u8> {
        let of = [&self.tenant, &self.key, &self.issuer, &self.user];
        let [tenant, key, issuer, user] = of.map(String::as_bytes);
        let mac = app.engine.mcp_session(&[nonce, tenant, key, issuer, user]);
        mac.to_vec()
    }

    /// Whether an id is of this session. What a MAC is compared with is no secret of the server: whoever
    /// asks is who it is made for.
    fn is(&self, app: &App, id: &HeaderValue) -> bool {
        let id: Option<[u8; ID_BYTES]> = id.to_str().ok().and_then(unhex);
        let id = id.and_then(|id| {
            let (nonce, mac) = id.split_at_checked(NONCE_BYTES)?;
            Some(self.mac(app, nonce) == mac)
        });
        id.unwrap_or(false)
    }

    /// The id of a session that begins.
    pub(super) fn told(&self, app: &App) -> Vec<(HeaderName, HeaderValue)> {
        let mut nonce = [0; NONCE_BYTES];
        app.random.fill(Stream::PROCESS, &mut nonce);
        let id = hex(&[nonce.as_slice(), &self.mac(app, &nonce)].concat());
        let id = HeaderValue::from_str(&id).ok();
        id.map(|id| (ID, id)).into_iter().collect()
    }
}
