//! The verbs on memories, as a caller sees them.

use serde_json::{Value, json};

use crate::support::{Reply, Server};

fn keep(server: &Server, key: &str, user: &str, body: Value) -> Reply {
    server
        .ask("POST", "/v1/memories")
        .key(key)
        .user(user)
        .json(body)
        .send()
}

#[test]
fn bob_never_sees_what_alice_keeps() {
    let server = Server::new();
    let key = server.acting();
    let kept = keep(
        &server,
        &key,
        "alice",
        json!({"content": "alice drinks green tea"}),
    );
    assert_eq!(kept.status, 201, "{kept:?}");
    let id = kept.json()["id"].as_str().unwrap().to_owned();
    let as_user =
        |user: &str, method: &str, target: &str| server.ask(method, target).key(&key).user(user);
    let recall = |user: &str| {
        let asked = as_user(user, "POST", "/v1/recall").json(json!({"query": "green tea"}));
        asked.send().json()["results"].as_array().unwrap().len()
    };
    assert_eq!((recall("alice"), recall("bob"), recall("Alice")), (1, 0, 0));
    let target = format!("/v1/memories/{id}");
    as_user("bob", "GET", &target)
        .send()
        .is_refused(404, "memory_not_found");
    as_user("bob", "DELETE", &target)
        .send()
        .is_refused(404, "memory_not_found");
    let patched = as_user("bob", "PATCH", &target).json(json!({"content": "x"}));
    patched.send().is_refused(404, "memory_not_found");
    let forgotten = as_user("bob", "POST", "/v1/forget")
        .json(json!({"ids": [id]}))
        .send();
    assert_eq!(forgotten.json()["deleted"], 0);
    let got = as_user("alice", "GET", &target).send();
    assert_eq!(got.json()["content"], "alice drinks green tea");
    assert_eq!(got.json()["namespace"]["name"], "alice");
}

#[test]
fn the_same_id_with_the_same_content_is_a_replay() {
    let server = Server::new();
    let key = server.acting();
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let body = json!({"content": "tea", "id": id});
    let first = keep(&server, &key, "alice", body.clone());
    assert_eq!((first.status, first.header("etag")), (201, Some("\"1\"")));
    assert!(first.json().get("replayed").is_none());
    let second = keep(&server, &key, "alice", body);
    assert_eq!(second.status, 200);
    assert_eq!(second.json()["replayed"], true);
    let other = keep(&server, &key, "alice", json!({"content": "milk", "id": id}));
    other.is_refused(409, "id_conflict");
}

#[test]
fn a_change_may_be_meant_for_one_version() {
    let server = Server::new();
    let key = server.acting();
    let kept = keep(&server, &key, "alice", json!({"content": "tea"})).json();
    let target = format!("/v1/memories/{}", kept["id"].as_str().unwrap());
    let change = |if_match: Option<&str>, content: &str| {
        let asked = server.ask("PATCH", &target).key(&key).user("alice");
        let asked = asked.json(json!({"content": content}));
        match if_match {
            Some(version) => asked.header("If-Match", version).send(),
            None => asked.send(),
        }
    };
    let changed = change(Some("\"1\""), "green tea");
    assert_eq!(
        (changed.status, changed.header("etag")),
        (200, Some("\"2\""))
    );
    assert_eq!(changed.json()["version"], 2);
    change(Some("\"1\""), "black tea").is_refused(409, "version_conflict");
    assert_eq!(change(Some("*"), "black tea").status, 200);
    assert_eq!(change(None, "white tea").status, 200);
    for malformed in ["4", "W/\"4\"", "\"4\", \"5\"", "\"x\"", "\"", "", "\"-1\""] {
        let refused = change(Some(malformed), "x");
        refused.is_refused(422, "request_invalid");
        assert_eq!(refused.field().as_deref(), Some("if-match"));
    }
    let got = server.ask("GET", &target).key(&key).user("alice").send();
    assert_eq!(got.json()["content"], "white tea");
    assert_eq!(got.header("etag"), Some("\"4\""));
}

