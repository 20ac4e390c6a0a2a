//! What a request may do in a namespace.

use serde::{Deserialize, Serialize};

/// One thing that a verb needs to be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// See records.
    Read,
    /// Add and change records.
    Write,
    /// Delete single records.
    Erase,
    /// Configure, drop and seal the namespace.
    Admin,
}

/// What a grant gives: a named set of accesses, each holding the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessSet {
    /// Read.
    Read,
    /// Read and write.
    Write,
    /// Read, write and delete single records.
    Erase,
    /// Everything.
    Admin,
}

impl AccessSet {
    /// Whether the set holds `access`.
    pub fn allows(self, access: Access) -> bool {
        match self {
            Self::Read => matches!(access, Access::Read),
            Self::Write => matches!(access, Access::Read | Access::Write),
            Self::Erase => matches!(access, Access::Read | Access::Write | Access::Erase),
            Self::Admin => true,
        }
    }
}
