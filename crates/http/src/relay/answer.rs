//! What a model server answers, on its way back: the bytes as they come, but for the name of the model where the
//! client knows it by another one.

use std::time::Duration;

use anchorhold_model::limits::CHAT_ANSWER_BYTES_MAX;
use anchorhold_proxy::{Events, Heard, renamed, renamed_event};
use anchorhold_upstream::{Failure, Reply as Answer};
use anchorhold_wire::Code;
use axum::body::Body;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc::Sender;
use tokio::time::timeout;

use super::keeping::Keeping;
use super::{Place, failure};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::stream::{Part, outgoing};

/// Pieces that are on their way to a client at once.
const PIECES_MAX: usize = 8;

/// The reply to the client. `shown` is the name by which it knows the model, where that is another one.
pub(super) async fn reply(
    call: &Call,
    answer: Answer,
    shown: Option<String>,
    (keeping, place): (Keeping, Place),
) -> Result<Reply, Refusal> {
    let status = answer.status();
    if matches!(status, 300..=399 | 401 | 403) {
        return Err(failure::unusable(status));
    }
    let headers = headers(&answer);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    if answer.is_stream() && status.is_success() {
        let passed = Passed {
            answer,
            keeping,
            _place: place,
            shown,
            events: Events::default(),
            heard: Heard::default(),
        };
        let write_time_max = call.app.limits.write_time_max;
        return Ok(Reply::passed(status, headers, passed.body(write_time_max)));
    }
    let is_plain = answer.content_encoding().is_none();
    let body = whole(call, answer).await?;
    if !status.is_success() && is_plain && !is_error(&body) {
        return Err(failure::unusable(status.as_u16()));
    }
    if status.is_success() && is_plain {
        let heard = keeping.is_wanted().then(|| Heard::whole(&body));
        keeping.keep(heard.and_then(Heard::said)).await;
    }
    let body = match shown.and_then(|shown| renamed(&body, &shown)) {
        Some(renamed) => renamed.into(),
        None => body,
    };
    Ok(Reply::passed(status, headers, Body::from(body)))
}

/// What of the head goes on. Nothing that counts what others ask of that server.
fn headers(answer: &Answer) -> Vec<(HeaderName, HeaderValue)> {
    let json = HeaderValue::from_static("application/json");
    let mut headers = vec![(CONTENT_TYPE, answer.content_type().cloned().unwrap_or(json))];
    if let Some(encoding) = answer.content_encoding() {
        headers.push((CONTENT_ENCODING, encoding.clone()));
    }
    if let Some(seconds) = answer.retry_after() {
        headers.push((RETRY_AFTER, seconds.clone()));
    }
    headers
}

/// A whole body, within the room for such.
async fn whole(call: &Call, answer: Answer) -> Result<Bytes, Refusal> {
    let body = answer
        .whole(CHAT_ANSWER_BYTES_MAX)
        .await
        .map_err(failure::of)?;
    let too_long = || {
        Refusal::new(
            Code::UpstreamFailed,
            "the answer of the model server is too long",
        )
    };
    let body = body.ok_or_else(too_long)?;
    crate::written::held(call, body)
}

/// Whether a body is an error as OpenAI's API words it, which clients show to people.
fn is_error(body: &[u8]) -> bool {
    let body: Option<Value> = serde_json::from_slice(body).ok();
    body.is_some_and(|body| body.get("error").is_some_and(|error| !error.is_null()))
}

/// A stream on its way to a client.
struct Passed {
    answer: Answer,
    keeping: Keeping,
    _place: Place,
    shown: Option<String>,
    events: Events,
    heard: Heard,
}

impl Passed {
    /// The body, which is made as the server goes on and the client reads.
    fn body(self, write_time_max: Duration) -> Body {
        let (sender, body) = outgoing(PIECES_MAX);
        tokio::spawn(self.drive(sender, write_time_max));
        body
    }

    /// Dropped before its end, it ends the work of the server.
    async fn drive(mut self, sender: Sender<Part>, write_time_max: Duration) {
        loop {
            let piece = tokio::select! {
                piece = self.answer.piece() => piece,
                () = sender.closed() => return,
            };
            let (bytes, is_last) = match &piece {
                Ok(Some(piece)) => (self.passed(piece), false),
                Ok(None) => (self.events.rest(), true),
                Err(failure) => (broken(*failure), true),
            };
            if !bytes.is_empty() {
                let sent = timeout(write_time_max, sender.send(Part::Piece(bytes.into()))).await;
                if !matches!(sent, Ok(Ok(()))) {
                    return;
                }
            }
            if is_last {
                // Without its end the body is cut, and no client takes a part for the whole.
                if piece.is_ok() {
                    // Whoever reads to the end finds the turn remembered.
                    self.keeping.keep(self.heard.said()).await;
                    let _ = sender.send(Part::End).await;
                }
                return;
            }
        }
    }

    fn passed(&mut self, piece: &[u8]) -> Vec<u8> {
        if self.keeping.is_wanted() {
            self.heard.pass(piece);
        }
        let Some(shown) = &self.shown else {
            return piece.to_vec();
        };
        let events = self.events.take(piece);
        events
            .iter()
            .flat_map(|event| renamed_event(event, shown))
            .collect()
    }
}

/// An event that tells of a failure, as OpenAI's API words it.
fn broken(failure: Failure) -> Vec<u8> {
    let code = match failure {
        Failure::Late(_) => Code::UpstreamTimeout,
        _ => Code::UpstreamFailed,
    };
    let message = failure.to_string();
    let error = json!({"error": {"message": message, "type": code.kind(), "code": code.as_str()}});
    format!("\n\ndata: {error}\n\n").into_bytes()
}
