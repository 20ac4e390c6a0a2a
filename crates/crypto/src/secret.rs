//! 32 secret bytes: wiped when dropped, without `Debug`, `Display`, `Clone` or serialisation.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// 32 secret bytes.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Secret(Box<[u8; 32]>);

impl Secret {
    /// Takes the bytes over. Wipe your own copy.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Box::new(bytes))
    }

    /// The bytes, for one operation; never store or log them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// HKDF-Expand-SHA-256 (RFC 5869) of a PRK that is already uniform.
    pub(crate) fn derive(&self, info: &[&[u8]]) -> Self {
        use aws_lc_rs::hkdf;
        let prk = hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, self.expose());
        Self::expand(&prk, info)
    }

    pub(crate) fn expand(prk: &aws_lc_rs::hkdf::Prk, info: &[&[u8]]) -> Self {
        let mut bytes = [0; 32];
        // Expanding 32 bytes from SHA-256 is within HKDF's bound of 255 blocks.
        let filled = prk
            .expand(info, aws_lc_rs::hkdf::HKDF_SHA256)
            .and_then(|material| material.fill(&mut bytes));
        debug_assert!(filled.is_ok());
        let secret = Self::new(bytes);
        bytes.zeroize();
        secret
    }
}
