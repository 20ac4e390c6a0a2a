//! Paths, methods and hosts as proxies and attackers write them: one spelling reaches a route.

use std::collections::BTreeSet;

use serde_json::json;

use super::alice_and_bob::{everything_of, keep};
use super::house::House;
use crate::support::{Ask, Reply, exchange};

/// Spellings near `/v1/memories`; none of them is a route.
const SPELLINGS: [&str; 61] = [
    "//v1/memories",
    "/v1//memories",
    "/v1/memories/",
    "/v1/memories//",
    "///",
    "//",
    "/v1/./memories",
    "/v1/../v1/memories",
    "/v1/memories/.",
    "/v1/memories/..",
    "/./v1/memories",
    "/../v1/memories",
    "/v1/%2e/memories",
    "/v1/%2E%2E/v1/memories",
    "/v1/memories/%2e%2e/whoami",
    "/v1/%6demories",
    "/v1/%6Demories",
    "/%76%31/memories",
    "/v1%2Fmemories",
    "/v1%2fmemories",
    "/v1/memories%2F",
    "/v1%5Cmemories",
    "/v1\\memories",
    "\\v1\\memories",
    "/V1/memories",
    "/v1/Memories",
    "/v1/MEMORIES",
    "/v1/memories;x=1",
    "/v1;/memories",
    "/v1/memories;/../keys",
    "/v1/memories/..;/keys",
    "/v1/memories%3B",
    "/v1/memories%00",
    "/v1/memories%0a",
    "/v1/memories%0D%0Ax-anchorhold-user:%20alice",
    "/v1/memories%20",
    "/v1/memories%25",
    "/v1/memories%",
    "/v1/memories%2",
    "/v1/memories%zz",
    "/v1/memories%c0%af",
    "/v1/memories%ff",
    "/v1/memories.json",
    "/v1/memories~",
    "/v1/memory",
    "/v2/memories",
    "/memories",
    "/v1",
    "/v1/",
    "/",
    "/v1/users/alice/memories",
    "/v1/alice/memories",
    "/v1/memories/alice/../",
    "/api/v1/memories",
    "/v1/tenants",
    "/v1/tenants/acme/keys",
    "/metrics",
    "/healthz/../v1/keys",
    "/openapi.json/../v1/memories",
    "/readyz/%2e%2e/v1/memories",
    "/static/../../v1/memories",
];

/// Routes that hold something of somebody's.
const ROUTES: [&str; 8] = [
    "memories",
    "recall",
    "keys",
    "namespaces",
    "whoami",
    "export",
    "erase",
    "users",
];
const SPELLINGS_MIN: usize = 300;

/// Spellings near a route; none of them is one.
fn near(route: &str) -> Vec<String> {
    let path = format!("/v1/{route}");
    let (first, rest) = route.split_at(1);
    let code = first.as_bytes()[0];
    let mut spellings = vec![
        format!("/V1/{route}"),
        format!("/v1/{}{rest}", first.to_uppercase()),
        path.to_uppercase(),
        format!("/v1/%{code:02x}{rest}"),
        format!("/v1/%25{code:02x}{rest}"),
        format!("/%76%31/{route}"),
        format!("/v2/{route}"),
        format!("/{route}"),
        format!("/api{path}"),
        format!("/v1{path}"),
        format!("{path}{path}"),
        format!("/v1%2F{route}"),
        format!("/v1%252f{route}"),
        format!("/v1%5c{route}"),
        format!("/v1\\{route}"),
        format!("/v1/..{path}"),
        format!("/v1/.//{route}"),
        format!("/v1/x/../{route}"),
        format!("/healthz/..{path}"),
        format!("/v1;a=b/{route}"),
        format!("/v1/{route}s/"),
    ];
    for end in [
        "/",
        "//",
        "/.",
        "/..",
        "/%2e",
        "/%2e%2e",
        "%2f",
        "%5c",
        "\\",
        ";x=1",
        ";/../keys",
        "%3b",
        "%00",
        "%0a",
        "%0d%0a",
        "%09",
        "%20",
        "%25",
        "%",
        "%2",
        "%zz",
        "%c0%af",
        "%ff",
        "%e2%80%8b",
        "%ef%bc%8f",
        ".json",
        "~",
        ":",
        "*",
        "%3f",
        "%23",
        ",",
    ] {
        spellings.push(path.clone() + end);
    }
    spellings
}

