//! Cursors of lists: a position that a caller carries back, under a MAC of its namespace.

use anchorhold_identity::{Read, Scope};
use anchorhold_model::limits::CURSOR_HOURS_MAX;
use anchorhold_model::{Facets, RecordId, Timestamp, hex, unhex};
use anchorhold_store::Vault;

use crate::Error;

/// A place in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    ordinal: u64,
    id: RecordId,
}

impl Position {
    pub(crate) const fn of(facets: &Facets) -> Self {
        Self {
            ordinal: facets.ordinal,
            id: facets.id,
        }
    }
}

const ROUTE: &[u8] = b"memories";
const CURSOR_BYTES: usize = 8 + 8 + 16 + 16;

/// The cursor behind a position: when it was issued, the position, and a MAC of both that binds
/// route and address under the namespace's own key.
pub(crate) fn write(
    vault: &Vault,
    scope: &Scope<Read>,
    position: Position,
    now: Timestamp,
) -> Result<String, Error> {
    let mut bytes = now.milliseconds().to_be_bytes().to_vec();
    bytes.extend_from_slice(&position.ordinal.to_be_bytes());
    bytes.extend_from_slice(position.id.as_bytes());
    let mac = vault.cursor_sign(scope, &[ROUTE, &scope.address().canonical_bytes(), &bytes])?;
    bytes.extend_from_slice(&mac);
    Ok(hex(&bytes))
}

/// The position of a cursor that this namespace issued for this route within a day.
pub(crate) fn read(
    vault: &Vault,
    scope: &Scope<Read>,
    text: &str,
    now: Timestamp,
) -> Result<Position, Error> {
    let bytes: [u8; CURSOR_BYTES] = unhex(text).ok_or(Error::CursorInvalid)?;
    let (payload, mac) = bytes.split_at(CURSOR_BYTES - 16);
    if !vault.cursor_verify(
        scope,
        &[ROUTE, &scope.address().canonical_bytes(), payload],
        mac,
    )? {
        return Err(Error::CursorInvalid);
    }
    let (issued, rest) = payload
        .split_first_chunk::<8>()
        .ok_or(Error::CursorInvalid)?;
    let issued = Timestamp::from_milliseconds(i64::from_be_bytes(*issued));
    if now > issued.plus_seconds(CURSOR_HOURS_MAX * 3_600) {
        return Err(Error::CursorInvalid);
    }
    let (ordinal, id) = rest.split_first_chunk::<8>().ok_or(Error::CursorInvalid)?;
    let id: [u8; 16] = id.try_into().map_err(|_| Error::CursorInvalid)?;
    Ok(Position {
        ordinal: u64::from_be_bytes(*ordinal),
        id: RecordId::from_bytes(id),
    })
}
