//! Two worlds from one seed: nobody sees what others do.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that finds something else fails, and says where; its environment says how long it runs"
)]

#[path = "main/campaign.rs"]
mod campaign;
// A build with planted bugs is for finding them alone.
#[cfg(not(feature = "sabotage"))]
#[path = "main/noninterference.rs"]
mod noninterference;
#[cfg(feature = "sabotage")]
#[path = "main/sabotage.rs"]
mod sabotage;
