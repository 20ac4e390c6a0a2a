//! A24: a key that does not count is refused in the same bytes, whatever is wrong with it. What is
//! looked up is its keyed hash, so a key that is nearly right is no nearer than any other.

use std::path::{Path, PathBuf};

use anchorhold_crypto::{Token, TokenClass, sha256};
use anchorhold_model::{Random, Stream, hex, unhex};
use serde_json::json;

use super::actors::unknown_key;
use super::house::House;
use super::past;
use crate::support::{Ask, Reply, Server};

const ROUTES: [(&str, &str); 8] = [
    ("GET", "/v1/memories"),
    ("GET", "/v1/memories/00000000-0000-7000-8000-000000000001"),
    ("POST", "/v1/memories"),
    ("POST", "/v1/recall"),
    ("POST", "/v1/erase"),
    ("GET", "/v1/namespaces/ns_00000000000000000000000000000001"),
    ("GET", "/v1/keys"),
    ("GET", "/v1/whoami"),
];

fn ask(server: &Server, (method, path): (&str, &str)) -> Ask {
    let ask = Ask::new(server.listen, method, path);
    match path {
        "/v1/memories" if method == "POST" => ask.json(&json!({"content": "x"})),
        "/v1/recall" => ask.json(&json!({"query": "x"})),
        "/v1/erase" => ask.json(&json!({"self": true})),
        _ => ask,
    }
}

#[test]
fn a24_keys_that_do_not_count_are_refused_in_equal_bytes() {
    let mut expired = String::new();
    let server = Server::start_after(|data, operator_key| {
        expired = past::expired_admin(data, operator_key, "past");
    });
    let house = House { server };
    let tenant = house.tenant("acme");
    let revoked = tenant.admin();
    tenant.revoke(&revoked);
    let erased = tenant.user("alice");
    erased.post("/v1/erase", &json!({"self": true})).gives(200);
    let living = tenant.admin().key;
    let last = if living.ends_with('0') { '1' } else { '0' };
    let mistyped = format!("{}{last}", &living[..living.len() - 1]);
    let keys = [
        ("unknown", unknown_key()),
        ("revoked", revoked.key),
        ("expired", expired),
        ("erased with its user", erased.key),
        ("of the operator", house.server.operator_key.clone()),
        ("mistyped", mistyped),
        ("cut", living[..living.len() - 8].to_owned()),
        ("upper case", living.to_uppercase()),
        ("publishable", living.replacen("ah_", "ahp_", 1)),
        ("empty", "ah_".to_owned()),
        ("of others", "sk-proj-0123456789abcdef".to_owned()),
        ("long", "ah_".to_owned() + &"0".repeat(8_000)),
        ("a path", "../../etc/passwd".to_owned()),
        ("quotes", "' OR '1'='1".to_owned()),
    ];
    for route in ROUTES {
        let refused = |key: &str| -> Reply { ask(&house.server, route).key(key).send() };
        let first = refused(&keys[0].1);
        first.is_refused(401, "credential_invalid");
        for (what, key) in &keys {
            let by_bearer = refused(key);
            assert_eq!(
                by_bearer.comparable(&[]),
                first.comparable(&[]),
                "{what} at {route:?}"
            );
            let by_header = ask(&house.server, route).header("X-API-Key", key).send();
            assert_eq!(
                by_header.comparable(&[]),
                first.comparable(&[]),
                "{what} at {route:?}"
            );
        }
        let missing = ask(&house.server, route).send();
        missing.is_refused(401, "credential_missing");
    }
    // The other way round: nothing but an operator key counts for the operator.
    for key in [&living, &keys[0].1, &keys[2].1] {
        let reply = Ask::new(house.server.operator_listen, "GET", "/v1/tenants")
            .key(key)
            .send();
        reply.is_refused(401, "credential_invalid");
    }
}

/// Chance that gives these bytes, so that a key is made of them, checksum and all.
struct Given([u8; 32]);

impl Random for Given {
    fn fill(&self, _: Stream<'_>, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.0);
    }
}