/// Those, and spellings near other routes and near Alice's memory.
fn spellings(id: &str) -> Vec<Vec<u8>> {
    let of_memory = [
        format!("/v1/memories/{id}/"),
        format!("/v1/memories//{id}"),
        format!("/v1/memories/%2F{id}"),
        format!("/v1/memories/{id}%00"),
        format!("/v1/memories/{id};bob"),
        format!("/v1/memories/x/../{id}"),
        format!("/v1/memories/{id}/../{id}"),
        format!("/v1/memories/{{{id}}}"),
        format!("/v1/namespaces/../memories/{id}"),
        format!("/v1/memories/%{:02x}{}", id.as_bytes()[0], &id[1..]),
    ];
    let known = SPELLINGS.iter().map(|target| (*target).to_owned());
    let near = ROUTES.iter().flat_map(|route| near(route));
    let all: BTreeSet<String> = known.chain(near).chain(of_memory).collect();
    assert!(all.len() >= SPELLINGS_MIN, "{}", all.len());
    all.into_iter().map(String::into_bytes).collect()
}

#[test]
fn no_other_spelling_of_a_path_reaches_a_route() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let alice = tenant.user("alice");
    let id = keep(&alice);
    let before = everything_of(&alice);
    let all = tenant
        .key(json!({"admin": true, "act_as": true}))
        .for_user("alice");
    let mut spellings = spellings(&id);
    // These two are no path of HTTP at all.
    spellings.push(b"/v1/memories\0".to_vec());
    spellings.push(b"/v1/memor\xc3\xafes".to_vec());
    for target in spellings {
        let shown = String::from_utf8_lossy(&target).into_owned();
        // Alice herself, and a key that may do everything: nobody gets there.
        for caller in [&alice, &all] {
            for method in ["GET", "POST", "DELETE"] {
                let mut bytes = format!("{method} ").into_bytes();
                bytes.extend_from_slice(&target);
                bytes.extend_from_slice(b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
                let key = &caller.key;
                bytes.extend_from_slice(format!("Authorization: Bearer {key}\r\n\r\n").as_bytes());
                let reply = exchange(house.server.listen, &bytes);
                let text = String::from_utf8_lossy(&reply);
                assert!(text.starts_with("HTTP/1.1 4"), "{method} {shown}: {text}");
                assert!(!text.contains("flowerpot"), "{method} {shown}: {text}");
                let Some(reply) = Reply::parse(&reply).filter(|reply| !reply.body.is_empty())
                else {
                    continue;
                };
                let known = ["path_not_canonical", "route_not_found", "memory_not_found"];
                assert!(
                    known.contains(&reply.code().as_str()),
                    "{method} {shown}: {reply:?}"
                );
            }
        }
    }
    assert_eq!(everything_of(&alice), before);
}

/// An absolute form or a fragment names the same route, of this server, for the same caller.
#[test]
fn the_form_of_the_request_line_changes_nothing() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let (alice, bob) = (tenant.user("alice"), tenant.user("bob"));
    keep(&alice);
    bob.keeps("Bob's own.");
    let operator = house.server.operator_listen;
    for target in [
        "http://localhost/v1/memories".to_owned(),
        "http://alice.example.org/v1/memories".to_owned(),
        "https://alice@example.org:99/v1/memories".to_owned(),
        format!("http://{operator}/v1/memories"),
    ] {
        let reply = bob.ask("GET", &target).send();
        if reply.status == 200 {
            assert_eq!(reply.json()["memories"].as_array().unwrap().len(), 1);
            assert!(reply.text().contains("Bob's own."), "{reply:?}");
        } else {
            assert_eq!(reply.status, 400, "{reply:?}");
        }
    }
    let target = format!("http://{operator}/v1/tenants");
    let key = &house.server.operator_key;
    let reply = Ask::new(house.server.listen, "GET", target).key(key).send();
    reply.is_refused(404, "route_not_found");
    for (method, target) in [
        ("OPTIONS", "*"),
        ("CONNECT", "localhost:80"),
        ("GET", "v1/memories"),
    ] {
        let key = &bob.key;
        let line = format!(
            "{method} {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\
             Connection: close\r\n\r\n"
        );
        let reply = exchange(house.server.listen, line.as_bytes());
        let text = String::from_utf8_lossy(&reply);
        assert!(!text.starts_with("HTTP/1.1 2"), "{method} {target}: {text}");
        assert!(!text.contains("flowerpot"), "{text}");
    }
}

