//! Headers of other clients over a socket: Open WebUI, `SillyTavern`, a proxy that signs people in.

use anchorhold_crypto::{RequestKey, Secret};
use anchorhold_model::Clock as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::support::{Ask, Reply, Server};

const SECRET: &str = "a secret of thirty-two bytes, ok";
const USER: &str = "6f2c3c1e-0d0b-4c7c-8f26-9a6a4a0c7b11";

fn change(server: &Server, body: Value) -> Reply {
    let target = "/v1/tenants/acme/identity";
    server.operate("PATCH", target).json(body).send()
}

fn changed(server: &Server, body: Value) -> Value {
    let changed = change(server, body);
    assert_eq!(changed.status, 200, "{changed:?}");
    changed.json()
}

fn mode(server: &Server, mode: &str) {
    let target = "/v1/tenants/acme";
    let body = json!({"trust_mode": mode});
    assert_eq!(
        server.operate("PATCH", target).json(body).send().status,
        200
    );
}

fn whoami(server: &Server, key: &str) -> Ask {
    server.ask("GET", "/v1/whoami").key(key)
}

/// A request as Open WebUI sends it with `ENABLE_FORWARD_USER_INFO_HEADERS`.
fn open_webui(ask: Ask, id: &str) -> Ask {
    ask.header("X-OpenWebUI-User-Name", "Eve%20M%C3%BCller")
        .header("X-OpenWebUI-User-Id", id)
        .header("X-OpenWebUI-User-Email", "eve%40example.org")
        .header("X-OpenWebUI-User-Role", "user")
        .header("X-OpenWebUI-Chat-Id", "4b1e")
}

/// The same with `FORWARD_USER_INFO_HEADER_JWT_SECRET`.
fn signed(server: &Server, ask: Ask, id: &str, secret: &str) -> Ask {
    let now = server.clock.now().milliseconds() / 1_000;
    let claims = json!({"sub": id, "email": "eve@example.org", "name": "Eve", "role": "user",
        "iss": "open-webui", "iat": now, "exp": now + 300});
    let signed = [
        r#"{"alg":"HS256","typ":"JWT"}"#.to_owned(),
        claims.to_string(),
    ];
    let signed = signed.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let key = Secret::new(secret.as_bytes().try_into().unwrap());
    let signature = URL_SAFE_NO_PAD.encode(RequestKey::new(&key).sign(signed.as_bytes()));
    ask.header("X-OpenWebUI-User-Jwt", &format!("{signed}.{signature}"))
        .header("X-OpenWebUI-Chat-Id", "4b1e")
}

fn subject(reply: &Reply) -> (String, String) {
    let who = reply.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (
        format!(
            "{}:{}",
            text(&who["subject"]["issuer"]),
            text(&who["subject"]["id"])
        ),
        text(&who["strength"]),
    )
}

fn is(subject: &str, strength: &str) -> (String, String) {
    (subject.to_owned(), strength.to_owned())
}

#[test]
fn open_webui_names_its_users_in_headers_and_in_tokens_once_a_secret_is_shared() {
    let server = Server::new();
    let shared = server.acting();
    let plain = server.key("acme", json!({}));
    let ask = || whoami(&server, &shared);
    let known = open_webui(ask(), USER).send();
    let of_user = format!("owui:{USER}");
    assert_eq!(subject(&known), is(&of_user, "asserted"));
    // Anybody else's word is a claim.
    let claimed = open_webui(whoami(&server, &plain), USER).send();
    claimed.is_refused(403, "identity_not_permitted");
    mode(&server, "strict");
    open_webui(ask(), USER)
        .send()
        .is_refused(403, "identity_unverified");
    // Until a secret is shared, no token counts.
    let token = |secret| signed(&server, whoami(&server, &plain), USER, secret).send();
    token(SECRET).is_refused(401, "credential_invalid");
    let shown = changed(&server, json!({"open_webui_secret": SECRET}));
    assert_eq!(shown["open_webui_signs"], true);
    assert!(!shown.to_string().contains(SECRET));
    assert_eq!(subject(&token(SECRET)), is(&of_user, "proven"));
    token("another secret of that many byte").is_refused(401, "credential_invalid");
    // Plain headers are refused in every mode from now on, beside a token too.
    for trust_mode in ["strict", "required", "legacy"] {
        mode(&server, trust_mode);
        open_webui(ask(), USER)
            .send()
            .is_refused(403, "identity_unverified");
        let both = open_webui(signed(&server, ask(), USER, SECRET), USER);
        both.send().is_refused(403, "identity_unverified");
        assert_eq!(subject(&token(SECRET)), is(&of_user, "proven"));
    }
    server.clock.advance_seconds(361);
    let late = signed(&server, whoami(&server, &plain), USER, SECRET);
    server.clock.advance_seconds(361);
    late.send().is_refused(401, "credential_invalid");
    // Without the secret it is as before.
    let removed = server
        .operate("DELETE", "/v1/tenants/acme/identity/open-webui-secret")
        .send();
    assert_eq!(
        (removed.status, &removed.json()["open_webui_signs"]),
        (200, &json!(false))
    );
    mode(&server, "required");
    let again = open_webui(ask(), USER).send();
    assert_eq!(subject(&again), is(&of_user, "asserted"));
    token(SECRET).is_refused(401, "credential_invalid");
}

