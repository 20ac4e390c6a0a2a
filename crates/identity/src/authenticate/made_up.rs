//! A caller that nobody authenticated, for the fuzz targets of what comes after.

use std::sync::Arc;

use anchorhold_model::Timestamp;

use super::Caller;
use super::caller::Way;
use crate::{CredentialRecord, TenantRecord};

impl Caller {
    /// Whoever shows this credential of this tenant.
    pub(crate) fn made_up(
        credential: Arc<CredentialRecord>,
        tenant: Arc<TenantRecord>,
        judged_at: Timestamp,
    ) -> Self {
        Self {
            credential,
            tenant: Some(tenant),
            vouched: None,
            way: Way::Shown,
            judged_at,
        }
    }
}
