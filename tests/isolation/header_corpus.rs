//! Identity headers as proxies, frameworks and attackers send them: read once, whole, unrepaired.

use serde_json::json;

use super::alice_and_bob::{everything_of, keep};
use super::house::{Caller, House};
use crate::support::{Reply, exchange};

const USER: &str = "x-anchorhold-user";
const ALICE: &[u8] = b"alice";

/// What becomes of a request with these header lines.
enum Fate {
    /// It is refused.
    Refused(u16, &'static str),
    /// It is for Alice: HTTP itself says that these are the same bytes.
    IsAlice,
    /// It is for somebody else.
    IsSomebodyElse,
}

type Lines = Vec<(&'static str, Vec<u8>)>;

fn one(value: impl AsRef<[u8]>) -> Lines {
    vec![(USER, value.as_ref().to_vec())]
}

fn two(first: (&'static str, &[u8]), second: (&'static str, &[u8])) -> Lines {
    vec![(first.0, first.1.to_vec()), (second.0, second.1.to_vec())]
}

fn repeated() -> Vec<Lines> {
    let mut cases = vec![
        two((USER, ALICE), (USER, ALICE)),
        two((USER, ALICE), (USER, b"bob")),
        two((USER, b""), (USER, ALICE)),
        two((USER, ALICE), ("X-Anchorhold-User", b"bob")),
        two((USER, ALICE), ("X_Anchorhold_User", b"bob")),
        two((USER, b"bob"), ("x_anchorhold_user", ALICE)),
        two((USER, ALICE), ("x-anchorhold_user", ALICE)),
        vec![("x_anchorhold_user", ALICE.to_vec())],
        vec![("X_ANCHORHOLD-USER", ALICE.to_vec())],
    ];
    for value in [
        "alice,bob",
        "alice, bob",
        "alice,",
        ",alice",
        "alice,alice",
        "{{user}}",
        "{{ user }}",
        "{{char}}:alice",
        "alice{{",
        "prefix-{{user}}",
    ] {
        cases.push(one(value));
    }
    for bytes in [
        &b"\xff\xfe"[..],
        b"alice\xff",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"Am\xe9lie",
        b"\xe2\x82",
        b"alice\x80",
        b"\xf5\x80\x80\x80",
    ] {
        cases.push(one(bytes));
    }
    cases
}

fn names() -> Vec<Lines> {
    let mut cases = Vec::new();
    for value in [
        "",
        "Ame\u{301}lie",
        "A\u{30a}ngstrom",
        "\u{1100}\u{1161}",
        "\u{2126}",
        "ali\u{200b}ce",
        "\u{200d}alice",
        "alice\u{200c}",
        "\u{feff}alice",
        "alice\u{2060}",
        "\u{202e}ecila",
        "\u{2066}alice\u{2069}",
        "alice\u{200e}",
        "alice\u{ad}",
        "\u{34f}alice",
        "alice\u{fe0f}",
        "\u{3164}",
        "\u{115f}alice",
        "alice\u{2028}",
        "alice\u{85}",
        "\u{378}",
        "alice\u{e0041}",
        "\u{a0}alice",
        "alice\u{a0}",
        "\u{3000}alice",
        "alice\u{2003}",
        "\u{301}alice",
        ".",
        "..",
        "alice\u{fdd0}",
        "\u{10ffff}",
    ] {
        cases.push(one(value));
    }
    cases.push(one("a".repeat(257)));
    cases.push(one("é".repeat(129)));
    cases
}

fn corpus() -> Vec<(Lines, Fate)> {
    let mut cases = Vec::new();
    for lines in repeated() {
        cases.push((lines, Fate::Refused(400, "identity_header_invalid")));
    }
    for lines in names() {
        cases.push((lines, Fate::Refused(400, "name_invalid")));
    }
    for value in ["alice", " alice", "alice ", "\t alice \t"] {
        cases.push((one(value), Fate::IsAlice));
    }
    for name in [
        "X-ANCHORHOLD-USER",
        "X-Anchorhold-User",
        "x-AnchorHold-uSER",
    ] {
        cases.push((vec![(name, ALICE.to_vec())], Fate::IsAlice));
    }
    for value in [
        "Alice",
        "ALICE",
        "Ａlice",
        "al\u{456}ce",
        "../alice",
        "alice/../bob",
        "%61lice",
        "alice%00",
        "alice;bob",
        "\"alice\"",
        "'alice'",
        "alice=",
        "local:alice",
        "local/alice",
        "user:alice",
        "{user}",
        "${user}",
        "%7B%7Buser%7D%7D",
        "=?utf-8?q?alice?=",
        "alice\\",
        "~",
        "-",
        "*",
        "**",
        "0",
        "usr_00000000000000000000000000000001",
        "alice bob",
        "Zoë",
        "愛麗絲",
    ] {
        cases.push((one(value), Fate::IsSomebodyElse));
    }
    cases.push((one("a".repeat(256)), Fate::IsSomebodyElse));
    cases.push((one("é".repeat(128)), Fate::IsSomebodyElse));
    cases
}

#[test]
fn every_header_of_the_corpus_is_refused_or_is_exactly_one_person() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let application = tenant.application();
    let alice = application.for_user("alice");
    let id = keep(&alice);
    let before = everything_of(&alice);
    for (lines, fate) in corpus() {
        let mut caller = application.clone();
        for (name, value) in &lines {
            caller = caller.with(name, value);
        }
        let list = caller.get("/v1/memories?limit=200");
        let get = caller.get(&format!("/v1/memories/{id}"));
        match fate {
            Fate::Refused(status, code) => {
                list.is_refused(status, code);
                get.is_refused(status, code);
                let planted = caller.post("/v1/memories", &json!({"content": "planted"}));
                planted.is_refused(status, code);
                let erased = caller.post("/v1/erase", &json!({"self": true}));
                erased.is_refused(status, code);
            }
            Fate::IsAlice => assert_eq!(list.gives(200), before, "{lines:?}"),
            Fate::IsSomebodyElse => {
                assert_eq!(list.gives(200)["memories"], json!([]), "{lines:?}");
                get.is_refused(404, "memory_not_found");
            }
        }
    }
    assert_eq!(everything_of(&alice), before);
    // The same values in a key or an erasure are judged by the same rules.
    for lines in names() {
        let Ok(name) = String::from_utf8(lines[0].1.clone()) else {
            continue;
        };
        let erased = application.post("/v1/erase", &json!({"user": name}));
        erased.is_refused(400, "name_invalid");
        let key = json!({"name": "a key", "user": name});
        tenant
            .admin()
            .post("/v1/keys", &key)
            .is_refused(400, "name_invalid");
    }
}

#[test]
fn the_headers_of_sub_scopes_are_read_as_strictly() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let alice = tenant.user("alice");
    alice.keeps("Alice's own.");
    for part in ["workspace", "agent", "thread"] {
        let name = format!("x-anchorhold-{part}");
        let twin = name.replace('-', "_");
        let refused = |caller: Caller, code: &str| {
            caller.get("/v1/memories").is_refused(400, code);
        };
        refused(
            alice.with(&name, "a").with(&name, "b"),
            "identity_header_invalid",
        );
        refused(
            alice.with(&name, "a").with(&twin, "a"),
            "identity_header_invalid",
        );
        refused(alice.with(&twin, "a"), "identity_header_invalid");
        refused(alice.with(&name, "a,b"), "identity_header_invalid");
        refused(alice.with(&name, "{{chat}}"), "identity_header_invalid");
        refused(alice.with(&name, b"\xff"), "identity_header_invalid");
        for bad in [
            "",
            "..",
            "a\u{200b}",
            "e\u{301}",
            "\u{202e}a",
            &"a".repeat(257),
        ] {
            refused(alice.with(&name, bad), "name_invalid");
        }
        assert_eq!(alice.with(&name, "a").lists(), [""; 0]);
        // Nobody's workspace is no shared one.
        let plain = tenant.application().with(&name, "a");
        plain
            .get("/v1/memories")
            .is_refused(400, "identity_required");
    }
}

