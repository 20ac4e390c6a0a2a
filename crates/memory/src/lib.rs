//! Memories of many people, each in a sealed namespace of its own: the verbs, one file each.
//!
//! [`Engine`] is the public Rust library. Every verb takes a [`Scope`](anchorhold_identity::Scope)
//! or another proof that only `identity` makes, so nothing here can act for nobody. All verbs
//! block: run them on threads that may wait. To add a verb: a file with its name and an
//! `impl Engine` block in it, an intent and an outcome in the audit log when it changes anything.
#![forbid(unsafe_code)]

mod append;
mod audited;
mod background;
mod backup;
mod body;
mod carry;
mod change;
mod chat;
mod codec;
mod cursor;
mod delete;
mod embedders;
mod engine;
mod erase;
mod error;
mod export;
mod forget;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod get;
mod hmac_keys;
mod identity;
mod import;
mod invites;
mod jwt_key_sets;
mod keys;
mod list;
mod listener;
mod mcp;
mod namespaces;
mod quarantine;
mod recall;
mod relocate;
mod remember;
mod resident;
mod restore;
mod sessions;
mod spaces;
mod tenants;
mod users;
mod vectors;
mod verify;

pub use background::{Chores, Done};
pub use backup::Backup;
pub use chat::{Remembrance, SaidTurn};
pub use embedders::Embedders;
pub use engine::{Engine, Settings};
pub use erase::Receipt;
pub use error::Error;
pub use export::{Export, ExportPiece, Exported};
pub use forget::{Forgotten, Which};
pub use import::{Arrival, ForeignVector, Imported};
pub use list::{Listed, Page};
pub use namespaces::NamespacePage;
pub use quarantine::{Approved, Shown};
pub use recall::{Question, Recalled, Recollection};
pub use relocate::{Movable, Moved};
pub use remember::Remembered;
pub use restore::Restore;
pub use users::UserPage;

pub use anchorhold_index::{Recipe, Why};
pub use anchorhold_store::{
    Finding, Joined, NamespaceRecord, NewKey, Residue, Restored, SandboxRecord, SessionRecord,
    Shown as ShownRecord, Step, Surveyed, UserRecord,
};
