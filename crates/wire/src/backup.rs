//! Backups of single namespaces: which one, and what putting one back came to.

use anchorhold_model::NamespaceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Code, Rejection, Request};

/// Asks for a backup of one namespace of any kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupRequest {
    /// The opaque id.
    pub namespace: String,
}

impl Request for BackupRequest {
    type Domain = NamespaceId;

    fn into_domain(self) -> Result<NamespaceId, Rejection> {
        NamespaceId::parse(&self.namespace).ok_or_else(|| {
            let rule = "must be the opaque id of a namespace, such as ns_0123...";
            Rejection::of_field(Code::RequestInvalid, "namespace", rule)
        })
    }
}

/// What a namespace holds after a backup was put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Restored {
    /// The opaque id.
    pub namespace: String,
    /// Records in it.
    pub records: u64,
    /// Its head: rises with every record that is written.
    pub sequence: u64,
    /// Its head: rises whenever what was read before is worth nothing any more.
    pub generation: u64,
}
