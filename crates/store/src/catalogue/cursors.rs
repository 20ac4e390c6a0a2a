//! MACs of positions in lists of nouns, which callers carry back.

use anchorhold_crypto::MAC_BYTES;
use anchorhold_identity::Listing;

use super::Catalogue;

const ROUTE: &[u8] = b"namespaces";

impl Catalogue {
    /// The MAC of a position in the list of a tenant's named namespaces; for no other list.
    pub fn listing_sign(&self, listing: &Listing, position: &[u8]) -> [u8; MAC_BYTES] {
        let tenant = listing.tenant();
        self.cursors.sign(&[ROUTE, tenant.as_bytes(), position])
    }

    /// Whether [`Catalogue::listing_sign`] of this tenant made the MAC; in constant time.
    pub fn listing_verify(&self, listing: &Listing, position: &[u8], mac: &[u8]) -> bool {
        let tenant = listing.tenant();
        self.cursors
            .verify(&[ROUTE, tenant.as_bytes(), position], mac)
    }
}
