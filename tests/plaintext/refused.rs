//! Requests that are refused, with canaries where a careless log would quote them.

use serde_json::json;

use super::accepted::People;
use super::canary::Canaries;
use crate::process::{Keys, Server};
use crate::support::{Ask, exchange};

/// Sends them all; each must be refused.
pub(crate) fn work(server: &Server, keys: &Keys, people: &People, canaries: &mut Canaries) {
    let mut asks = credentials(server, people, canaries);
    asks.extend(names(server, people, canaries));
    asks.extend(bodies(server, people, canaries));
    asks.extend(heads(server, people, canaries));
    asks.extend(operator(server, keys, people, canaries));
    for ask in asks {
        let reply = ask.send();
        assert!(
            reply.status >= 400,
            "expected a refusal of {ask:?}, got {reply:?}"
        );
    }
    strange_bytes(server, people, canaries);
}

/// Keys that open nothing.
fn credentials(server: &Server, people: &People, canaries: &mut Canaries) -> Vec<Ask> {
    let ask = || Ask::new(server.tenant, "GET", "/v1/memories");
    let digits = canaries.plant("digits of a key");
    vec![
        ask().key(&canaries.plant("credential")),
        ask().key(&format!("ah_{}", canaries.plant("credential"))),
        ask().key(&format!("ah_{digits}{digits}01234567")),
        ask().header("X-API-Key", canaries.plant("credential")),
        ask().header(
            "Authorization",
            format!("Basic {}", canaries.plant("credential")),
        ),
        ask()
            .key(&people.revoked)
            .header("x-anchorhold-user", canaries.plant("user")),
    ]
}

/// Names of users and namespaces that are not the caller's, or no names at all.
fn names(server: &Server, people: &People, canaries: &mut Canaries) -> Vec<Ask> {
    let list = |key: &str| Ask::new(server.tenant, "GET", "/v1/memories").key(key);
    let post = |target: &str, key: &str| Ask::new(server.tenant, "POST", target).key(key);
    let invisible = format!("{}\u{200b}", canaries.plant("invalid name"));
    let long = canaries.plant("long name").repeat(9);
    let mut asks = vec![
        list(&people.bound).header("x-anchorhold-user", canaries.plant("other user")),
        list(&people.granted).header("x-anchorhold-user", canaries.plant("other user")),
        list(&people.bound).header("x-anchorhold-namespace", canaries.plant("namespace")),
        list(&people.application).header("x-anchorhold-user", &invisible),
        list(&people.application).header("x-anchorhold-user", &long),
        list(&people.application)
            .header("x-anchorhold-user", canaries.plant("first of two"))
            .header("x-anchorhold-user", canaries.plant("second of two")),
    ];
    let target = format!("/v1/memories?namespace={}", canaries.plant("namespace"));
    asks.push(Ask::new(server.tenant, "GET", target).key(&people.granted));
    let body = json!({"query": "tea", "namespace": canaries.plant("namespace")});
    asks.push(post("/v1/recall", &people.granted).json(&body));
    let conflict = post("/v1/recall", &people.admin).json(&body);
    asks.push(conflict.header("x-anchorhold-namespace", canaries.plant("namespace")));
    let body = json!({"name": format!("{}/../x", canaries.plant("traversal"))});
    asks.push(post("/v1/namespaces", &people.admin).json(&body));
    let body = json!({"name": people.namespace, "description": canaries.plant("description")});
    asks.push(post("/v1/namespaces", &people.admin).json(&body));
    let body = json!({"user": canaries.plant("unknown user")});
    asks.push(post("/v1/erase", &people.application).json(&body));
    let grants =
        json!([{"namespace": format!("{}*", canaries.plant("pattern")), "access": "read"}]);
    let body = json!({"name": canaries.plant("key name"), "grants": grants});
    asks.push(post("/v1/keys", &people.admin).json(&body));
    asks.push(post("/v1/keys", &people.bound).json(&json!({"name": canaries.plant("key name")})));
    asks
}

/// Bodies that are not what they should be.
fn bodies(server: &Server, people: &People, canaries: &mut Canaries) -> Vec<Ask> {
    let post = |target: &str| Ask::new(server.tenant, "POST", target).key(&people.bound);
    let keep = || post("/v1/memories");
    let mut asks = Vec::new();
    for body in [
        json!({"content": {canaries.plant("object for a text"): 1}}),
        json!({"content": "x", canaries.plant("unknown field"): canaries.plant("its value")}),
        json!({"content": "x", "type": canaries.plant("unknown type")}),
        json!({"content": "x", "event_time": canaries.plant("no time")}),
        json!({"content": "x", "id": canaries.plant("no id")}),
        json!({"content": canaries.plant("too much").repeat(2_100)}),
        json!({"content": canaries.plant("another content"), "id": people.memory}),
        json!({"content": "x", "tags": [canaries.plant("long tag").repeat(9)]}),
    ] {
        asks.push(keep().json(&body));
    }
    let content_type = |text: &str| keep().header("Content-Type", text);
    for text in ["{\"content\": \"", "{\"content\": \"x\"} ", "\u{feff}"] {
        let body = format!("{text}{}", canaries.plant("broken body"));
        asks.push(content_type("application/json").bytes(body));
    }
    let body = canaries.plant("body of another type");
    let other = format!("text/plain; charset={}", canaries.plant("charset"));
    asks.push(content_type(&other).bytes(body));
    asks.push(content_type("application/json").bytes(canaries.plant("huge body").repeat(100_000)));
    for filter in [
        json!({"tags": {canaries.plant("operator"): ["x"]}}),
        json!({canaries.plant("field"): {"eq": "x"}}),
        json!({"event_time": {"gte": canaries.plant("no time")}}),
    ] {
        asks.push(post("/v1/recall").json(&json!({"query": "tea", "filter": filter})));
        asks.push(post("/v1/forget").json(&json!({"filter": filter})));
    }
    asks.push(post("/v1/forget").json(&json!({"ids": [canaries.plant("no id")]})));
    asks
}

