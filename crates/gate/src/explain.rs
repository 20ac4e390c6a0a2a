//! What a request would be taken for, step by step, for the operator. It gives no right, and nothing
//! of it is written down: no nonce is used up, and no refusal stands in a tenant's log.

use anchorhold_identity::{Caller, Denial, Piece, Ruling};
use anchorhold_model::{KeyId, TenantName, TenantPolicy};

use crate::Who;

/// What was seen on the way, as far as the request got.
pub struct Explained {
    /// Whose credential it is, and which.
    pub credential: Option<Credential>,
    /// Whether it showed nothing, and the listener said whose it is.
    pub is_anonymous: bool,
    /// Whether the other end of the connection may say who a user is.
    pub is_trusted_peer: bool,
    /// All evidence, in the order of the tenant.
    pub pieces: Vec<Piece>,
    /// The piece that decides.
    pub decided_by: Option<Piece>,
    /// What the tables say of it.
    pub ruling: Option<Ruling>,
    /// What comes of it.
    pub outcome: Result<Who, Denial>,
}

/// A credential that is good, and what its tenant demands.
pub struct Credential {
    /// The credential.
    pub key: KeyId,
    /// The tenant, if it is not the operator's.
    pub tenant: Option<(TenantName, TenantPolicy)>,
}

impl Explained {
    pub(crate) fn refused(denial: Denial) -> Self {
        Self {
            credential: None,
            is_anonymous: false,
            is_trusted_peer: false,
            pieces: Vec::new(),
            decided_by: None,
            ruling: None,
            outcome: Err(denial),
        }
    }

    pub(crate) fn of(caller: &Caller, is_trusted_peer: bool, denial: Denial) -> Self {
        let tenant = caller.tenant();
        let tenant = tenant.map(|tenant| (tenant.name.clone(), tenant.policy.clone()));
        let key = caller.credential().key;
        Self {
            credential: Some(Credential { key, tenant }),
            is_anonymous: caller.is_anonymous(),
            is_trusted_peer,
            ..Self::refused(denial)
        }
    }
}
