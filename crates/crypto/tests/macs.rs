//! MACs, lookups, chains and checksums, by their definitions.

use anchorhold_crypto::{Checksum, LookupKey, MAC_BYTES, MacKey, Secret, chain_hash};
use aws_lc_rs::{digest, hmac};
use proptest::prelude::*;

fn parts() -> impl Strategy<Value = Vec<Vec<u8>>> {
    proptest::collection::vec(proptest::collection::vec(0u8..3, 0..4), 0..4)
}

fn borrowed(parts: &[Vec<u8>]) -> Vec<&[u8]> {
    parts.iter().map(Vec::as_slice).collect()
}

proptest! {
    #[test]
    fn a_mac_is_keyed_blake3_of_lengths_and_parts(parts in parts()) {
        let key = MacKey::new(Secret::new([5; 32]));
        let mut input = Vec::new();
        for part in &parts {
            input.extend((part.len() as u64).to_be_bytes());
            input.extend(part);
        }
        let expected = *blake3::keyed_hash(&[5; 32], &input).as_bytes();
        prop_assert_eq!(key.pseudo_random(&borrowed(&parts)), expected);
        let mac = key.sign(&borrowed(&parts));
        prop_assert_eq!(mac.as_slice(), &expected[..MAC_BYTES]);
        prop_assert!(key.verify(&borrowed(&parts), &mac));
        prop_assert!(!key.verify(&borrowed(&parts), &mac[1..]));
        let mut changed = mac;
        changed[parts.len()] ^= 1;
        prop_assert!(!key.verify(&borrowed(&parts), &changed));
        prop_assert!(!MacKey::new(Secret::new([6; 32])).verify(&borrowed(&parts), &mac));
    }

    #[test]
    fn parts_never_run_into_each_other(a in parts(), b in parts()) {
        let key = MacKey::new(Secret::new([5; 32]));
        prop_assert_eq!(a == b, key.sign(&borrowed(&a)) == key.sign(&borrowed(&b)));
    }

    #[test]
    fn a_lookup_is_hmac_sha_256_of_table_and_bytes(
        table in any::<u8>(), bytes in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let lookup = LookupKey::new(&Secret::new([2; 32])).of(table, &bytes);
        let input = [&[table], bytes.as_slice()].concat();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[2; 32]);
        let tag = hmac::sign(&key, &input);
        prop_assert_eq!(lookup.as_slice(), tag.as_ref());
    }

    #[test]
    fn a_checksum_is_sha_256_however_the_bytes_come(
        bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..200,
    ) {
        let (first, second) = bytes.split_at(cut.min(bytes.len()));
        let mut checksum = Checksum::default();
        checksum.update(first);
        let before = checksum.sum();
        let half = digest::digest(&digest::SHA256, first);
        prop_assert_eq!(before.as_slice(), half.as_ref());
        checksum.update(second);
        let whole = digest::digest(&digest::SHA256, &bytes);
        let sum = checksum.sum();
        prop_assert_eq!(sum.as_slice(), whole.as_ref());
    }

    #[test]
    fn a_chain_is_blake3_of_the_head_and_the_entry(
        head in any::<[u8; 32]>(), entry in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let input = [head.as_slice(), &entry].concat();
        prop_assert_eq!(chain_hash(&head, &entry), *blake3::hash(&input).as_bytes());
    }
}
