//! Why a request has no answer, each with what to do about it.

use anchorhold_wire::{Code, ErrorBody};

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody answered. A write may have happened when the connection ended after it was sent.
    #[error("no answer from {url}: {reason}")]
    Unreachable {
        /// The base URL.
        url: String,
        /// What the network said.
        reason: String,
    },
    /// The server said no.
    #[error("{} ({status} {})", body.error.message, body.error.code)]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The reason, for programs and for people.
        body: Box<ErrorBody>,
        /// Seconds after which the same request may be sent again, when the server named them.
        retry_after: Option<u64>,
    },
    /// Somebody answered who did not prove to be the server; nothing was sent.
    #[error("{url} did not prove to be the server that was meant: {reason}")]
    Untrusted {
        /// The base URL.
        url: String,
        /// What is wrong with the certificate.
        reason: String,
    },
    /// The certificates of the authorities cannot be used.
    #[error("the authorities for https cannot be used: {reason}")]
    Authorities {
        /// Why.
        reason: &'static str,
    },
    /// Somebody answered, but not as Anchorhold does.
    #[error("{url} did not answer as Anchorhold does: {reason}")]
    Protocol {
        /// The base URL.
        url: String,
        /// The HTTP status, if there was one.
        status: Option<u16>,
        /// What was wrong; never a part of the reply.
        reason: String,
    },
    /// The base URL cannot be used.
    #[error("{url} cannot be used as the address of a server: {reason}")]
    Address {
        /// The base URL.
        url: String,
        /// Why.
        reason: &'static str,
    },
    /// The key, a user or a namespace holds a character that no header can carry.
    #[error("the value for {name} cannot be sent in a header")]
    Header {
        /// The header.
        name: &'static str,
    },
    /// The request could not be written as JSON.
    #[error("the request could not be written as JSON")]
    Unwritable(#[source] serde_json::Error),
}

impl Error {
    /// What the caller should do.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => {
                "Start the server with `anchorhold serve`, or correct the URL (https:// where TLS is spoken)."
            }
            Self::Refused { body, .. } => body.error.code.advice(),
            Self::Protocol { .. } => {
                "Check that the URL is that of an Anchorhold server of this version and of the right listener, and begins with https:// where TLS is spoken."
            }
            Self::Untrusted { .. } => {
                "Check that the URL has a name that the certificate bears; name the authority that signed it, if it is one of your own (ANCHORHOLD_CA_FILE)."
            }
            Self::Authorities { .. } => {
                "Give a PEM file with the certificate of the authority that signed the server's (ANCHORHOLD_CA_FILE)."
            }
            Self::Address { .. } => "Use a URL such as http://127.0.0.1:3300.",
            Self::Header { .. } => "Use a value without control characters and line breaks.",
            Self::Unwritable(_) => "Report this as a bug of the client.",
        }
    }

    /// The server's reason, when it was the server that refused.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused { body, .. } => Some(body.error.code),
            _ => None,
        }
    }
}
