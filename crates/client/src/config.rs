//! What a client needs to know before its first request.

use std::fmt;

/// Where the server is, and who asks.
#[derive(Clone, Default)]
pub struct Config {
    /// The base URL, such as `http://127.0.0.1:3300` or `https://memory.example`.
    pub url: String,
    /// The API key; none for the health routes alone.
    pub key: Option<String>,
    /// The authorities one of which must have signed the server's certificate, as PEM; those of the
    /// open network when absent.
    pub authorities: Option<String>,
    /// The user, when the key may name one.
    pub user: Option<String>,
    /// A workspace of the user.
    pub workspace: Option<String>,
    /// An agent of the user.
    pub agent: Option<String>,
    /// A thread of the user.
    pub thread: Option<String>,
    /// A named namespace instead of the user's own.
    pub namespace: Option<String>,
}

impl fmt::Debug for Config {
    /// The address alone: keys and names do not belong into logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Config")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
