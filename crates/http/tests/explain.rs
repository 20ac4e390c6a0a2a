//! What a request would be taken for, told to the operator and to nobody else.

use anchorhold_model::Clock as _;
use serde_json::{Value, json};

use crate::support::{Reply, Server, SigningKey};

fn explain(server: &Server, body: Value) -> Value {
    let told = server
        .operate("POST", "/v1/identity/explain")
        .json(body)
        .send();
    assert_eq!(told.status, 200, "{told:?}");
    told.json()
}

#[test]
fn a_request_is_explained_as_it_would_be_judged() {
    let server = Server::new();
    server.tenant("acme");
    let (plain, plain_id) = server.key_with_id("acme", json!({}));
    let acting = server.key("acme", json!({"act_as": true}));
    let alice = server.key("acme", json!({"user": "alice"}));
    let of = |key: &str| format!("Bearer {key}");
    // Each with the request itself, which must end as it was told.
    for (key, header, status) in [
        (&plain, None, 400),
        (&plain, Some(("x-anchorhold-user", "alice")), 403),
        (&acting, Some(("x-anchorhold-user", "alice")), 200),
        (&acting, Some(("x-st-user", "{{user}}")), 400),
        (&alice, None, 200),
        (&alice, Some(("x-anchorhold-user", "bob")), 403),
        (&alice, Some(("x-st-user", "bob")), 200),
        (&"ah_nobody".to_owned(), None, 401),
    ] {
        let mut headers = json!({"authorization": of(key)});
        let mut ask = server.ask("GET", "/v1/memories").key(key);
        if let Some((name, value)) = header {
            headers[name] = value.into();
            ask = ask.header(name, value);
        }
        let told = explain(&server, json!({"headers": headers}));
        let made: Reply = ask.send();
        assert_eq!(made.status, status, "{made:?}");
        assert!(!told.to_string().contains(key.as_str()), "{told}");
        let refusal = &told["refusal"];
        if status == 200 {
            assert_eq!(refusal, &Value::Null, "{told}");
            assert_eq!(told["whoami"]["tenant"], "acme");
        } else {
            assert_eq!(
                (refusal["status"].as_u64(), refusal["code"].as_str()),
                (Some(u64::from(status)), Some(made.refusal().1.as_str()))
            );
            assert_eq!(refusal["message"], made.message());
        }
    }
    let told = explain(
        &server,
        json!({"headers": {"authorization": of(&plain), "x-st-user": ["bob"]}, "peer": "10.1.2.3"}),
    );
    assert_eq!(
        (&told["key_id"], &told["trust_mode"]),
        (&json!(plain_id), &json!("required"))
    );
    let piece = json!({"source": "silly_tavern", "subject": {"issuer": "st", "id": "bob"},
        "strength": "claimed", "decides": true});
    assert_eq!(
        (&told["evidence"], &told["trusted_peer"]),
        (&json!([piece]), &json!(false))
    );
    assert_eq!(told["refusal"]["reason"], "identity_not_permitted");
    // The same from a proxy that the tenant trusts.
    let body = json!({"trusted_proxies": ["10.1.0.0/16"],
        "sources": [{"source": "silly_tavern", "from_proxies": true}]});
    let changed = server
        .operate("PATCH", "/v1/tenants/acme/identity")
        .json(body);
    assert_eq!(changed.send().status, 200);
    let told = explain(
        &server,
        json!({"headers": {"authorization": of(&plain), "x-st-user": "bob"}, "peer": "10.1.2.3"}),
    );
    assert_eq!(
        (&told["trusted_peer"], &told["ruling"]),
        (&json!(true), &json!("own"))
    );
}

#[test]
fn an_explanation_uses_nothing_up_and_leaves_nothing_in_the_log_of_a_tenant() {
    let server = Server::new();
    let key = server.acting();
    server.clock.advance_seconds(60);
    let signing = server.operate("POST", "/v1/tenants/acme/hmac-keys");
    let made = signing.json(json!({"name": "backend"})).send().json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let signing = SigningKey {
        id: text("key_id"),
        secret: text("secret"),
    };
    let now = server.clock.now().milliseconds() / 1_000;
    let ask = server.ask("GET", "/v1/whoami").key(&key).user("alice");
    let signed = ask.signed(&signing, now, "0123456789abcdef");
    let mut headers: serde_json::Map<String, Value> = signed
        .headers()
        .iter()
        .map(|(name, value)| (name.to_lowercase(), json!(value)))
        .collect();
    headers.insert(
        "host".to_owned(),
        json!(server.tenant_address().to_string()),
    );
    for _ in 0..2 {
        let told = explain(&server, json!({"headers": headers.clone()}));
        assert_eq!(told["evidence"][0]["source"], "signature", "{told}");
        assert_eq!(told["evidence"][0]["strength"], "proven");
        assert!(told["advisories"][0].as_str().unwrap().contains("nonce"));
    }
    assert_eq!(signed.send().status, 200);
    let other = json!({"headers": headers, "target": "/v1/memories"});
    assert_eq!(
        explain(&server, other)["refusal"]["reason"],
        "signature_mismatch"
    );
}

#[test]
fn an_explanation_is_the_operators_alone_and_takes_what_headers_can_hold() {
    let server = Server::new();
    let key = server.acting();
    let body = json!({"headers": {"authorization": format!("Bearer {key}")}});
    let on_the_tenants = server.ask("POST", "/v1/identity/explain").key(&key);
    on_the_tenants
        .json(body.clone())
        .send()
        .is_refused(404, "route_not_found");
    let with_its_key = server.operate_as("POST", "/v1/identity/explain").key(&key);
    with_its_key
        .json(body)
        .send()
        .is_refused(401, "credential_invalid");
    for body in [
        json!({"headers": {"x-st-user": "a\nb"}}),
        json!({"headers": {"": "a"}}),
        json!({"headers": {"x st user": "a"}}),
        json!({"headers": {"x-st-user": vec!["a"; 129]}}),
        json!({"headers": {"x-st-user": 7}}),
        json!({"headers": {}, "peer": "localhost"}),
        json!({"headers": {}, "tenant": "acme"}),
    ] {
        let refused = server.operate("POST", "/v1/identity/explain").json(body);
        refused.send().is_refused(422, "request_invalid");
    }
    let nothing = explain(&server, json!({"headers": {}}));
    assert_eq!(nothing["refusal"]["code"], "credential_missing");
    assert_eq!(nothing["tenant"], Value::Null);
}

/// An address changes hands and is then somebody else's.
#[test]
fn an_id_that_looks_like_an_address_is_taken_with_an_advisory() {
    let server = Server::new();
    let key = server.acting();
    let who = |user: &str| {
        let keep = server.ask("POST", "/v1/memories").key(&key).user(user);
        let reply = keep.json(json!({"content": "tea"})).send();
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.header("x-anchorhold-identity").map(str::to_owned)
    };
    assert_eq!(who("alice@example.org").as_deref(), Some("advisory"));
    for other in [
        "alice",
        "alice@",
        "@example.org",
        "alice@host",
        "a@b@c.d",
        "a@.d",
    ] {
        assert_eq!(who(other), None, "{other}");
    }
    let headers = json!({"authorization": format!("Bearer {key}"),
        "x-anchorhold-user": "alice@example.org"});
    let told = explain(&server, json!({"headers": headers}));
    let advisories = told["advisories"].as_array().unwrap();
    assert!(advisories[0].as_str().unwrap().contains("e-mail"), "{told}");
}
