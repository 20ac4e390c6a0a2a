//! Tokens that clients of a tenant send already: each leads to one user, whatever else is said.

use serde_json::{Value, json};

use crate::support::Server;

const CAROL: &str = "carol-has-sent-this-for-years";

fn map(server: &Server, tenant: &str, token: &str, user: &str) -> crate::support::Reply {
    server
        .operate("POST", &format!("/v1/tenants/{tenant}/keys"))
        .json(json!({"name": "brought", "user": user, "bearer_token": token}))
        .send()
}

fn keep(server: &Server, key: &str, user: Option<&str>, text: &str) {
    let asked = server.ask("POST", "/v1/memories").key(key);
    let asked = match user {
        Some(user) => asked.user(user),
        None => asked,
    };
    let kept = asked.json(json!({"content": text})).send();
    assert_eq!(kept.status, 201, "{kept:?}");
}

#[test]
fn a_token_leads_to_its_user_whatever_the_headers_say() {
    let server = Server::new();
    let acting = server.acting();
    for user in ["carol", "victim"] {
        keep(&server, &acting, Some(user), &format!("a secret of {user}"));
    }
    let made = map(&server, "acme", CAROL, "carol");
    assert_eq!(made.status, 201, "{made:?}");
    let listed = made.json();
    assert_eq!(
        (&listed["brought"], &listed["user"]),
        (&json!(true), &json!("carol"))
    );
    assert_eq!(listed["key"], Value::Null);
    assert!(!made.text().contains(CAROL), "{made:?}");
    let twin = [("x_anchorhold_user", "victim")];
    let list = [("x-anchorhold-user", "victim, carol")];
    let template = [
        ("x-anchorhold-user", "{{user}}"),
        ("x-isolation-key", "victim"),
    ];
    let plain = [("x-anchorhold-user", "victim")];
    for headers in [&[][..], &plain, &twin, &list, &template] {
        let mut asked = server.ask("GET", "/v1/memories").key(CAROL);
        for (name, value) in headers {
            asked = asked.header(name, value);
        }
        let shown = asked.send();
        assert_eq!(shown.status, 200, "{headers:?}: {shown:?}");
        assert!(shown.text().contains("a secret of carol"), "{shown:?}");
        assert!(!shown.text().contains("victim"), "{shown:?}");
    }
    let who = server
        .ask("GET", "/v1/whoami")
        .key(CAROL)
        .user("victim")
        .send();
    assert_eq!(
        who.json()["subject"],
        json!({"issuer": "local", "id": "carol"})
    );
    assert_eq!(who.json()["strength"], "proven");
}

#[test]
fn a_token_leads_to_one_user_and_after_its_end_to_nobody() {
    let server = Server::new();
    server.tenant("acme");
    server.tenant("other");
    let made = map(&server, "acme", CAROL, "carol").json();
    for (tenant, user) in [("acme", "dave"), ("acme", "carol"), ("other", "carol")] {
        map(&server, tenant, CAROL, user).is_refused(422, "request_invalid");
    }
    let key_id = made["key_id"].as_str().unwrap();
    let target = format!("/v1/tenants/acme/keys/{key_id}");
    assert_eq!(server.operate("DELETE", &target).send().status, 200);
    let ask = || server.ask("GET", "/v1/whoami").key(CAROL).send();
    ask().is_refused(401, "credential_invalid");
    // Free again, for anybody of any tenant.
    let made = map(&server, "other", CAROL, "erin");
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(
        (&ask().json()["tenant"], &ask().json()["subject"]["id"]),
        (&json!("other"), &json!("erin"))
    );
    server
        .operate("DELETE", &target)
        .send()
        .is_refused(404, "route_not_found");
}

#[test]
fn an_erased_user_has_no_token_any_more() {
    let server = Server::new();
    server.tenant("acme");
    assert_eq!(map(&server, "acme", CAROL, "carol").status, 201);
    keep(&server, CAROL, None, "a secret of carol");
    let erased = server
        .ask("POST", "/v1/erase")
        .key(CAROL)
        .json(json!({"self": true}))
        .send();
    assert_eq!(erased.status, 200, "{erased:?}");
    let asked = server.ask("GET", "/v1/memories").key(CAROL).send();
    asked.is_refused(401, "credential_invalid");
}

#[test]
fn what_is_no_token_to_bring_is_refused_with_its_reason() {
    let server = Server::new();
    server.tenant("acme");
    let make = |body: Value| {
        let asked = server.operate("POST", "/v1/tenants/acme/keys");
        asked.json(body).send()
    };
    for token in [
        "short",
        "with a blank in it",
        "ah_0123456789abcdef",
        "eyJhbGciOiJub25lIn0.e30.",
    ] {
        let refused = map(&server, "acme", token, "carol");
        refused.is_refused(422, "request_invalid");
        assert_eq!(refused.json()["error"]["field"], "bearer_token");
    }
    for more in [
        json!({}),
        json!({"user": "carol", "admin": true}),
        json!({"user": "carol", "grants": []}),
        json!({"act_as": true}),
    ] {
        let mut body = json!({"name": "brought", "bearer_token": CAROL});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        make(body).is_refused(422, "request_invalid");
    }
    // A text that nobody mapped is a credential of nobody, in the same bytes as any other.
    let unknown = server
        .ask("GET", "/v1/whoami")
        .key("0123456789abcdef")
        .send();
    unknown.is_refused(401, "credential_invalid");
}
