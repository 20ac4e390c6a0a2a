//! Bodies: how much, how fast and of which media type, all decided before they are kept in memory.

use std::time::Duration;

use anchorhold_model::json_containers;
use anchorhold_model::limits::BODY_CONTAINERS_MAX;
use anchorhold_wire::Code;
use axum::body::Body;
use axum::http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, TRANSFER_ENCODING,
};
use axum::http::{HeaderMap, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Bytes};

use crate::refusal::Refusal;
use crate::room::{Holder, Share};
use crate::state::App;

/// What a body is when a route reads it whole.
const JSON: &[&str] = &["application/json"];
/// How long the rest of a refused body is read.
const DISCARD_TIME_MAX: Duration = Duration::from_secs(5);
/// How much of a refused body is read, in bodies of the largest size.
const DISCARDED_BODIES: usize = 4;

/// A body that was read, and the room that it takes until the request is answered.
#[derive(Default)]
pub(crate) struct Received {
    pub(crate) bytes: Vec<u8>,
    room: Option<Share>,
}

/// Refuses a body that was packed on its way in any way but `chunked`: what is in it is not what was
/// meant, and something between here and the client may have read it otherwise.
pub(crate) fn framing(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    let is_known = match codings.next() {
        None => true,
        Some(coding) => {
            coding.as_bytes().eq_ignore_ascii_case(b"chunked") && codings.next().is_none()
        }
    };
    if is_known {
        return Ok(());
    }
    let rule = "must be chunked, once, or left out";
    Err(
        Refusal::of_field(Code::RequestInvalid, "transfer-encoding", rule)
            .with_status(StatusCode::NOT_IMPLEMENTED),
    )
}

/// Refuses a body where a route takes none: what would be ignored may have been meant, such as a
/// namespace.
pub(crate) fn refuse(body: &Body) -> Result<Received, Refusal> {
    if body.is_end_stream() {
        return Ok(Received::default());
    }
    Err(Refusal::new(
        Code::RequestInvalid,
        "this route takes no body; leave it out, and name a namespace in the query",
    ))
}

/// Reads the rest of a body that was refused and keeps nothing of it, for a while: a client that
/// still sends would otherwise be cut off before it reads why. One that asks before it sends
/// (`Expect`) is told by the refusal, and its connection ends.
pub(crate) fn discard(app: &App, headers: &HeaderMap, mut body: Body) {
    if body.is_end_stream() || headers.contains_key(EXPECT) {
        return;
    }
    let mut bytes_left = app.limits.body_bytes_max.saturating_mul(DISCARDED_BODIES);
    let discarding = async move {
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            match bytes_left.checked_sub(length) {
                Some(left) => bytes_left = left,
                None => break,
            }
        }
    };
    tokio::spawn(tokio::time::timeout(DISCARD_TIME_MAX, discarding));
}

/// Refuses a body that is read in pieces by its head.
pub(crate) fn check(headers: &HeaderMap, media_types: &[&str]) -> Result<(), Refusal> {
    media_type(headers, media_types)?;
    plain(headers)
}

fn plain(headers: &HeaderMap) -> Result<(), Refusal> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(Refusal::new(
            Code::MediaTypeUnsupported,
            "send the body as it is, without Content-Encoding",
        ));
    }
    Ok(())
}

/// Reads a JSON body.
pub(crate) async fn read(
    app: &App,
    headers: &HeaderMap,
    holder: Holder,
    body: &mut Body,
) -> Result<Received, Refusal> {
    let declared = headers.get_all(CONTENT_TYPE).iter().next().is_some();
    if declared {
        media_type(headers, JSON)?;
    }
    plain(headers)?;
    if length(headers).is_some_and(|length| length > app.limits.body_bytes_max) {
        return Err(too_large(app));
    }
    let read = tokio::time::timeout(app.limits.body_time_max, collect(app, holder, body));
    let received = read.await.unwrap_or_else(|_| Err(too_slow()))?;
    if !declared && !received.bytes.is_empty() {
        media_type(headers, JSON)?;
    }
    if json_containers(&received.bytes) > BODY_CONTAINERS_MAX {
        let message = format!(
            "the body holds more than {BODY_CONTAINERS_MAX} objects and lists; send less at once"
        );
        return Err(Refusal::new(Code::BodyTooLarge, message));
    }
    Ok(received)
}

async fn collect(app: &App, holder: Holder, body: &mut Body) -> Result<Received, Refusal> {
    let mut received = Received {
        bytes: Vec::new(),
        room: Some(app.bodies.enter(holder)),
    };
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| cut_short())?;
        // Trailers carry nothing that this server reads.
        if let Ok(data) = frame.into_data() {
            received.take(app, &data)?;
        }
    }
    Ok(received)
}

impl Received {
    /// A body that was made here of one that holds its room.
    pub(crate) fn made(bytes: Vec<u8>) -> Self {
        Self { bytes, room: None }
    }

    /// A part of a body that was received already, and that holds its room.
    pub(crate) fn of(part: &str) -> Self {
        Self::made(part.as_bytes().to_vec())
    }

    fn take(&mut self, app: &App, data: &Bytes) -> Result<(), Refusal> {
        if self.bytes.len() + data.len() > app.limits.body_bytes_max {
            return Err(too_large(app));
        }
        let room = self.room.as_mut();
        if !room.is_none_or(|room| room.take(data.len())) {
            return Err(Refusal::new(
                Code::Overloaded,
                "too many bodies arrive at once; repeat after the seconds of Retry-After",
            ));
        }
        self.bytes.extend_from_slice(data);
        Ok(())
    }
}

fn length(headers: &HeaderMap) -> Option<usize> {
    let text = headers.get(CONTENT_LENGTH)?.to_str().ok()?;
    // A length that no number holds is too long, not absent.
    Some(text.parse().unwrap_or(usize::MAX))
}

/// One of these media types, in UTF-8 if it says which characters.
fn media_type(headers: &HeaderMap, known: &[&str]) -> Result<(), Refusal> {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let value = values.next().and_then(|value| value.to_str().ok());
    let is_known = values.next().is_none() && value.is_some_and(|value| is_one_of(value, known));
    if is_known {
        return Ok(());
    }
    let first = known.first().copied().unwrap_or_default();
    Err(Refusal::new(
        Code::MediaTypeUnsupported,
        format!("send the header Content-Type: {first}"),
    ))
}

fn is_one_of(value: &str, known: &[&str]) -> bool {
    let mut parts = value.split(';').map(str::trim);
    let is_known = parts
        .next()
        .is_some_and(|name| known.iter().any(|known| name.eq_ignore_ascii_case(known)));
    is_known
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

fn too_large(app: &App) -> Refusal {
    let bytes_max = app.limits.body_bytes_max;
    Refusal::new(
        Code::BodyTooLarge,
        format!("the body must be at most {bytes_max} bytes; send several smaller ones"),
    )
}

pub(crate) fn cut_short() -> Refusal {
    Refusal::new(
        Code::JsonInvalid,
        "the body ended before its end; send it whole",
    )
}

pub(crate) fn too_slow() -> Refusal {
    Refusal::new(
        Code::JsonInvalid,
        "the body did not arrive in time; send it faster or in smaller parts",
    )
    .with_status(StatusCode::REQUEST_TIMEOUT)
}
