//! A key epoch: the span of records sealed under one derived key, and what a record is bound to.

use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use subtle::ConstantTimeEq as _;

use anchorhold_model::{NamespaceId, RecordId};

use crate::{Error, Label, NamespaceKey, SealKey, Secret};

/// The version of the record format, bound into every record.
pub const FORMAT_VERSION: u8 = 1;
/// Bytes of the random salt of an epoch.
pub const SALT_BYTES: usize = 32;
/// Bytes of a nonce.
pub const NONCE_BYTES: usize = 12;
/// Bytes that sealing adds: nonce and tag.
pub const SEAL_OVERHEAD_BYTES: usize = NONCE_BYTES + 16;

/// What a sealed record is bound to: it opens in no other place, version or kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The incarnation it belongs to.
    pub namespace: NamespaceId,
    /// The key epoch it was sealed in.
    pub key_epoch: u32,
    /// The kind of record.
    pub kind: u8,
    /// The record.
    pub id: RecordId,
    /// Its version.
    pub version: u64,
}

impl Binding {
    /// The associated data.
    pub fn to_bytes(self) -> [u8; 46] {
        let mut bytes = [0; 46];
        let parts: [&[u8]; 6] = [
            &[FORMAT_VERSION],
            self.namespace.as_bytes(),
            &self.key_epoch.to_be_bytes(),
            &[self.kind],
            self.id.as_bytes(),
            &self.version.to_be_bytes(),
        ];
        let mut rest = bytes.as_mut_slice();
        for part in parts {
            let (slot, behind) = rest.split_at_mut(part.len().min(rest.len()));
            slot.copy_from_slice(part);
            rest = behind;
        }
        bytes
    }
}

/// The key of one epoch and its commitment.
pub struct EpochKey {
    key: SealKey,
    commitment: [u8; 32],
}

impl EpochKey {
    /// HKDF-SHA-256 (RFC 5869) of the namespace's data key with the epoch's random salt; key and
    /// commitment come from the same PRK.
    pub fn derive(namespace_key: &NamespaceKey, salt: &[u8; SALT_BYTES]) -> Self {
        let data = namespace_key.derive(Label::Data);
        let prk = Salt::new(HKDF_SHA256, salt).extract(data.expose());
        let key = SealKey::new(&Secret::expand(&prk, &[b"anchorhold/v1/epoch/key"]));
        let commitment = *Secret::expand(&prk, &[b"anchorhold/v1/epoch/commit"]).expose();
        Self { key, commitment }
    }

    /// The same, checked in constant time against the stored commitment before anything is opened.
    pub fn verify(
        namespace_key: &NamespaceKey,
        salt: &[u8; SALT_BYTES],
        commitment: &[u8; 32],
    ) -> Result<Self, Error> {
        let epoch = Self::derive(namespace_key, salt);
        if bool::from(epoch.commitment.ct_eq(commitment)) {
            Ok(epoch)
        } else {
            Err(Error::WrongKey)
        }
    }

    /// The commitment to store beside the salt.
    pub const fn commitment(&self) -> &[u8; 32] {
        &self.commitment
    }

    /// Seals a record where `binding` says it lives.
    pub fn seal(
        &self,
        nonce: [u8; NONCE_BYTES],
        binding: &Binding,
        plain: &[u8],
    ) -> Result<Vec<u8>, Error> {
        self.key.seal(nonce, &binding.to_bytes(), plain)
    }

    /// Opens a record that lives where `binding` says.
    pub fn open(&self, binding: &Binding, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        self.key.open(&binding.to_bytes(), sealed)
    }
}
