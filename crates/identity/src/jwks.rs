//! The document in which an issuer publishes its keys (JWKS, RFC 7517).
//!
//! INVARIANT: it holds public keys alone. A shared secret that everybody can read proves nothing, and a
//! private key that stands there is anybody's; neither checks a token.

use anchorhold_crypto::JwsAlgorithm;
use anchorhold_model::limits::{JWKS_KEYS_MAX, KEY_NAME_BYTES_MAX};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{JwtKey, JwtKeyForm};

/// Members that only a secret key has (RFC 7518, sections 6.2.2, 6.3.2 and 6.4).
const SECRET: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

#[derive(Deserialize)]
struct Document {
    keys: Vec<Map<String, Value>>,
}

/// The keys of a document that check tokens in one of these algorithms; `None` when it is no such
/// document. A key of another kind is passed over.
pub(crate) fn read(document: &[u8], algorithms: &[JwsAlgorithm]) -> Option<Vec<JwtKey>> {
    let document: Document = serde_json::from_slice(document).ok()?;
    if document.keys.len() > JWKS_KEYS_MAX {
        return None;
    }
    let keys = document.keys.iter();
    Some(keys.filter_map(|jwk| key(jwk, algorithms)).collect())
}

fn key(jwk: &Map<String, Value>, algorithms: &[JwsAlgorithm]) -> Option<JwtKey> {
    if SECRET.iter().any(|member| jwk.contains_key(*member)) || !is_for_signatures(jwk) {
        return None;
    }
    let word = |name: &str| jwk.get(name).and_then(Value::as_str);
    let (algorithm, parts): (_, &[&str]) = match (word("kty")?, word("crv")) {
        ("RSA", _) => (JwsAlgorithm::Rs256, &["kty", "n", "e"]),
        ("EC", Some("P-256")) => (JwsAlgorithm::Es256, &["kty", "crv", "x", "y"]),
        ("OKP", Some("Ed25519")) => (JwsAlgorithm::EdDsa, &["kty", "crv", "x"]),
        _ => return None,
    };
    let is_named = match jwk.get("alg") {
        None => true,
        Some(Value::String(named)) => {
            let is_ed = algorithm == JwsAlgorithm::EdDsa && named == "Ed25519";
            is_ed || named == algorithm.as_str()
        }
        Some(_) => false,
    };
    if !is_named || !algorithms.contains(&algorithm) {
        return None;
    }
    let kid = match jwk.get("kid") {
        None => None,
        Some(Value::String(kid)) if (1..=KEY_NAME_BYTES_MAX).contains(&kid.len()) => {
            Some(kid.clone())
        }
        Some(_) => return None,
    };
    // What was judged is what is read, and nothing besides.
    let part = |name: &&str| Some(((*name).to_owned(), jwk.get(*name)?.clone()));
    let judged: Option<Map<String, Value>> = parts.iter().map(part).collect();
    let text = Value::Object(judged?).to_string();
    JwtKey::new(kid, algorithm, JwtKeyForm::Jwk, text)
}

/// Whether a key may check signatures, as far as the document says (RFC 7517, sections 4.2 and 4.3).
fn is_for_signatures(jwk: &Map<String, Value>) -> bool {
    let is_used = jwk.get("use").is_none_or(|used| used == "sig");
    let operates = jwk.get("key_ops").is_none_or(|operations| {
        let operations = operations.as_array();
        operations.is_some_and(|operations| operations.iter().any(|word| word == "verify"))
    });
    is_used && operates
}

#[cfg(test)]
mod tests {
    use anchorhold_crypto::JwsAlgorithm;
    use serde_json::{Value, json};

    use super::read;
    use crate::jwt::PUBLISHED_ALGORITHMS;

    /// The public keys of RFC 8037, appendix A.2, and of RFC 7517, appendix A.1.
    fn ed(more: Value) -> Value {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        with(
            json!({"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": x}),
            more,
        )
    }

