//! The bytes of one link of a chain, and how they are read back.
//!
//! `length u32 | check 4 | content | hash 32`. The check binds the length to the link before, so
//! that a changed length is never taken for an entry that a crash cut off.

use std::io::{ErrorKind, Read};

use anchorhold_crypto::chain_hash;
use anchorhold_model::TenantId;

use crate::Error;

/// Bytes of the content of a link. Entries are far smaller.
pub(super) const CONTENT_BYTES_MAX: usize = 16 * 1_024;
/// Bytes of a link beside its content.
pub(super) const OVERHEAD_BYTES: u64 = 4 + 4 + 32;

const TAMPERED: Error = Error::Tampered { what: "audit log" };

/// Where a chain stands: how many links it has, the hash of the last one, the bytes of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) sequence: u64,
    pub(super) head: [u8; 32],
    pub(super) bytes: u64,
}

impl Position {
    /// The start of a tenant's chain.
    pub(super) fn start(tenant: TenantId) -> Self {
        let mut seed = b"anchorhold audit chain 1".to_vec();
        seed.extend_from_slice(tenant.as_bytes());
        Self {
            sequence: 0,
            head: chain_hash(&[0; 32], &seed),
            bytes: 0,
        }
    }

    /// The position after a link.
    fn after(&self, content: &[u8]) -> Self {
        let mut linked = self.sequence.to_be_bytes().to_vec();
        linked.extend_from_slice(content);
        let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
        Self {
            sequence: self.sequence.saturating_add(1),
            head: chain_hash(&self.head, &linked),
            bytes: self
                .bytes
                .saturating_add(length)
                .saturating_add(OVERHEAD_BYTES),
        }
    }

    fn check(&self, length: [u8; 4]) -> [u8; 4] {
        let hash = chain_hash(&self.head, &length);
        let [one, two, three, four, ..] = hash;
        [one, two, three, four]
    }

    /// The bytes of the next link, and the position after it.
    pub(super) fn link(&self, content: &[u8]) -> Result<(Vec<u8>, Self), Error> {
        let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
        if content.len() > CONTENT_BYTES_MAX {
            return Err(Error::TooLarge {
                what: "audit entry",
            });
        }
        let after = self.after(content);
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.check(length.to_be_bytes()));
        bytes.extend_from_slice(content);
        bytes.extend_from_slice(&after.head);
        Ok((bytes, after))
    }
}

/// What stands at a position of a file.
pub(super) enum Found {
    /// A link, whole and true.
    Link(Vec<u8>, Position),
    /// The end of the file.
    End,
    /// A link that was not written to its end.
    Torn,
}

/// Reads the link after `at`.
pub(super) fn read(file: &mut impl Read, at: &Position) -> Result<Found, Error> {
    let mut head = [0; 8];
    match fill(file, &mut head)? {
        8 => {}
        0 => return Ok(Found::End),
        _ => return Ok(Found::Torn),
    }
    let [a, b, c, d, check @ ..] = head;
    let length = [a, b, c, d];
    if check != at.check(length) {
        // A file that grew before its bytes came is all zeros from here on.
        let torn = head == [0; 8] && rest_is_zero(file)?;
        return if torn { Ok(Found::Torn) } else { Err(TAMPERED) };
    }
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > CONTENT_BYTES_MAX {
        return Err(TAMPERED);
    }
    let mut content = vec![0; length];
    let mut hash = [0; 32];
    if fill(file, &mut content)? < length || fill(file, &mut hash)? < hash.len() {
        return Ok(Found::Torn);
    }
    let after = at.after(&content);
    if after.head == hash {
        Ok(Found::Link(content, after))
    } else {
        Err(TAMPERED)
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut impl Read, mut buffer: &mut [u8]) -> Result<usize, Error> {
    let mut total = 0;
    while !buffer.is_empty() {
        match file.read(buffer) {
            Ok(0) => break,
            Ok(count) => {
                total += count;
                buffer = buffer.get_mut(count..).unwrap_or_default();
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(total)
}

fn rest_is_zero(file: &mut impl Read) -> Result<bool, Error> {
    let mut buffer = [0; 4_096];
    loop {
        let count = fill(file, &mut buffer)?;
        if buffer.iter().take(count).any(|byte| *byte != 0) {
            return Ok(false);
        }
        if count < buffer.len() {
            return Ok(true);
        }
    }
}
