//! What links hold: heads of epochs with their salt, and sealed entries; each opens only at its
//! own place behind the link before it.

use anchorhold_crypto::SealKey;
use anchorhold_model::{Random, Stream, TenantId};

use super::frame::Position;
use super::keys::{ChainKeys, SALT_BYTES};
use crate::Error;

/// The version of the layout of links, and the first byte of every binding.
const FORMAT: u8 = 1;
const HEADER: u8 = 0;
const ENTRY: u8 = 1;

const TAMPERED: Error = Error::Tampered { what: "audit log" };

/// The key of one open of the file.
pub(super) struct Epoch {
    pub(super) key: SealKey,
}

/// The content of a link, opened.
pub(super) enum Content {
    /// From here on entries are sealed under another key.
    Epoch(Epoch),
    /// The bytes of an entry.
    Entry(Vec<u8>),
}

/// Tenant, place and everything before: what a link is bound to.
fn binding(kind: u8, tenant: TenantId, at: &Position) -> Vec<u8> {
    let mut bytes = vec![FORMAT, kind];
    bytes.extend_from_slice(tenant.as_bytes());
    bytes.extend_from_slice(&at.sequence.to_be_bytes());
    bytes.extend_from_slice(&at.head);
    bytes
}

fn nonce(tenant: TenantId, random: &dyn Random) -> [u8; 12] {
    let mut nonce = [0; 12];
    random.fill(Stream(tenant.as_bytes()), &mut nonce);
    nonce
}

/// A new epoch and the content of its head: kind, salt, and nothing sealed under the chain's key.
pub(super) fn begin(
    keys: &ChainKeys,
    tenant: TenantId,
    at: &Position,
    random: &dyn Random,
) -> Result<(Vec<u8>, Epoch), Error> {
    let mut salt = [0; SALT_BYTES];
    random.fill(Stream(tenant.as_bytes()), &mut salt);
    let mut associated = binding(HEADER, tenant, at);
    associated.extend_from_slice(&salt);
    let sealed = keys
        .header()
        .seal(nonce(tenant, random), &associated, &[])
        .map_err(|error| Error::of_sealed("audit log", error))?;
    let mut content = vec![HEADER];
    content.extend_from_slice(&salt);
    content.extend_from_slice(&sealed);
    let key = keys.epoch(&salt);
    Ok((content, Epoch { key }))
}

/// The content of an entry.
pub(super) fn seal(
    epoch: &Epoch,
    tenant: TenantId,
    at: &Position,
    random: &dyn Random,
    plain: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut content = vec![ENTRY];
    let sealed = epoch
        .key
        .seal(nonce(tenant, random), &binding(ENTRY, tenant, at), plain);
    content.extend(sealed.map_err(|error| Error::of_sealed("audit log", error))?);
    Ok(content)
}

/// Opens the content of the link that stands after `at`.
pub(super) fn open(
    keys: &ChainKeys,
    epoch: Option<&Epoch>,
    tenant: TenantId,
    at: &Position,
    content: &[u8],
) -> Result<Content, Error> {
    match content.split_first() {
        Some((&HEADER, rest)) => {
            let (salt, sealed) = rest.split_first_chunk::<SALT_BYTES>().ok_or(TAMPERED)?;
            let mut associated = binding(HEADER, tenant, at);
            associated.extend_from_slice(salt);
            keys.header()
                .open(&associated, sealed)
                .map_err(|_| TAMPERED)?;
            Ok(Content::Epoch(Epoch {
                key: keys.epoch(salt),
            }))
        }
        Some((&ENTRY, sealed)) => {
            let epoch = epoch.ok_or(TAMPERED)?;
            let plain = epoch.key.open(&binding(ENTRY, tenant, at), sealed);
            plain.map(Content::Entry).map_err(|_| TAMPERED)
        }
        _ => Err(TAMPERED),
    }
}
