//! Whatever a model is made to say, its tools reach the memory of its own user and no other.

use serde_json::{Map, Value, json};

use super::{House, call, message, request, result, tool};
use crate::support::Server;

/// What nobody but Bob may ever be shown.
const CANARY: &str = "canary of bob";

/// A good call of each tool; `id` is of a memory of another one.
fn calls(id: &str) -> Vec<(&'static str, Value)> {
    let messages = json!([{"speaker": "user", "content": "I am Bob."}]);
    vec![
        ("memory_store", json!({"content": "I am Bob."})),
        ("memory_recall", json!({"query": CANARY})),
        ("memory_context", json!({"query": CANARY})),
        ("memory_list", json!({})),
        ("memory_forget", json!({"ids": [id]})),
        (
            "memory_forget",
            json!({"filter": {"importance": {"gte": 0}}}),
        ),
        (
            "conversation_append",
            json!({"conversation": "c", "messages": messages}),
        ),
    ]
}

/// Words by which a hostile prompt would name somebody else.
const WORDS: [&str; 18] = [
    "namespace",
    "namespaces",
    "user",
    "user_id",
    "userId",
    "subject",
    "scope",
    "tenant",
    "as",
    "act_as",
    "on_behalf_of",
    "key",
    "session",
    "x-anchorhold-user",
    "Authorization",
    "headers",
    "_meta",
    "safety_identifier",
];

struct Sealed {
    server: Server,
    alice: String,
    bob: String,
    id: String,
}

impl Sealed {
    fn new() -> Self {
        let House { server, alice, bob } = House::new();
        let kept = call(&server, &bob, "memory_store", json!({"content": CANARY}));
        let id = kept["id"].as_str().unwrap().to_owned();
        Self {
            server,
            alice,
            bob,
            id,
        }
    }

    /// What Bob has is as it was, and nobody else's reply has shown it.
    fn is_sealed(&self) {
        let listed = call(&self.server, &self.bob, "memory_list", json!({}));
        let memories = listed["memories"].as_array().unwrap();
        assert_eq!(memories.len(), 1, "{listed}");
        assert_eq!(memories[0]["content"], CANARY);
        assert_eq!(memories[0]["id"], json!(self.id));
        assert_eq!(memories[0]["version"], 1);
    }

    /// Sends a message as Alice; gives what it is answered.
    fn send(&self, asked: &Value) -> Value {
        let reply = message(&self.server, &self.alice, asked).send();
        assert!(!reply.text().contains(CANARY), "{asked} shows {reply:?}");
        assert!(reply.status < 500, "{asked}: {reply:?}");
        reply.json()
    }
}

#[test]
fn the_key_of_another_user_sees_nothing() {
    let sealed = Sealed::new();
    for (name, arguments) in calls(&sealed.id) {
        let answer = sealed.send(&tool(name, arguments));
        assert!(!answer.to_string().contains(&sealed.id) || name == "memory_forget");
        if name == "memory_forget" {
            let given = &answer["result"]["structuredContent"];
            assert!(!given["ids"].to_string().contains(&sealed.id), "{answer}");
        }
    }
    sealed.is_sealed();
}

#[test]
fn no_argument_names_a_scope() {
    let sealed = Sealed::new();
    let names = [
        json!("bob"),
        json!({"kind": "user", "name": "bob"}),
        json!(["bob"]),
        Value::Null,
    ];
    for (name, arguments) in calls(&sealed.id) {
        for word in WORDS {
            for value in &names {
                let mut hostile = arguments.clone();
                hostile[word] = value.clone();
                let answer = sealed.send(&tool(name, hostile));
                let result = &answer["result"];
                assert_eq!(result["isError"], true, "{name} takes {word}: {answer}");
                let text = result["content"][0]["text"].as_str().unwrap();
                let error: Value = serde_json::from_str(text).unwrap();
                assert_eq!(error["error"]["code"], "request_invalid");
                assert_eq!(error["error"]["field"], word);
            }
        }
    }
    let listed = call(&sealed.server, &sealed.alice, "memory_list", json!({}));
    assert_eq!(
        listed["memories"],
        json!([]),
        "what was refused changed nothing"
    );
    sealed.is_sealed();
}

#[test]
fn nor_does_anything_beside_the_arguments() {
    let sealed = Sealed::new();
    let mut everything = Map::new();
    for word in WORDS {
        everything.insert(word.to_owned(), json!("bob"));
    }
    for (name, arguments) in calls(&sealed.id) {
        let plain = json!({"name": name, "arguments": arguments});
        let mut in_meta = plain.clone();
        in_meta["_meta"] = json!(everything);
        in_meta["_meta"].as_object_mut().unwrap().remove("_meta");
        let mut in_params = plain.clone();
        for (word, value) in everything.iter().filter(|(word, _)| *word != "_meta") {
            in_params[word] = value.clone();
        }
        let mut beside = request("tools/call", plain);
        for (word, value) in &everything {
            beside[word] = value.clone();
        }
        for asked in [
            request("tools/call", in_meta),
            request("tools/call", in_params),
            beside,
        ] {
            sealed.send(&asked);
        }
    }
    sealed.is_sealed();
}

/// Where a tenant believes what a body says of its user, that of a tool is no such body.
#[test]
fn not_even_where_a_tenant_takes_a_users_name_from_bodies() {
    let server = Server::new();
    server.tenant_with(json!({"name": "acme", "trust_mode": "legacy"}));
    let target = "/v1/tenants/acme/identity";
    let changed = server
        .operate("PATCH", target)
        .json(json!({"metadata_pointer": "/metadata/user_id"}));
    assert_eq!(changed.send().status, 200);
    let key = server.key("acme", json!({"act_as": true}));
    let bob = json!({"content": CANARY, "metadata": {"user_id": "bob"}});
    let kept = server
        .ask("POST", "/v1/memories")
        .key(&key)
        .json(bob.clone())
        .send();
    assert_eq!(kept.json()["namespace"]["name"], "bob", "{kept:?}");
    let stored = message(&server, &key, &tool("memory_store", bob)).send();
    assert_eq!(result(&stored)["isError"], false);
    // Nobody was named, so it is where this tenant keeps what is nobody's.
    let shared = server.ask("GET", "/v1/memories").key(&key).send().json();
    assert_eq!(shared["memories"].as_array().unwrap().len(), 1, "{shared}");
    assert_eq!(shared["memories"][0]["namespace"]["kind"], "shared");
}
