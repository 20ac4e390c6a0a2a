//! Limits of what is shown, to the byte.

use anchorhold_crypto::Secret;
use anchorhold_identity::{
    Headers, HmacKey, IdentitySettings, JwtProblem, Reason, authenticate, open_webui_keys,
};
use anchorhold_model::KeyId;
use anchorhold_model::limits::{HMAC_KEYS_MAX, JWT_BYTES_MAX};

use crate::jwt::signed;
use crate::world::{NOW, World, plain};

const SECRET: &str = "a secret of thirty-two bytes, ok";

/// What is said of a signed token that a tenant takes.
fn shown(token: &str) -> Result<(), Reason> {
    let mut world = World::usual(plain());
    world.issuer = Some(crate::jwt::issuer());
    let bearer = format!("Bearer {token}");
    let lines = [("authorization", bearer.as_bytes())];
    let caller = authenticate(Headers::new(&lines), &world, NOW);
    caller.map(drop).map_err(|denial| denial.reason)
}

/// A token with these audiences and so many spaces in its header and its claims.
fn token(audiences: &str, spaces: (usize, usize)) -> String {
    let (head, body) = (" ".repeat(spaces.0), " ".repeat(spaces.1));
    let header = format!(r#"{{"alg":"HS256","kid":"now"{head}}}"#);
    let iss = "https://clerk.example";
    let claims = format!(r#"{{"iss":"{iss}","aud":{audiences},"sub":"alice","exp":1300{body}}}"#);
    signed(&header, &claims, SECRET)
}

#[test]
fn a_token_is_read_up_to_its_limit_and_no_longer_one_is() {
    let of = |bytes: usize| {
        let spaces = (0..3).flat_map(|head| (5_000..7_000).map(move |body| (head, body)));
        let mut tokens = spaces.map(|spaces| token(r#""memory""#, spaces));
        tokens.find(|token| token.len() == bytes).unwrap()
    };
    assert_eq!(shown(&of(JWT_BYTES_MAX)), Ok(()));
    let longer = shown(&of(JWT_BYTES_MAX + 1));
    assert_eq!(longer, Err(Reason::JwtInvalid(JwtProblem::Malformed)));
}

#[test]
fn eight_audiences_are_looked_up_and_of_nine_none_is() {
    let of = |others: usize| {
        let mut all = vec![r#""web""#; others];
        all.push(r#""memory""#);
        shown(&token(&format!("[{}]", all.join(",")), (0, 0)))
    };
    for others in 0..8 {
        assert_eq!(of(others), Ok(()), "{others}");
    }
    for others in 8..12 {
        assert_eq!(of(others), Err(Reason::CredentialUnknown), "{others}");
    }
}

#[test]
fn a_tenant_has_room_for_a_key_to_use_and_one_to_change_over_to() {
    let mut settings = IdentitySettings::default();
    for number in 0..HMAC_KEYS_MAX {
        assert!(settings.takes_hmac_key(), "{number}");
        let id = KeyId::from_bytes([number.try_into().unwrap(); 16]);
        let key = HmacKey::new(id, "backend".to_owned(), NOW, Secret::new([3; 32]));
        settings.hmac_keys.push(key);
    }
    assert!(!settings.takes_hmac_key());
}

#[test]
fn a_secret_of_open_webui_has_thirty_two_bytes_or_more() {
    assert!(open_webui_keys(SECRET.to_owned()).is_some());
    assert!(open_webui_keys(SECRET.replacen(' ', "", 1)).is_none());
}
