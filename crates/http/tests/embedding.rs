//! Tenants whose applications make the vectors, over HTTP.

use serde_json::{Value, json};

use crate::support::Server;

fn vector(at: usize) -> Value {
    let mut vector = vec![0.0; 8];
    vector[at] = 0.5;
    json!(vector)
}

fn caller() -> (Server, String) {
    let server = Server::new();
    let embedding = json!({"kind": "caller", "dimension": 8});
    server.tenant_with(json!({"name": "acme", "embedding": embedding}));
    let key = server.key("acme", json!({"act_as": true}));
    (server, key)
}

#[test]
fn an_application_brings_its_own_vectors() {
    let (server, key) = caller();
    let ask = |method: &str, target: &str, body: Value| {
        let asked = server.ask(method, target).key(&key).user("alice");
        asked.json(body).send()
    };
    let kept = ask(
        "POST",
        "/v1/memories",
        json!({"content": "tea", "vector": vector(0)}),
    );
    assert_eq!(kept.status, 201, "{kept:?}");
    let batch = json!({"memories": [
        {"content": "coffee", "vector": vector(1)},
        {"content": "no vector"},
        {"content": "short", "vector": [1, 2, 3]},
    ]});
    let results = ask("POST", "/v1/memories/batch", batch).json();
    let statuses: Vec<_> = (0..3)
        .map(|item| results["results"][item]["status"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [201, 422, 422]);
    assert_eq!(
        results["results"][2]["error"]["field"],
        "memories[2].vector"
    );
    let near = |at| {
        let found = ask(
            "POST",
            "/v1/recall",
            json!({"query": "?", "vector": vector(at)}),
        )
        .json();
        found["results"][0]["memory"]["content"].clone()
    };
    assert_eq!((near(0), near(1)), (json!("tea"), json!("coffee")));
    let target = format!("/v1/memories/{}", kept.json()["id"].as_str().unwrap());
    ask("PATCH", &target, json!({"content": "milk"})).is_refused(422, "request_invalid");
    let changed = ask(
        "PATCH",
        &target,
        json!({"content": "milk", "vector": vector(7)}),
    );
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!(near(7), "milk");
}

#[test]
fn a_vector_that_does_not_fit_is_refused_with_the_number_that_would() {
    let (server, key) = caller();
    server.tenant("house");
    let house = server.key("house", json!({"act_as": true}));
    let ask = |key: &str, target: &str, body: Value| {
        let asked = server.ask("POST", target).key(key).user("alice");
        asked.json(body).send()
    };
    ask(
        &key,
        "/v1/memories",
        json!({"content": "tea", "vector": vector(0)}),
    );
    ask(&house, "/v1/memories", json!({"content": "tea"}));
    for (key, wanted) in [(&key, "a list of 8 numbers"), (&house, "is not taken here")] {
        let vector = if *key == house {
            vector(0)
        } else {
            Value::Null
        };
        for (target, text) in [("/v1/memories", "content"), ("/v1/recall", "query")] {
            let refused = ask(key, target, json!({text: "tea", "vector": vector}));
            let message = refused.json()["error"]["message"]
                .as_str()
                .unwrap()
                .to_owned();
            assert!(message.contains(wanted), "{target}: {message}");
            assert_eq!(refused.json()["error"]["field"], "vector");
            refused.is_refused(422, "request_invalid");
        }
    }
    for vector in [
        json!("a"),
        json!([]),
        json!([0, 0, 0, 0, 0, 0, 0, 0]),
        json!([1e39, 0, 0, 0, 0, 0, 0, 0]),
        json!([[1], 0, 0, 0, 0, 0, 0, 0]),
        json!(vec![1; 4_097]),
    ] {
        let refused = ask(&key, "/v1/recall", json!({"query": "x", "vector": vector}));
        assert_eq!(refused.json()["error"]["field"], "vector");
        refused.is_refused(422, "request_invalid");
    }
}

#[test]
fn an_embedding_policy_says_what_it_needs() {
    let server = Server::new();
    server.tenant("acme");
    let demand = |body: Value| {
        let asked = server.operate("PATCH", "/v1/tenants/acme");
        asked.json(body).send()
    };
    for (embedding, field) in [
        (json!({"kind": "caller"}), "embedding.dimension"),
        (
            json!({"kind": "caller", "dimension": 7}),
            "embedding.dimension",
        ),
        (
            json!({"kind": "caller", "dimension": 4_097}),
            "embedding.dimension",
        ),
        (
            json!({"kind": "builtin", "dimension": 8}),
            "embedding.dimension",
        ),
        (json!({"kind": "remote"}), "embedding.embedder"),
        (
            json!({"kind": "remote", "embedder": "No"}),
            "embedding.embedder",
        ),
        (
            json!({"kind": "remote", "embedder": "absent"}),
            "embedding.embedder",
        ),
        (json!({"kind": "other"}), "embedding.kind"),
        (json!(["caller", null, 8]), "embedding"),
        (Value::Null, "embedding"),
    ] {
        let refused = demand(json!({"embedding": embedding, "egress": {"embedding": true}}));
        assert_eq!(refused.json()["error"]["field"], field, "{embedding}");
        refused.is_refused(422, "request_invalid");
    }
    let listed = || server.operate("GET", "/v1/tenants").send().json();
    assert_eq!(
        listed()["tenants"][0]["embedding"],
        json!({"kind": "builtin"})
    );
    assert_eq!(
        listed()["tenants"][0]["egress"],
        json!({"embedding": false})
    );
    let caller = json!({"kind": "caller", "dimension": 1_536});
    let changed = demand(json!({"embedding": caller.clone()}));
    assert_eq!(changed.json()["embedding"], caller);
    assert_eq!(
        changed.json()["trust_mode"],
        "required",
        "what is absent stays"
    );
    assert_eq!(listed()["tenants"][0]["embedding"], caller);
}
