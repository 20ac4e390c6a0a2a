//! Why a model server gave no answer, or none to its end.

use std::fmt;
use std::time::Duration;

/// What took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The head of the answer.
    Head,
    /// The next bytes of the answer.
    Idle,
    /// The whole answer.
    Total,
}

impl fmt::Display for Phase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Head => "begin to answer",
            Self::Idle => "go on with its answer",
            Self::Total => "end its answer",
        })
    }
}

/// Why there is no answer, or not all of it. Neither a text nor a key nor an address is part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection, or it broke before anything was answered.
    #[error("the model server does not answer")]
    Unreachable,
    /// It did not prove over TLS who it is, and nothing was said to it.
    #[error("the model server did not prove who it is")]
    Untrusted,
    /// Its name leads to an address at which it may not lie.
    #[error("the model server lies at an address that is not reached")]
    Address,
    /// A phase took too long.
    #[error("the model server did not {0} in time")]
    Late(Phase),
    /// The connection broke, or ended too early, in the middle of the answer.
    #[error("the model server broke off its answer")]
    Broken,
    /// It failed several times for this tenant, and is left alone for a while.
    #[error("the model server failed several times and is left alone for a while")]
    Resting(Duration),
}

impl Failure {
    /// What went wrong before an answer began.
    pub(crate) fn before(error: &reqwest::Error) -> Self {
        let mut source = std::error::Error::source(error);
        while let Some(inner) = source {
            if inner.is::<crate::resolver::Refused>() {
                return Self::Address;
            }
            if inner.is::<rustls::Error>() {
                return Self::Untrusted;
            }
            // What fails during the handshake is wrapped as an error of the connection.
            if let Some(io) = inner.downcast_ref::<std::io::Error>()
                && let Some(inner) = io.get_ref()
                && inner.is::<rustls::Error>()
            {
                return Self::Untrusted;
            }
            source = inner.source();
        }
        Self::Unreachable
    }
}
