//! Signed tokens: one counts only when it says what a slow reading of its JSON finds right, under the key
//! that its `kid` names, and no character of one that counts may be another.

use anchorhold_crypto::{JwsAlgorithm, RequestKey, Secret};
use anchorhold_model::{Issuer, Part};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::made::{NOW, SECRET};
use crate::jwt::{Shown, Unverified};
use crate::{JwtKey, JwtKeyForm, JwtKeySet, JwtKeys, JwtProblem};

const OTHER: &str = "another secret of that many byte";
const ISS: &str = "https://clerk.example";
const LEEWAY_SECONDS: u64 = 30;
/// Changed characters that are tried of one token.
const CHANGES: usize = 24;

pub(super) fn check(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n');
    let (header, claims) = data.split_at(end.unwrap_or(data.len()));
    let claims = claims.get(1..).unwrap_or_default();
    if let Ok(text) = std::str::from_utf8(data) {
        assert!(outcome(text).is_err(), "nobody has signed it");
    }
    let signed = [header, claims]
        .map(|part| URL_SAFE_NO_PAD.encode(part))
        .join(".");
    let by = |secret: &str| {
        let key = RequestKey::new(&Secret::new(secret.as_bytes().try_into().unwrap()));
        format!(
            "{signed}.{}",
            URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()))
        )
    };
    assert!(outcome(&by("a third secret of that many byte")).is_err());
    let token = by(SECRET);
    let Ok(shown) = outcome(&token) else {
        return;
    };
    // The other key counts for tokens that name it alone.
    assert_eq!(outcome(&by(OTHER)), Err(JwtProblem::Mismatch));
    // A member that nobody reads may hold half of a pair of surrogates, and then this does not read it.
    let Ok(header) = serde_json::from_slice::<Value>(header) else {
        return assert!(std::str::from_utf8(header).is_ok());
    };
    assert!(header["alg"] == "HS256" && header["kid"] == "now" && header.get("crit").is_none());
    let typ = header["typ"].as_str().map(str::to_ascii_lowercase);
    let typ = typ
        .as_deref()
        .map(|typ| typ.trim_start_matches("application/"));
    assert!(matches!(typ, None | Some("jwt" | "at+jwt")));
    says(&serde_json::from_slice(claims).unwrap(), &shown);
    for number in 0..CHANGES {
        let mut changed = token.clone().into_bytes();
        let place = number * changed.len() / CHANGES;
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(outcome(&changed).is_err(), "character {place}");
    }
}

/// The claims are those of a token that counts now, for us, of this user.
fn says(claims: &Value, shown: &Shown) {
    assert_eq!(claims["iss"], ISS);
    let is_for_us = match &claims["aud"] {
        Value::Array(all) => all.iter().any(|one| one == "memory"),
        one => one == "memory",
    };
    assert!(is_for_us);
    assert_eq!(claims["sub"], shown.id.as_str());
    #[expect(
        clippy::cast_precision_loss,
        reason = "a second more or less is not looked at"
    )]
    let now = (NOW.milliseconds() / 1_000) as f64;
    let exp = claims["exp"].as_f64().expect("a token ends");
    assert!(exp > now - 31.0, "{exp}");
    let nbf = claims.get("nbf").filter(|nbf| !nbf.is_null());
    let begins = nbf.map(|nbf| nbf.as_f64().expect("a time"));
    assert!(begins.is_none_or(|begins| begins < now + 31.0));
    let role = &claims["role"];
    let mut roles = role
        .as_array()
        .map_or_else(|| vec![role], |all| all.iter().collect());
    while let Some(Value::Array(inner)) = roles.iter().find(|role| role.is_array()) {
        roles.retain(|role| !role.is_array());
        roles.extend(inner);
    }
    if roles.iter().all(|role| *role != "viewer") && !role.is_array() {
        assert!(!shown.is_viewer);
    }
}

fn outcome(token: &str) -> Result<Shown, JwtProblem> {
    let key = |kid: &str, secret: &str| {
        let (kid, secret) = (Some(kid.to_owned()), secret.to_owned());
        JwtKey::new(kid, JwsAlgorithm::Hs256, JwtKeyForm::Secret, secret).unwrap()
    };
    let keys = [key("now", SECRET), key("next", OTHER)];
    let set = JwtKeySet {
        name: Part::parse("clerk").unwrap(),
        vouches: Issuer::parse("jwt:clerk").unwrap(),
        iss: ISS.to_owned(),
        audience: Some("memory".to_owned()),
        role_claim: Some("role".to_owned()),
        leeway_seconds: LEEWAY_SECONDS,
        lifetime_seconds_max: None,
        keys: JwtKeys::Given(keys.clone().into()),
    };
    Unverified::read(token)?.verify(&set, &keys, NOW)
}
