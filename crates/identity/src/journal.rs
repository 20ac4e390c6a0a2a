//! The port through which refusals reach the audit log.

use crate::{Denial, Door};

/// Takes refusals. The audit log of `store` implements it.
pub trait Journal: Send + Sync {
    /// Writes a refusal down. A stranger's (no tenant known) goes to the operator's log alone.
    fn denied(&self, denial: &Denial, door: Door, verb: &'static str);
}