/// Lines and headers.
fn heads(server: &Server, people: &People, canaries: &mut Canaries) -> Vec<Ask> {
    let ask =
        |method: &str, target: &str| Ask::new(server.tenant, method, target).key(&people.bound);
    let kept = format!("/v1/memories/{}", people.memory);
    let mut asks = vec![
        ask("GET", &format!("/v1/{}", canaries.plant("path"))),
        ask(
            "GET",
            &format!("/v1/memories/{}", canaries.plant("id in a path")),
        ),
        ask(
            "GET",
            &format!("/v1/memories/../{}", canaries.plant("path")),
        ),
        ask(
            "GET",
            &format!("/v1/memories/%2e%2e%2f{}", canaries.plant("path")),
        ),
        ask(
            "GET",
            &format!("/v1/memories?limit={}", canaries.plant("limit")),
        ),
        ask(
            "GET",
            &format!("/v1/memories?cursor={}", canaries.plant("cursor")),
        ),
        ask(
            "GET",
            &format!("/v1/memories?{}=1", canaries.plant("parameter")),
        ),
        ask(
            "DELETE",
            &format!("/v1/memories/{}", canaries.plant("id in a path")),
        ),
        ask(&canaries.plant("method"), "/v1/memories"),
    ];
    let if_match = ask("PATCH", &kept).header("If-Match", canaries.plant("version"));
    asks.push(if_match.json(&json!({"content": canaries.plant("content of a lost change")})));
    let if_match = ask("PATCH", &kept).header("If-Match", "\"999\"");
    asks.push(if_match.json(&json!({"content": canaries.plant("content of a lost change")})));
    // Whatever else a client sends along.
    let mut all = ask("GET", "/v1/nothing").header(&canaries.plant("header name"), "x");
    for name in [
        "User-Agent",
        "Cookie",
        "Origin",
        "Referer",
        "Forwarded",
        "X-Forwarded-For",
        "traceparent",
        "X-Request-Id",
        "x-session-id",
        "x-anchorhold-request-id",
        "x-isolation-key",
        "Idempotency-Key",
        "Accept",
    ] {
        all = all.header(name, canaries.plant(name));
    }
    asks.push(all);
    asks
}

/// What only the operator may, by somebody else, and what nobody may.
fn operator(server: &Server, keys: &Keys, people: &People, canaries: &mut Canaries) -> Vec<Ask> {
    let ask = |target: &str, key: &str| Ask::new(server.operator, "POST", target).key(key);
    let unknown = format!("/v1/tenants/{}/keys", canaries.plant("unknown tenant"));
    let body = json!({"name": canaries.plant("key name")});
    let invalid = json!({"name": canaries.plant("tenant"), "trust_mode": canaries.plant("mode")});
    vec![
        ask("/v1/tenants", &people.admin).json(&json!({"name": canaries.plant("tenant")})),
        ask("/v1/tenants", &keys.operator).json(&json!({"name": people.tenant})),
        ask("/v1/tenants", &keys.operator).json(&invalid),
        ask(&unknown, &keys.operator).json(&body),
        ask("/v1/memories", &keys.operator).json(&json!({"content": canaries.plant("content")})),
        ask("/metrics", &keys.operator).header("Host", canaries.plant("host")),
    ]
}

/// Bytes that are hardly HTTP; any answer will do, also none.
fn strange_bytes(server: &Server, people: &People, canaries: &mut Canaries) {
    let (path, key) = (canaries.plant("path"), &people.bound);
    let value = canaries.plant("value");
    for text in [
        format!("{}\r\n\r\n", canaries.plant("no request")),
        format!("GET /{path} HTTP/9.9\r\n\r\n"),
        format!("GET /{path}\r\n\r\n"),
        format!("GET /v1/memories HTTP/1.1\r\n{value}\r\n\r\n"),
        format!("GET /v1/memories HTTP/1.1\r\nHost: x\r\nx-anchorhold-user: \u{7f}{value}\r\n\r\n"),
        format!(
            "POST /v1/memories HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: {value}\r\n\r\n{value}"
        ),
        format!(
            "GET /v1/memories HTTP/1.1\r\nHost: x\r\nx-{value}: {}\r\n\r\n",
            value.repeat(9_000)
        ),
    ] {
        exchange(server.tenant, text.as_bytes());
    }
}
