//! What is derived from a namespace's key for callers: ids of records, MACs of cursors.

use anchorhold_crypto::{Label, MAC_BYTES};
use anchorhold_identity::{Read, Scope, Write};
use anchorhold_model::{RecordId, Timestamp};

use super::Vault;
use crate::Error;

impl Vault {
    /// A new id (UUIDv7) whose tail only this namespace's key can make from `now` and `ordinal`.
    /// `ordinal` must not repeat within one millisecond of a namespace.
    pub fn record_id(
        &self,
        scope: &Scope<Write>,
        now: Timestamp,
        ordinal: u64,
    ) -> Result<RecordId, Error> {
        let opened = self.open_for_write(scope)?;
        let key = opened.handle.keys.mac(Label::Ids);
        let parts: [&[u8]; 2] = [&now.milliseconds().to_be_bytes(), &ordinal.to_be_bytes()];
        let bytes = key.pseudo_random(&parts);
        let mut tail = [0; 8];
        for (slot, byte) in tail.iter_mut().zip(bytes) {
            *slot = byte;
        }
        Ok(RecordId::version_7(now, ordinal, tail))
    }

    /// The MAC of a cursor into this namespace. [`Error::NotFound`] for one that is reserved only:
    /// an empty namespace has no next page.
    pub fn cursor_sign(
        &self,
        scope: &Scope<Read>,
        parts: &[&[u8]],
    ) -> Result<[u8; MAC_BYTES], Error> {
        let opened = self.open_for_read(scope)?.ok_or(Error::NotFound)?;
        Ok(opened.handle.keys.mac(Label::Cursor).sign(parts))
    }

    /// Whether [`Vault::cursor_sign`] of this namespace made the MAC; in constant time.
    pub fn cursor_verify(
        &self,
        scope: &Scope<Read>,
        parts: &[&[u8]],
        mac: &[u8],
    ) -> Result<bool, Error> {
        match self.open_for_read(scope)? {
            Some(opened) => Ok(opened.handle.keys.mac(Label::Cursor).verify(parts, mac)),
            None => Ok(false),
        }
    }
}
