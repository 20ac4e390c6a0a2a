//! Seals and digests, byte for byte.

use anchorhold_crypto::{
    Binding, DigestKey, EpochKey, Error, FORMAT_VERSION, Label, NONCE_BYTES, NamespaceKey,
    SEAL_OVERHEAD_BYTES, SealKey, Secret, SetDigest,
};
use anchorhold_model::{NamespaceId, RecordId, Stream};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use proptest::prelude::*;

use crate::Always;

fn by_definition(key: [u8; 32], nonce: [u8; 12], associated: &[u8], plain: &[u8]) -> Vec<u8> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
    let mut body = plain.to_vec();
    let nonce_value = Nonce::assume_unique_for_key(nonce);
    key.seal_in_place_append_tag(nonce_value, Aad::from(associated), &mut body)
        .unwrap();
    [nonce.as_slice(), &body].concat()
}

const PLACE: Binding = Binding {
    namespace: NamespaceId::from_bytes([1; 16]),
    key_epoch: 0x0203_0405,
    kind: 6,
    id: RecordId::from_bytes([7; 16]),
    version: 0x0809_0a0b_0c0d_0e0f,
};

proptest! {
    #[test]
    fn what_is_sealed_is_nonce_ciphertext_and_tag_and_opens_as_it_was(
        key in any::<[u8; 32]>(), nonce in any::<[u8; 12]>(),
        associated in proptest::collection::vec(any::<u8>(), 0..40),
        plain in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        let seal = SealKey::new(&Secret::new(key));
        let sealed = seal.seal(nonce, &associated, &plain).unwrap();
        prop_assert_eq!(&sealed, &by_definition(key, nonce, &associated, &plain));
        prop_assert_eq!(sealed.len(), plain.len() + SEAL_OVERHEAD_BYTES);
        prop_assert_eq!(seal.open(&associated, &sealed).unwrap(), plain);
    }
}

#[test]
fn less_than_a_nonce_is_malformed_and_less_than_a_tag_is_tampered() {
    let seal = SealKey::new(&Secret::new([1; 32]));
    for length in 0..SEAL_OVERHEAD_BYTES {
        let expected = if length < NONCE_BYTES {
            Error::Malformed
        } else {
            Error::Tampered
        };
        assert_eq!(seal.open(b"", &vec![0; length]).err(), Some(expected));
    }
}

#[test]
fn a_binding_is_format_namespace_epoch_kind_id_and_version() {
    let mut expected = vec![1];
    expected.extend([1; 16]);
    expected.extend([2, 3, 4, 5, 6]);
    expected.extend([7; 16]);
    expected.extend([8, 9, 10, 11, 12, 13, 14, 15]);
    assert_eq!(PLACE.to_bytes().as_slice(), expected);
    assert_eq!(FORMAT_VERSION, 1);
}

#[test]
fn an_epoch_is_derived_of_salt_and_data_key_and_commits_to_itself() {
    let namespace = NamespaceKey::generate(&Always(4), Stream::PROCESS);
    let salt = [5; 32];
    let prk = Salt::new(HKDF_SHA256, &salt).extract(namespace.derive(Label::Data).expose());
    let expand = |word: &'static [u8]| {
        let mut bytes = [0; 32];
        let info = [word];
        let material = prk.expand(&info, HKDF_SHA256).unwrap();
        material.fill(&mut bytes).unwrap();
        bytes
    };
    let epoch = EpochKey::derive(&namespace, &salt);
    assert_eq!(*epoch.commitment(), expand(b"anchorhold/v1/epoch/commit"));
    let sealed = epoch.seal([6; 12], &PLACE, b"text").unwrap();
    let key = expand(b"anchorhold/v1/epoch/key");
    let expected = by_definition(key, [6; 12], &PLACE.to_bytes(), b"text");
    assert_eq!(sealed, expected);
    assert_eq!(epoch.open(&PLACE, &sealed).unwrap(), b"text");
    let verified = EpochKey::verify(&namespace, &salt, epoch.commitment()).unwrap();
    assert_eq!(verified.open(&PLACE, &sealed).unwrap(), b"text");
    for byte in 0..32 {
        let mut other = *epoch.commitment();
        other[byte] ^= 1;
        let refused = EpochKey::verify(&namespace, &salt, &other).err();
        assert_eq!(refused, Some(Error::WrongKey));
    }
}

/// Little-endian numbers of 256 bits, added as at school.
fn plus(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    let mut carry = 0;
    std::array::from_fn(|place| {
        let sum = u32::from(a[place]) + u32::from(b[place]) + carry;
        carry = sum >> 8;
        (sum & 0xff) as u8
    })
}

proptest! {
    #[test]
    fn a_digest_is_the_sum_of_its_elements(
        bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 16..40), 1..12),
        start in any::<[u8; 32]>(),
    ) {
        let key = DigestKey::new(Secret::new([3; 32]));
        let mut digest = SetDigest::from_bytes(start);
        let mut expected = start;
        for body in &bodies {
            digest.add(&key, &PLACE, body);
            let tag = &body[body.len() - 16..];
            let input = [PLACE.to_bytes().as_slice(), tag].concat();
            expected = plus(expected, *blake3::keyed_hash(&[3; 32], &input).as_bytes());
            prop_assert_eq!(digest.as_bytes(), &expected);
        }
        for body in &bodies {
            digest.remove(&key, &PLACE, body);
        }
        prop_assert_eq!(digest.as_bytes(), &start);
    }
}
