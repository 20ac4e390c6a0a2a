//! The routes inside an application: whom it names meets what a key of that user does, whom it does not name
//! what a key without rights does, and what is signed is the request as it was sent.

use std::net::SocketAddr;
use std::sync::Arc;

use anchorhold_http::TenantRoutes;
use anchorhold_identity::IsolationKey;
use anchorhold_model::{Clock as _, Isolation, TenantPolicy, TrustMode};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support::{Ask, Server, Setup, SigningKey};

/// An application on a port of its own, whose routes stand below `/memory` too.
struct Application {
    server: Server,
    address: SocketAddr,
    _runtime: Runtime,
}

/// The application's own sign-in.
async fn signed_in(mut request: Request, next: Next) -> Response {
    let told = request.headers().get("signed-in-as");
    let told = told.and_then(|user| user.to_str().ok()).map(str::to_owned);
    if let Some(user) = told {
        let key = IsolationKey::user(&user).unwrap();
        request.extensions_mut().insert(key);
    }
    next.run(request).await
}

impl Application {
    fn new(trust_mode: TrustMode, isolation: Isolation) -> Self {
        let server = Server::of(Setup {
            acme: Some(TenantPolicy {
                trust_mode,
                isolation,
                ..TenantPolicy::default()
            }),
            ..Setup::default()
        });
        let routes = TenantRoutes::new(&server.app, Arc::new(server.hook()));
        let app = Router::new()
            .nest_service("/memory", routes.clone())
            .fallback_service(routes)
            .layer(from_fn(signed_in));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0)));
        let listener = listener.unwrap();
        let address = listener.local_addr().unwrap();
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self {
            server,
            address,
            _runtime: runtime,
        }
    }

    fn ask(&self, method: &str, target: &str) -> Ask {
        let document = anchorhold_http::tenant_document();
        Ask::new(self.address, document, method, target)
    }
}

/// Every route is met in the same way by both.
fn is_as(application: &Application, of_application: impl Fn(Ask) -> Ask, key: &str) {
    let document: Value = serde_json::from_str(anchorhold_http::tenant_document()).unwrap();
    let mut met = 0;
    let paths = document["paths"].as_object().unwrap().iter();
    // An invitation is shown in `Authorization`, which is the application's own.
    for (path, item) in paths.filter(|(path, _)| *path != "/v1/invites/redeem") {
        for (method, operation) in item.as_object().unwrap() {
            let target = path
                .replace("{id}", "absent")
                .replace("{key_id}", "absent")
                .replace("{link_id}", "absent")
                .replace("{name}", "org%2Facme");
            let method = method.to_uppercase();
            let outcome = |ask: Ask| {
                let has_body = !operation["requestBody"].is_null();
                let ask = if has_body { ask.json(json!({})) } else { ask };
                let reply = ask.send();
                let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
                (reply.status, body["error"]["code"].clone())
            };
            let through = of_application(application.ask(&method, &target));
            let direct = application.server.ask(&method, &target).key(key);
            assert_eq!(outcome(through), outcome(direct), "{method} {path}");
            met += 1;
        }
    }
    assert!(met > 20, "{met}");
}

#[test]
fn whom_an_application_names_meets_every_route_as_a_key_of_that_user_does() {
    for mode in [TrustMode::Strict, TrustMode::Required, TrustMode::Legacy] {
        let application = Application::new(mode, Isolation::User);
        let key = application.server.key("acme", json!({"user": "alice"}));
        is_as(
            &application,
            |ask| ask.header("signed-in-as", "alice"),
            &key,
        );
    }
}

#[test]
fn whom_an_application_does_not_name_meets_every_route_as_a_plain_key_does() {
    for (mode, isolation) in [
        (TrustMode::Strict, Isolation::User),
        (TrustMode::Required, Isolation::Custom),
        (TrustMode::Required, Isolation::None),
    ] {
        let application = Application::new(mode, isolation);
        let key = application.server.key("acme", json!({}));
        // Nor does what it shows count: neither a key of an admin nor one that names anybody.
        let admin = application.server.key("acme", json!({"admin": true}));
        let acting = application.server.key("acme", json!({"act_as": true}));
        is_as(&application, |ask| ask, &key);
        is_as(&application, |ask| ask.key(&admin), &key);
        is_as(&application, |ask| ask.key(&acting), &key);
    }
}

