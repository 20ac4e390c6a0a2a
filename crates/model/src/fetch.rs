//! Documents of others as a parameter: nothing below `outbound` opens a connection for one.

/// Why a document was not fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchProblem {
    /// The address may not be asked, or leads to a place that is not reached. The operator must look.
    Address,
    /// No connection, or it broke. Try again later.
    Unreachable,
    /// The whole did not come in time. Try again later.
    Late,
    /// The other side did not prove who it is, and nothing was said to it. The operator must look.
    Untrusted,
    /// It answered with another status than 200, a redirect among them. The operator must look.
    Status,
    /// It is longer than a document may be. The operator must look.
    TooLarge,
    /// It is not what was asked for. The operator must look.
    Malformed,
}

impl FetchProblem {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Address,
        Self::Unreachable,
        Self::Late,
        Self::Untrusted,
        Self::Status,
        Self::TooLarge,
        Self::Malformed,
    ];

    /// The word for lists and counters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address_refused",
            Self::Unreachable => "unreachable",
            Self::Late => "late",
            Self::Untrusted => "untrusted",
            Self::Status => "status",
            Self::TooLarge => "too_large",
            Self::Malformed => "malformed",
        }
    }
}

/// Where documents of others come from. The only real implementation is in `outbound`; tests bring
/// their own.
pub trait Fetch: Send + Sync {
    /// The document at a URL, in a time and of a size that are bounded. Blocks.
    ///
    /// # Errors
    /// Why there is none.
    fn fetch(&self, url: &str) -> Result<Vec<u8>, FetchProblem>;
}
