//! Bodies of fuzz targets: headers that say who a user is, signed tokens and signed requests, and what an
//! issuer publishes as its keys.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a target fails by panicking"
)]

mod headers;
mod jwt;
mod made;
mod signature;

use anchorhold_model::limits::JWKS_KEYS_MAX;
use serde_json::{Value, json};

use crate::jwks::read;
use crate::{JwtKey, PUBLISHED_ALGORITHMS};

/// A line that says what the sender and the tenant are like, and lines of headers.
pub fn identity_headers(data: &[u8]) {
    headers::check(data);
}

/// The header and the claims of a signed token, a line each.
pub fn jwt(data: &[u8]) {
    jwt::check(data);
}

/// The texts that a signature covers, a line each, of two requests.
pub fn signed_request(data: &[u8]) {
    signature::check(data);
}

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
    fn headers_say_what_stands_in_them_and_are_believed_no_further_than_their_sender() {
        anchorhold_fuzzing::replay("identity_headers", super::identity_headers);
    }

    #[test]
    fn no_token_counts_that_says_anything_else_than_it_must() {
        anchorhold_fuzzing::replay("jwt", super::jwt);
    }

    #[test]
    fn what_is_signed_is_one_request_and_no_other() {
        anchorhold_fuzzing::replay("signed_request", super::signed_request);
    }

    #[test]
    fn published_keys_are_public_and_read_back_as_themselves() {
        anchorhold_fuzzing::replay("jwks", super::jwks);
    }
}
