//! Signed tokens: a corpus made by rules, each of which ends as it must.

use std::sync::Arc;

use anchorhold_crypto::{JwsAlgorithm, RequestKey, Secret, TokenClass};
use anchorhold_identity::{
    CredentialRecord, Headers, JwtKey, JwtKeyForm, JwtKeySet, JwtKeys, JwtProblem, Reason, Ruling,
    Source, Strength, authenticate, resolve,
};
use anchorhold_model::{Issuer, KeyId, Part, TenantId, UserId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::world::{BROUGHT, NOW, TENANT, World, plain, token as key_of, user};

const SECRET: &str = "a secret of thirty-two bytes, ok";
const OTHER: &str = "another secret of that many byte";

fn set() -> JwtKeySet {
    let key = |kid: &str, secret: &str| {
        let (form, secret) = (JwtKeyForm::Secret, secret.to_owned());
        JwtKey::new(Some(kid.to_owned()), JwsAlgorithm::Hs256, form, secret).unwrap()
    };
    JwtKeySet {
        name: Part::parse("clerk").unwrap(),
        vouches: Issuer::parse("jwt:clerk").unwrap(),
        iss: "https://clerk.example".to_owned(),
        audience: Some("memory".to_owned()),
        role_claim: Some("role".to_owned()),
        leeway_seconds: 30,
        lifetime_seconds_max: None,
        keys: JwtKeys::Given([key("now", SECRET), key("next", OTHER)].into()),
    }
}

pub(crate) fn issuer() -> CredentialRecord {
    CredentialRecord {
        key: KeyId::from_bytes([8; 16]),
        jwt: Some(Arc::new(set())),
        ..plain()
    }
}

fn world() -> World {
    let mut world = World::usual(plain());
    world.issuer = Some(issuer());
    world
}

fn base64(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

pub(crate) fn signed(header: &str, claims: &str, secret: &str) -> String {
    let signed = format!("{}.{}", base64(header), base64(claims));
    let key = Secret::new(secret.as_bytes().try_into().unwrap());
    let signature = RequestKey::new(&key).sign(signed.as_bytes());
    format!("{signed}.{}", base64(signature))
}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT","kid":"now"}"#;
const CLAIMS: &str =
    r#"{"iss":"https://clerk.example","aud":"memory","sub":"alice","exp":1300,"nbf":900}"#;

pub(crate) fn usual() -> String {
    signed(HEADER, CLAIMS, SECRET)
}

/// A token whose header or claims hold something else.
fn header(from: &str, to: &str) -> String {
    assert!(HEADER.contains(from));
    signed(&HEADER.replace(from, to), CLAIMS, SECRET)
}

fn claims(from: &str, to: &str) -> String {
    assert!(CLAIMS.contains(from));
    signed(HEADER, &CLAIMS.replace(from, to), SECRET)
}

/// What a request with these lines is taken for: the user, or why it is refused.
fn outcome(world: &World, lines: &[(&str, &str)]) -> Result<String, Reason> {
    let lines: Vec<(&str, &[u8])> = lines
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    let headers = Headers::new(&lines);
    let caller = authenticate(headers, world, NOW).map_err(|denial| denial.reason)?;
    let found = resolve(&caller, headers).map_err(|denial| denial.reason)?;
    let piece = &found.pieces()[0];
    assert_eq!(
        (piece.strength, piece.source),
        (Strength::Proven, Source::Jwt)
    );
    assert_eq!(piece.subject.issuer.as_str(), "jwt:clerk");
    let viewer = if caller.is_viewer() { ", viewer" } else { "" };
    Ok(format!("{}{viewer}", piece.subject.id.as_str()))
}

fn bearer(token: &str) -> Result<String, Reason> {
    let bearer = format!("Bearer {token}");
    outcome(&world(), &[("authorization", &bearer)])
}

/// Tokens that count, and for whom.
fn good() -> Vec<(String, &'static str)> {
    let role = |role: &str| claims(r#""exp""#, &format!(r#""role":{role},"exp""#));
    let mut good = vec![
        (usual(), "alice"),
        (
            signed(&HEADER.replace("now", "next"), CLAIMS, OTHER),
            "alice",
        ),
        (role(r#""viewer""#), "alice, viewer"),
        (role(r#"["user","viewer"]"#), "alice, viewer"),
        (role(r#""user""#), "alice"),
        (role("null"), "alice"),
        (claims("alice", "Alice"), "Alice"),
        (claims(r#""memory""#, r#"["web","memory"]"#), "alice"),
        // The clock of the issuer may be off by half a minute.
        (claims("1300", "971"), "alice"),
        (claims("900", "1030"), "alice"),
        (claims("1300", "1300.75"), "alice"),
        (claims("1300", "9007199254740991"), "alice"),
        (claims(r#","nbf":900"#, ""), "alice"),
    ];
    for typ in [r#""jwt""#, r#""at+jwt""#, r#""application/at+JWT""#, "null"] {
        good.push((header(r#""JWT""#, typ), "alice"));
    }
    // What would lead to another key is not followed.
    for more in [
        r#""jku":"https://evil.example/keys","#,
        r#""x5u":"https://evil.example/cert","#,
        r#""jwk":{"kty":"oct","k":"AAAA"},"#,
        r#""x5c":["AAAA"],"#,
    ] {
        good.push((header(r#""alg""#, &format!(r#"{more}"alg""#)), "alice"));
    }
    good
}

/// Tokens that do not count, and why.
fn bad() -> Vec<(String, Reason)> {
    let named = |(token, problem)| (token, Reason::JwtInvalid(problem));
    let by_problem = [headers(), signatures(), shapes(), times(), names()];
    let mut bad: Vec<_> = by_problem.into_iter().flatten().map(named).collect();
    bad.extend(
        strangers()
            .into_iter()
            .map(|token| (token, Reason::CredentialUnknown)),
    );
    bad
}

/// Another algorithm, another type, another key.
fn headers() -> Vec<(String, JwtProblem)> {
    let mut bad = Vec::new();
    for alg in [
        "none", "None", "nOnE", "HS384", "HS512", "RS256", "ES256", "EdDSA", "PS256", "hs256", "",
    ] {
        let other = header("HS256", alg);
        let (signed, _) = other.rsplit_once('.').unwrap();
        bad.push((format!("{signed}."), JwtProblem::Algorithm));
        bad.push((other, JwtProblem::Algorithm));
    }
    for alg in ["1", "null", "true", r#"["HS256"]"#] {
        bad.push((header(r#""HS256""#, alg), JwtProblem::Malformed));
    }
    bad.push((header(r#""alg":"HS256","#, ""), JwtProblem::Malformed));
    let twice = header(r#""alg""#, r#""alg":"none","alg""#);
    bad.push((twice, JwtProblem::Malformed));
    for typ in ["JWE", "JOSE", "dpop+jwt", "secevent+jwt", ""] {
        bad.push((header("JWT", typ), JwtProblem::Unsupported));
    }
    for crit in [r#"["exp"]"#, "[]", r#"["b64"]"#] {
        let crit = format!(r#""crit":{crit},"alg""#);
        bad.push((header(r#""alg""#, &crit), JwtProblem::Unsupported));
    }
    for kid in ["other", "NOW", "", "../now", "now' OR '1'='1", "now\\u0000"] {
        bad.push((header("now", kid), JwtProblem::KeyUnknown));
    }
    bad.push((header(r#","kid":"now""#, ""), JwtProblem::KeyUnknown));
    bad.push((header(r#""now""#, "1"), JwtProblem::Malformed));
    bad.push((header("now", "next"), JwtProblem::Mismatch));
    bad
}

/// Another signature, or one of something else.
fn signatures() -> Vec<(String, JwtProblem)> {
    let token = usual();
    let (start, signature) = token.rsplit_once('.').unwrap();
    let (head, _) = start.split_once('.').unwrap();
    let mallory = base64(CLAIMS.replace("alice", "mallory"));
    let mut bad = vec![
        signed(HEADER, CLAIMS, OTHER),
        format!("{start}."),
        format!("{head}.{mallory}.{signature}"),
    ];
    for position in 0..signature.len() {
        let mut other = signature.as_bytes().to_vec();
        other[position] = if other[position] == b'A' { b'B' } else { b'A' };
        bad.push(format!("{start}.{}", String::from_utf8(other).unwrap()));
    }
    for end in ["=", "A", "AAAA", "%", " x"] {
        bad.push(format!("{token}{end}"));
    }
    bad.into_iter()
        .map(|token| (token, JwtProblem::Mismatch))
        .collect()
}

/// No JWT, or one with claims of other types.
fn shapes() -> Vec<(String, JwtProblem)> {
    let token = usual();
    let (start, signature) = token.rsplit_once('.').unwrap();
    let (head, body) = start.split_once('.').unwrap();
    let mut bad = vec![
        format!("{head}.{body}=.{signature}"),
        format!("{head}.{body}.{signature}.{signature}.{signature}"),
        claims(r#""exp""#, &format!(r#""x":"{}","exp""#, "x".repeat(8_192))),
        claims(r#""sub""#, r#""sub":"victim","sub""#),
    ];
    for broken in ["", "{}", "bnVsbA", "W10", "not base64", "\u{e9}"] {
        bad.push(format!("{head}.{broken}.{signature}"));
    }
    let bytes = URL_SAFE_NO_PAD.encode(b"{\"alg\":\"HS256\",\"kid\":\"now\",\"x\":\"\xff\"}");
    bad.push(format!("{bytes}.{body}.{signature}"));
    let numbers = [r#""1300""#, "true", "[1300]", "{}", "1e999"];
    bad.extend(numbers.map(|exp| claims("1300", exp)));
    bad.extend([r#""900""#, "true", "[900]"].map(|nbf| claims("900", nbf)));
    let words = ["1", "true", r#"["alice"]"#, "{}"];
    bad.extend(words.map(|sub| claims(r#""alice""#, sub)));
    let issuers = ["1", r#"["https://clerk.example"]"#];
    bad.extend(issuers.map(|iss| claims(r#""https://clerk.example""#, iss)));
    bad.extend(["1", "{}", "[1]"].map(|aud| claims(r#""memory""#, aud)));
    bad.into_iter()
        .map(|token| (token, JwtProblem::Malformed))
        .collect()
}

/// Another time.
fn times() -> Vec<(String, JwtProblem)> {
    let expired = ["970", "0", "-1", "1e300", "1.5e300", "null"].map(|exp| claims("1300", exp));
    let early =
        ["1031", "9007199254740991", "-1", "1e300", "1.5e300"].map(|nbf| claims("900", nbf));
    let expired = expired.into_iter().chain([claims(r#""exp":1300,"#, "")]);
    let expired = expired.map(|token| (token, JwtProblem::Expired));
    let early = early.into_iter().map(|token| (token, JwtProblem::NotYet));
    expired.chain(early).collect()
}

/// Nobody.
fn names() -> Vec<(String, JwtProblem)> {
    let long = "x".repeat(257);
    let names = [
        "",
        " alice",
        "alice ",
        "..",
        "al\\u0000ice",
        "al\\u200bice",
        &long,
    ];
    let mut bad: Vec<_> = names.iter().map(|sub| claims("alice", sub)).collect();
    bad.push(claims(r#""sub":"alice","#, ""));
    bad.into_iter()
        .map(|token| (token, JwtProblem::Subject))
        .collect()
}

/// Tokens of an issuer that nobody takes, or for somebody else.
fn strangers() -> Vec<String> {
    let token = usual();
    let (start, signature) = token.rsplit_once('.').unwrap();
    let (head, _) = start.split_once('.').unwrap();
    let issuers = [
        "https://clerk.example/",
        "https://evil.example",
        "HTTPS://clerk.example",
        "",
    ];
    let many = format!("[{}]", [r#""web""#; 9].join(","));
    let audiences = [r#""web""#, "[]", r#"["web"]"#, r#""Memory""#, &many];
    let gone = [r#""iss":"https://clerk.example","#, r#""aud":"memory","#];
    let mut bad = vec![format!("{head}.e30.{signature}")];
    bad.extend(issuers.map(|iss| claims("https://clerk.example", iss)));
    bad.extend(audiences.map(|aud| claims(r#""memory""#, aud)));
    bad.extend(gone.map(|gone| claims(gone, "")));
    bad
}

#[test]
fn every_token_of_the_corpus_ends_as_it_must() {
    let (good, bad) = (good(), bad());
    assert!(good.len() + bad.len() >= 150, "{}", good.len() + bad.len());
    for (token, user) in good {
        assert_eq!(bearer(&token), Ok(user.to_owned()), "{}", shown(&token));
    }
    for (token, reason) in bad {
        assert_eq!(bearer(&token), Err(reason), "{}", shown(&token));
    }
}

/// A token as a person reads it.
fn shown(token: &str) -> String {
    let parts = token
        .split('.')
        .map(|part| match URL_SAFE_NO_PAD.decode(part) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(_) => part.to_owned(),
        });
    parts.collect::<Vec<_>>().join(" . ")
}

#[test]
fn what_nobody_of_the_tenant_has_signed_is_a_strangers() {
    for (token, reason) in bad() {
        let bearer = format!("Bearer {token}");
        let lines = [("authorization", bearer.as_bytes())];
        let denial = authenticate(Headers::new(&lines), &world(), NOW).err();
        let denial = denial.unwrap();
        let is_signed = matches!(&reason, Reason::JwtInvalid(problem) if problem.is_signed());
        let tenant = is_signed.then_some(TENANT);
        assert_eq!(denial.tenant, tenant, "{reason:?}: {}", shown(&token));
    }
}

#[test]
fn a_token_stands_alone_or_beside_a_key_of_its_tenant() {
    let bearer = format!("Bearer {}", usual());
    let key = key_of(TokenClass::Secret);
    let both = [
        ("authorization", bearer.as_str()),
        ("x-api-key", key.as_str()),
    ];
    assert_eq!(outcome(&world(), &both), Ok("alice".to_owned()));
    let mut elsewhere = world();
    let other = TenantId::from_bytes([2; 16]);
    let issuer = elsewhere.issuer.as_mut().unwrap();
    issuer.tenant = Some(other);
    // The directory of this world knows one tenant.
    let refused = outcome(&elsewhere, &both);
    assert_eq!(refused, Err(Reason::CredentialUnknown));
    let two = format!("Bearer {}", claims("alice", "bob"));
    let two = [
        ("authorization", bearer.as_str()),
        ("authorization", two.as_str()),
    ];
    assert_eq!(outcome(&world(), &two), Err(Reason::CredentialUnknown));
    let stranger = [
        ("authorization", bearer.as_str()),
        ("x-api-key", "nobody-brought-this-one"),
    ];
    assert_eq!(outcome(&world(), &stranger), Err(Reason::CredentialUnknown));
}

#[test]
fn a_token_of_an_issuer_that_was_ended_is_nobodys() {
    let mut world = world();
    world.issuer.as_mut().unwrap().revoked_at = Some(NOW);
    let bearer = format!("Bearer {}", usual());
    let refused = outcome(&world, &[("authorization", &bearer)]);
    assert_eq!(refused, Err(Reason::CredentialRevoked));
}

#[test]
fn a_header_beside_a_token_is_a_conflict_and_a_token_beside_a_brought_one_is_not_read() {
    let bearer = format!("Bearer {}", usual());
    let lines = [
        ("authorization", bearer.as_str()),
        ("x-anchorhold-user", "victim"),
    ];
    let (_, verdict) = world().judged(&lines).ok().unwrap();
    assert_eq!(verdict.ruling(), Ruling::IdentityConflict);
    let mut carol = plain();
    carol.is_brought = true;
    carol.user = UserId::parse("carol").ok();
    let mut final_world = World::usual(carol);
    final_world.issuer = Some(issuer());
    let lines = [
        ("authorization", bearer.as_bytes()),
        ("x-api-key", BROUGHT.as_bytes()),
    ];
    let headers = Headers::new(&lines);
    let caller = authenticate(headers, &final_world, NOW).ok().unwrap();
    let found = resolve(&caller, headers).unwrap();
    assert_eq!(found.pieces().len(), 1);
    assert_eq!(found.pieces()[0].subject, user("local", "carol"));
    assert_eq!(caller.tenant().unwrap().id, TENANT);
}
