//! AES-256-GCM with a random 96-bit nonce in front and the tag behind.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use crate::{Error, Secret};

/// A key that seals bytes under associated data. No `Debug`, no `Clone`.
pub struct SealKey(Option<LessSafeKey>);

impl SealKey {
    /// The AEAD key made of a derived secret.
    pub fn new(secret: &Secret) -> Self {
        // 32 bytes are always a key of AES-256; a refusal shows as `Error::Library` at use.
        Self(
            UnboundKey::new(&AES_256_GCM, secret.expose())
                .ok()
                .map(LessSafeKey::new),
        )
    }

    /// `nonce || ciphertext || tag`. The nonce must be random: 2^32 uses of a key at most.
    pub fn seal(&self, nonce: [u8; 12], associated: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
        let key = self.0.as_ref().ok_or(Error::Library)?;
        let mut sealed = Vec::with_capacity(12 + plain.len() + 16);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let (_, body) = sealed.split_at_mut(12);
        let tag = key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated),
                body,
            )
            .map_err(|_| Error::Library)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// The plain bytes, or [`Error::Tampered`].
    pub fn open(&self, associated: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let key = self.0.as_ref().ok_or(Error::Library)?;
        let (nonce, body) = sealed.split_first_chunk::<12>().ok_or(Error::Malformed)?;
        let mut body = body.to_vec();
        let length = key
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(associated),
                &mut body,
            )
            .map_err(|_| Error::Tampered)?
            .len();
        body.truncate(length);
        Ok(body)
    }
}
