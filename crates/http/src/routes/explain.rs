//! `POST /v1/identity/explain`: the operator learns what a request would be taken for, and why.

use std::sync::Arc;

use anchorhold_crypto::sha256;
use anchorhold_gate::{Ask, Explained};
use anchorhold_identity::{Denial, Door, Headers, Message, Piece, Ruling, Source};
use anchorhold_model::{TrustMode, UserId};
use anchorhold_wire::Code;
use anchorhold_wire::explain::{Explain, ExplainReply, PieceBody, RefusalBody, Values};
use anchorhold_wire::whoami::SubjectBody;

use super::whoami;
use crate::call::Call;
use crate::metrics::Listener;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(super) fn route() -> Route {
    Route::post("/v1/identity/explain", "identity_explain", explain)
        .summary("Say what a request would be taken for, and why, without making it.")
        .takes::<Explain>()
        .gives::<ExplainReply>(200, "The evidence, the rule, and what comes of it.")
        .refuses(&[Code::RequestInvalid])
}

/// Whether a route looks into its body for who the user is.
fn body_speaks(method: Option<&str>, target: Option<&str>) -> bool {
    let path = target.and_then(|target| target.split('?').next());
    let mut routes = crate::routes::tenant().into_iter();
    routes.any(|route| {
        let is_method = method.is_some_and(|method| method.eq_ignore_ascii_case(route.method));
        route.body_speaks && is_method && Some(route.template) == path
    })
}

fn explain(call: &Call) -> Result<Reply, Refusal> {
    call.operator()?;
    let asked = call.body::<Explain>()?;
    let lines: Vec<(&str, &[u8])> = asked.headers.iter().flat_map(lines).collect();
    let body = asked.body.as_deref().unwrap_or_default();
    let message = Message {
        method: asked.method.as_deref().unwrap_or("GET"),
        target: asked.target.as_deref().unwrap_or("/v1/whoami"),
        body_sha256: Some(sha256(body.as_bytes())),
        body: body_speaks(asked.method.as_deref(), asked.target.as_deref())
            .then_some(body.as_bytes()),
        request: call.request_id.as_bytes(),
        arrived: call.arrival.at,
        // A nonce that is only explained is not used up.
        is_again: true,
    };
    let explained = call.app.gate.explain(&Ask {
        headers: Headers::new(&lines),
        named: &[],
        verb: call.route.verb,
        door: Door::Http,
        // Users come by the other listener.
        listener: call.app.policy_of(Listener::Tenant),
        hooked: None,
        message: Some(message),
        peer: asked.peer,
        // To explain is not to begin a session, or to use one.
        visit: Arc::default(),
    });
    Reply::ok(call, &shown(call, explained))
}

fn lines<'a>((name, values): (&'a String, &'a Values)) -> Vec<(&'a str, &'a [u8])> {
    // HTTP takes the white space around a value away.
    let line = |value: &'a String| (name.as_str(), value.trim().as_bytes());
    values.of().iter().map(line).collect()
}

fn shown(call: &Call, explained: Explained) -> ExplainReply {
    let mut advisories = advisories(&explained);
    if explained.is_anonymous {
        advisories.push(
            "nothing shows whose it is, so the tenant of the listener counts; from pages of browsers it is \
             refused"
                .to_owned(),
        );
    }
    let decides = |piece: &Piece| explained.decided_by.as_ref() == Some(piece);
    let evidence = explained.pieces.iter();
    let evidence = evidence.map(|piece| piece_body(piece, decides(piece)));
    let credential = explained.credential.as_ref();
    let tenant = credential.and_then(|credential| credential.tenant.as_ref());
    let (whoami, refusal) = match explained.outcome {
        Ok(who) => (Some(whoami::body(who)), None),
        Err(denial) => (None, Some(refusal(call, denial))),
    };
    ExplainReply {
        tenant: tenant.map(|(name, _)| name.as_str().to_owned()),
        key_id: credential.map(|credential| credential.key),
        trust_mode: tenant.map(|(_, policy)| policy.trust_mode),
        isolation: tenant.map(|(_, policy)| policy.isolation),
        trusted_peer: explained.is_trusted_peer,
        evidence: evidence.collect(),
        ruling: explained
            .ruling
            .map(|ruling| Ruling::as_str(ruling).to_owned()),
        whoami,
        refusal,
        advisories,
    }
}

fn piece_body(piece: &Piece, decides: bool) -> PieceBody {
    PieceBody {
        source: piece.source.as_str().to_owned(),
        subject: SubjectBody::from(piece.said()),
        linked_to: piece
            .said
            .as_ref()
            .map(|_| SubjectBody::from(&piece.subject)),
        strength: whoami::strength(Some(piece.strength)),
        decides,
    }
}

/// What a sender would see, and the reason that only the operator learns.
fn refusal(call: &Call, denial: Denial) -> RefusalBody {
    let reason = denial.reason.as_str().to_owned();
    let (status, detail) = Refusal::from(denial).into_detail(&call.request_id);
    RefusalBody {
        status,
        code: detail.code.as_str().to_owned(),
        reason,
        message: detail.message,
    }
}

fn advisories(explained: &Explained) -> Vec<String> {
    let mut advisories = Vec::new();
    let is_signed = |piece: &Piece| piece.source == Source::Signature;
    if explained.pieces.iter().any(is_signed) {
        advisories.push("whether the nonce was used before is not looked at here".to_owned());
    }
    let Some(decided) = &explained.decided_by else {
        return advisories;
    };
    for piece in &explained.pieces {
        if piece.subject != decided.subject {
            let (source, strength) = (piece.source.as_str(), piece.strength.as_str());
            advisories.push(format!("{source} names somebody else ({strength})"));
        }
    }
    if UserId::looks_like_an_email_address(&decided.subject.id) {
        advisories.push(
            "the id looks like an e-mail address: addresses change and are given to others, ids should not be"
                .to_owned(),
        );
    }
    let tenant = explained
        .credential
        .as_ref()
        .and_then(|credential| credential.tenant.as_ref());
    if tenant.is_some_and(|(_, policy)| policy.trust_mode == TrustMode::Legacy) {
        advisories.push("mode legacy believes whatever a key of the tenant says".to_owned());
    }
    advisories
}
