//! What a model server answers, on its way back: the bytes as they come, but for the name of the model where the
//! client knows it by another one.

use std::time::Duration;

use anchorhold_model::limits::CHAT_ANSWER_BYTES_MAX;
use anchorhold_proxy::{Events, Heard, is_done, renamed, renamed_event};
use anchorhold_upstream::{Failure, Reply as Answer};
use anchorhold_wire::Code;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use hyper::body::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use tokio::sync::mpsc::Sender;
use tokio::time::timeout;

use super::failure;
use super::keeping::Keeping;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::stream::{Part, outgoing};

/// Pieces that are on their way to a client at once.
const PIECES_MAX: usize = 8;

/// How long a server that has said all may take to end its body.
const DONE_TIME_MAX: Duration = Duration::from_secs(1);

/// How long a client may take to read of a failure and leave, before its stream is cut.
const FAILURE_TIME_MAX: Duration = Duration::from_secs(1);

/// What the client waits for.
pub(super) struct Shape {
    /// Whether it wants a stream.
    pub(super) is_stream: bool,
    /// The name by which it knows the model, where that is another one.
    pub(super) shown: Option<String>,
}

/// The reply to the client.
pub(super) async fn reply(
    call: &Call,
    answer: Answer,
    shape: Shape,
    keeping: Keeping,
) -> Result<Reply, Refusal> {
    let status = answer.status();
    if matches!(status, 300..=399 | 401 | 403) {
        return Err(failure::unusable(status));
    }
    if answer.is_encoded() {
        return Err(failure::unreadable());
    }
    let headers = headers(&answer);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    if shape.is_stream && answer.is_stream() && status.is_success() {
        let passed = Passed {
            answer,
            keeping,
            shown: shape.shown,
            events: Events::default(),
            is_done: false,
            heard: Heard::default(),
        };
        let write_time_max = call.app.limits.write_time_max;
        return Ok(Reply::passed(status, headers, passed.body(write_time_max)));
    }
    let body = whole(call, answer).await?;
    let status = match (status.is_success(), Told::by(&body)) {
        (true, Told::Answer) | (false, Told::Error) => status,
        // A client would take it for an answer.
        (true, Told::Error) => StatusCode::BAD_GATEWAY,
        (true, Told::Nothing) => return Err(failure::unreadable()),
        (false, _) => return Err(failure::unusable(status.as_u16())),
    };
    if status.is_success() {
        let heard = keeping.is_wanted().then(|| Heard::whole(&body));
        keeping.keep(heard.and_then(Heard::said)).await;
    }
    let body = match shape.shown.and_then(|shown| renamed(&body, &shown)) {
        Some(renamed) => renamed.into(),
        None => body,
    };
    Ok(Reply::passed(status, headers, Body::from(body)))
}

/// What of the head goes on. Nothing that counts what others ask of that server.
fn headers(answer: &Answer) -> Vec<(HeaderName, HeaderValue)> {
    let json = HeaderValue::from_static("application/json");
    let mut headers = vec![(CONTENT_TYPE, answer.content_type().cloned().unwrap_or(json))];
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

/// What a whole body tells.
enum Told {
    Answer,
    /// An error as OpenAI's API words it, which clients show to people.
    Error,
    /// It is no JSON object.
    Nothing,
}

impl Told {
    fn by(body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Body {
            error: Option<IgnoredAny>,
        }
        let is_object = body.trim_ascii_start().starts_with(b"{");
        match serde_json::from_slice(body) {
            Ok(Body { error: None }) if is_object => Self::Answer,
            Ok(Body { error: Some(_) }) if is_object => Self::Error,
            _ => Self::Nothing,
        }
    }
}

/// A stream on its way to a client.
struct Passed {
    answer: Answer,
    keeping: Keeping,
    shown: Option<String>,
    events: Events,
    /// Whether the server has said that this is all.
    is_done: bool,
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
                piece = self.next() => piece,
                () = sender.closed() => return,
            };
            let (bytes, is_last) = match &piece {
                Ok(Some(piece)) => (self.passed(piece), false),
                Ok(None) => (self.events.rest(), true),
                // A part of an event would spoil the one that tells of the failure.
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
                } else {
                    let Self {
                        answer, keeping, ..
                    } = self;
                    drop((answer, keeping));
                    // Some clients forget what they have not read yet when a stream is cut.
                    let _ = timeout(FAILURE_TIME_MAX, sender.closed()).await;
                }
                return;
            }
        }
    }

    /// What comes next. A server that has said all and does not end its body keeps nobody waiting.
    async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        if !self.is_done {
            return self.answer.piece().await;
        }
        let piece = timeout(DONE_TIME_MAX, self.answer.piece()).await;
        Ok(piece.ok().and_then(Result::ok).flatten())
    }

    /// The events that are whole with this piece, as the client knows them.
    fn passed(&mut self, piece: &[u8]) -> Vec<u8> {
        if self.keeping.is_wanted() {
            self.heard.pass(piece);
        }
        let events = self.events.take(piece);
        self.is_done |= events.iter().any(|event| is_done(event));
        match &self.shown {
            None => events.concat(),
            Some(shown) => {
                let events = events.iter();
                events
                    .flat_map(|event| renamed_event(event, shown))
                    .collect()
            }
        }
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
