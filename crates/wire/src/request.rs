//! From bytes to nouns of the model, in one call.

use serde::de::DeserializeOwned;

use crate::{Rejection, parse};

/// A body that can be checked and turned into what the verbs take.
pub trait Request: DeserializeOwned {
    /// What the verb takes.
    type Domain;

    /// Checks every limit; a refusal names the field.
    fn into_domain(self) -> Result<Self::Domain, Rejection>;
}

/// Parses `bytes` as `R` and checks it.
pub fn read<R: Request>(bytes: &[u8]) -> Result<R::Domain, Rejection> {
    parse::<R>(bytes)?.into_domain()
}
