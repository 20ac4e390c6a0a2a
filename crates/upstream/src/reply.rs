//! What a model server answers, as it comes.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anchorhold_model::{Clock, TenantId};
use hyper::body::Bytes;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use tokio::time::timeout;

use crate::breaker::Breaker;
use crate::{Deadlines, Failure, Phase};

/// An answer whose head has come. Dropped before its end, it ends the connection, and with it the work of
/// the server.
pub struct Reply {
    response: reqwest::Response,
    deadlines: Deadlines,
    clock: Arc<dyn Clock>,
    until: Duration,
    breaker: Arc<Breaker>,
    tenant: TenantId,
}

impl Reply {
    pub(crate) fn new(
        response: reqwest::Response,
        (deadlines, began): (Deadlines, Duration),
        clock: Arc<dyn Clock>,
        (breaker, tenant): (Arc<Breaker>, TenantId),
    ) -> Self {
        Self {
            response,
            deadlines,
            clock,
            until: began.saturating_add(deadlines.total),
            breaker,
            tenant,
        }
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// What sort of body it has.
    pub fn content_type(&self) -> Option<&HeaderValue> {
        self.response.headers().get(CONTENT_TYPE)
    }

    /// Whether its body is written in another way than plainly, though nobody asked for that.
    pub fn is_encoded(&self) -> bool {
        let mut encodings = self.response.headers().get_all(CONTENT_ENCODING).iter();
        encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
    }

    /// When to come again.
    pub fn retry_after(&self) -> Option<&HeaderValue> {
        self.response.headers().get(RETRY_AFTER)
    }

    /// Whether the body comes as events.
    pub fn is_stream(&self) -> bool {
        let value = self.content_type().and_then(|value| value.to_str().ok());
        let essence = value.and_then(|value| value.split(';').next());
        essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("text/event-stream"))
    }

    /// The next bytes of the body, `None` at its end.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, Failure> {
        let left = self.until.saturating_sub(self.clock.monotonic());
        let (wait, phase) = if left < self.deadlines.idle {
            (left, Phase::Total)
        } else {
            (self.deadlines.idle, Phase::Idle)
        };
        let piece = match timeout(wait, self.response.chunk()).await {
            Ok(Ok(piece)) => Ok(piece),
            Ok(Err(_)) => Err(Failure::Broken),
            Err(_) => Err(Failure::Late(phase)),
        };
        piece.inspect_err(|_| self.breaker.left(self.tenant, false))
    }

    /// The whole body; `None` when it has more than so many bytes.
    pub async fn whole(mut self, bytes_max: usize) -> Result<Option<Bytes>, Failure> {
        let mut whole = Vec::new();
        while let Some(piece) = self.piece().await? {
            if whole.len().saturating_add(piece.len()) > bytes_max {
                return Ok(None);
            }
            whole.extend_from_slice(&piece);
        }
        Ok(Some(whole.into()))
    }
}

/// The head of an answer, in time.
pub(crate) async fn head(
    sent: impl Future<Output = Result<reqwest::Response, reqwest::Error>>,
    deadlines: &Deadlines,
) -> Result<reqwest::Response, Failure> {
    match timeout(deadlines.head, sent).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err(Failure::before(&error)),
        Err(_) => Err(Failure::Late(Phase::Head)),
    }
}
