//! The container of a backup: what stands before and behind the sealed file, and the MAC over all.
//!
//! `head (76) | MAC of the head (16) | the file | MAC of everything (16)`. Both MACs are made with
//! a key of the namespace, so they hold as long as that lives and cannot be made without it. The
//! layout is described field by field in docs/backup.md; a test holds both together.

use anchorhold_crypto::{MAC_BYTES, MacKey};
use anchorhold_model::{NamespaceId, Timestamp};

use crate::{Error, Head};

const MAGIC: [u8; 8] = *b"AHBACKUP";
const FORMAT: u32 = 1;
const FIELDS_BYTES: usize = 76;
/// Bytes before the sealed file.
pub(crate) const HEAD_BYTES: usize = FIELDS_BYTES + MAC_BYTES;
/// Bytes behind it.
pub(crate) const TAIL_BYTES: usize = MAC_BYTES;
/// The file is signed in pieces of this many bytes; the last may be shorter.
pub(crate) const PIECE_BYTES: usize = 64 * 1_024;

/// Why bytes are not taken back, in the words of an answer to whoever sent them.
pub(crate) const fn refused(what: &'static str) -> Error {
    Error::Backup { what }
}

/// What a container says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    pub(crate) install: [u8; 16],
    pub(crate) namespace: NamespaceId,
    pub(crate) head: Head,
    pub(crate) taken_at: Timestamp,
    /// Bytes of the sealed file.
    pub(crate) length: u64,
}

impl Heading {
    fn fields(&self) -> [u8; FIELDS_BYTES] {
        let mut fields = [0; FIELDS_BYTES];
        let parts: [&[u8]; 8] = [
            &MAGIC,
            &FORMAT.to_be_bytes(),
            &self.install,
            self.namespace.as_bytes(),
            &self.head.sequence.to_be_bytes(),
            &self.head.generation.to_be_bytes(),
            &self.taken_at.milliseconds().to_be_bytes(),
            &self.length.to_be_bytes(),
        ];
        for (slot, byte) in fields.iter_mut().zip(parts.concat()) {
            *slot = byte;
        }
        fields
    }

    /// Reads what a container begins with; nothing of it is believed before its MAC was checked.
    pub(crate) fn parse(bytes: &[u8; HEAD_BYTES]) -> Result<Self, Error> {
        let mut rest = bytes.as_slice();
        if take::<8>(&mut rest)? != MAGIC {
            return Err(refused("is no backup of a namespace"));
        }
        let found = u32::from_be_bytes(take(&mut rest)?);
        if found != FORMAT {
            return Err(refused("is of a format that this version does not read"));
        }
        Ok(Self {
            install: take(&mut rest)?,
            namespace: NamespaceId::from_bytes(take(&mut rest)?),
            head: Head {
                sequence: u64::from_be_bytes(take(&mut rest)?),
                generation: u64::from_be_bytes(take(&mut rest)?),
            },
            taken_at: Timestamp::from_milliseconds(i64::from_be_bytes(take(&mut rest)?)),
            length: u64::from_be_bytes(take(&mut rest)?),
        })
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], Error> {
    let (first, rest) = bytes
        .split_first_chunk::<N>()
        .ok_or(refused("is cut short"))?;
    *bytes = rest;
    Ok(*first)
}

/// Signs a container, piece by piece, or checks its signatures.
pub(crate) struct Signer {
    key: MacKey,
    running: [u8; 32],
}

impl Signer {
    pub(crate) fn new(key: MacKey, heading: &Heading) -> Self {
        let running = key.pseudo_random(&[b"begin", &heading.fields()]);
        Self { key, running }
    }

    /// The container's first bytes.
    pub(crate) fn head(&self, heading: &Heading) -> Vec<u8> {
        let mut bytes = heading.fields().to_vec();
        bytes.extend_from_slice(&self.key.sign(&[b"head", &heading.fields()]));
        bytes
    }

    /// Whether these first bytes were signed with this key.
    pub(crate) fn is_head(&self, bytes: &[u8; HEAD_BYTES]) -> bool {
        let (fields, mac) = bytes.split_at(FIELDS_BYTES);
        self.key.verify(&[b"head", fields], mac)
    }

    /// The next piece of the file.
    pub(crate) fn add(&mut self, piece: &[u8]) {
        self.running = self.key.pseudo_random(&[b"piece", &self.running, piece]);
    }

    /// The container's last bytes.
    pub(crate) fn tail(&self) -> [u8; TAIL_BYTES] {
        self.key.sign(&[b"end", &self.running])
    }

    /// Whether these last bytes were signed with this key, behind these pieces.
    pub(crate) fn is_tail(&self, mac: &[u8]) -> bool {
        self.key.verify(&[b"end", &self.running], mac)
    }
}

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
