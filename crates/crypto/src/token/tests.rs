//! A key reads back, and a changed character is noticed before any lookup.

use super::*;

struct Counting(std::sync::atomic::AtomicU8);

impl Random for Counting {
    fn fill(&self, _: Stream<'_>, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.fetch_add(7, std::sync::atomic::Ordering::Relaxed);
        }
    }
}

#[test]
fn a_key_reads_back_and_a_typing_error_does_not() {
    let random = Counting(1.into());
    for class in [
        TokenClass::Secret,
        TokenClass::Publishable,
        TokenClass::Operator,
    ] {
        let text = Token::generate(class, &random, Stream::PROCESS).reveal();
        assert_eq!(Token::parse(&text).expect("reads back").class(), class);
        for position in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[position] = if changed[position] == b'7' {
                b'8'
            } else {
                b'7'
            };
            let changed = String::from_utf8(changed).unwrap();
            assert!(Token::parse(&changed).is_none(), "{position}");
        }
        assert!(Token::parse(&format!("{text}0")).is_none());
    }
    assert!(Token::parse("").is_none() && Token::parse("ah_é").is_none());
}

#[test]
fn hashes_differ_by_token_class_and_installation() {
    let random = Counting(1.into());
    let (one, two) = (
        Token::generate(TokenClass::Secret, &random, Stream::PROCESS),
        Token::generate(TokenClass::Secret, &random, Stream::PROCESS),
    );
    let key = TokenHashKey::new(Secret::new([1; 32]));
    let other = TokenHashKey::new(Secret::new([2; 32]));
    assert!(key.hash(&one).matches(&key.hash(&one)));
    assert!(!key.hash(&one).matches(&key.hash(&two)));
    assert!(!key.hash(&one).matches(&other.hash(&one)));
    let brought = |text| key.hash_bearer(&BearerToken::parse(text).unwrap());
    assert!(brought("0123456789abcdef").matches(&brought("0123456789abcdef")));
    assert!(!brought("0123456789abcdef").matches(&brought("0123456789abcdeF")));
    // What stands for a listener is no token that somebody could send.
    let listener = key.hash_listener(b"0123456789abcdef");
    assert!(listener.matches(&key.hash_listener(b"0123456789abcdef")));
    assert!(!listener.matches(&key.hash_listener(b"0123456789abcdeF")));
    assert!(!listener.matches(&brought("0123456789abcdef")));
    let application = key.hash_application(b"0123456789abcdef");
    assert!(application.matches(&key.hash_application(b"0123456789abcdef")));
    assert!(!application.matches(&key.hash_application(b"0123456789abcdeF")));
    assert!(!application.matches(&listener));
    assert!(!application.matches(&brought("0123456789abcdef")));
    assert!(!listener.matches(&key.hash_issuer("0123456789abcdef", None)));
}
