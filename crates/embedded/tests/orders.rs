//! In whatever order an application registers its middleware and the service: where the middleware runs, it
//! decides, and where it does not, nobody is let in on the word of a header.

use anchorhold::{Anchorhold, IsolationKey, TenantPolicy, TrustMode};
use axum::middleware::{from_fn, map_request};
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::Value;
use tower::ServiceBuilder;

use crate::support::{Client, Home, MODES, as_alice, as_told};

/// What was registered in which order, where the routes stand then, and the router.
type Order = (&'static str, &'static str, Router);

/// An application with a page of its own.
fn other() -> Router {
    Router::new().route("/", get(async || "home"))
}

/// Routers in which the middleware runs.
fn around(memory: &Anchorhold) -> Vec<Order> {
    let service = || memory.service();
    let alice = || from_fn(as_alice);
    vec![
        (
            "nest, then layer",
            "/memory",
            other().nest_service("/memory", service()).layer(alice()),
        ),
        (
            "merged, then layer",
            "/memory",
            other()
                .merge(Router::new().nest_service("/memory", service()))
                .layer(alice()),
        ),
        (
            "fallback, then layer",
            "",
            other().fallback_service(service()).layer(alice()),
        ),
        (
            "a route, then route_layer",
            "",
            other()
                .route_service("/v1/{*rest}", service())
                .route_layer(alice()),
        ),
        (
            "around the service alone",
            "/memory",
            other().nest_service(
                "/memory",
                ServiceBuilder::new().layer(alice()).service(service()),
            ),
        ),
    ]
}

/// The same in deeper routers, with the layer, and where a key comes from elsewhere.
fn further_around(memory: &Anchorhold) -> Vec<Order> {
    let service = || memory.service();
    let alice = || from_fn(as_alice);
    let below = |router: Router| Router::new().nest("/memory", router);
    vec![
        (
            "a layer inside a nested router",
            "/memory",
            below(Router::new().fallback_service(service()).layer(alice())),
        ),
        (
            "a layer around a nested router",
            "/memory",
            below(Router::new().fallback_service(service())).layer(alice()),
        ),
        (
            "a nested router in a nested router",
            "/memory/deep",
            below(Router::new().nest_service("/deep", service())).layer(alice()),
        ),
        (
            "as a layer below",
            "",
            other().layer(memory.layer()).layer(alice()),
        ),
        (
            "an extension for all",
            "/memory",
            other()
                .nest_service("/memory", service())
                .layer(Extension(IsolationKey::user("alice").unwrap())),
        ),
        (
            "two that disagree: the one nearer to the service counts",
            "/memory",
            other()
                .nest_service("/memory", service())
                .layer(alice())
                .layer(Extension(IsolationKey::user("victim").unwrap())),
        ),
    ]
}

/// Routers in which it does not.
fn not_around(memory: &Anchorhold) -> Vec<Order> {
    let service = || memory.service();
    let alice = || from_fn(as_alice);
    vec![
        (
            "layer, then nest",
            "/memory",
            other().layer(alice()).nest_service("/memory", service()),
        ),
        (
            "layer, then fallback",
            "",
            other().layer(alice()).fallback_service(service()),
        ),
        (
            "route_layer, then a route",
            "",
            other()
                .route_layer(alice())
                .route_service("/v1/{*rest}", service()),
        ),
        (
            "route_layer, which covers no fallback",
            "",
            other().fallback_service(service()).route_layer(alice()),
        ),
        (
            "as a layer above",
            "",
            other().layer(alice()).layer(memory.layer()),
        ),
        (
            "none",
            "/memory",
            other().nest_service("/memory", service()),
        ),
    ]
}

/// Beside whoever the application names.
const HOSTILE: [&[(&str, &str)]; 4] = [
    &[("x-anchorhold-user", "victim")],
    &[("x-isolation-key", "victim")],
    &[
        ("x-anchorhold-user", "victim"),
        ("x-isolation-key", "alice"),
    ],
    &[
        ("x-anchorhold-user", "victim"),
        ("authorization", "Bearer ah_any"),
    ],
];

fn policy(trust_mode: TrustMode) -> TenantPolicy {
    TenantPolicy {
        trust_mode,
        ..TenantPolicy::default()
    }
}

/// The victim's memory, kept as the application would for them.
fn with_a_victim(memory: &Anchorhold) {
    let app = Router::new().fallback_service(memory.service());
    let client = Client::new(app.layer(from_fn(as_told)));
    for user in ["alice", "victim"] {
        let content = format!("of {user}");
        let kept = client.keep("", &[("signed-in-as", user)], &content);
        assert_eq!(kept.status, 201);
    }
}

