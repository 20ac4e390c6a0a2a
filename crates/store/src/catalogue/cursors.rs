//! MACs of positions in lists of nouns, which callers carry back.

use anchorhold_crypto::MAC_BYTES;
use anchorhold_identity::Listing;
use anchorhold_model::TenantId;
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};

use super::Catalogue;

const ROUTE: &[u8] = b"namespaces";

impl Catalogue {
    /// The MAC of a position in the list of a tenant's named namespaces; for no other list.
    pub fn listing_sign(&self, listing: &Listing, position: &[u8]) -> [u8; MAC_BYTES] {
        self.cursors.sign(&parts(&listing.tenant(), position))
    }

    /// Whether [`Catalogue::listing_sign`] of this tenant made the MAC; in constant time.
    pub fn listing_verify(&self, listing: &Listing, position: &[u8], mac: &[u8]) -> bool {
        self.cursors
            .verify(&parts(&listing.tenant(), position), mac)
    }
}

/// What a cursor is bound to.
fn parts<'a>(tenant: &'a TenantId, position: &'a [u8]) -> [&'a [u8]; 3] {
    #[cfg(feature = "sabotage")]
    if sabotage::is(Bug::NameCursorWithoutTenant) {
        return [ROUTE, &[], position];
    }
    [ROUTE, tenant.as_bytes(), position]
}
