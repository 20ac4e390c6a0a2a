//! What becomes of a sandbox that is approved.

use anchorhold_crypto::sha256;
use anchorhold_model::{NamespaceId, RecordId};
use serde_json::{Value, json};

use super::{ALICE, House, texts};

/// What an approval makes of an id that stands for another memory there.
fn own_id(namespace: &str, id: &str) -> String {
    let namespace = NamespaceId::parse(namespace).unwrap();
    let id = RecordId::parse(id).unwrap();
    let hash = sha256(&[namespace.as_bytes().as_slice(), id.as_bytes(), &[0]].concat());
    let mut bytes: [u8; 16] = hash[..16].try_into().unwrap();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    RecordId::from_bytes(bytes).to_string()
}

#[test]
fn an_approval_moves_what_is_there_to_the_user_who_is_named_and_marks_it() {
    let house = House::new();
    let own = house.server.key("acme", json!({"user": "alice"}));
    assert_eq!(house.keep(&own, &[], "proved").status, 201);
    let id = "0b9f3c52-8d1e-4c7a-9f00-1234567890ab";
    let forged = json!({"content": "a", "id": id, "metadata": {"anchorhold": {"tier": "proven"}, "topic": "x"}});
    let mallory = [("x-anchorhold-user", "mallory")];
    let kept = house
        .ask(&house.acting, &mallory, "POST", "/v1/memories")
        .json(forged);
    assert_eq!(kept.send().status, 201);
    assert_eq!(house.keep(&house.acting, &mallory, "b").status, 201);
    // The same id stands for another memory there.
    let other = house.ask(&own, &[], "POST", "/v1/memories");
    assert_eq!(
        other
            .json(json!({"content": "hers", "id": id}))
            .send()
            .status,
        201
    );
    let sandbox = house.only();
    let shown = house
        .manage("GET", &format!("/v1/quarantine/{sandbox}"), Value::Null)
        .json();
    assert_eq!(texts(&shown), ["b", "a"]);
    assert_eq!(
        (&shown["claim"]["id"], &shown["strength"]),
        (&json!("mallory"), &json!("asserted"))
    );
    let missing = house.manage(
        "POST",
        &format!("/v1/quarantine/{sandbox}/approve"),
        json!({}),
    );
    missing.is_refused(422, "request_invalid");
    let approved = house.approve(&sandbox, "alice");
    assert_eq!(approved.json()["moved"], 2, "{approved:?}");
    assert_eq!(approved.json()["receipt"]["records"], 2);
    let listed = house.ask(&own, &[], "GET", "/v1/memories").send().json();
    let mut found = texts(&listed);
    found.sort();
    assert_eq!(found, ["a", "b", "hers", "proved"]);
    let marks = |text: &str| {
        let memories = listed["memories"].as_array().unwrap().clone();
        let found = memories
            .into_iter()
            .find(|memory| memory["content"] == text);
        found.unwrap()["metadata"].clone()
    };
    let mark = json!({"tier": "asserted", "sandbox": sandbox});
    assert_eq!(marks("a"), json!({"anchorhold": mark, "topic": "x"}));
    assert_eq!(
        (marks("b"), marks("proved")),
        (json!({"anchorhold": mark}), json!({}))
    );
    let query = json!({"query": "b", "limit": 9});
    let recalled = house
        .ask(&own, &[], "POST", "/v1/recall")
        .json(query)
        .send()
        .json();
    assert_eq!(recalled["results"].as_array().unwrap().len(), 4);
    // Nothing is left of the sandbox, and no second approval finds it.
    house
        .approve(&sandbox, "alice")
        .is_refused(404, "namespace_not_found");
    assert_eq!(house.list(&house.acting, &mallory), Vec::<String>::new());
}

#[test]
fn an_approval_makes_the_user_known_and_goes_on_from_there() {
    let house = House::new();
    assert_eq!(house.keep(&house.acting, &[ALICE], "tea").status, 201);
    assert_eq!(house.approve(&house.only(), "alice").json()["moved"], 1);
    let kept = house.keep(&house.acting, &[ALICE], "milk");
    assert_eq!(
        kept.json()["namespace"],
        json!({"kind": "user", "name": "alice", "issuer": "local"})
    );
    assert_eq!(house.list(&house.acting, &[ALICE]), ["milk", "tea"]);
}