#[test]
fn users_of_silly_tavern_and_of_open_webui_never_meet() {
    let server = Server::new();
    let key = server.acting();
    let clients: [fn(Ask, &str) -> Ask; 3] = [
        |ask, id| ask.header("x-st-user", id),
        |ask, id| open_webui(ask, id),
        |ask, id| ask.header("x-anchorhold-user", id),
    ];
    // Five users of each, of the same names, in turn.
    let people = ["alice", "bob", "carol", "dave", "default-user"];
    for round in 0..3 {
        for person in people {
            for (client, write) in clients.iter().enumerate() {
                let text = format!("canary {client} {person} {round}");
                let keep = server.ask("POST", "/v1/memories").key(&key);
                let kept = write(keep.json(json!({"content": text})), person).send();
                assert_eq!(kept.status, 201, "{kept:?}");
            }
        }
    }
    for person in people {
        for (client, read) in clients.iter().enumerate() {
            let list = server.ask("GET", "/v1/memories").key(&key);
            let listed = read(list, person).send().json();
            let texts: Vec<String> = listed["memories"]
                .as_array()
                .unwrap()
                .iter()
                .map(|memory| memory["content"].as_str().unwrap().to_owned())
                .collect();
            let own = [2, 1, 0].map(|round| format!("canary {client} {person} {round}"));
            assert_eq!(texts, own);
        }
    }
    let who = whoami(&server, &key).header("x-st-user", "alice").send();
    assert_eq!(subject(&who), is("st:alice", "asserted"));
    let unfilled = whoami(&server, &key).header("x-st-user", "{{user}}").send();
    unfilled.is_refused(400, "identity_header_invalid");
    assert_eq!(unfilled.field().as_deref(), Some("x-st-user"));
}

#[test]
fn a_proxy_of_a_trusted_network_says_who_the_user_is() {
    let server = Server::new();
    server.tenant("acme");
    let key = server.key("acme", json!({}));
    let ask = || whoami(&server, &key).header("X-Remote-User", "alice");
    // A header of the tenant's own is not read before it says so.
    let list = server.ask("GET", "/v1/memories").key(&key);
    let unread = list.header("x-remote-user", "alice").send();
    unread.is_refused(400, "identity_required");
    let own = json!([{"source": "header", "header": "x-remote-user"}]);
    let shown = changed(&server, json!({"sources": own}));
    assert_eq!(
        shown["sources"][0],
        json!({"source": "header", "header": "x-remote-user", "trust": "always",
            "issuer": "header:x-remote-user", "from_proxies": true})
    );
    assert_eq!(shown["sources"].as_array().unwrap().len(), 5);
    ask().send().is_refused(403, "identity_not_permitted");
    changed(&server, json!({"trusted_proxies": ["192.0.2.0/24"]}));
    ask().send().is_refused(403, "identity_not_permitted");
    // The tests come from loopback.
    let shown = changed(
        &server,
        json!({"trusted_proxies": ["192.0.2.0/24", "127.0.0.0/8", "::1"]}),
    );
    assert_eq!(
        shown["trusted_proxies"],
        json!(["192.0.2.0/24", "127.0.0.0/8", "::1/128"])
    );
    let known = ask().send();
    assert_eq!(
        subject(&known),
        is("header:x-remote-user:alice", "asserted")
    );
    // What a peer says of where a request came from changes nothing.
    let forwarded = ask().header("X-Forwarded-For", "203.0.113.9").send();
    assert_eq!(subject(&forwarded), subject(&known));
    // It is of this tenant alone.
    server.tenant("other");
    let other = server.key("other", json!({}));
    let other = whoami(&server, &other).header("x-anchorhold-user", "alice");
    other.send().is_refused(403, "identity_not_permitted");
    // The users of a proxy keep and take out their own.
    let keep = server.ask("POST", "/v1/memories").key(&key);
    let keep = keep.header("x-remote-user", "alice");
    let kept = keep.json(json!({"content": "tea"})).send();
    assert_eq!(kept.status, 201, "{kept:?}");
    let export = server.ask("GET", "/v1/export").key(&key);
    let exported = export.header("x-remote-user", "alice").send();
    assert!(exported.text().contains("tea"), "{exported:?}");
    // On purpose they are the users of x-anchorhold-user.
    let joined = json!([{"source": "header", "header": "x-remote-user", "issuer": "local"}]);
    changed(&server, json!({"sources": joined}));
    assert_eq!(subject(&ask().send()), is("local:alice", "asserted"));
    let shown = server.operate("GET", "/v1/tenants/acme/identity").send();
    assert_eq!(shown.json()["sources"][0]["issuer"], "local");
    assert_eq!(shown.json()["trusted_proxies"].as_array().unwrap().len(), 3);
}