#[test]
fn what_is_deleted_is_not_found_again() {
    let server = Server::new();
    let key = server.acting();
    let kept = keep(&server, &key, "alice", json!({"content": "tea"})).json();
    let id = kept["id"].as_str().unwrap();
    let delete = || {
        server
            .ask("DELETE", &format!("/v1/memories/{id}"))
            .key(&key)
            .user("alice")
            .send()
    };
    assert_eq!(delete().json(), json!({"id": id, "deleted": true}));
    delete().is_refused(404, "memory_not_found");
    let odd = server
        .ask("DELETE", "/v1/memories/not-an-id")
        .key(&key)
        .user("alice")
        .send();
    odd.is_refused(404, "memory_not_found");
    let odd = server
        .ask("GET", "/v1/memories/not-an-id")
        .key(&key)
        .user("nobody")
        .send();
    odd.is_refused(404, "memory_not_found");
}

#[test]
fn pages_lead_to_every_memory_once() {
    let server = Server::new();
    let key = server.acting();
    for number in 0..5 {
        keep(
            &server,
            &key,
            "alice",
            json!({"content": format!("note {number}")}),
        );
    }
    let mut seen = Vec::new();
    let mut target = "/v1/memories?limit=2".to_owned();
    loop {
        let page = server
            .ask("GET", &target)
            .key(&key)
            .user("alice")
            .send()
            .json();
        let memories = page["memories"].as_array().unwrap();
        seen.extend(
            memories
                .iter()
                .map(|memory| memory["content"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        let foreign = server.ask("GET", &format!("/v1/memories?cursor={cursor}"));
        foreign
            .key(&key)
            .user("bob")
            .send()
            .is_refused(400, "cursor_invalid");
        target = format!("/v1/memories?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ["note 4", "note 3", "note 2", "note 1", "note 0"]);
}

#[test]
fn each_item_of_a_batch_is_judged_on_its_own() {
    let server = Server::new();
    let key = server.acting();
    let body = json!({"memories": [
        {"content": "one"},
        {"content": ""},
        {"content": "two", "id": "01890a5d-ac96-774b-bcce-b302099a8057"},
        {"content": "three", "id": "01890a5d-ac96-774b-bcce-b302099a8057"},
        {"contnt": "four"},
    ]});
    let asked = server
        .ask("POST", "/v1/memories/batch")
        .key(&key)
        .user("alice");
    let reply = asked.json(body).send();
    assert_eq!(reply.status, 200, "{reply:?}");
    let results = reply.json()["results"].as_array().unwrap().clone();
    let statuses: Vec<u64> = results
        .iter()
        .map(|item| item["status"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [201, 422, 201, 409, 422]);
    assert_eq!(results[0]["memory"]["content"], "one");
    assert_eq!(results[1]["error"]["field"], "memories[1].content");
    assert_eq!(results[3]["error"]["code"], "id_conflict");
    assert_eq!(results[4]["error"]["field"], "memories[4].contnt");
    let request_id = reply.header("x-anchorhold-request-id").unwrap();
    assert_eq!(results[1]["error"]["request_id"], request_id);
}

#[test]
fn a_batch_of_refused_items_keeps_nothing() {
    let server = Server::new();
    let key = server.acting();
    let asked = server
        .ask("POST", "/v1/memories/batch")
        .key(&key)
        .user("alice");
    let reply = asked.json(json!({"memories": [{"content": ""}]})).send();
    assert_eq!(reply.json()["results"][0]["status"], 422);
    let many: Vec<Value> = (0..101).map(|_| json!({"content": "x"})).collect();
    let asked = server
        .ask("POST", "/v1/memories/batch")
        .key(&key)
        .user("alice");
    asked
        .json(json!({"memories": many}))
        .send()
        .is_refused(422, "request_invalid");
    let listed = server
        .ask("GET", "/v1/memories")
        .key(&key)
        .user("alice")
        .send()
        .json();
    assert_eq!(listed, json!({"memories": [], "next_cursor": null}));
}

#[test]
fn recall_ranks_and_explains() {
    let server = Server::new();
    let key = server.acting();
    for content in ["alice drinks green tea", "the harbour is closed on mondays"] {
        keep(
            &server,
            &key,
            "alice",
            json!({"content": content, "tags": ["a"]}),
        );
    }
    let ask = |body: Value| {
        server
            .ask("POST", "/v1/recall")
            .key(&key)
            .user("alice")
            .json(body)
            .send()
    };
    let found = ask(json!({"query": "green tea", "explain": true})).json();
    let results = found["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    assert_eq!(results[0]["memory"]["content"], "alice drinks green tea");
    assert_eq!(
        (&results[0]["rank"], &results[1]["rank"]),
        (&json!(1), &json!(2))
    );
    assert!(results[0]["why"]["dense"].is_number());
    assert!(results[0]["score"].as_f64() >= results[1]["score"].as_f64());
    assert_eq!(found["usage"]["query_tokens"], 2);
    let plain = ask(json!({"query": "green tea", "limit": 1})).json();
    assert_eq!(plain["results"].as_array().unwrap().len(), 1);
    assert!(plain["results"][0].get("why").is_none());
    let none = ask(json!({"query": "tea", "filter": {"tags": {"any": ["b"]}}})).json();
    assert_eq!(none["results"], json!([]));
    ask(json!({"query": "tea", "filter": {"tags": {"near": "b"}}}))
        .is_refused(422, "filter_invalid");
    ask(json!({"query": "tea", "limit": 201})).is_refused(422, "request_invalid");
    ask(json!({"query": "tea", "namespaces": ["org"]})).is_refused(422, "not_available_yet");
}

#[test]
fn a_long_text_says_in_how_many_windows_it_was_read() {
    let server = Server::new();
    let key = server.acting();
    let long = keep(
        &server,
        &key,
        "alice",
        json!({"content": "word ".repeat(500)}),
    );
    assert!(long.json()["windows"].as_u64().unwrap() > 1, "{long:?}");
    let short = keep(&server, &key, "alice", json!({"content": "word"}));
    assert!(short.json().get("windows").is_none());
    let huge = keep(
        &server,
        &key,
        "alice",
        json!({"content": "x".repeat(65_537)}),
    );
    huge.is_refused(413, "content_too_large");
}

#[test]
fn forget_deletes_what_is_named_and_never_everything() {
    let server = Server::new();
    let key = server.acting();
    keep(
        &server,
        &key,
        "alice",
        json!({"content": "tea", "tags": ["drink"]}),
    );
    keep(
        &server,
        &key,
        "alice",
        json!({"content": "bread", "tags": ["food"]}),
    );
    let ask = |body: Value| {
        server
            .ask("POST", "/v1/forget")
            .key(&key)
            .user("alice")
            .json(body)
            .send()
    };
    for nothing in [json!({}), json!({"ids": []}), json!({"dry_run": true})] {
        ask(nothing).is_refused(422, "request_invalid");
    }
    let empty = ask(json!({"filter": {}}));
    assert_eq!(empty.status, 422, "{empty:?}");
    let filter = json!({"tags": {"any": ["drink"]}});
    let rehearsed = ask(json!({"filter": filter, "dry_run": true})).json();
    assert_eq!(
        (&rehearsed["deleted"], &rehearsed["dry_run"]),
        (&json!(1), &json!(true))
    );
    let forgotten = ask(json!({"filter": filter})).json();
    assert_eq!(forgotten["ids"], rehearsed["ids"]);
    assert_eq!(ask(json!({"filter": filter})).json()["deleted"], 0);
    let listed = server
        .ask("GET", "/v1/memories")
        .key(&key)
        .user("alice")
        .send()
        .json();
    assert_eq!(listed["memories"].as_array().unwrap().len(), 1);
}

#[test]
fn a_tenant_without_isolation_shares_one_namespace() {
    let server = Server::new();
    server.tenant_with(json!({"name": "club", "isolation": "none"}));
    let key = server.key("club", json!({}));
    let kept = server.ask("POST", "/v1/memories").key(&key);
    let kept = kept.json(json!({"content": "the door code"})).send();
    assert_eq!(
        kept.json()["namespace"],
        json!({"kind": "shared", "name": null})
    );
    let other = server.key("club", json!({"user": "alice"}));
    let listed = server.ask("GET", "/v1/memories").key(&other).send().json();
    assert_eq!(listed["memories"].as_array().unwrap().len(), 1);
}

#[test]
fn sub_scopes_of_a_user_are_namespaces_of_their_own() {
    let server = Server::new();
    let key = server.acting();
    let ask = |method: &str| {
        let asked = server.ask(method, "/v1/memories").key(&key).user("alice");
        asked.header("x-anchorhold-agent", "cook")
    };
    let kept = ask("POST").json(json!({"content": "tea"})).send();
    assert_eq!(kept.json()["namespace"]["agent"], "cook");
    assert_eq!(
        ask("GET").send().json()["memories"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let main = server
        .ask("GET", "/v1/memories")
        .key(&key)
        .user("alice")
        .send()
        .json();
    assert_eq!(main["memories"], json!([]));
}
