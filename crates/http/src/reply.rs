//! A successful answer before it becomes a response.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use hyper::body::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::stream::Pieces;
use crate::written;

/// A status, a body and the headers that go with them.
pub(crate) struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Content,
}

/// What a reply says.
pub(crate) enum Content {
    /// All of it.
    Whole(Bytes),
    /// What makes it, piece by piece, while the client reads.
    Pieces(Pieces),
    /// What comes from somebody else.
    Passed(Body),
}

impl Reply {
    /// A JSON body.
    pub(crate) fn json(
        call: &Call,
        status: StatusCode,
        body: &impl Serialize,
    ) -> Result<Self, Refusal> {
        let body = written::json(call, body)?;
        Ok(Self::bytes(status, "application/json", body))
    }

    /// 200 and a JSON body.
    pub(crate) fn ok(call: &Call, body: &impl Serialize) -> Result<Self, Refusal> {
        Self::json(call, StatusCode::OK, body)
    }

    /// 201 and a JSON body.
    pub(crate) fn created(call: &Call, body: &impl Serialize) -> Result<Self, Refusal> {
        Self::json(call, StatusCode::CREATED, body)
    }

    /// Any body.
    pub(crate) fn bytes(
        status: StatusCode,
        media_type: &'static str,
        body: impl Into<Bytes>,
    ) -> Self {
        Self {
            status,
            headers: vec![(CONTENT_TYPE, HeaderValue::from_static(media_type))],
            body: Content::Whole(body.into()),
        }
    }

    /// 200 and a body that is made while the client reads it. The first error ends the connection
    /// before the end of the body, so that no client takes a part for the whole.
    pub(crate) fn pieces(media_type: &'static str, pieces: Pieces) -> Self {
        Self {
            status: StatusCode::OK,
            headers: vec![(CONTENT_TYPE, HeaderValue::from_static(media_type))],
            body: Content::Pieces(pieces),
        }
    }

    /// What somebody else answers.
    pub(crate) fn passed(
        status: StatusCode,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Body,
    ) -> Self {
        let body = Content::Passed(body);
        Self {
            status,
            headers,
            body,
        }
    }

    /// Adds headers.
    #[must_use]
    pub(crate) fn with_headers(mut self, headers: Vec<(HeaderName, HeaderValue)>) -> Self {
        self.headers.extend(headers);
        self
    }

    /// Adds the version of the memory as `ETag`.
    #[must_use]
    pub(crate) fn version(mut self, version: u64) -> Self {
        if let Ok(value) = HeaderValue::from_str(&format!("\"{version}\"")) {
            self.headers.push((ETAG, value));
        }
        self
    }

    /// The status and the JSON body, for the answers of a batch. They take room as long as the
    /// bytes are kept.
    pub(crate) fn into_json(self) -> Result<(u16, Box<RawValue>, Bytes), Refusal> {
        let Content::Whole(bytes) = self.body else {
            return Err(Refusal::internal("a batch holds a stream"));
        };
        match serde_json::from_slice(&bytes) {
            Ok(body) => Ok((self.status.as_u16(), body, bytes)),
            Err(_) => Err(Refusal::internal("a reply is no JSON")),
        }
    }

    /// The response; `send` makes a body of pieces.
    pub(crate) fn into_response(self, send: impl FnOnce(Pieces) -> Body) -> Response<Body> {
        let mut response = Response::new(match self.body {
            Content::Whole(bytes) => Body::from(bytes),
            Content::Pieces(pieces) => send(pieces),
            Content::Passed(body) => body,
        });
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }
}
