//! Keys that a tenant configured: which are one and the same, and that no log tells them.

use anchorhold_crypto::{JwsAlgorithm, Secret};
use anchorhold_identity::{HmacKey, IdentitySettings, JwtKey, JwtKeyForm};
use anchorhold_model::KeyId;

use crate::world::NOW;

const TEXTS: [&str; 2] = [
    "a secret of thirty-two bytes, ok",
    "another secret of that many byte",
];

fn shared(kid: Option<&str>, text: &str) -> JwtKey {
    let (kid, text) = (kid.map(str::to_owned), text.to_owned());
    JwtKey::new(kid, JwsAlgorithm::Hs256, JwtKeyForm::Secret, text).unwrap()
}

#[test]
fn keys_of_tokens_are_one_if_they_say_the_same_and_no_log_tells_their_text() {
    let keys = || {
        let kids = [None, Some("now"), Some("next")];
        kids.map(|kid| TEXTS.map(|text| shared(kid, text)))
            .into_iter()
            .flatten()
    };
    for (place, one) in keys().enumerate() {
        for (other_place, other) in keys().enumerate() {
            assert_eq!(one == other, place == other_place);
        }
        assert_eq!(one.text(), TEXTS[place % 2]);
        assert_eq!(format!("{one:?}"), "JwtKey(HS256, ..)");
    }
    // The same bytes as a text and as JWK are the same secret, and two keys.
    let jwk = r#"{"kty":"oct","k":"YSBzZWNyZXQgb2YgdGhpcnR5LXR3byBieXRlcywgb2s"}"#;
    let (algorithm, form) = (JwsAlgorithm::Hs256, JwtKeyForm::Jwk);
    let by_jwk = JwtKey::new(None, algorithm, form, jwk.to_owned()).unwrap();
    assert_ne!(by_jwk, shared(None, jwk));
    assert_eq!(by_jwk.algorithm(), JwsAlgorithm::Hs256);
    // Only a shared secret is written as a text.
    for other in [
        JwsAlgorithm::Rs256,
        JwsAlgorithm::Es256,
        JwsAlgorithm::EdDsa,
    ] {
        let key = JwtKey::new(None, other, JwtKeyForm::Secret, TEXTS[0].to_owned());
        assert!(key.is_none(), "{other:?}");
    }
}

#[test]
fn keys_of_requests_are_found_by_their_id_and_no_log_tells_their_secret() {
    let id = |byte| KeyId::from_bytes([byte; 16]);
    let key = |byte| HmacKey::new(id(byte), "backend".to_owned(), NOW, Secret::new([byte; 32]));
    assert_eq!(key(0xa5), key(0xa5));
    assert_ne!(key(0xa5), key(0xa6));
    assert_eq!(format!("{:?}", key(0xa5)), format!("HmacKey({})", id(0xa5)));
    let settings = IdentitySettings {
        hmac_keys: vec![key(1), key(2)],
        ..IdentitySettings::default()
    };
    for byte in [1, 2] {
        let found = settings.hmac_key(&id(byte).to_string()).unwrap();
        assert_eq!((found.id, found.secret().expose()), (id(byte), &[byte; 32]));
    }
    assert!(settings.hmac_key(&id(3).to_string()).is_none());
    assert!(settings.hmac_key("backend").is_none());
}
