//! The steps of a survey, and their words: what a caller carries from one request to the next.

use std::fmt;

use anchorhold_crypto::Lookup;
use anchorhold_model::{TenantId, hex, unhex};

/// A bounded part of a survey. As text it holds a keyed MAC at most, and grants nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Installation, catalogue, keyring, and what belongs to nobody.
    Foundation,
    /// The audit chains after that of this tenant.
    Chains(Option<TenantId>),
    /// The namespaces after the one whose row has this key.
    Namespaces(Option<Lookup>),
}

impl Step {
    /// Where a survey begins.
    pub const FIRST: Self = Self::Foundation;

    /// Reads what `Display` wrote.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once('-') {
            None if text == "foundation" => Some(Self::Foundation),
            None if text == "chains" => Some(Self::Chains(None)),
            None if text == "namespaces" => Some(Self::Namespaces(None)),
            Some(("chains", after)) => {
                unhex(after).map(|after| Self::Chains(Some(TenantId::from_bytes(after))))
            }
            Some(("namespaces", after)) => unhex(after).map(|after| Self::Namespaces(Some(after))),
            _ => None,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foundation => formatter.write_str("foundation"),
            Self::Chains(None) => formatter.write_str("chains"),
            Self::Namespaces(None) => formatter.write_str("namespaces"),
            Self::Chains(Some(after)) => write!(formatter, "chains-{}", hex(after.as_bytes())),
            Self::Namespaces(Some(after)) => write!(formatter, "namespaces-{}", hex(after)),
        }
    }
}
