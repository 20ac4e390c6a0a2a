//! Identity headers as proxies, frameworks and attackers send them: read once, whole, unrepaired. One
//! corpus of lines, under the name of every header that names somebody.

mod lines;

use serde_json::{Value, json};

use super::alice_and_bob::{everything_of, keep};
use super::house::{Caller, House, Tenant};
use crate::support::{Reply, exchange};
use lines::{ALICE, Fate, USER, corpus, names, spelled};

/// Every header that names somebody; those of each are people of their own.
const HEADERS: [&str; 4] = [USER, "x-isolation-key", "x-openwebui-user-id", "x-st-user"];
const CASES_MIN: usize = 300;

#[test]
fn every_header_of_the_corpus_is_refused_or_is_exactly_one_person() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let application = tenant.application();
    let mut cases = 0;
    for header in HEADERS {
        let alice = application.with(header, ALICE);
        let id = keep(&alice);
        let before = everything_of(&alice);
        for (lines, fate) in corpus() {
            cases += 1;
            let mut caller = application.clone();
            for (name, value) in &lines {
                caller = caller.with(&spelled(name, header), value);
            }
            meets(&caller, &fate, &id, &before);
        }
        assert_eq!(everything_of(&alice), before);
    }
    assert!(cases >= CASES_MIN, "{cases}");
    values_in_bodies_are_judged_alike(&tenant);
}

/// A caller with these lines meets its fate wherever it asks for Alice's.
#[track_caller]
fn meets(caller: &Caller, fate: &Fate, id: &str, before: &Value) {
    let list = caller.get("/v1/memories?limit=200");
    let get = caller.get(&format!("/v1/memories/{id}"));
    match fate {
        Fate::Refused(status, code) => {
            list.is_refused(*status, code);
            get.is_refused(*status, code);
            let planted = caller.post("/v1/memories", &json!({"content": "planted"}));
            planted.is_refused(*status, code);
            let erased = caller.post("/v1/erase", &json!({"self": true}));
            erased.is_refused(*status, code);
        }
        Fate::IsAlice => assert_eq!(list.gives(200), *before, "{list:?}"),
        Fate::IsSomebodyElse => {
            assert_eq!(list.gives(200)["memories"], json!([]), "{list:?}");
            get.is_refused(404, "memory_not_found");
        }
    }
}

/// What no header may hold, neither a key nor an erasure names.
fn values_in_bodies_are_judged_alike(tenant: &Tenant<'_>) {
    let (application, admin) = (tenant.application(), tenant.admin());
    for lines in names() {
        let Ok(name) = String::from_utf8(lines[0].1.clone()) else {
            continue;
        };
        let erased = application.post("/v1/erase", &json!({"user": name}));
        erased.is_refused(400, "name_invalid");
        let key = json!({"name": "a key", "user": name});
        let made = admin.post("/v1/keys", &key);
        made.is_refused(400, "name_invalid");
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
