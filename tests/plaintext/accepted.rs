//! Requests that are accepted, with a canary in everything a caller can choose.

use serde_json::{Value, json};

use super::canary::Canaries;
use crate::process::{Keys, Server};
use crate::support::Ask;

/// Keys and places that later requests use again.
pub(crate) struct People {
    pub(crate) tenant: String,
    pub(crate) admin: String,
    pub(crate) bound: String,
    pub(crate) application: String,
    pub(crate) granted: String,
    pub(crate) revoked: String,
    pub(crate) namespace: String,
    pub(crate) memory: String,
    pub(crate) query: String,
}

/// Stores, changes, deletes, lists and asks.
pub(crate) fn work(server: &Server, keys: &Keys, canaries: &mut Canaries) -> People {
    let mut people = hire(server, keys, canaries);
    name_places(server, &people, canaries);
    people.memory = live(server, &people, canaries);
    speak_for_others(server, &people, canaries);
    use_tools(server, &people, canaries);
    look(server, &people);
    people
}

/// A tenant and one key of each kind.
fn hire(server: &Server, keys: &Keys, canaries: &mut Canaries) -> People {
    let operator =
        |method: &str, target: &str| Ask::new(server.operator, method, target).key(&keys.operator);
    let tenant = canaries.plant("tenant");
    let body = json!({"name": tenant});
    operator("POST", "/v1/tenants")
        .json(&body)
        .send()
        .gives(201);
    operator("GET", "/v1/tenants").send().gives(200);
    let target = format!("/v1/tenants/{tenant}");
    operator("PATCH", &target)
        .json(&json!({"trust_mode": "required"}))
        .send()
        .gives(200);
    let target = format!("{target}/keys");
    let (user, segment) = (canaries.plant("user of a key"), canaries.plant("segment"));
    let mut make = |mut body: Value| {
        body["name"] = json!(canaries.plant("key name"));
        let made = operator("POST", &target).json(&body).send().gives(201);
        let key = made["key"].as_str().unwrap().to_owned();
        canaries.plant_key("api key", &key);
        (key, made["key_id"].as_str().unwrap().to_owned())
    };
    let (admin, _) = make(json!({"admin": true}));
    let (application, _) = make(json!({"act_as": true}));
    let (revoked, revoked_id) = make(json!({"act_as": true}));
    let (bound, _) = make(json!({"user": user}));
    let grants = json!([{"namespace": format!("{segment}/**"), "access": "admin"}]);
    let (granted, _) = make(json!({"grants": grants}));
    operator("GET", &target).send().gives(200);
    operator("DELETE", &format!("{target}/{revoked_id}"))
        .send()
        .gives(200);
    let namespace = format!("{segment}/{}", canaries.plant("last segment"));
    let (memory, query) = (String::new(), canaries.plant("query"));
    People {
        tenant,
        admin,
        bound,
        application,
        granted,
        revoked,
        namespace,
        memory,
        query,
    }
}

/// Named namespaces with descriptions.
fn name_places(server: &Server, people: &People, canaries: &mut Canaries) {
    let admin =
        |method: &str, target: &str| Ask::new(server.tenant, method, target).key(&people.admin);
    let body = json!({"name": people.namespace, "description": canaries.plant("description")});
    let made = admin("POST", "/v1/namespaces")
        .json(&body)
        .send()
        .gives(201);
    let target = format!("/v1/namespaces/{}", made["id"].as_str().unwrap());
    let body = json!({"description": canaries.plant("new description")});
    admin("PATCH", &target).json(&body).send().gives(200);
    admin("GET", &target).send().gives(200);
    admin("GET", "/v1/namespaces").send().gives(200);
    let body = json!({"name": canaries.plant("key name"), "user": canaries.plant("user")});
    let made = admin("POST", "/v1/keys").json(&body).send().gives(201);
    canaries.plant_key("api key", made["key"].as_str().unwrap());
    admin("GET", "/v1/keys").send().gives(200);
    let mut body = draft(canaries);
    body["namespace"] = json!(people.namespace);
    let granted = |target: &str| Ask::new(server.tenant, "POST", target).key(&people.granted);
    granted("/v1/memories").json(&body).send().gives(201);
    let body = json!({"query": canaries.plant("query"), "namespace": people.namespace});
    granted("/v1/recall").json(&body).send().gives(200);
    // One that is made and dropped again.
    let body = json!({"name": canaries.plant("dropped namespace")});
    let made = admin("POST", "/v1/namespaces")
        .json(&body)
        .send()
        .gives(201);
    let target = format!("/v1/namespaces/{}", made["id"].as_str().unwrap());
    admin("DELETE", &target).send().gives(200);
}

/// A memory with a canary in every field.
fn draft(canaries: &mut Canaries) -> Value {
    json!({
        "content": format!("A sentence about {} and tea.", canaries.plant("content")),
        "tags": [canaries.plant("tag"), canaries.plant("tag")],
        "metadata": {
            canaries.plant("metadata key"): canaries.plant("metadata value"),
            "nested": {canaries.plant("inner key"): [canaries.plant("inner value")]},
        },
        "speaker": canaries.plant("speaker"),
        "conversation": canaries.plant("conversation"),
    })
}

