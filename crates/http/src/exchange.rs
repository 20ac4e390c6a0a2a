//! One request to one route: credential, query, body, a worker, the answer.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anchorhold_crypto::sha256;
use anchorhold_identity::{IdentityHeader, Visit};
use anchorhold_wire::Code;
use axum::body::Body;
use axum::extract::{FromRequestParts as _, RawPathParams, Request};
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::request::Parts;
use axum::http::{Response, StatusCode, Uri};

use crate::body::{self, Received};
use crate::call::{Arrival, Call};
use crate::came::Came;
use crate::mcp;
use crate::metrics::Listener;
use crate::query::Query;
use crate::refusal::Refusal;
use crate::relay;
use crate::reply::Reply;
use crate::request_id::RequestId;
use crate::room::Holder;
use crate::route::{Guard, Route, Run, Takes};
use crate::session;
use crate::state::{App, Lane};
use crate::stream::{self, Place};
use crate::{credential, origin};

/// Which route answered, for the counters.
#[derive(Clone, Copy)]
pub(crate) struct Answered {
    pub(crate) method: &'static str,
    pub(crate) template: &'static str,
}

/// The other end of the connection.
#[derive(Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    /// Whether TLS is spoken with it.
    pub(crate) is_encrypted: bool,
}

impl Peer {
    /// Its address, in one writing: an IPv4 peer of a listener for both families is written as one of
    /// IPv6.
    pub(crate) fn ip(&self) -> IpAddr {
        self.address.ip().to_canonical()
    }

    /// Whether it is on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        self.ip().is_loopback()
    }
}

