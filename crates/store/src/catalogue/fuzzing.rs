//! Body of a fuzz target: the rows of the catalogue, opened and sealed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a target fails by panicking"
)]

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::bodies::{
    CredentialBody, GrantBody, NamespaceBody, PlaceBody, TenantBody, UserBody, decode, encode,
};

/// Which body it is, a change of the sealed row, and the bytes of the body. What is read is
/// written and read as the same; names in it are those that doors accept.
pub(crate) fn catalogue_row(data: &[u8]) {
    let Some((&[which, at, turned], body)) = data.split_first_chunk::<3>() else {
        return;
    };
    match which % 4 {
        0 => drop(both::<TenantBody>(body)),
        1 => {
            if let Some(credential) = both::<CredentialBody>(body) {
                credential.grants.iter().for_each(grant);
            }
        }
        2 => {
            if let Some(namespace) = both::<NamespaceBody>(body) {
                place(namespace);
            }
        }
        _ => drop(both::<UserBody>(body)),
    }
    crate::sealed_rows::fuzzing::row(body, which, at, turned);
}

fn both<B: Serialize + DeserializeOwned>(bytes: &[u8]) -> Option<B> {
    let read: B = decode(bytes).ok()?;
    let written = encode(&read).unwrap();
    let again: B = decode(&written).unwrap();
    assert!(*encode(&again).unwrap() == *written);
    Some(again)
}

fn grant(body: &GrantBody) {
    if let Ok(grant) = body.parse() {
        let again = GrantBody::from(&grant).parse().unwrap();
        assert!(again == grant);
    }
}

fn place(body: NamespaceBody) {
    let Ok(address) = body.address() else { return };
    let again = NamespaceBody {
        place: PlaceBody::from(&address.place),
        ..body
    };
    let same = again.address().unwrap();
    assert!(same == address);
    assert!(same.canonical_bytes() == address.canonical_bytes());
    assert!(encode(&again).is_ok());
}
