//! The nouns of Anchorhold and their limits; no I/O, no async, no clock and no chance of its own.
//!
//! To add a noun: give it a file with its name, parse it once there, put its maxima into
//! [`limits`], and export it below.
#![forbid(unsafe_code)]

mod access;
mod address;
mod bearer;
mod chat;
mod clock;
mod draft;
mod embedding;
mod facets;
mod fetch;
pub mod filter;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod grant;
mod id;
mod identity_changes;
mod json_pointer;
mod json_size;
mod jwks_url;
pub mod limits;
mod memory;
mod metadata;
mod name;
mod origin;
mod policy;
mod prompt;
mod quarantine;
mod random;
mod role;
#[cfg(feature = "sabotage")]
pub mod sabotage;
mod session;
mod sources;
mod text;
mod timestamp;
mod vector;

pub use access::{Access, AccessSet};
pub use address::{Address, Place, SubScopes, User};
pub use bearer::{BearerError, BearerToken};
pub use chat::{ChatChanges, ChatPolicy, MemoryTo};
pub use clock::Clock;
pub use draft::{Change, Changes, Draft};
pub use embedding::{Dimension, Egress, EmbedderName, EmbeddingPolicy};
pub use facets::{Facets, Importance, MemoryType};
pub use fetch::{Fetch, FetchProblem};
pub use filter::Filter;
pub use grant::{Grant, GrantPattern};
pub use id::{
    KeyId, NamespaceId, RecordId, SandboxHandle, SessionHandle, TenantId, UserHandle, hex, unhex,
};
pub use identity_changes::IdentityChanges;
pub use ipnet::IpNet;
pub use json_pointer::{JsonPointer, JsonPointerError};
pub use json_size::json_containers;
pub use jwks_url::{JwksUrl, JwksUrlError};
pub use memory::{Content, Memory};
pub use metadata::Metadata;
pub use name::{Issuer, NamespaceName, TenantName, UserId};
pub use origin::{Origin, OriginError};
pub use policy::{Isolation, PolicyChanges, TenantPolicy, TrustMode};
pub use prompt::{Placement, Tokenizer};
pub use quarantine::{QuarantineChanges, QuarantinePolicy, QuarantinePolicyError};
pub use random::{Random, Stream};
pub use role::Role;
pub use session::{
    ClientIds, SessionChanges, SessionCookie, SessionId, SessionPolicy, SessionPolicyError,
};
pub use sources::{HeaderKind, HeaderName, HeaderSource, Sources, SourcesError, Trust, network};
pub use text::{Part, TextError};
pub use timestamp::Timestamp;
pub use vector::{Vector, VectorError};
