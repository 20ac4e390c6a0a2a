//! What is derived of a key, by HKDF-SHA-256 and the words of the format.

use anchorhold_crypto::{
    Error, InstallKey, Kek, Label, NamespaceKey, Secret, WRAPPED_BYTES, Wrapped, WrappingKey,
};
use anchorhold_model::Stream;
use aws_lc_rs::hkdf::{HKDF_SHA256, Prk};

use crate::Always;

/// The words are part of the format: a changed one opens nothing that was ever written.
const LABELS: [(Label, &str); 17] = [
    (Label::Data, "data"),
    (Label::Index, "index"),
    (Label::Cursor, "cursor"),
    (Label::Pseudonym, "pseudonym"),
    (Label::Export, "export"),
    (Label::Digest, "digest"),
    (Label::Commit, "commit"),
    (Label::Rotation, "rotation"),
    (Label::Ids, "ids"),
    (Label::Wrap, "wrap"),
    (Label::Lookup, "lookup"),
    (Label::Catalogue, "catalogue"),
    (Label::Token, "token"),
    (Label::Audit, "audit"),
    (Label::State, "state"),
    (Label::Backup, "backup"),
    (Label::McpSession, "mcp-session"),
];

fn expanded(key: [u8; 32], word: &str) -> [u8; 32] {
    let prk = Prk::new_less_safe(HKDF_SHA256, &key);
    let mut bytes = [0; 32];
    let info = [b"anchorhold/v1/".as_slice(), word.as_bytes()];
    let material = prk.expand(&info, HKDF_SHA256).unwrap();
    material.fill(&mut bytes).unwrap();
    bytes
}

#[test]
fn every_label_derives_what_hkdf_says_of_its_word() {
    let kek = Kek::generate(&Always(1), Stream::PROCESS);
    let install = InstallKey::generate(&Always(2), Stream::PROCESS);
    let tenant = WrappingKey::generate(&Always(3), Stream::PROCESS);
    let namespace = NamespaceKey::generate(&Always(4), Stream::PROCESS);
    for (label, word) in LABELS {
        assert_eq!(*kek.derive(label).expose(), expanded([1; 32], word));
        assert_eq!(*install.derive(label).expose(), expanded([2; 32], word));
        assert_eq!(*tenant.derive(label).expose(), expanded([3; 32], word));
        assert_eq!(*namespace.derive(label).expose(), expanded([4; 32], word));
    }
}

#[test]
fn a_kek_from_outside_is_the_bytes_that_came() {
    let kek = Kek::new(Secret::new([6; 32]));
    assert_eq!(*kek.expose(), [6; 32]);
    assert_eq!(
        *Kek::generate(&Always(6), Stream::PROCESS).expose(),
        [6; 32]
    );
}

#[test]
fn each_wrapped_key_opens_as_itself_and_carries_the_commitment_in_front() {
    let kek = Kek::generate(&Always(1), Stream::PROCESS);
    let install = InstallKey::generate(&Always(2), Stream::PROCESS);
    let tenant = WrappingKey::generate(&Always(3), Stream::PROCESS);
    let namespace = NamespaceKey::generate(&Always(4), Stream::PROCESS);
    let (random, stream) = (&Always(9), Stream::PROCESS);
    let wrapped = [
        kek.wrap_install(&install, b"i", random, stream).unwrap(),
        kek.wrap_tenant(&tenant, b"t", random, stream).unwrap(),
        tenant
            .wrap_namespace(&namespace, b"n", random, stream)
            .unwrap(),
    ];
    let outer = [[1; 32], [1; 32], [3; 32]];
    for (wrapped, outer) in wrapped.iter().zip(outer) {
        let bytes = wrapped.as_bytes();
        assert_eq!(bytes.len(), WRAPPED_BYTES);
        assert_eq!(bytes[..32], expanded(outer, "commit"));
        assert_eq!(bytes[32..44], [9; 12]);
        assert!(Wrapped::from_stored(bytes).unwrap() == *wrapped);
        let cut = Wrapped::from_stored(&bytes[..WRAPPED_BYTES - 1]);
        assert_eq!(cut.err(), Some(Error::Malformed));
    }
    let label = Label::Data;
    let opened = kek.unwrap_install(&wrapped[0], b"i").unwrap();
    assert_eq!(
        opened.derive(label).expose(),
        install.derive(label).expose()
    );
    let opened = kek.unwrap_tenant(&wrapped[1], b"t").unwrap();
    assert_eq!(opened.derive(label).expose(), tenant.derive(label).expose());
    let opened = tenant.unwrap_namespace(&wrapped[2], b"n").unwrap();
    assert_eq!(
        opened.derive(label).expose(),
        namespace.derive(label).expose()
    );
    let other = Kek::generate(&Always(8), Stream::PROCESS);
    let wrong = other.unwrap_install(&wrapped[0], b"i").err();
    assert_eq!(wrong, Some(Error::WrongKey));
    let moved = kek.unwrap_install(&wrapped[0], b"j").err();
    assert_eq!(moved, Some(Error::Tampered));
}

#[test]
fn errors_say_what_it_is_in_words() {
    let words = [
        Error::WrongKey,
        Error::Tampered,
        Error::Malformed,
        Error::Library,
    ]
    .map(|error| error.to_string());
    assert_eq!(
        words,
        [
            "wrong key",
            "tampered",
            "malformed",
            "cryptographic library refused"
        ]
    );
}