#[test]
fn the_middleware_beats_every_header_in_whatever_order_it_is_registered() {
    for mode in MODES {
        let home = Home::new();
        let memory = home.with(policy(mode));
        with_a_victim(&memory);
        let orders = around(&memory).into_iter();
        for (order, at, app) in orders.chain(further_around(&memory)) {
            let client = Client::new(app);
            assert_eq!(client.list(at, &[]), ["of alice"], "{order}, {mode:?}");
            // What says nothing of ours is no contradiction.
            let theirs = [
                ("authorization", "Bearer of.the.application"),
                ("x-st-user", "victim"),
            ];
            assert_eq!(client.list(at, &theirs), ["of alice"], "{order}, {mode:?}");
            for hostile in HOSTILE {
                let reply = client.get(&format!("{at}/v1/memories"), hostile);
                match mode {
                    TrustMode::Strict | TrustMode::Required => {
                        reply.is_refused(403, "identity_conflict");
                    }
                    TrustMode::Quarantine => {
                        assert_eq!(reply.contents(), [""; 0], "{order}, {hostile:?}");
                        assert_eq!(reply.headers["x-anchorhold-identity"], "quarantine");
                    }
                    TrustMode::Legacy => {
                        assert_eq!(reply.contents(), ["of alice"], "{order}, {hostile:?}");
                        assert_eq!(reply.headers["x-anchorhold-identity"], "advisory");
                    }
                }
            }
        }
    }
}

#[test]
fn a_middleware_that_never_runs_lets_nobody_in_on_the_word_of_a_header() {
    for mode in MODES {
        let home = Home::new();
        let memory = home.with(policy(mode));
        with_a_victim(&memory);
        for (order, at, app) in not_around(&memory) {
            let client = Client::new(app);
            let nothing: &[(&str, &str)] = &[];
            for headers in HOSTILE.into_iter().chain([nothing]) {
                let reply = client.get(&format!("{at}/v1/memories"), headers);
                match mode {
                    TrustMode::Strict => reply.is_refused(401, "identity_missing"),
                    TrustMode::Required => reply.is_refused(400, "identity_required"),
                    // A sandbox of nobody's, and what all may see.
                    TrustMode::Quarantine | TrustMode::Legacy => {
                        assert_eq!(reply.contents(), [""; 0], "{order}, {headers:?}");
                    }
                }
                let erased = client.ask(
                    &format!("POST {at}/v1/erase"),
                    headers,
                    Some(serde_json::json!({"user": "victim"})),
                );
                assert!(erased.status >= 400, "{order}, {mode:?}: {erased:?}");
            }
        }
        let client = Client::new(
            Router::new()
                .fallback_service(memory.service())
                .layer(from_fn(as_told)),
        );
        assert_eq!(
            client.list("", &[("signed-in-as", "victim")]),
            ["of victim"]
        );
    }
}

/// What an outer router has found in a path is no part of ours.
#[test]
fn what_an_application_puts_beside_a_request_is_not_read() {
    let home = Home::new();
    let memory = home.open();
    let app = Router::new()
        .nest_service("/{id}/{key_id}", memory.service())
        .layer(from_fn(as_alice));
    let client = Client::new(app);
    let kept = client.keep("/one/two", &[], "tea").body;
    let id = kept["id"].as_str().unwrap();
    let found = client.get(&format!("/one/two/v1/memories/{id}"), &[]);
    assert_eq!(found.body["content"], "tea");
    let absent = client.get(&format!("/{id}/two/v1/memories/one"), &[]);
    absent.is_refused(404, "memory_not_found");
    let elsewhere = client.get("/one/two/v1/keys", &[]);
    elsewhere.is_refused(403, "access_forbidden");
}

#[test]
fn below_a_prefix_the_rules_for_paths_and_bodies_hold_as_on_a_listener() {
    let home = Home::new();
    let memory = home.open();
    let app = Router::new()
        .nest_service("/memory", memory.service())
        .layer(from_fn(as_alice));
    let client = Client::new(app);
    for path in [
        "/v1//memories",
        "/v1/%6demories",
        "/v1/./memories",
        "/v1/a;b",
    ] {
        let reply = client.get(&format!("/memory{path}"), &[]);
        reply.is_refused(400, "path_not_canonical");
    }
    let nowhere = client.get("/memory/v1/tenants", &[]);
    nowhere.is_refused(404, "route_not_found");
    let large = client.keep("/memory", &[], &"a".repeat(9 << 20));
    large.is_refused(413, "body_too_large");
    let unknown = serde_json::json!({"content": "tea", "user": "victim"});
    let unknown = client.ask("POST /memory/v1/memories", &[], Some(unknown));
    unknown.is_refused(422, "request_invalid");
    let kept = client.keep("/memory", &[], "tea");
    assert_eq!(kept.headers["cache-control"], "no-store");
    assert!(kept.headers.contains_key("x-anchorhold-request-id"));
    assert_ne!(kept.body["id"], Value::Null);
}

/// A layer answers below `/v1/` alone.
#[test]
fn beside_the_routes_an_application_keeps_its_own() {
    let home = Home::new();
    let memory = home.open();
    let seen = |request: axum::extract::Request| async {
        assert!(request.extensions().get::<IsolationKey>().is_some());
        request
    };
    let app = Router::new()
        .route("/", get(async || "home"))
        .route("/v1", get(async || "not ours"))
        .layer(map_request(seen))
        .layer(memory.layer())
        .layer(from_fn(as_alice));
    let client = Client::new(app);
    for path in ["/", "/v1"] {
        assert_eq!(client.get(path, &[]).status, 200, "{path}");
    }
    let who = client.get("/v1/whoami", &[]);
    assert_eq!(who.body["subject"]["id"], "alice");
    client
        .get("/v1/anything", &[])
        .is_refused(404, "route_not_found");
}