/// Answers a request that matched `route`.
pub(crate) async fn exchange(
    app: Arc<App>,
    listener: Listener,
    route: Arc<Route>,
    request: Request,
) -> Response<Body> {
    let answered = Answered {
        method: route.method,
        template: route.template,
    };
    let (mut parts, body) = request.into_parts();
    let Some(request_id) = parts.extensions.get::<RequestId>().cloned() else {
        return Response::default();
    };
    // Operators have workers of their own.
    let lane = if [
        "/v1/tenants",
        "/v1/identity",
        "/v1/verify",
        "/v1/backup",
        "/v1/restore",
    ]
    .iter()
    .any(|template| route.template.starts_with(template))
    {
        Lane::Operator
    } else {
        Lane::Tenants
    };
    let visit = Arc::new(Visit::default());
    let asked = (request_id.clone(), Arc::clone(&visit));
    let came = Came {
        listener: app.policy_of(listener),
        application: parts.extensions.remove(),
    };
    let challenge = mcp::challenge(
        &app,
        route.template,
        is_encrypted(&app, &parts),
        &parts.headers,
    );
    let attempted = attempt(&app, (lane, came), route, asked, parts, body).await;
    let mut response = match attempted {
        Ok((reply, place)) => {
            let send = |pieces| stream::send(app, lane, request_id, place, pieces);
            reply.into_response(send)
        }
        Err(refusal) => refusal.into_response(&request_id),
    };
    if let (StatusCode::UNAUTHORIZED, Some(challenge)) = (response.status(), challenge) {
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    session::tell(&visit, response.headers_mut());
    response.extensions_mut().insert(answered);
    response
}

async fn attempt(
    app: &Arc<App>,
    (lane, came): (Lane, Came),
    route: Arc<Route>,
    (request_id, visit): (RequestId, Arc<Visit>),
    mut parts: Parts,
    mut body: Body,
) -> Result<(Reply, Option<Arc<Place>>), Refusal> {
    let at = app.clock.now();
    let needs_credential = needs_credential(&route, &parts);
    let judged = needs_credential.then_some(&came);
    let received = receive(app, lane, &route, judged, &parts, &mut body).await;
    let (received, place, holder) = match received {
        Ok(received) => received,
        Err(refusal) => {
            body::discard(app, &parts.headers, body);
            return Err(refusal);
        }
    };
    let parameters = parameters(&mut parts).await?;
    let run = route.run;
    let is_whole = !matches!(run, Run::Fed(_));
    let is_signed = parts.headers.contains_key(IdentityHeader::Signature.name());
    let arrival = Arrival {
        target: match &came.application {
            Some(application) => application.target.clone(),
            None => target(&parts.uri),
        },
        body_sha256: (is_whole && is_signed).then(|| sha256(&received.bytes)),
        request: request_id.as_bytes(),
        at,
        door: route.door,
        is_encrypted: is_encrypted(app, &parts),
        peer: parts.extensions.get::<Peer>().map(Peer::ip),
        came,
        method: parts.method,
        visit,
    };
    // Dropped with this future when the client leaves.
    let client = Arc::new(());
    let call = Call {
        query: Query::read(parts.uri.query(), route.query)?,
        app: Arc::clone(app),
        route,
        request_id,
        headers: parts.headers,
        arrival: Arc::new(arrival),
        parameters,
        received,
        holder,
        needs_credential,
        client: Arc::downgrade(&client),
    };
    let reply = match run {
        // What reads no store answers at once, also when every worker is taken.
        Run::Whole(run) if !needs_credential && call.route.guard != Guard::Invitation => {
            call.run(run)
        }
        // The rest may block: it runs on a worker, to its end.
        Run::Whole(run) => app.lane(lane).run(move || call.run(run)).await?,
        Run::Quick(quick, run) => match at_hand(&call, quick) {
            Some(reply) => Ok(reply),
            None => app.lane(lane).run(move || call.run(run)).await?,
        },
        Run::Spoken => mcp::speak(app, lane, Arc::new(call)).await,
        Run::Passed(begin) => relay::pass(app, lane, Arc::new(call), begin).await,
        Run::Fed(run) => {
            let call = Arc::new(call);
            let (begun, of_call) = (Arc::clone(&call), run);
            let fed = match app.lane(lane).run(move || of_call(begun)).await? {
                Ok(sink) => stream::feed(app, lane, place.as_ref(), &mut body, sink).await,
                Err(refusal) => Err(refusal),
            };
            fed.inspect_err(|_| body::discard(app, &call.headers, body))
        }
    };
    drop(client);
    reply.map(|reply| (reply, place))
}

/// The answer from memory, on this thread: few at once, so that most threads of the door look after
/// connections. Who comes meanwhile takes a place in the queue.
fn at_hand(call: &Call, quick: fn(&Call) -> Option<Reply>) -> Option<Reply> {
    let _place = call.app.at_hand.try_acquire().ok()?;
    quick(call)
}

/// The body of a request whose sender is known, or room for one that passes in pieces. `judged` is by
/// which way one came that needs a credential.
async fn receive(
    app: &Arc<App>,
    lane: Lane,
    route: &Route,
    judged: Option<&Came>,
    parts: &Parts,
    body: &mut Body,
) -> Result<(Received, Option<Arc<Place>>, Holder), Refusal> {
    // A stranger is refused before a byte of the body is read or judged.
    let holder = match judged {
        Some(came) => {
            let peer = parts.extensions.get::<Peer>();
            origin::check_anonymous(app, came.listener, peer, &parts.headers)?;
            credential::check(app, &parts.headers, came, route).await?
        }
        None => Holder::default(),
    };
    let take = || Place::take(app, lane, holder).map(Arc::new);
    let place = route.streams.then(take).transpose()?;
    let received = match route.takes {
        None => body::refuse(body)?,
        Some(Takes::Json(_)) => body::read(app, &parts.headers, holder, body).await?,
        Some(Takes::Pieces(media_types, _)) => {
            body::check(&parts.headers, media_types)?;
            Received::default()
        }
    };
    Ok((received, place, holder))
}

fn needs_credential(route: &Route, parts: &Parts) -> bool {
    match route.guard {
        Guard::Open | Guard::Invitation => false,
        Guard::Key => true,
        Guard::KeyUnlessLocal => !parts
            .extensions
            .get::<Peer>()
            .is_some_and(|peer| credential::is_local(*peer, &parts.headers)),
    }
}

/// Whether nobody on its way could read a request.
fn is_encrypted(app: &App, parts: &Parts) -> bool {
    let peer = parts.extensions.get::<Peer>();
    peer.is_some_and(|peer| peer.is_encrypted || app.ends_tls(*peer))
}

/// Path and query, as sent.
pub(crate) fn target(uri: &Uri) -> String {
    let sent = uri.path_and_query();
    sent.map_or_else(String::new, |sent| sent.as_str().to_owned())
}

async fn parameters(parts: &mut Parts) -> Result<BTreeMap<String, String>, Refusal> {
    let parameters = RawPathParams::from_request_parts(parts, &())
        .await
        .map_err(|_| Refusal::new(Code::PathNotCanonical, "the path is not UTF-8"))?;
    let owned = parameters
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ok(owned.collect())
}
