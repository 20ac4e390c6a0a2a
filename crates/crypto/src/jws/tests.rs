//! A signature counts for the key that made it, in the algorithm of that key, however it is written.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};

use super::*;

const SIGNED: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9";
const SECRET: &[u8] = b"a secret of thirty-two bytes, ok";

/// Base64url without padding.
fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

fn pem(der: &[u8]) -> String {
    use base64::Engine as _;
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = body
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        lines.join("\n")
    )
}

/// A key of each algorithm in each form, with a signature by it.
fn keys() -> Vec<(JwsAlgorithm, Vec<JwsKey>, String)> {
    let random = SystemRandom::new();
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let mut by_rsa = vec![0; rsa.public_modulus_len()];
    rsa.sign(&RSA_PKCS1_SHA256, &random, SIGNED.as_bytes(), &mut by_rsa)
        .unwrap();
    let rsa_jwk = format!(
        r#"{{"kty": "RSA", "n": "{}", "e": "{}"}}"#,
        base64(rsa.public_key().modulus().big_endian_without_leading_zero()),
        base64(
            rsa.public_key()
                .exponent()
                .big_endian_without_leading_zero()
        )
    );
    let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let by_ec = ec.sign(&random, SIGNED.as_bytes()).unwrap();
    let (x, y) = ec.public_key().as_ref()[1..].split_at(32);
    let ec_jwk = format!(
        r#"{{"kty": "EC", "crv": "P-256", "alg": "ES256", "x": "{}", "y": "{}"}}"#,
        base64(x),
        base64(y)
    );
    let ed = Ed25519KeyPair::generate().unwrap();
    let by_ed = ed.sign(SIGNED.as_bytes());
    let ed_jwk = format!(
        r#"{{"kty": "OKP", "crv": "Ed25519", "x": "{}"}}"#,
        base64(ed.public_key().as_ref())
    );
    let hmac = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET);
    let by_hmac = aws_lc_rs::hmac::sign(&hmac, SIGNED.as_bytes());
    let secret_jwk = format!(r#"{{"kty": "oct", "k": "{}"}}"#, base64(SECRET));
    let of = |algorithm, der: &[u8], jwk: &str| {
        vec![
            JwsKey::from_pem(algorithm, &pem(der)).unwrap(),
            JwsKey::from_jwk(algorithm, jwk).unwrap(),
        ]
    };
    let (rs, es, ed_dsa) = (
        JwsAlgorithm::Rs256,
        JwsAlgorithm::Es256,
        JwsAlgorithm::EdDsa,
    );
    let der = rsa.public_key().as_der().unwrap();
    let of_rsa = of(rs, der.as_ref(), &rsa_jwk);
    let der = ec.public_key().as_der().unwrap();
    let of_ec = of(es, der.as_ref(), &ec_jwk);
    let der = ed.public_key().as_der().unwrap();
    let of_ed = of(ed_dsa, der.as_ref(), &ed_jwk);
    let of_secret = vec![
        JwsKey::from_secret(SECRET).unwrap(),
        JwsKey::from_jwk(JwsAlgorithm::Hs256, &secret_jwk).unwrap(),
    ];
    vec![
        (rs, of_rsa, base64(&by_rsa)),
        (es, of_ec, base64(by_ec.as_ref())),
        (ed_dsa, of_ed, base64(by_ed.as_ref())),
        (JwsAlgorithm::Hs256, of_secret, base64(by_hmac.as_ref())),
    ]
}

#[test]
fn a_signature_counts_for_the_key_that_made_it_and_for_no_other() {
    let keys = keys();
    for (made_by, _, signature) in &keys {
        for (algorithm, forms, _) in &keys {
            for key in forms {
                assert_eq!(key.algorithm(), *algorithm);
                let counts = key.verify(SIGNED, signature);
                assert_eq!(counts, made_by == algorithm, "{made_by:?} {algorithm:?}");
                assert!(!key.verify(SIGNED.trim_start_matches('e'), signature));
                assert!(!key.verify(SIGNED, "") && !key.verify(SIGNED, "%%%"));
                let mut cut = signature.clone();
                cut.pop();
                assert!(!key.verify(SIGNED, &cut), "{made_by:?}");
                assert!(!key.verify(SIGNED, &format!("{signature}=")));
            }
        }
    }
}