/// The host, and every header by which proxies rewrite a request, decide nothing.
#[test]
fn hosts_and_rewriting_headers_decide_nothing() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let (alice, bob) = (tenant.user("alice"), tenant.user("bob"));
    let id = keep(&alice);
    bob.keeps("Bob's own.");
    let before = everything_of(&alice);
    let operator_host = house.server.operator_listen.to_string();
    for host in [
        "localhost",
        "alice",
        "rival.example.org",
        "127.0.0.1",
        "",
        &operator_host,
        "[::1]",
    ] {
        let at_host = |ask: Ask| ask.header("Host", host);
        let reply = at_host(bob.ask("GET", "/v1/memories")).send();
        assert_eq!(
            reply.gives(200)["memories"].as_array().unwrap().len(),
            1,
            "{host}"
        );
        assert!(!reply.text().contains("flowerpot"), "{host}");
        let key = &house.server.operator_key;
        let ask = Ask::new(house.server.listen, "GET", "/v1/tenants").key(key);
        at_host(ask).send().is_refused(404, "route_not_found");
    }
    for (name, value) in [
        ("X-Original-URL", "/v1/keys"),
        ("X-Rewrite-URL", "/v1/keys"),
        ("X-Forwarded-Prefix", "/v1/keys"),
        ("X-Forwarded-Host", "alice.example.org"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("Forwarded", "for=127.0.0.1;host=alice"),
        ("X-Real-IP", "127.0.0.1"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("X-Method-Override", "DELETE"),
        ("X-HTTP-Method", "DELETE"),
        ("Connection", "x-anchorhold-user, authorization"),
        ("Origin", "https://evil.example.org"),
        ("Referer", "http://localhost/v1/keys"),
        ("Upgrade", "websocket"),
    ] {
        let bob = bob.with(name, value);
        assert_eq!(bob.lists(), ["Bob's own."], "{name}");
        bob.get(&format!("/v1/memories/{id}"))
            .is_refused(404, "memory_not_found");
        bob.get("/v1/keys").is_refused(403, "access_forbidden");
    }
    // A method is exactly one word in upper case.
    for method in ["get", "Get", "HACK", "TRACE", "PUT", "OPTIONS", "delete"] {
        let reply = bob.ask(method, "/v1/memories").send();
        reply.is_refused(405, "route_not_found");
    }
    assert_eq!(everything_of(&alice), before);
}

/// Each listener serves its own routes; the counters are for this machine or the operator.
#[test]
fn a_route_on_the_wrong_listener_is_not_there() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let admin = tenant
        .key(json!({"admin": true, "act_as": true}))
        .for_user("alice");
    let (here, there) = (house.server.listen, house.server.operator_listen);
    let own =
        |address| Ask::new(address, "GET", "/openapi.json").send().gives(200)["paths"].clone();
    let (tenant_paths, operator_paths) = (own(here), own(there));
    for (paths, others, address) in [
        (&tenant_paths, &operator_paths, there),
        (&operator_paths, &tenant_paths, here),
    ] {
        for template in paths.as_object().unwrap().keys() {
            if others[template].is_object() {
                continue;
            }
            let path = template.replace(['{', '}'], "");
            for key in [&admin.key, &house.server.operator_key] {
                let reply = Ask::new(address, "GET", &path).key(key).send();
                reply.is_refused(404, "route_not_found");
            }
        }
    }
    let metrics = || Ask::new(there, "GET", "/metrics");
    assert_eq!(metrics().send().status, 200);
    for (name, value) in [
        ("Host", "rebound.example.org"),
        ("X-Forwarded-For", "203.0.113.7"),
        ("Forwarded", "for=203.0.113.7"),
    ] {
        metrics()
            .header(name, value)
            .send()
            .is_refused(401, "credential_missing");
        let by_tenant = metrics().header(name, value).key(&admin.key).send();
        by_tenant.is_refused(401, "credential_invalid");
        let by_operator = metrics()
            .header(name, value)
            .key(&house.server.operator_key);
        assert_eq!(by_operator.send().status, 200);
    }
}