/// What a model does with its tools, and what a client says beside that.
fn use_tools(server: &Server, people: &People, canaries: &mut Canaries) {
    let user = canaries.plant("user of tools");
    let mut memory = draft(canaries);
    let fields = memory.as_object_mut().unwrap();
    fields.remove("conversation");
    let client = json!({"name": canaries.plant("client"), "version": canaries.plant("version")});
    let messages =
        [json!({"speaker": canaries.plant("speaker"), "content": canaries.plant("content")})];
    let call = |tool: &str, arguments: Value| {
        let params = json!({"name": tool, "arguments": arguments});
        ("tools/call", params)
    };
    let mut stolen = call(&canaries.plant("tool"), json!({}));
    stolen.1["_meta"] = json!({canaries.plant("key of meta"): canaries.plant("meta")});
    let said = [
        (
            "initialize",
            json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client}),
        ),
        call("memory_store", memory),
        call("memory_recall", json!({"query": canaries.plant("query")})),
        call("memory_context", json!({"query": canaries.plant("query")})),
        call(
            "memory_list",
            json!({canaries.plant("argument"): canaries.plant("value")}),
        ),
        call(
            "conversation_append",
            json!({"conversation": canaries.plant("conversation"), "messages": messages}),
        ),
        stolen,
        ("nonsense", json!({"reason": canaries.plant("reason")})),
        (
            "notifications/cancelled",
            json!({"requestId": 1, "reason": canaries.plant("reason")}),
        ),
    ];
    for (method, params) in said {
        let id = canaries.plant("id");
        let message = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        Ask::new(server.tenant, "POST", "/mcp")
            .key(&people.application)
            .header("x-anchorhold-user", &user)
            .header("Accept", "application/json, text/event-stream")
            .json(&message)
            .send()
            .gives(200);
    }
}

/// All that a user does with memories; gives the id of one that stays.
fn live(server: &Server, people: &People, canaries: &mut Canaries) -> String {
    let own =
        |method: &str, target: &str| Ask::new(server.tenant, method, target).key(&people.bound);
    let keep = |canaries: &mut Canaries| {
        let made = own("POST", "/v1/memories")
            .json(&draft(canaries))
            .send()
            .gives(201);
        format!("/v1/memories/{}", made["id"].as_str().unwrap())
    };
    let (kept, deleted) = (keep(canaries), keep(canaries));
    let body = json!({"memories": [draft(canaries), draft(canaries)]});
    own("POST", "/v1/memories/batch")
        .json(&body)
        .send()
        .gives(200);
    let body = json!({
        "content": canaries.plant("changed content"),
        "tags": [canaries.plant("changed tag")],
        "metadata": {canaries.plant("changed key"): canaries.plant("changed value")},
    });
    own("PATCH", &kept).json(&body).send().gives(200);
    own("DELETE", &deleted).send().gives(200);
    let mut body = draft(canaries);
    let tag = canaries.plant("tag in a filter");
    body["tags"] = json!([tag]);
    own("POST", "/v1/memories").json(&body).send().gives(201);
    let filter = json!({"tags": {"any": [tag]}});
    let body = json!({"query": canaries.plant("query"), "filter": filter, "explain": true});
    own("POST", "/v1/recall").json(&body).send().gives(200);
    let forgotten = own("POST", "/v1/forget")
        .json(&json!({"filter": filter}))
        .send()
        .gives(200);
    assert_eq!(forgotten["deleted"], 1, "{forgotten}");
    let key = canaries.plant("metadata key in a filter");
    let value = canaries.plant("metadata value in a filter");
    let filter = json!({format!("metadata.{key}"): {"eq": value}});
    let body = json!({"query": people.query, "filter": filter});
    own("POST", "/v1/recall").json(&body).send().gives(200);
    own("GET", "/v1/whoami").send().gives(200);
    kept.rsplit('/').next().unwrap().to_owned()
}

/// An application that speaks for users and their sub-scopes, and erases one.
fn speak_for_others(server: &Server, people: &People, canaries: &mut Canaries) {
    for is_erased in [true, false] {
        let user = canaries.plant("user of a header");
        let ask = |target: &str| {
            Ask::new(server.tenant, "POST", target)
                .key(&people.application)
                .header("x-anchorhold-user", &user)
        };
        ask("/v1/memories").json(&draft(canaries)).send().gives(201);
        for part in ["workspace", "agent", "thread"] {
            let (name, value) = (format!("x-anchorhold-{part}"), canaries.plant(part));
            let inside = |target: &str| ask(target).header(&name, &value);
            inside("/v1/memories")
                .json(&draft(canaries))
                .send()
                .gives(201);
            let body = json!({"query": canaries.plant("query")});
            inside("/v1/recall").json(&body).send().gives(200);
        }
        if is_erased {
            let receipt = Ask::new(server.tenant, "POST", "/v1/erase").key(&people.application);
            receipt.json(&json!({"user": user})).send().gives(200);
        }
    }
}

/// Reads what is there, with the same words again.
pub(crate) fn look(server: &Server, people: &People) {
    let own =
        |method: &str, target: &str| Ask::new(server.tenant, method, target).key(&people.bound);
    let page = own("GET", "/v1/memories?limit=2").send().gives(200);
    assert_eq!(page["memories"].as_array().map(Vec::len), Some(2), "{page}");
    own("GET", &format!("/v1/memories/{}", people.memory))
        .send()
        .gives(200);
    let body = json!({"query": people.query, "explain": true});
    let recalled = own("POST", "/v1/recall").json(&body).send().gives(200);
    assert_eq!(
        recalled["results"].as_array().map(Vec::len),
        Some(3),
        "{recalled}"
    );
    let body = json!({"query": people.query, "namespace": people.namespace});
    let ask = Ask::new(server.tenant, "POST", "/v1/recall").key(&people.granted);
    let recalled = ask.json(&body).send().gives(200);
    assert_eq!(
        recalled["results"].as_array().map(Vec::len),
        Some(1),
        "{recalled}"
    );
}
