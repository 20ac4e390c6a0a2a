//! Absent and foreign are told apart by nobody who may see neither.

use serde_json::{Value, json};

use super::house::{Caller, House};
use crate::support::Reply;

const ID: &str = "00000000-0000-7000-8000-000000000001";

/// Every verb that takes a named namespace in its body.
fn by_body(caller: &Caller, name: &str, id: &str) -> Vec<(&'static str, Reply)> {
    let filter = json!({"type": {"eq": "semantic"}});
    let post = |verb, path: &str, mut body: Value| {
        body["namespace"] = json!(name);
        (verb, caller.post(path, &body))
    };
    let change = json!({"content": "x", "namespace": name});
    let batch = json!({"memories": [{"content": "x"}]});
    vec![
        post("keep", "/v1/memories", json!({"content": "x"})),
        post(
            "keep with id",
            "/v1/memories",
            json!({"content": "x", "id": id}),
        ),
        post("batch", "/v1/memories/batch", batch),
        post("recall", "/v1/recall", json!({"query": "x"})),
        post(
            "filter",
            "/v1/recall",
            json!({"query": "x", "filter": filter}),
        ),
        post("forget", "/v1/forget", json!({"ids": [id]})),
        post("forget by filter", "/v1/forget", json!({"filter": filter})),
        post(
            "rehearse",
            "/v1/forget",
            json!({"ids": [id], "dry_run": true}),
        ),
        post("erase", "/v1/erase", json!({})),
        (
            "change",
            caller.patch(&format!("/v1/memories/{id}"), &change),
        ),
    ]
}

/// Every verb that takes a named namespace, wherever it stands.
fn verbs(caller: &Caller, name: &str, id: &str) -> Vec<(&'static str, Reply)> {
    let memory = format!("/v1/memories/{id}?namespace={name}");
    let list = format!("/v1/memories?namespace={name}");
    let by_header = caller.with("x-anchorhold-namespace", name);
    let mut verbs = by_body(caller, name, id);
    verbs.extend([
        ("list", caller.get(&list)),
        ("list on", caller.get(&format!("{list}&cursor=00"))),
        ("get", caller.get(&memory)),
        ("delete", caller.delete(&memory)),
        ("header", by_header.get("/v1/memories")),
        ("who", by_header.get("/v1/whoami")),
        // Last, for it may change what is there.
        (
            "create",
            caller.post("/v1/namespaces", &json!({"name": name})),
        ),
    ]);
    verbs
}

#[test]
fn absent_and_foreign_namespaces_give_equal_bytes() {
    let house = House::new();
    let (tenant, rival) = (house.tenant("acme"), house.tenant("rival"));
    let admin = tenant.admin();
    for name in ["org/foreign", "org/own"] {
        admin.makes(name);
    }
    let foreign_id = admin.keeps_in("org/foreign", "A secret of the organisation.");
    rival.admin().makes("org/elsewhere");
    let strangers = [
        ("plain", tenant.key(json!({}))),
        ("bound", tenant.user("alice")),
        (
            "viewer",
            tenant.key(json!({"user": "alice", "viewer": true})),
        ),
        ("application", tenant.application()),
        (
            "application for alice",
            tenant.application().for_user("alice"),
        ),
        ("granted elsewhere", tenant.granted("org/own", "admin")),
        ("granted below", tenant.granted("org/foreign/**", "admin")),
    ];
    for (who, stranger) in &strangers {
        let absent = verbs(stranger, "org/absent", ID);
        let foreign = verbs(stranger, "org/foreign", &foreign_id);
        let elsewhere = verbs(stranger, "org/elsewhere", ID);
        for (((verb, absent), (_, foreign)), (_, elsewhere)) in
            absent.iter().zip(&foreign).zip(&elsewhere)
        {
            let names = ["org/absent", "org/foreign", "org/elsewhere"];
            let expected = absent.comparable(&names);
            assert_eq!(foreign.comparable(&names), expected, "{verb} by {who}");
            assert_eq!(elsewhere.comparable(&names), expected, "{verb} by {who}");
            if *verb != "who" {
                absent.is_refused(403, "namespace_forbidden");
            }
        }
    }
    // Whoever is granted everything in another tenant sees what is absent, not what is foreign.
    let everything = rival.admin();
    let absent = verbs(&everything, "org/absent", ID);
    let foreign = verbs(&everything, "org/foreign", &foreign_id);
    for ((verb, absent), (_, foreign)) in absent.iter().zip(&foreign) {
        if *verb == "create" {
            assert_eq!((absent.status, foreign.status), (201, 201));
            break;
        }
        let names = ["org/absent", "org/foreign"];
        assert_eq!(
            foreign.comparable(&names),
            absent.comparable(&names),
            "{verb}"
        );
    }
    assert_eq!(
        admin.lists_in("org/foreign"),
        ["A secret of the organisation."]
    );
}