/// A key that is well formed and differs from a living one in a single bit, or shares any part of its
/// beginning, is as unknown as any other; and neither a key nor a hash of it without the server's own
/// key lies on disk, to be looked up or stolen.
#[test]
fn a24_a_key_that_is_nearly_a_living_one_is_as_unknown_as_any_other() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let living = tenant.user("alice").key;
    let secret: [u8; 32] = unhex(&living[3..67]).unwrap();
    let key =
        |secret| Token::generate(TokenClass::Secret, &Given(secret), Stream::PROCESS).reveal();
    assert_eq!(
        key(secret),
        living,
        "what follows is made as the living one was"
    );
    let one_bit_off = (0..256).map(|bit| {
        let mut near = secret;
        near[bit / 8] ^= 1 << (bit % 8);
        key(near)
    });
    let same_beginning = (0..32).map(|kept| {
        let mut near = secret;
        near[kept..].iter_mut().for_each(|byte| *byte = !*byte);
        key(near)
    });
    let refused = |key: &str| ask(&house.server, ROUTES[0]).key(key).send();
    let unknown = refused(&unknown_key());
    unknown.is_refused(401, "credential_invalid");
    for near in one_bit_off.chain(same_beginning) {
        let reply = refused(&near);
        assert_eq!(reply.comparable(&[]), unknown.comparable(&[]), "{near}");
    }
    assert_eq!(refused(&living).status, 200);
    let digests = [&living.as_bytes()[3..67], &secret[..]].map(sha256);
    for needle in [&living.as_bytes()[3..67], &secret, &digests[0], &digests[1]] {
        let found = holds(&house.server.data(), needle);
        assert_eq!(found, None, "{}", hex(needle));
    }
}

/// The first file below a directory that holds these bytes.
fn holds(directory: &Path, needle: &[u8]) -> Option<PathBuf> {
    std::fs::read_dir(directory).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, needle);
        }
        let bytes = std::fs::read(&path).unwrap();
        let found = bytes.windows(needle.len()).any(|window| window == needle);
        found.then_some(path)
    })
}

/// A credential that fails is never passed over for another one.
#[test]
fn a_bad_key_is_never_passed_over_for_a_good_one() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let (alice, bob) = (tenant.user("alice"), tenant.user("bob"));
    alice.keeps("Alice's own.");
    let bearer = |key: &str| format!("Bearer {key}");
    let good = &alice.key;
    let list = || Ask::new(house.server.listen, "GET", "/v1/memories");
    for ask in [
        list()
            .header("Authorization", bearer(&unknown_key()))
            .header("X-API-Key", good),
        list()
            .header("Authorization", bearer(good))
            .header("X-API-Key", unknown_key()),
        list()
            .header("Authorization", bearer(good))
            .header("X-API-Key", &bob.key),
        list()
            .header("Authorization", bearer(&bob.key))
            .header("Authorization", bearer(good)),
        list()
            .header("Authorization", bearer(good))
            .header("Authorization", bearer(&bob.key)),
        list().header(
            "Authorization",
            format!("{}, {}", bearer(good), bearer(&bob.key)),
        ),
        list()
            .header("Authorization", "Basic YWxpY2U6YWxpY2U=")
            .header("X-API-Key", good),
        list().header("Authorization", "Basic YWxpY2U6YWxpY2U="),
        list()
            .header("Authorization", "Bearer")
            .header("X-API-Key", good),
        list().header("Authorization", good),
        list()
            .header("Authorization", b"Bearer \xff\xfe")
            .header("X-API-Key", good),
        list().header("Authorization", format!("Bearer {good} {good}")),
        list().header("X-API-Key", ""),
    ] {
        ask.send().is_refused(401, "credential_invalid");
    }
    for ask in [
        list().header("Authorization", format!("bearer {good}")),
        list().header("X-API-Key", good),
        list()
            .header("Authorization", bearer(good))
            .header("X-API-Key", good),
    ] {
        assert_eq!(
            ask.send().gives(200)["memories"][0]["content"],
            "Alice's own."
        );
    }
    // A key in a place where keys get logged is no key.
    for target in [
        format!("/v1/memories?key={good}"),
        format!("/v1/memories?api_key={good}"),
    ] {
        let reply = Ask::new(house.server.listen, "GET", &target).send();
        reply.is_refused(401, "credential_missing");
    }
    assert!(!house.server.log().contains(good));
}

/// A revoked key ends with the next request, on whichever listener it was revoked.
#[test]
fn a_revoked_key_ends_with_the_next_request() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let admin = tenant.admin();
    let (first, second) = (tenant.user("alice"), tenant.user("alice"));
    first.keeps("Alice's own.");
    tenant.revoke(&first);
    first
        .get("/v1/memories")
        .is_refused(401, "credential_invalid");
    assert_eq!(second.lists(), ["Alice's own."]);
    admin
        .delete(&format!("/v1/keys/{}", second.key_id))
        .gives(200);
    second
        .get("/v1/memories")
        .is_refused(401, "credential_invalid");
    admin
        .delete(&format!("/v1/keys/{}", second.key_id))
        .is_refused(404, "route_not_found");
    assert_eq!(tenant.user("alice").lists(), ["Alice's own."]);
}