#[test]
fn an_approval_that_was_cut_goes_on_and_adds_nothing_twice() {
    let house = House::new();
    let own = house.server.key("acme", json!({"user": "alice"}));
    let mallory = [("x-anchorhold-user", "mallory")];
    let ids = [
        "0b9f3c52-8d1e-4c7a-9f00-1234567890ab",
        "1b9f3c52-8d1e-4c7a-9f00-1234567890ab",
    ];
    let keep = |key: &str, lines: &[(&str, &str)], (id, mark): (&str, &Value), text: &str| {
        let ask = house.ask(key, lines, "POST", "/v1/memories");
        let memory = json!({"content": text, "id": id, "metadata": mark});
        assert_eq!(ask.json(memory).send().status, 201);
    };
    let none = json!({});
    keep(&house.acting, &mallory, (ids[0], &none), "free");
    keep(&house.acting, &mallory, (ids[1], &none), "taken");
    keep(&own, &[], (ids[1], &none), "hers");
    let who = house
        .ask(&house.acting, &mallory, "GET", "/v1/whoami")
        .send()
        .json();
    let namespace = who["namespace_id"].as_str().unwrap();
    // As far as it got: everything is there, and nothing of the sandbox is destroyed.
    let sandbox = house.only();
    let mark = json!({"anchorhold": {"tier": "asserted", "sandbox": sandbox}});
    keep(&own, &[], (ids[0], &mark), "free");
    keep(&own, &[], (&own_id(namespace, ids[1]), &mark), "taken");
    assert_eq!(house.approve(&sandbox, "alice").json()["moved"], 2);
    let mut found = house.list(&own, &[]);
    found.sort();
    assert_eq!(found, ["free", "hers", "taken"]);
}

#[test]
fn an_approval_of_what_was_shown_is_of_nothing_else() {
    let house = House::new();
    assert_eq!(house.keep(&house.acting, &[ALICE], "likes tea").status, 201);
    let sandbox = house.only();
    let path = format!("/v1/quarantine/{sandbox}");
    let shown = house.manage("GET", &path, Value::Null).json();
    let approve = |version: &Value| {
        let body = json!({"user": "alice", "version": version});
        house.manage("POST", &format!("{path}/approve"), body)
    };
    assert_eq!(house.keep(&house.acting, &[ALICE], "poison").status, 201);
    approve(&shown["version"]).is_refused(409, "version_conflict");
    // It is as before: its user goes on, and nobody else got anything.
    assert_eq!(house.keep(&house.acting, &[ALICE], "more").status, 201);
    assert_eq!(house.list(&house.acting, &[ALICE]).len(), 3);
    let own = house.server.key("acme", json!({"user": "alice"}));
    assert_eq!(house.list(&own, &[]), Vec::<String>::new());
    let shown = house.manage("GET", &path, Value::Null).json();
    assert_eq!(approve(&shown["version"]).json()["moved"], 3);
}

#[test]
fn an_id_that_somebody_computed_before_stops_no_approval() {
    let house = House::new();
    let own = house.server.key("acme", json!({"user": "alice"}));
    let id = "0b9f3c52-8d1e-4c7a-9f00-1234567890ab";
    let keep = |key: &str, lines: &[(&str, &str)], id: &str, text: &str| {
        let ask = house.ask(key, lines, "POST", "/v1/memories");
        assert_eq!(
            ask.json(json!({"content": text, "id": id})).send().status,
            201
        );
    };
    keep(&own, &[], id, "hers");
    let mallory = [("x-anchorhold-user", "mallory")];
    assert_eq!(house.keep(&house.acting, &mallory, "first").status, 201);
    let who = house
        .ask(&house.acting, &mallory, "GET", "/v1/whoami")
        .send()
        .json();
    let computed = own_id(who["namespace_id"].as_str().unwrap(), id);
    keep(&house.acting, &mallory, &computed, "in the way");
    keep(&house.acting, &mallory, id, "not hers");
    assert_eq!(house.approve(&house.only(), "alice").json()["moved"], 3);
    let mut found = house.list(&own, &[]);
    found.sort();
    assert_eq!(found, ["first", "hers", "in the way", "not hers"]);
}
