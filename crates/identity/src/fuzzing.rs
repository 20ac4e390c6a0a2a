//! Bodies of fuzz targets: what an issuer publishes as its keys.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a target fails by panicking"
)]

use anchorhold_model::limits::JWKS_KEYS_MAX;
use serde_json::{Value, json};

use crate::jwks::read;
use crate::{JwtKey, PUBLISHED_ALGORITHMS};

/// What is read are public keys, at most as many as there may be, each of the one algorithm that finds
/// it. Written again they are read as the same; with what only a secret key has, as none.
pub fn jwks(data: &[u8]) {
    let Some(keys) = read(data, &PUBLISHED_ALGORITHMS) else {
        return;
    };
    assert!(keys.len() <= JWKS_KEYS_MAX);
    for algorithm in PUBLISHED_ALGORITHMS {
        let found = read(data, &[algorithm]).unwrap();
        let its = keys.iter().filter(|key| key.algorithm() == algorithm);
        assert!(found.iter().eq(its));
    }
    let again = |member: Option<&str>| {
        let keys: Vec<Value> = keys.iter().map(|key| written(key, member)).collect();
        let document = json!({"keys": keys}).to_string();
        read(document.as_bytes(), &PUBLISHED_ALGORITHMS).unwrap()
    };
    assert_eq!(again(None), keys);
    for secret in ["d", "k"] {
        assert_eq!(again(Some(secret)), []);
    }
}

/// A key as issuers publish it, with one more member.
fn written(key: &JwtKey, member: Option<&str>) -> Value {
    let mut jwk: Value = serde_json::from_str(key.text()).unwrap();
    if let Some(kid) = &key.kid {
        jwk["kid"] = json!(kid);
    }
    if let Some(member) = member {
        jwk[member] = json!("AAAA");
    }
    jwk
}

#[cfg(test)]
mod tests {
    #[test]
    fn published_keys_are_public_and_read_back_as_themselves() {
        anchorhold_fuzzing::replay("jwks", super::jwks);
    }
}