#[test]
fn what_cannot_be_configured_is_refused_by_its_place_and_changes_nothing() {
    let server = Server::new();
    server.tenant("acme");
    let before = changed(
        &server,
        json!({"trusted_proxies": ["10.0.0.0/8"], "open_webui_secret": SECRET}),
    );
    let header = |name: &str| json!([{"source": "header", "header": name}]);
    for (body, field) in [
        (
            json!({"trusted_proxies": ["10.0.0.0/8", "10.0.0.1/8"]}),
            "trusted_proxies[1]",
        ),
        (
            json!({"trusted_proxies": ["localhost"]}),
            "trusted_proxies[0]",
        ),
        (
            json!({"trusted_proxies": ["0.0.0.0/0"]}),
            "trusted_proxies[0]",
        ),
        (
            json!({"sources": header("x-openwebui-user-jwt")}),
            "sources[0].header",
        ),
        (
            json!({"sources": header("Authorization")}),
            "sources[0].header",
        ),
        (json!({"sources": header("cookie")}), "sources[0].header"),
        (json!({"sources": header("x_remote")}), "sources[0].header"),
        (json!({"sources": header("x-st-user")}), "sources"),
        (
            json!({"sources": [{"source": "header"}]}),
            "sources[0].header",
        ),
        (
            json!({"sources": [{"source": "x-anchorhold-user", "header": "x-me"}]}),
            "sources[0].header",
        ),
        (
            json!({"sources": [{"source": "silly_tavern", "issuer": "local"}]}),
            "sources[0].issuer",
        ),
        (
            json!({"sources": [{"source": "header", "header": "x-a", "issuer": "owui"}]}),
            "sources[0].issuer",
        ),
        (
            json!({"sources": [{"source": "open_webui"}, {"source": "open_webui"}]}),
            "sources",
        ),
        (json!({"open_webui_secret": "short"}), "open_webui_secret"),
    ] {
        let refused = change(&server, body.clone());
        refused.is_refused(422, "request_invalid");
        assert_eq!(refused.field().as_deref(), Some(field), "{body}");
    }
    change(&server, json!({})).is_refused(422, "request_invalid");
    change(&server, json!({"sources": [{"source": "ldap"}]})).is_refused(422, "request_invalid");
    let shown = server.operate("GET", "/v1/tenants/acme/identity").send();
    assert_eq!(shown.json(), before);
    for (method, target) in [
        ("GET", "/v1/tenants/nobody/identity"),
        ("DELETE", "/v1/tenants/nobody/identity/open-webui-secret"),
    ] {
        server
            .operate(method, target)
            .send()
            .is_refused(404, "route_not_found");
    }
}

/// Strategy `custom`: a key of the application's choosing says which namespace, or nothing is done.
#[test]
fn with_strategy_custom_a_key_chooses_the_namespace_and_without_one_nothing_is_read() {
    let server = Server::new();
    server.tenant_with(json!({"name": "acme", "isolation": "custom"}));
    let acting = server.key("acme", json!({"act_as": true}));
    let plain = server.key("acme", json!({}));
    let keep = |key: &str, isolation_key: Option<&str>| {
        let ask = server.ask("POST", "/v1/memories").key(key);
        let ask = match isolation_key {
            Some(value) => ask.header("x-isolation-key", value),
            None => ask,
        };
        ask.json(json!({"content": "tea"})).send()
    };
    for trust_mode in ["legacy", "required"] {
        mode(&server, trust_mode);
        for key in [&acting, &plain] {
            keep(key, None).is_refused(400, "isolation_key_required");
            keep(key, Some("")).is_refused(400, "name_invalid");
            keep(key, Some("..")).is_refused(400, "name_invalid");
            keep(key, Some("a,b")).is_refused(400, "identity_header_invalid");
        }
    }
    assert_eq!(keep(&acting, Some("org-7")).status, 201);
    keep(&plain, Some("org-7")).is_refused(403, "identity_not_permitted");
    mode(&server, "strict");
    keep(&acting, Some("org-7")).is_refused(403, "identity_unverified");
    keep(&acting, None).is_refused(400, "isolation_key_required");
    // Nothing came to be in the shared namespace, also of `none`.
    mode(&server, "required");
    let body = json!({"isolation": "none"});
    assert_eq!(
        server
            .operate("PATCH", "/v1/tenants/acme")
            .json(body)
            .send()
            .status,
        200
    );
    let shared = server.ask("GET", "/v1/memories").key(&plain).send();
    assert_eq!(shared.json()["memories"], json!([]));
}
