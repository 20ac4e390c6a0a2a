//! HMAC-SHA-256 of whole requests, with a key that a client outside holds too.

use aws_lc_rs::{digest, hmac};

use crate::Secret;

/// Bytes of a signature, and of the hash of a body.
pub const SIGNATURE_BYTES: usize = 32;

/// A key for signatures of requests (HMAC-SHA-256, RFC 2104 and FIPS 180-4).
pub struct RequestKey(hmac::Key);

impl RequestKey {
    /// From the secret that its holder was shown once.
    pub fn new(secret: &Secret) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret.expose()))
    }

    /// Whether `signature` is the one of the message; in constant time.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        hmac::verify(&self.0, message, signature).is_ok()
    }

    /// The signature of a message.
    pub fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        let mut bytes = [0; SIGNATURE_BYTES];
        for (slot, byte) in bytes.iter_mut().zip(hmac::sign(&self.0, message).as_ref()) {
            *slot = *byte;
        }
        bytes
    }
}

/// SHA-256 of a body.
pub fn sha256(bytes: &[u8]) -> [u8; SIGNATURE_BYTES] {
    let mut hash = [0; SIGNATURE_BYTES];
    let computed = digest::digest(&digest::SHA256, bytes);
    for (slot, byte) in hash.iter_mut().zip(computed.as_ref()) {
        *slot = *byte;
    }
    hash
}

#[cfg(test)]
mod tests {
    use anchorhold_model::hex;

    use super::*;

    #[test]
    fn hashes_and_signatures_are_those_of_the_standards() {
        // FIPS 180-4, appendix of examples: "abc".
        assert_eq!(
            hex(&sha256(b"abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        // RFC 4231, test case 1, its key filled up with zeros to a block as HMAC does.
        let mut key = [0; 32];
        key.iter_mut().take(20).for_each(|byte| *byte = 0x0b);
        let key = RequestKey::new(&Secret::new(key));
        let signature = key.sign(b"Hi There");
        assert_eq!(
            hex(&signature),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        assert!(key.verify(b"Hi There", &signature));
        for bit in 0..256 {
            let mut other = signature;
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(!key.verify(b"Hi There", &other));
        }
        assert!(!key.verify(b"Hi There", &signature[..31]) && !key.verify(b"Hi there", &signature));
    }
}
