//! Bytes in, bytes out: keys, envelopes, seals, digests, tokens. Knows no file and no request.
//!
//! The hierarchy: [`Kek`] wraps a tenant's [`WrappingKey`], that wraps a [`NamespaceKey`], and
//! every use below it is derived by a [`Label`]. To add a use, add a label; never reuse a key.
#![forbid(unsafe_code)]

mod checksum;
mod digest;
mod epoch;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod jws;
mod keys;
mod lookup;
mod mac;
mod request_key;
mod sealing;
mod secret;
mod token;

pub use checksum::Checksum;
pub use digest::{DigestKey, SetDigest};
pub use epoch::{Binding, EpochKey, FORMAT_VERSION, NONCE_BYTES, SALT_BYTES, SEAL_OVERHEAD_BYTES};
pub use error::Error;
pub use jws::{JWS_SECRET_BYTES_MIN, JwsAlgorithm, JwsKey};
pub use keys::{InstallKey, Kek, Label, NamespaceKey, WRAPPED_BYTES, Wrapped, WrappingKey};
pub use lookup::{Lookup, LookupKey};
pub use mac::{MAC_BYTES, MacKey, chain_hash};
pub use request_key::{RequestKey, SIGNATURE_BYTES, sha256};
pub use sealing::SealKey;
pub use secret::Secret;
pub use token::{Token, TokenClass, TokenHash, TokenHashKey};