    fn ec(more: Value) -> Value {
        let (x, y) = (
            "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        );
        with(
            json!({"kty": "EC", "crv": "P-256", "kid": "ec", "x": x, "y": y}),
            more,
        )
    }

    fn rsa(more: Value) -> Value {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        with(
            json!({"kty": "RSA", "kid": "rsa", "n": n, "e": "AQAB"}),
            more,
        )
    }

    fn with(mut jwk: Value, more: Value) -> Value {
        for (name, value) in more.as_object().unwrap() {
            jwk[name] = value.clone();
        }
        jwk
    }

    fn kids(keys: &Value, algorithms: &[JwsAlgorithm]) -> Option<Vec<Option<String>>> {
        let document = json!({"keys": keys, "more": 1}).to_string();
        let keys = read(document.as_bytes(), algorithms)?;
        Some(keys.into_iter().map(|key| key.kid).collect())
    }

    #[test]
    fn a_published_key_is_public_for_signatures_and_of_one_algorithm() {
        let all = PUBLISHED_ALGORITHMS;
        let name = |name: &str| Some(name.to_owned());
        let good = [
            (ed(json!({})), name("ed")),
            (
                ed(json!({"alg": "EdDSA", "use": "sig", "x5c": ["AAAA"]})),
                name("ed"),
            ),
            (ed(json!({"alg": "Ed25519"})), name("ed")),
            (ec(json!({"key_ops": ["verify"]})), name("ec")),
            (rsa(json!({"alg": "RS256", "use": "sig"})), name("rsa")),
        ];
        for (jwk, kid) in good {
            assert_eq!(kids(&json!([jwk]), &all), Some(vec![kid]), "{jwk}");
        }
        let other = [
            json!({"kty": "oct", "kid": "a", "alg": "HS256", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}),
            ed(json!({"d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"})),
            ed(json!({"k": "AAAA"})),
            ed(json!({"use": "enc"})),
            ed(json!({"use": 1})),
            ed(json!({"key_ops": ["sign"]})),
            ed(json!({"key_ops": "verify"})),
            ed(json!({"alg": "none"})),
            ed(json!({"alg": "HS256"})),
            ed(json!({"alg": 1})),
            ed(json!({"kid": 1})),
            ed(json!({"kid": ""})),
            ed(json!({"kid": "x".repeat(257)})),
            ed(json!({"crv": "X25519"})),
            ed(json!({"x": "AAAA"})),
            ec(json!({"alg": "RS256"})),
            rsa(json!({"alg": "RS512"})),
            ec(json!({"crv": "P-384"})),
            json!({"kty": "RSA", "n": "AAAA", "e": "AQAB"}),
            json!({}),
        ];
        for jwk in other {
            // It is passed over, and the one beside it is not.
            let both = json!([jwk, ec(json!({}))]);
            assert_eq!(kids(&both, &all), Some(vec![name("ec")]), "{jwk}");
        }
        let both = json!([ed(json!({})), ec(json!({}))]);
        assert_eq!(kids(&both, &[JwsAlgorithm::Es256]), Some(vec![name("ec")]));
        assert_eq!(kids(&both, &[JwsAlgorithm::Hs256]), Some(Vec::new()));
    }

    #[test]
    fn what_is_no_set_of_keys_is_none() {
        let all = PUBLISHED_ALGORITHMS;
        for text in [
            "",
            "keys",
            "[]",
            "{}",
            r#"{"keys": {}}"#,
            r#"{"keys": [1]}"#,
        ] {
            assert!(read(text.as_bytes(), &all).is_none(), "{text}");
        }
        let twice = r#"{"keys": [], "keys": []}"#;
        assert!(read(twice.as_bytes(), &all).is_none());
        let many = |count: usize| kids(&json!(vec![ed(json!({})); count]), &all);
        assert_eq!(many(64).map(|keys| keys.len()), Some(64));
        assert_eq!(many(65), None);
        assert_eq!(kids(&json!([]), &all), Some(Vec::new()));
    }
}
