//! MACs that callers carry back: of positions in lists of nouns, and of MCP sessions.

use anchorhold_crypto::MAC_BYTES;
use anchorhold_identity::{Listing, TenantAdmin};
use anchorhold_model::TenantId;
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};

use super::Catalogue;

/// Each list has a name of its own, so that no position is one in another.
const NAMESPACES: &[u8] = b"namespaces";
const USERS: &[u8] = b"users";

impl Catalogue {
    /// The MAC of a position in the list of a tenant's named namespaces; for no other list.
    pub fn listing_sign(&self, listing: &Listing, position: &[u8]) -> [u8; MAC_BYTES] {
        self.cursors
            .sign(&parts(NAMESPACES, &listing.tenant(), position))
    }

    /// Whether [`Catalogue::listing_sign`] of this tenant made the MAC; in constant time.
    pub fn listing_verify(&self, listing: &Listing, position: &[u8], mac: &[u8]) -> bool {
        self.cursors
            .verify(&parts(NAMESPACES, &listing.tenant(), position), mac)
    }

    /// The MAC of a position in the list of a tenant's users; for no other list.
    pub fn users_sign(&self, admin: &TenantAdmin, position: &[u8]) -> [u8; MAC_BYTES] {
        self.cursors.sign(&parts(USERS, &admin.tenant(), position))
    }

    /// Whether [`Catalogue::users_sign`] of this tenant made the MAC; in constant time.
    pub fn users_verify(&self, admin: &TenantAdmin, position: &[u8], mac: &[u8]) -> bool {
        self.cursors
            .verify(&parts(USERS, &admin.tenant(), position), mac)
    }

    /// The MAC of an MCP session that is for whom these parts name.
    pub fn mcp_session(&self, parts: &[&[u8]]) -> [u8; MAC_BYTES] {
        self.mcp_sessions.sign(parts)
    }
}

/// What a cursor is bound to.
fn parts<'a>(list: &'a [u8], tenant: &'a TenantId, position: &'a [u8]) -> [&'a [u8]; 3] {
    #[cfg(feature = "sabotage")]
    if sabotage::is(if list == USERS {
        Bug::UserCursorWithoutTenant
    } else {
        Bug::NameCursorWithoutTenant
    }) {
        return [list, &[], position];
    }
    [list, tenant.as_bytes(), position]
}
