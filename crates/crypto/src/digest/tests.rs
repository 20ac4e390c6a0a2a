//! The digest is the same for the same set, whatever its history.

use anchorhold_model::{NamespaceId, RecordId};
use proptest::prelude::*;

use super::*;

fn binding(id: u8, version: u64) -> Binding {
    Binding {
        namespace: NamespaceId::from_bytes([9; 16]),
        key_epoch: 1,
        kind: 1,
        id: RecordId::from_bytes([id; 16]),
        version,
    }
}

proptest! {
    #[test]
    fn order_does_not_matter_and_removal_undoes(ids in proptest::collection::vec(0u8..40, 1..20)) {
        let key = DigestKey::new(Secret::new([3; 32]));
        let body = |id: u8| vec![id; 40];
        let (mut forward, mut backward) = (SetDigest::default(), SetDigest::default());
        for id in &ids {
            forward.add(&key, &binding(*id, 1), &body(*id));
        }
        for id in ids.iter().rev() {
            backward.add(&key, &binding(*id, 1), &body(*id));
        }
        prop_assert_eq!(forward, backward);
        for id in &ids {
            forward.remove(&key, &binding(*id, 1), &body(*id));
        }
        prop_assert_eq!(forward, SetDigest::default());
    }
}

#[test]
fn another_version_tag_or_key_is_another_digest() {
    let digest = |key: u8, version, body: &[u8]| {
        let mut digest = SetDigest::default();
        digest.add(
            &DigestKey::new(Secret::new([key; 32])),
            &binding(1, version),
            body,
        );
        digest
    };
    let base = digest(1, 1, &[0; 40]);
    assert_ne!(base, digest(2, 1, &[0; 40]));
    assert_ne!(base, digest(1, 2, &[0; 40]));
    assert_ne!(base, digest(1, 1, &[1; 40]));
    assert_eq!(base, digest(1, 1, &[0; 40]));
}
