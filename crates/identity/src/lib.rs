//! Who a request speaks for, and what it may do: the only maker of a [`Scope`].
//!
//! A request passes one step after the other, and each step takes what only the step before can
//! make: [`authenticate`] -> [`Caller`], [`resolve()`] -> [`Resolution`], [`validate`] ->
//! [`Verdict`], [`enforce`] -> [`Scope`]. To add a source of identity, add a file to `resolve/`.
#![forbid(unsafe_code)]

mod actor;
mod authenticate;
mod authority;
mod custody;
mod denial;
mod directory;
mod enforce;
mod evidence;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod hook;
mod journal;
mod jwks;
mod jwks_cache;
mod jwt;
mod listener;
mod newcomers;
mod replays;
mod resolve;
mod scope;
mod settings;
pub mod signature;
mod system;
mod validate;
mod visit;

pub use actor::{Actor, CredentialStamp, Door, Source, Strength};
pub use authenticate::{Caller, authenticate, authenticate_by, invitation};
pub use authority::{
    Creation, Invitation, ListenerOpening, Listing, Operator, Registration, SessionSweep, Subject,
    SubjectErasure, TenantAdmin,
};
pub use custody::{Custodian, Custody};
pub use denial::{Denial, Reason};
pub use directory::{
    ActAs, Begun, BegunSandbox, Claim, CredentialRecord, Directory, NewSession, Presented, Promise,
    Reservation, Standing, TenantRecord, ToldApart, Unavailable,
};
pub use enforce::{
    Chatting, Extent, Leg, Missing, NamedSession, Passage, Reading, Subtree, address_of, approved,
    chatting, creation, enforce, enforce_below, enforce_by_id, enforce_reading, enforce_subtree,
    incarnation_of, listing, moved_namespace, operator, passage, registration, relocation,
    sandbox_erasure, sandbox_of, session_erasure, subject_erasure, tenant_admin,
};
pub use evidence::{Evidence, Headers, IdentityHeader};
pub use hook::{Hook, Hooked, IsolationKey, IsolationKeyError};
pub use journal::Journal;
pub use jwks_cache::{Fetching, JwksCache, JwksStatus, Wanted};
pub use jwt::{
    JwksSource, JwtKey, JwtKeyForm, JwtKeySet, JwtKeys, JwtProblem, PUBLISHED_ALGORITHMS,
};
pub use listener::ListenerPolicy;
pub use newcomers::Newcomers;
pub use replays::Replays;
pub use resolve::{Piece, Resolution, resolve};
pub use scope::{Admin, Erase, Includes, Read, Right, Scope, Write};
pub use settings::{HmacKey, IdentitySettings, open_webui_keys};
pub use signature::{Fields, Message, SignatureProblem, canonical};
pub use system::SystemAuthority;
pub use validate::{Ruling, Verdict, rule, rule_on_conflict, validate};
pub use visit::{Beginning, Opened, OpenedSandbox, Visit};
