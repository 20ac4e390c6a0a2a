//! The name of one request, in the reply, in error bodies and in the log.

use anchorhold_model::{Random, Stream, hex};
use axum::http::{HeaderName, HeaderValue};

/// The header of every reply.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-anchorhold-request-id");

/// 128 random bits; says nothing about the caller or about other requests.
#[derive(Clone, Debug)]
pub(crate) struct RequestId {
    bytes: [u8; 16],
    text: String,
}

impl RequestId {
    pub(crate) fn draw(random: &dyn Random) -> Self {
        let mut bytes = [0; 16];
        random.fill(Stream::PROCESS, &mut bytes);
        let text = format!("req_{}", hex(&bytes));
        Self { bytes, text }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) const fn as_bytes(&self) -> [u8; 16] {
        self.bytes
    }

    /// The value of the header; `None` never, for hexadecimal digits are always allowed.
    pub(crate) fn header_value(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.text).ok()
    }
}
