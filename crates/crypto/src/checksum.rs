//! A checksum that any program can compute: it finds accidents, and keeps nothing secret.

use aws_lc_rs::digest::{Context, SHA256};

/// SHA-256 of bytes that come one after the other.
pub struct Checksum(Context);

impl Default for Checksum {
    fn default() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl Checksum {
    /// The next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The sum of all bytes so far.
    pub fn sum(&self) -> [u8; 32] {
        let mut sum = [0; 32];
        // SHA-256 has 32 bytes.
        for (slot, byte) in sum.iter_mut().zip(self.0.clone().finish().as_ref()) {
            *slot = *byte;
        }
        sum
    }
}
