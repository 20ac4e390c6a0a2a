//! A refusal before it becomes a response: a code for programs, a sentence for people, and the
//! whole truth for the log alone.

mod failure;
mod reason;

use std::borrow::Cow;

use anchorhold_wire::{Code, ErrorDetail, Rejection};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};

use crate::pool::Unanswered;
use crate::request_id::RequestId;

/// Why a request is refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    rejection: Rejection,
    /// Differs from the code's own where HTTP has a status that no code of ours has.
    status: u16,
    /// Seconds of `Retry-After`, where they are not those of the code.
    retry_after: Option<u64>,
    /// For the log alone.
    cause: Option<Cow<'static, str>>,
}

impl Refusal {
    /// A code and what the caller should do.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self::from(Rejection::new(code, message))
    }

    /// About one query parameter or header.
    pub(crate) fn of_field(code: Code, field: &str, rule: impl std::fmt::Display) -> Self {
        Self::from(Rejection::of_field(code, field, rule))
    }

    /// A fault of the server.
    pub(crate) fn internal(cause: impl Into<Cow<'static, str>>) -> Self {
        let message =
            "something went wrong inside the server; report the request_id to its operator";
        Self::new(Code::Internal, message).because(cause)
    }

    /// Adds what the log should know.
    #[must_use]
    pub(crate) fn because(mut self, cause: impl Into<Cow<'static, str>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The same with a status of HTTP's own.
    #[must_use]
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status.as_u16();
        self
    }

    /// The same with seconds after which it may go better.
    #[must_use]
    pub(crate) fn retried_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// No session that the caller may end.
    pub(crate) fn session_not_found() -> Self {
        let message = "no such session lives; those that do are listed at /v1/sessions";
        Self::new(Code::NamespaceNotFound, message)
    }

    /// No sandbox has this handle.
    pub(crate) fn sandbox_not_found() -> Self {
        let message = "no sandbox has this handle; those that live are listed at /v1/quarantine";
        Self::new(Code::NamespaceNotFound, message)
    }

    /// Nothing stands at this path on this listener.
    pub(crate) fn route_not_found() -> Self {
        Self::new(
            Code::RouteNotFound,
            "nothing is here; check the path and the listener, as /openapi.json describes them",
        )
    }

    /// Something stands at this path, but not for this method.
    pub(crate) fn method_not_allowed() -> Self {
        let message = "this path does not know the method; the Allow header lists those it knows";
        Self::new(Code::RouteNotFound, message).with_status(StatusCode::METHOD_NOT_ALLOWED)
    }

    /// The status and the detail, for the results of a batch.
    pub(crate) fn into_detail(self, request_id: &RequestId) -> (u16, ErrorDetail) {
        self.log(request_id);
        (self.status, self.rejection.into_detail(request_id.as_str()))
    }

    /// The response.
    pub(crate) fn into_response(self, request_id: &RequestId) -> Response<Body> {
        self.log(request_id);
        let code = self.rejection.code;
        let rejection = self.rejection;
        #[cfg(feature = "sabotage")]
        let rejection = crate::sabotage::rejection(rejection);
        let body = rejection.into_body(request_id.as_str());
        // A struct of texts always becomes JSON.
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(seconds) = self.retry_after.or(code.retries()) {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == 401 {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }

    /// Tells the log.
    pub(crate) fn log(&self, request_id: &RequestId) {
        let (request_id, code) = (request_id.as_str(), self.rejection.code.as_str());
        match &self.cause {
            Some(cause) => tracing::error!(request_id, code, cause = cause.as_ref(), "refused"),
            None => tracing::debug!(request_id, code, "refused"),
        }
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self {
            status: rejection.code.status(),
            retry_after: None,
            rejection,
            cause: None,
        }
    }
}

impl From<Unanswered> for Refusal {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Overloaded => Self::new(
                Code::Overloaded,
                "too many requests are waiting; repeat after the seconds of Retry-After",
            ),
            Unanswered::Panicked => Self::internal("a verb panicked"),
        }
    }
}
