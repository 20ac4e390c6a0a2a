//! Cursors of lists: a position that a caller carries back, under a MAC of its namespace or, in
//! the list of namespaces, of its tenant.

use anchorhold_crypto::MAC_BYTES;
use anchorhold_identity::{Listing, Read, Scope, TenantAdmin};
use anchorhold_model::limits::CURSOR_HOURS_MAX;
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{Facets, NamespaceName, RecordId, Timestamp, hex, unhex};
use anchorhold_store::{Catalogue, Vault};

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
const CURSOR_BYTES: usize = 8 + 8 + 16 + MAC_BYTES;

/// The cursor behind a position: when it was issued, the position, and a MAC of both that binds
/// route and address under the namespace's own key.
pub(crate) fn write(
    vault: &Vault,
    scope: &Scope<Read>,
    position: Position,
    now: Timestamp,
) -> Result<String, Error> {
    let address = scope.address().canonical_bytes();
    written(position, now, |payload| {
        Ok(vault.cursor_sign(scope, &[ROUTE, &address, payload])?)
    })
}

/// The position of a cursor that this namespace issued for this route within a day.
pub(crate) fn read(
    vault: &Vault,
    scope: &Scope<Read>,
    text: &str,
    now: Timestamp,
) -> Result<Position, Error> {
    #[cfg(feature = "sabotage")]
    if sabotage::is(Bug::CursorWithoutMac) {
        return checked(text, now, |_, _| Ok(true));
    }
    let address = scope.address().canonical_bytes();
    checked(text, now, |payload, mac| {
        Ok(vault.cursor_verify(scope, &[ROUTE, &address, payload], mac)?)
    })
}

fn written(
    position: Position,
    now: Timestamp,
    sign: impl FnOnce(&[u8]) -> Result<[u8; MAC_BYTES], Error>,
) -> Result<String, Error> {
    let mut bytes = now.milliseconds().to_be_bytes().to_vec();
    bytes.extend_from_slice(&position.ordinal.to_be_bytes());
    bytes.extend_from_slice(position.id.as_bytes());
    let mac = sign(&bytes)?;
    bytes.extend_from_slice(&mac);
    Ok(hex(&bytes))
}

fn checked(
    text: &str,
    now: Timestamp,
    verify: impl FnOnce(&[u8], &[u8]) -> Result<bool, Error>,
) -> Result<Position, Error> {
    let bytes: [u8; CURSOR_BYTES] = unhex(text).ok_or(Error::CursorInvalid)?;
    let (payload, mac) = bytes.split_at(CURSOR_BYTES - MAC_BYTES);
    if !verify(payload, mac)? {
        return Err(Error::CursorInvalid);
    }
    let (issued, rest) = payload
        .split_first_chunk::<8>()
        .ok_or(Error::CursorInvalid)?;
    check_age(*issued, now)?;
    let (ordinal, id) = rest.split_first_chunk::<8>().ok_or(Error::CursorInvalid)?;
    let id: [u8; 16] = id.try_into().map_err(|_| Error::CursorInvalid)?;
    Ok(Position {
        ordinal: u64::from_be_bytes(*ordinal),
        id: RecordId::from_bytes(id),
    })
}

fn check_age(issued: [u8; 8], now: Timestamp) -> Result<(), Error> {
    let issued = Timestamp::from_milliseconds(i64::from_be_bytes(issued));
    if now > issued.plus_seconds(CURSOR_HOURS_MAX * 3_600) {
        return Err(Error::CursorInvalid);
    }
    Ok(())
}

/// The cursor behind a name in the list of a tenant's namespaces: when it was issued, a MAC, and
/// the name, which is on the page already.
pub(crate) fn write_name(
    catalogue: &Catalogue,
    listing: &Listing,
    name: &NamespaceName,
    now: Timestamp,
) -> String {
    written_name(name, now, |position| {
        catalogue.listing_sign(listing, position)
    })
}

fn written_name(
    name: &NamespaceName,
    now: Timestamp,
    sign: impl FnOnce(&[u8]) -> [u8; MAC_BYTES],
) -> String {
    written_bytes(name.to_string().as_bytes(), now, sign)
}

/// A position of any length, behind its MAC.
fn written_bytes(
    position: &[u8],
    now: Timestamp,
    sign: impl FnOnce(&[u8]) -> [u8; MAC_BYTES],
) -> String {
    let position = [now.milliseconds().to_be_bytes().as_slice(), position].concat();
    let mut bytes = sign(&position).to_vec();
    bytes.extend_from_slice(&position);
    hex(&bytes)
}

/// The name of a cursor that this tenant's list issued within a day.
pub(crate) fn read_name(
    catalogue: &Catalogue,
    listing: &Listing,
    text: &str,
    now: Timestamp,
) -> Result<NamespaceName, Error> {
    checked_name(text, now, |position, mac| {
        catalogue.listing_verify(listing, position, mac)
    })
}

fn checked_name(
    text: &str,
    now: Timestamp,
    verify: impl FnOnce(&[u8], &[u8]) -> bool,
) -> Result<NamespaceName, Error> {
    let name = checked_bytes(text, now, verify)?;
    let name = std::str::from_utf8(&name).map_err(|_| Error::CursorInvalid)?;
    NamespaceName::parse(name).map_err(|_| Error::CursorInvalid)
}

fn checked_bytes(
    text: &str,
    now: Timestamp,
    verify: impl FnOnce(&[u8], &[u8]) -> bool,
) -> Result<Vec<u8>, Error> {
    let bytes = unhex_all(text).ok_or(Error::CursorInvalid)?;
    let (mac, position) = bytes
        .split_at_checked(MAC_BYTES)
        .ok_or(Error::CursorInvalid)?;
    if !verify(position, mac) {
        return Err(Error::CursorInvalid);
    }
    let (issued, position) = position
        .split_first_chunk::<8>()
        .ok_or(Error::CursorInvalid)?;
    check_age(*issued, now)?;
    Ok(position.to_vec())
}

/// The cursor behind a user in the list of a tenant's users. The position is a keyed hash and tells
/// nothing.
pub(crate) fn write_user(
    catalogue: &Catalogue,
    admin: &TenantAdmin,
    user: &[u8; 32],
    now: Timestamp,
) -> String {
    written_bytes(user, now, |position| catalogue.users_sign(admin, position))
}

/// The position of a cursor that this tenant's list of users issued within a day.
pub(crate) fn read_user(
    catalogue: &Catalogue,
    admin: &TenantAdmin,
    text: &str,
    now: Timestamp,
) -> Result<[u8; 32], Error> {
    let position = checked_bytes(text, now, |position, mac| {
        catalogue.users_verify(admin, position, mac)
    })?;
    position.try_into().map_err(|_| Error::CursorInvalid)
}

/// The bytes behind any even number of hexadecimal digits.
fn unhex_all(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| unhex::<1>(std::str::from_utf8(pair).ok()?).map(|[byte]| byte))
        .collect()
}

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