#[test]
fn absent_and_foreign_memories_give_equal_bytes() {
    let house = House::new();
    let (tenant, rival) = (house.tenant("acme"), house.tenant("rival"));
    let alice = tenant.user("alice");
    let deleted = alice.keeps("Deleted.");
    alice.delete(&format!("/v1/memories/{deleted}")).gives(200);
    let foreign = [
        alice.keeps("Alice's own."),
        rival.user("alice").keeps("Another Alice's."),
    ];
    let bob = tenant.user("bob");
    for round in 0..2 {
        let own = if round == 1 {
            bob.keeps("Bob's own.")
        } else {
            ID.to_owned()
        };
        let tried = |id: &str| -> Vec<Reply> {
            let path = format!("/v1/memories/{id}");
            let matching = bob.ask("PATCH", &path).header("If-Match", "\"7\"");
            vec![
                bob.get(&path),
                bob.delete(&path),
                bob.patch(&path, &json!({"content": "x"})),
                matching.json(&json!({"content": "x"})).send(),
                bob.post("/v1/forget", &json!({"ids": [id]})),
                bob.post("/v1/forget", &json!({"ids": [id], "dry_run": true})),
            ]
        };
        let comparable = |id: &str| -> Vec<String> {
            tried(id)
                .iter()
                .map(|reply| reply.comparable(&[]))
                .collect()
        };
        let absent = comparable(ID);
        for id in foreign.iter().chain([&deleted]) {
            assert_eq!(comparable(id), absent);
        }
        // What is no id at all is not found either, by the routes that have it in the path.
        for none in [
            "1",
            "alice",
            "00000000-0000-0000-0000-00000000000",
            &own[..8],
        ] {
            let get = bob.get(&format!("/v1/memories/{none}"));
            assert_eq!(get.comparable(&[]), absent[0]);
        }
    }
    assert_eq!(alice.lists(), ["Alice's own."]);
}

#[test]
fn foreign_namespace_ids_are_like_random_ones() {
    let house = House::new();
    let (tenant, rival) = (house.tenant("acme"), house.tenant("rival"));
    let admin = tenant.admin();
    let foreign = admin.makes("org/foreign");
    let elsewhere = rival.admin().makes("org/elsewhere");
    let gone = admin.makes("org/gone");
    admin.delete(&format!("/v1/namespaces/{gone}")).gives(200);
    for stranger in [
        tenant.key(json!({})),
        tenant.user("alice"),
        tenant.application(),
        tenant.granted("org/own", "admin"),
    ] {
        let tried = |id: &str| -> Vec<String> {
            let path = format!("/v1/namespaces/{id}");
            let replies = [
                stranger.get(&path),
                stranger.patch(&path, &json!({"description": "mine"})),
                stranger.delete(&path),
            ];
            for reply in &replies {
                reply.is_refused(404, "namespace_not_found");
            }
            replies.iter().map(|reply| reply.comparable(&[])).collect()
        };
        let random = tried("ns_00112233445566778899aabbccddeeff");
        for id in [&foreign, &elsewhere, &gone] {
            assert_eq!(tried(id), random);
        }
        // The shape of an id is no secret, but its words should not differ either.
        for none in ["1", "org%2Facme", "ns_", &foreign.to_uppercase()] {
            let reply = stranger.get(&format!("/v1/namespaces/{none}"));
            assert!(matches!(reply.status, 400 | 404), "{reply:?}");
        }
    }
    assert_eq!(admin.get(&format!("/v1/namespaces/{foreign}")).status, 200);
}
