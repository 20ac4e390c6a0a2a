//! One message in, one answer out, over streamable HTTP.
//!
//! Every message stands for itself: nothing of the protocol is kept between two of them, no stream is held open
//! and none can be resumed. Of the versions of the protocol the newest has no sessions at all; in the older ones
//! the id of a session is optional, and whoever serves this door gives one out and looks at it.

use std::convert::Infallible;
use std::sync::Arc;

use http::header::{ACCEPT, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use crate::Desk;
use crate::handler::{AtDesk, Handler};

/// Headers of a message that the protocol reads; those of the credential are none of them.
const READ: [HeaderName; 2] = [ACCEPT, CONTENT_TYPE];
/// How the headers begin that are the protocol's own.
const OWN: &str = "mcp-";
/// The only one of those that is not for the protocol here.
const SESSION: &str = "mcp-session-id";

/// What a message is answered.
#[derive(Debug)]
pub enum Answer {
    /// A message, or nothing where none is due.
    Message {
        /// 200 or 202, or what the protocol says of an error.
        status: StatusCode,
        /// JSON; empty where no answer is due.
        body: Bytes,
    },
    /// It is no message of the protocol.
    Refused {
        /// What HTTP says of that.
        status: StatusCode,
        /// What is wrong with it.
        reason: String,
    },
}

/// The protocol, for any number of messages at once.
pub struct Door {
    service: StreamableHttpService<Handler, NeverSessionManager>,
}

impl Door {
    /// The door. A message is at most so many bytes long.
    pub fn new(message_bytes_max: usize) -> Self {
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_sse_keep_alive(None)
            .with_sse_retry(None)
            .with_max_request_body_bytes(message_bytes_max)
            .enforce_origin_validation();
        let sessions = Arc::new(NeverSessionManager::default());
        Self {
            service: StreamableHttpService::new(|| Ok(Handler), sessions, config),
        }
    }

    /// Answers one message; `desk` does what its tool asks. Runs inside a runtime of tokio. The tool's work is
    /// not waited for any longer when this future is dropped.
    pub async fn answer(&self, desk: Arc<dyn Desk>, headers: &HeaderMap, body: Bytes) -> Answer {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        // Whoever serves the door has judged `Host` and `Origin` before it read the message; this is the name
        // by which that one asks.
        let name = HeaderValue::from_static("localhost");
        request.headers_mut().insert(HOST, name);
        let read = headers.iter().filter(|(name, _)| is_read(name));
        for (name, value) in read {
            request.headers_mut().append(name, value.clone());
        }
        request.extensions_mut().insert(AtDesk(desk));
        read_answer(self.service.handle(request).await).await
    }
}

fn is_read(name: &HeaderName) -> bool {
    READ.contains(name) || (name.as_str().starts_with(OWN) && name.as_str() != SESSION)
}

async fn read_answer(response: Response<BoxBody<Bytes, Infallible>>) -> Answer {
    let (head, body) = response.into_parts();
    let media_type = head.headers.get(CONTENT_TYPE);
    if media_type.is_some_and(|value| value == "text/event-stream") {
        // No tool of ours says anything before its answer, so there is nothing to stream.
        return Answer::Refused {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            reason: "an answer is a stream".to_owned(),
        };
    }
    let is_json = media_type.is_some_and(|value| value == "application/json");
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(never) => match never {},
    };
    if is_json || (head.status.is_success() && body.is_empty()) {
        return Answer::Message {
            status: head.status,
            body,
        };
    }
    Answer::Refused {
        status: head.status,
        reason: String::from_utf8_lossy(&body).into_owned(),
    }
}
