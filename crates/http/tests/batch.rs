//! A batch does what its requests would do alone, for the same caller, and nothing more.

use serde_json::{Value, json};

use crate::support::{PANICS, Server};

fn batch(server: &Server, key: &str, user: &str, operations: Value) -> Vec<Value> {
    let asked = server.ask("POST", "/v1/batch").key(key).user(user);
    let reply = asked.json(json!({"operations": operations})).send();
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["results"].as_array().unwrap().clone()
}

fn statuses(results: &[Value]) -> Vec<u64> {
    let status = |result: &Value| result["status"].as_u64().unwrap();
    results.iter().map(status).collect()
}

fn keep(content: &str) -> Value {
    json!({"method": "POST", "path": "/v1/memories", "body": {"content": content}})
}

#[test]
fn each_request_of_a_batch_is_answered_as_it_would_be_alone() {
    let server = Server::new();
    let key = server.acting();
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let memory = format!("/v1/memories/{id}");
    let operations = json!([
        {"method": "POST", "path": "/v1/memories", "body": {"content": "tea", "id": id}},
        {"method": "GET", "path": memory},
        {"method": "PATCH", "path": memory, "body": {"content": "green tea"}},
        keep(""),
        keep(PANICS),
        {"method": "POST", "path": "/v1/recall", "body": {"query": "tea"}},
        {"method": "GET", "path": "/v1/memories?limit=5"},
        {"method": "GET", "path": "/v1/memories?limits=5"},
        {"method": "DELETE", "path": memory},
        {"method": "GET", "path": memory},
        {"method": "POST", "path": "/v1/forget", "body": {"ids": [id]}},
        {"method": "PUT", "path": memory},
        {"method": "GET", "path": "/v1/memories/../recall"},
        {"methods": "GET", "path": "/v1/memories"},
        {"method": "GET", "path": "/v1/memories", "body": {}},
        7,
    ]);
    let results = batch(&server, &key, "alice", operations);
    let expected = [
        201, 200, 200, 422, 500, 200, 200, 422, 200, 404, 200, 405, 400, 422, 422, 422,
    ];
    assert_eq!(statuses(&results), expected);
    assert_eq!(results[2]["body"]["content"], "green tea");
    assert_eq!(results[5]["body"]["results"][0]["memory"]["id"], id);
    assert_eq!(results[9]["body"]["error"]["code"], "memory_not_found");
    assert!(!results[4].to_string().contains("secret of the panic"));
}

#[test]
fn nothing_that_is_asked_for_alone_stands_in_a_batch() {
    let server = Server::new();
    let key = server.acting();
    let inner = json!({"operations": [keep("tea")]});
    let operations = json!([
        {"method": "POST", "path": "/v1/batch", "body": inner},
        {"method": "POST", "path": "/v1/erase", "body": {"self": true}},
        {"method": "GET", "path": "/v1/export"},
        {"method": "POST", "path": "/v1/import", "body": {"content": "a"}},
        {"method": "GET", "path": "/v1/keys"},
        {"method": "POST", "path": "/v1/namespaces", "body": {"name": "org/a"}},
        {"method": "GET", "path": "/v1/tenants"},
    ]);
    let results = batch(&server, &key, "alice", operations);
    assert_eq!(statuses(&results), [404; 7]);
    let with_headers = json!([{
        "method": "GET", "path": "/v1/memories", "headers": {"x-anchorhold-user": "bob"},
    }]);
    let results = batch(&server, &key, "alice", with_headers);
    assert_eq!(statuses(&results), [422]);
}

#[test]
fn a_batch_may_do_what_its_caller_may_do_alone_and_nothing_else() {
    let server = Server::new();
    let key = server.acting();
    batch(&server, &key, "alice", json!([keep("tea")]));
    let viewer = server.key("acme", json!({"user": "alice", "viewer": true}));
    let list = json!({"method": "GET", "path": "/v1/memories"});
    let named = json!({"method": "GET", "path": "/v1/memories?namespace=org%2Fa"});
    let ask = json!([list, keep("milk"), named]);
    let results = batch(&server, &viewer, "alice", ask);
    assert_eq!(statuses(&results), [200, 403, 403]);
    assert_eq!(results[0]["body"]["memories"].as_array().unwrap().len(), 1);
    let results = batch(&server, &key, "bob", json!([list]));
    assert!(
        results[0]["body"]["memories"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let bare = server
        .ask("POST", "/v1/batch")
        .json(json!({"operations": [list]}));
    bare.send().is_refused(401, "credential_missing");
    let nobody = server.ask("POST", "/v1/batch").key(&key);
    let nobody = nobody.json(json!({"operations": [list]})).send();
    assert_eq!(
        nobody.json()["results"][0]["body"]["error"]["code"],
        "identity_required"
    );
}

#[test]
fn a_batch_holds_1_to_100_requests() {
    let server = Server::new();
    let key = server.acting();
    let ask = |count: usize| {
        let asked = server.ask("POST", "/v1/batch").key(&key).user("alice");
        let list = json!({"method": "GET", "path": "/v1/memories"});
        asked.json(json!({"operations": vec![list; count]})).send()
    };
    ask(0).is_refused(422, "request_invalid");
    assert_eq!(ask(100).json()["results"].as_array().unwrap().len(), 100);
    ask(101).is_refused(422, "request_invalid");
}

#[test]
fn a_batch_that_says_which_version_it_is_for_is_refused_before_anything_is_done() {
    let server = Server::new();
    let key = server.acting();
    let asked = server.ask("POST", "/v1/batch").key(&key).user("alice");
    let asked = asked.header("If-Match", "\"1\"");
    let refused = asked.json(json!({"operations": [keep("tea")]})).send();
    refused.is_refused(422, "request_invalid");
    assert_eq!(refused.field().as_deref(), Some("if-match"));
    let listed = server.ask("GET", "/v1/memories").key(&key).user("alice");
    assert_eq!(listed.send().json()["memories"], json!([]));
}
