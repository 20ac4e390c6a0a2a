//! A wrapped key opens under the key and the context that wrapped it, and under nothing else.

use anchorhold_model::{NamespaceId, RecordId};

use super::*;
use crate::{Binding, EpochKey};

struct Fixed(u8);

impl Random for Fixed {
    fn fill(&self, _: Stream<'_>, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

fn tenant_key(seed: u8) -> WrappingKey {
    WrappingKey::generate(&Fixed(seed), Stream::PROCESS)
}

#[test]
fn a_wrapped_key_opens_only_where_it_was_wrapped() {
    let (ours, theirs) = (tenant_key(1), tenant_key(2));
    let key = NamespaceKey::generate(&Fixed(3), Stream::PROCESS);
    let wrapped = ours
        .wrap_namespace(&key, b"ns", &Fixed(4), Stream::PROCESS)
        .unwrap();
    assert_eq!(wrapped.as_bytes().len(), WRAPPED_BYTES);
    let opened = ours.unwrap_namespace(&wrapped, b"ns").unwrap();
    assert_eq!(
        opened.derive(Label::Data).expose(),
        key.derive(Label::Data).expose()
    );
    assert_eq!(
        theirs.unwrap_namespace(&wrapped, b"ns").err(),
        Some(Error::WrongKey)
    );
    assert_eq!(
        ours.unwrap_namespace(&wrapped, b"other").err(),
        Some(Error::Tampered)
    );
    for position in 0..WRAPPED_BYTES {
        let mut bytes = wrapped.as_bytes().to_vec();
        bytes[position] ^= 1;
        let changed = Wrapped::from_stored(&bytes).unwrap();
        assert!(
            ours.unwrap_namespace(&changed, b"ns").is_err(),
            "{position}"
        );
    }
    assert!(Wrapped::from_stored(&wrapped.as_bytes()[1..]).is_err());
}

#[test]
fn no_two_labels_derive_the_same_key() {
    let key = tenant_key(1);
    let labels = [
        Label::Data,
        Label::Index,
        Label::Cursor,
        Label::Pseudonym,
        Label::Export,
        Label::Digest,
        Label::Commit,
        Label::Rotation,
        Label::Ids,
        Label::Wrap,
        Label::Lookup,
        Label::Catalogue,
        Label::Token,
        Label::Audit,
        Label::State,
        Label::Backup,
        Label::McpSession,
    ];
    let mut derived: Vec<_> = labels
        .iter()
        .map(|label| *key.derive(*label).expose())
        .collect();
    derived.sort_unstable();
    derived.dedup();
    assert_eq!(derived.len(), labels.len());
}

#[test]
fn a_record_opens_only_where_it_was_sealed() {
    let key = NamespaceKey::generate(&Fixed(3), Stream::PROCESS);
    let salt = [5; 32];
    let epoch = EpochKey::derive(&key, &salt);
    let home = Binding {
        namespace: NamespaceId::from_bytes([1; 16]),
        key_epoch: 1,
        kind: 1,
        id: RecordId::from_bytes([2; 16]),
        version: 1,
    };
    let sealed = epoch.seal([6; 12], &home, b"secret").unwrap();
    assert_eq!(epoch.open(&home, &sealed).unwrap(), b"secret");
    let places = [
        Binding {
            namespace: NamespaceId::from_bytes([9; 16]),
            ..home
        },
        Binding {
            key_epoch: 2,
            ..home
        },
        Binding { kind: 2, ..home },
        Binding {
            id: RecordId::from_bytes([9; 16]),
            ..home
        },
        Binding { version: 2, ..home },
    ];
    for place in places {
        assert_eq!(
            epoch.open(&place, &sealed).err(),
            Some(Error::Tampered),
            "{place:?}"
        );
    }
    for position in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[position] ^= 0x80;
        assert!(epoch.open(&home, &changed).is_err(), "{position}");
    }
    assert!(EpochKey::verify(&key, &salt, epoch.commitment()).is_ok());
    let other = NamespaceKey::generate(&Fixed(4), Stream::PROCESS);
    assert_eq!(
        EpochKey::verify(&other, &salt, epoch.commitment()).err(),
        Some(Error::WrongKey)
    );
}
