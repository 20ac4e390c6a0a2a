//! Short MACs for values that callers carry back, and the hash of a chain.

use subtle::ConstantTimeEq as _;

use crate::Secret;

/// Bytes of a MAC.
pub const MAC_BYTES: usize = 16;

/// A key for MACs (keyed BLAKE3, 128 bits) and for deterministic pseudo-random bytes.
pub struct MacKey(Secret);

impl MacKey {
    /// From a derived secret.
    pub fn new(secret: Secret) -> Self {
        Self(secret)
    }

    fn hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(self.0.expose());
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            hasher.update(&length.to_be_bytes());
            hasher.update(part);
        }
        *hasher.finalize().as_bytes()
    }

    /// The MAC of some parts; parts never run into each other.
    pub fn sign(&self, parts: &[&[u8]]) -> [u8; MAC_BYTES] {
        let mut mac = [0; MAC_BYTES];
        for (slot, byte) in mac.iter_mut().zip(self.hash(parts)) {
            *slot = byte;
        }
        mac
    }

    /// Whether `mac` is the MAC of the parts; in constant time.
    pub fn verify(&self, parts: &[&[u8]], mac: &[u8]) -> bool {
        self.sign(parts).as_slice().ct_eq(mac).into()
    }

    /// 32 bytes that only this key can make from these parts.
    pub fn pseudo_random(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.hash(parts)
    }
}

/// The next head of a hash chain: BLAKE3 of the previous head and an entry.
pub fn chain_hash(previous: &[u8; 32], entry: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(previous);
    hasher.update(entry);
    *hasher.finalize().as_bytes()
}
