//! Sealed records on disk: backend, vault, catalogue, audit.
//!
//! Everything blocks and everything may be called from many threads. `backend` sees sealed bytes
//! and knows no key; `vault` seals and opens and takes a `Scope` everywhere; `catalogue` holds the
//! nouns; `audit` holds what happened; `store` puts them together. To add a kind of record, add a
//! variant to [`Kind`]; to add a table of nouns, add a file to `catalogue/`.
#![forbid(unsafe_code)]

// The support of the integration tests names the crate from outside.
#[cfg(test)]
extern crate self as anchorhold_store;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;

mod audit;
mod backend;
mod catalogue;
mod checkpoint;
mod container;
mod cradle;
mod error;
mod files;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod give_back;
mod install;
mod keyring;
mod lock;
mod record;
mod registry;
mod sealed_rows;
mod sqlite;
mod store;
mod survey;
mod turn;
mod vault;

pub use audit::{Act, Audit, AuditMode, Entry, EntryOutcome, Intent, Outcome, Shown, Verified};
pub use backend::Head;
pub use catalogue::{
    AtHand, Catalogue, Joined, NamespaceRecord, NewKey, Relocated, Relocation, SandboxRecord,
    SessionRecord, UserPage, UserRecord,
};
pub use error::Error;
pub use give_back::give_back;
pub use record::{Appended, Batch, Found, Kind, Parts, Plain, Purged, Sealed, TAG_BYTES};
pub use store::{
    Initialised, Options, RESIDUE_DAYS_DEFAULT, Residue, Shredded, Store, SweptSessions,
};
pub use survey::{Counts, Finding, LookedAt, Role, Step, Surveyed, What};
pub use vault::{Backup, Loaded, Opener, Restore, Restored, Take, TakeSummary, Vault};
