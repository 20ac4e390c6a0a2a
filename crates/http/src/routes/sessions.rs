//! Isolation sessions of a tenant, one verb a file; for a tenant admin key.

pub(super) mod end;
pub(super) mod list;
pub(super) mod sweep;