#[test]
fn a_text_is_a_key_of_the_algorithm_it_is_given_for_or_none() {
    assert!(JwsKey::from_secret(&SECRET[1..]).is_none());
    let short = format!(r#"{{"kty": "oct", "k": "{}"}}"#, base64(&SECRET[1..]));
    let oct = format!(r#"{{"kty": "oct", "k": "{}"}}"#, base64(SECRET));
    let ed = Ed25519KeyPair::generate().unwrap();
    let ed_pem = pem(ed.public_key().as_der().unwrap().as_ref());
    let ed_jwk = |more: &str| {
        let x = base64(ed.public_key().as_ref());
        format!(r#"{{"kty": "OKP", "crv": "Ed25519", "x": "{x}"{more}}}"#)
    };
    assert!(JwsKey::from_jwk(JwsAlgorithm::Hs256, &short).is_none());
    for algorithm in JwsAlgorithm::ALL {
        let is_ed = algorithm == JwsAlgorithm::EdDsa;
        assert_eq!(JwsKey::from_pem(algorithm, &ed_pem).is_some(), is_ed);
        assert_eq!(JwsKey::from_jwk(algorithm, &ed_jwk("")).is_some(), is_ed);
        let named = ed_jwk(r#", "alg": "ES256""#);
        assert!(
            JwsKey::from_jwk(algorithm, &named).is_none(),
            "{algorithm:?}"
        );
        let is_secret = algorithm == JwsAlgorithm::Hs256;
        assert_eq!(JwsKey::from_jwk(algorithm, &oct).is_some(), is_secret);
        for text in ["", "{}", "-----BEGIN PUBLIC KEY-----"] {
            assert!(JwsKey::from_pem(algorithm, text).is_none());
            assert!(JwsKey::from_jwk(algorithm, text).is_none());
        }
        assert_eq!(JwsAlgorithm::parse(algorithm.as_str()), Some(algorithm));
    }
    for name in ["none", "None", "hs256", "RS512", "PS256", ""] {
        assert_eq!(JwsAlgorithm::parse(name), None);
    }
}

/// A public RSA key (RFC 8017, appendix A.1.1), with as little around its modulus as there may be.
fn rsa_der(modulus: &[u8]) -> Vec<u8> {
    let value = |tag: u8, body: &[u8]| {
        let [high, low] = u16::try_from(body.len()).unwrap().to_be_bytes();
        let length = match (high, low) {
            (0, 0..=0x7f) => vec![low],
            (0, _) => vec![0x81, low],
            _ => vec![0x82, high, low],
        };
        [&[tag][..], &length, body].concat()
    };
    let parts = [value(2, modulus), value(2, &[1, 0, 1])].concat();
    value(0x30, &parts)
}

#[test]
fn an_rsa_key_that_is_too_short_is_none_however_it_is_written() {
    let by_pem = |modulus: &[u8]| {
        let pem = pem(&rsa_der(modulus)).replace("PUBLIC", "RSA PUBLIC");
        JwsKey::from_pem(JwsAlgorithm::Rs256, &pem).is_some()
    };
    for bytes in [64, 128, 192, 245] {
        assert!(!by_pem(&vec![0x7f; bytes]), "{bytes}");
    }
    assert_eq!(rsa_der(&[0x7f; 245]).len(), RSA_BYTES_MIN);
    assert!(by_pem(&[&[0][..], &[0xff; 256]].concat()));
    for bytes in [128, 255, 256, 512] {
        let n = base64(&vec![0xff; bytes]);
        let jwk = format!(r#"{{"kty": "RSA", "n": "{n}", "e": "AQAB"}}"#);
        let key = JwsKey::from_jwk(JwsAlgorithm::Rs256, &jwk);
        assert_eq!(key.is_some(), bytes >= 256, "{bytes}");
    }
}

#[test]
fn a_key_of_another_curve_is_none_however_it_is_written() {
    let ec = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    let der = ec.public_key().as_der().unwrap();
    let by_pem = JwsKey::from_pem(JwsAlgorithm::Es256, &pem(der.as_ref()));
    let (x, y) = ec.public_key().as_ref()[1..].split_at(48);
    let (x, y) = (base64(x), base64(y));
    let jwk = format!(r#"{{"kty": "EC", "crv": "P-384", "x": "{x}", "y": "{y}"}}"#);
    let by_jwk = JwsKey::from_jwk(JwsAlgorithm::Es256, &jwk);
    assert!(by_pem.is_none() && by_jwk.is_none());
}