/// One named namespace in one place; what differs is refused before anything is looked up.
#[test]
fn a_request_names_one_namespace_or_is_refused() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let admin = tenant.admin();
    for name in ["org/a", "org/b"] {
        admin.makes(name);
        admin.keeps_in(name, &format!("Kept in {name}."));
    }
    let by_header = admin.with("x-anchorhold-namespace", "org/a");
    let conflict = |reply: Reply| reply.is_refused(400, "namespace_conflict");
    let body = json!({"content": "x", "namespace": "org/b"});
    conflict(by_header.post("/v1/memories", &body));
    conflict(by_header.post("/v1/recall", &json!({"query": "x", "namespace": "org/b"})));
    conflict(by_header.post(
        "/v1/forget",
        &json!({"filter": {"importance": {"gte": 0}},
        "namespace": "org/b"}),
    ));
    conflict(by_header.post("/v1/erase", &json!({"namespace": "org/b"})));
    conflict(by_header.get("/v1/memories?namespace=org/b"));
    // A namespace beside a user, or beside a workspace, is two places too.
    conflict(by_header.post("/v1/erase", &json!({"user": "alice"})));
    let alice = tenant.key(json!({
        "user": "alice", "grants": [{"namespace": "org/a", "access": "admin"}],
    }));
    alice.keeps("Alice's own.");
    let both = alice.with("x-anchorhold-namespace", "org/a");
    conflict(both.post("/v1/erase", &json!({"self": true})));
    conflict(both.with("x-anchorhold-workspace", "w").get("/v1/memories"));
    assert_eq!(both.lists(), ["Kept in org/a."]);
    assert_eq!(alice.lists(), ["Alice's own."]);
    // The same name in two places is one namespace.
    assert_eq!(by_header.lists_in("org/a"), ["Kept in org/a."]);
    for bad in [
        "org/../org/b",
        "org//b",
        "/org/b",
        "org/b/",
        "org/*",
        "**",
        "org/a,org/b",
    ] {
        let reply = admin
            .with("x-anchorhold-namespace", bad)
            .get("/v1/memories");
        let code = if bad.contains(',') {
            "identity_header_invalid"
        } else {
            "name_invalid"
        };
        reply.is_refused(400, code);
    }
    let twice = admin.get("/v1/memories?namespace=org/a&namespace=org/b");
    twice.is_refused(422, "request_invalid");
    let twin = admin.with("x_anchorhold_namespace", "org/b");
    twin.get("/v1/memories?namespace=org/a")
        .is_refused(400, "identity_header_invalid");
    let with_body = admin.ask("GET", "/v1/memories?namespace=org/a");
    with_body
        .json(&json!({"namespace": "org/b"}))
        .send()
        .is_refused(422, "request_invalid");
    for name in ["org/a", "org/b"] {
        assert_eq!(admin.lists_in(name), [format!("Kept in {name}.")]);
    }
}

