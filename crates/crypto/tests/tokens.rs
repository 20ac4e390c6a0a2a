//! The text of an API key, and what is kept of it.

use anchorhold_crypto::{Secret, Token, TokenClass, TokenHash, TokenHashKey};
use anchorhold_model::{Stream, hex};

use crate::Always;

const CLASSES: [(TokenClass, &str); 4] = [
    (TokenClass::Secret, "ah_"),
    (TokenClass::Publishable, "ahp_"),
    (TokenClass::Operator, "aho_"),
    (TokenClass::Invitation, "ahi_"),
];

#[test]
fn a_key_is_its_prefix_its_digits_and_their_checksum() {
    for (class, prefix) in CLASSES {
        let token = Token::generate(class, &Always(0xa7), Stream::PROCESS);
        let mut hasher = blake3::Hasher::new_derive_key("anchorhold v1 api key checksum");
        hasher.update(prefix.as_bytes());
        hasher.update(&[0xa7; 32]);
        let sum = hex(&hasher.finalize().as_bytes()[..4]);
        let text = format!("{prefix}{}{sum}", "a7".repeat(32));
        assert_eq!(token.reveal(), text);
        assert_eq!(class.prefix(), prefix);
        assert_eq!(token.hint(), format!("{prefix}a7a7a7"));
        let read = Token::parse(&text).unwrap();
        assert_eq!((read.class(), read.reveal()), (class, text.clone()));
        // The same digits behind another prefix are no key.
        for (_, other) in CLASSES.into_iter().filter(|(_, other)| *other != prefix) {
            let moved = text.replacen(prefix, other, 1);
            assert!(Token::parse(&moved).is_none());
        }
        assert!(Token::parse(&text.to_uppercase()).is_none());
        assert!(Token::parse(&format!("{prefix}{}", "a7".repeat(31))).is_none());
    }
}

#[test]
fn the_hash_of_a_key_is_keyed_blake3_of_prefix_and_secret() {
    let key = TokenHashKey::new(Secret::new([1; 32]));
    for (class, prefix) in CLASSES {
        let token = Token::generate(class, &Always(0xa7), Stream::PROCESS);
        let input = [prefix.as_bytes(), &[0xa7; 32]].concat();
        let expected = *blake3::keyed_hash(&[1; 32], &input).as_bytes();
        let hash = key.hash(&token);
        assert_eq!(*hash.as_bytes(), expected);
        assert!(hash.matches(&TokenHash::from_bytes(expected)));
        for place in 0..32 {
            let mut other = expected;
            other[place] ^= 1;
            assert!(!hash.matches(&TokenHash::from_bytes(other)));
        }
    }
}