/// It leads into a tenant of its own, and would be worth a key of it.
#[test]
fn an_invitation_is_not_redeemed_through_an_application() {
    let application = Application::new(TrustMode::Required, Isolation::User);
    let server = &application.server;
    let admin = server.key("acme", json!({"admin": true}));
    let made = server.ask("POST", "/v1/invites").key(&admin);
    let made = made.json(json!({"user": "bob"})).send();
    let invitation = made.json()["invite"].as_str().unwrap().to_owned();
    for named in [None, Some("alice")] {
        let mut ask = application
            .ask("POST", "/v1/invites/redeem")
            .key(&invitation);
        if let Some(named) = named {
            ask = ask.header("signed-in-as", named);
        }
        ask.send().is_refused(401, "credential_missing");
    }
    let redeemed = server
        .ask("POST", "/v1/invites/redeem")
        .key(&invitation)
        .send();
    assert_eq!(redeemed.status, 201, "{redeemed:?}");
}

/// A signed request proves its user also where the application says nothing, and covers the path as it was
/// sent: what a nested router took away is a part of it.
#[test]
fn a_signature_covers_the_path_that_was_sent_and_what_the_application_says_stays() {
    let application = Application::new(TrustMode::Strict, Isolation::User);
    let server = &application.server;
    let made = server.operate("POST", "/v1/tenants/acme/hmac-keys");
    let made = made.json(json!({"name": "signer"})).send().json();
    let key = SigningKey {
        id: made["key_id"].as_str().unwrap().to_owned(),
        secret: made["secret"].as_str().unwrap().to_owned(),
    };
    server.clock.advance_seconds(5);
    let now = server.clock.now().milliseconds() / 1_000;
    let signed = |nonce: &str, target: &str, named: Option<&str>| {
        let ask = application.ask("GET", target).user("alice");
        let ask = ask.signed(&key, now, &format!("{nonce:0>16}"));
        let ask = match named {
            Some(user) => ask.header("signed-in-as", user),
            None => ask,
        };
        ask.with_target("/memory/v1/whoami").send()
    };
    let sent = "/memory/v1/whoami";
    let who = signed("1", sent, None);
    assert_eq!(who.json()["subject"]["id"], "alice");
    let refused = |nonce, target, named| signed(nonce, target, named).refusal();
    let invalid = (401, "credential_invalid".to_owned());
    assert_eq!(refused("2", "/v1/whoami", None), invalid);
    assert_eq!(refused("1", sent, None), invalid, "it counts once");
    assert_eq!(signed("3", sent, Some("alice")).status, 200);
    let conflict = (403, "identity_conflict".to_owned());
    assert_eq!(refused("4", sent, Some("bob")), conflict);
    // A proof that does not count is not as if it were absent, whoever is named.
    assert_eq!(refused("5", "/v1/whoami", Some("alice")), invalid);
}

#[test]
fn what_peers_may_begin_is_counted_by_the_connections_of_the_application() {
    let application = Application::new(TrustMode::Required, Isolation::Session);
    let server = &application.server;
    let settings = json!({
        "trusted_proxies": ["127.0.0.1"],
        "sessions": {"new_per_minute": 1},
    });
    let changed = server.operate("PATCH", "/v1/tenants/acme/identity");
    assert_eq!(changed.json(settings).send().status, 200);
    let begin = |visitor: &str| {
        let ask = application.ask("GET", "/v1/memories");
        ask.header("x-forwarded-for", visitor).send()
    };
    assert_eq!(begin("192.0.2.1").status, 200);
    begin("192.0.2.1").is_refused(429, "session_limit");
    assert_eq!(begin("192.0.2.2").status, 200);
}