/// What is no HTTP never reaches a route.
#[test]
fn header_lines_that_break_http_give_nobodys_data() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let alice = tenant.application().for_user("alice");
    keep(&alice);
    let key = &tenant.application().key;
    for line in [
        &b"x-anchorhold-user: ali\0ce"[..],
        b"x-anchorhold-user: alice\x01",
        b"x-anchorhold-user: alice\x7f",
        b"x-anchorhold-user: bob\r\n alice",
        b"x-anchorhold-user : alice",
        b" x-anchorhold-user: alice",
        b"x-anchorhold-user\t: alice",
        b"x-anchorhold-user: bob\nx-anchorhold-user: alice",
        b"x-anchorhold-user: bob\rx-anchorhold-user: alice",
        b"x-anchorhold-user",
        b": alice",
        b"x-anchorhold-us\xc3\xa9r: alice",
        b"x-anchorhold-user: bob\r\nTransfer-Encoding: chunked\r\nContent-Length: 3",
    ] {
        let mut bytes = b"GET /v1/memories HTTP/1.1\r\nHost: localhost\r\n".to_vec();
        bytes.extend_from_slice(format!("Authorization: Bearer {key}\r\n").as_bytes());
        bytes.extend_from_slice(line);
        bytes.extend_from_slice(b"\r\nConnection: close\r\n\r\n");
        let reply = exchange(house.server.listen, &bytes);
        let text = String::from_utf8_lossy(&reply);
        assert!(!text.contains("flowerpot"), "{text}");
        assert!(text.starts_with("HTTP/1.1 4"), "{line:?}: {text}");
    }
}
