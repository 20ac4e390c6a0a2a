//! What is kept apart, for the admins of its tenant.

use anchorhold_identity::{Admin, Denial, Scope, TenantAdmin, Write, approved, sandbox_of};
use anchorhold_model::{SandboxHandle, User};

use crate::Gate;

impl Gate {
    /// What is kept in a sandbox, for an admin of its tenant; `None` while there is nothing.
    pub fn sandbox(
        &self,
        admin: &TenantAdmin,
        sandbox: SandboxHandle,
    ) -> Result<Option<Scope<Admin>>, Denial> {
        sandbox_of(admin, sandbox, self.directory())
    }

    /// Where what was in a sandbox goes, for an admin of its tenant.
    pub fn approved(&self, admin: &TenantAdmin, user: User) -> Result<Scope<Write>, Denial> {
        approved(admin, user, self.directory())
    }
}
