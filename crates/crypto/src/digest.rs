//! A digest of a set of records that can be updated one record at a time.

use crate::{Binding, Secret};

/// The key of a namespace's set digest.
pub struct DigestKey(Secret);

impl DigestKey {
    /// From the namespace's secret of label `digest`.
    pub fn new(secret: Secret) -> Self {
        Self(secret)
    }

    /// Keyed BLAKE3 of one live record: where it lives and its AEAD tag.
    fn element(&self, binding: &Binding, sealed: &[u8]) -> [u8; 32] {
        let mut bytes = [0; 62];
        let (place, tag) = bytes.split_at_mut(46);
        place.copy_from_slice(&binding.to_bytes());
        tag.copy_from_slice(sealed.last_chunk::<16>().unwrap_or(&[0; 16]));
        *blake3::keyed_hash(self.0.expose(), &bytes).as_bytes()
    }
}

/// The sum modulo 2^256 of the elements of all live records: a multiset hash, kept only sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetDigest([u8; 32]);

impl SetDigest {
    /// Takes stored bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store (sealed).
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A record became live.
    pub fn add(&mut self, key: &DigestKey, binding: &Binding, sealed: &[u8]) {
        self.combine(&key.element(binding, sealed));
    }

    /// A record is live no more.
    pub fn remove(&mut self, key: &DigestKey, binding: &Binding, sealed: &[u8]) {
        let mut element = key.element(binding, sealed);
        // Two's complement: invert, add one.
        for byte in &mut element {
            *byte = !*byte;
        }
        let mut one = [0; 32];
        if let Some(lowest) = one.first_mut() {
            *lowest = 1;
        }
        self.combine(&element);
        self.combine(&one);
    }

    /// Adds a little-endian 256-bit number.
    fn combine(&mut self, element: &[u8; 32]) {
        let mut carry = false;
        let (words, _) = self.0.as_chunks_mut::<8>();
        let (elements, _) = element.as_chunks::<8>();
        for (word, element) in words.iter_mut().zip(elements) {
            let sum = u64::from_le_bytes(*word).carrying_add(u64::from_le_bytes(*element), carry);
            (*word, carry) = (sum.0.to_le_bytes(), sum.1);
        }
    }
}

#[cfg(test)]
mod tests;
