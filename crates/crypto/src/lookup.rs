//! Lookup MACs: how the catalogue finds a row without holding a name.

use aws_lc_rs::hmac;

use crate::Secret;

/// HMAC-SHA-256 of what is looked up, under a key of the installation.
pub type Lookup = [u8; 32];

/// The installation's lookup key.
pub struct LookupKey(hmac::Key);

impl LookupKey {
    /// From the installation's secret of label `lookup`.
    pub fn new(secret: &Secret) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret.expose()))
    }

    /// The MAC of `bytes` in a table; the table's number keeps tables apart.
    pub fn of(&self, table: u8, bytes: &[u8]) -> Lookup {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(&[table]);
        context.update(bytes);
        let mut lookup = [0; 32];
        for (slot, byte) in lookup.iter_mut().zip(context.sign().as_ref()) {
            *slot = *byte;
        }
        lookup
    }
}
