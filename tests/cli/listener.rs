//! The tenant listener as it is configured: a tenant of requests without a key, over restarts and
//! revocations, and what it demands at least.

use serde_json::{Value, json};

use super::run_with;
use crate::process::{Ended, Home, Server};
use crate::support::{Ask, Reply};

/// A tenant listener of the first tenant.
const OF_DEFAULT: [&str; 2] = ["--listener-tenant", "default"];

fn operate(home: &Home, server: &Server, arguments: &[&str]) -> Ended {
    let url = format!("http://{}", server.operator);
    let key = home.keys().operator;
    let variables = [
        ("ANCHORHOLD_OPERATOR_URL", url.as_str()),
        ("ANCHORHOLD_OPERATOR_KEY", key.as_str()),
    ];
    run_with(home, &variables, arguments)
}

fn keep(server: &Server, content: &str) -> Reply {
    let ask = Ask::new(server.tenant, "POST", "/v1/memories");
    ask.json(&json!({"content": content})).send()
}

fn list(server: &Server) -> Reply {
    Ask::new(server.tenant, "GET", "/v1/memories").send()
}

/// The keys of the listener.
fn keys(home: &Home, server: &Server) -> Vec<Value> {
    let arguments = ["--json", "key", "list", "--tenant", "default"];
    let listed = operate(home, server, &arguments).json();
    let keys = listed["keys"].as_array().unwrap().iter();
    keys.filter(|key| key["name"] == "listener")
        .cloned()
        .collect()
}

#[test]
fn the_key_of_a_listener_is_made_once_and_stays_over_restarts() {
    let home = Home::new();
    let server = home.start_with("warn", &OF_DEFAULT);
    list(&server).is_refused(400, "identity_required");
    let shared = ["tenant", "update", "default", "--isolation", "none"];
    assert_eq!(operate(&home, &server, &shared).code, Some(0));
    assert_eq!(keep(&server, "tea").status, 201);
    let first = keys(&home, &server);
    assert_eq!(first.len(), 1);
    server.stop();
    // Without the setting a key is needed, and the one of the listener is of no use.
    let server = home.start("warn");
    list(&server).is_refused(401, "credential_missing");
    assert_eq!(keys(&home, &server), first);
    server.kill();
    let file = home.temporary().join("settings.toml");
    std::fs::write(&file, "[listener]\ntenant = \"default\"\n").unwrap();
    let server = home.start_with("warn", &["--config", file.to_str().unwrap()]);
    assert_eq!(list(&server).gives(200)["memories"][0]["content"], "tea");
    assert_eq!(keys(&home, &server), first);
}

#[test]
fn a_listener_that_was_closed_stays_closed_until_the_operator_opens_it() {
    let home = Home::new();
    let server = home.start_with("warn", &OF_DEFAULT);
    let shared = ["tenant", "update", "default", "--isolation", "none"];
    assert_eq!(operate(&home, &server, &shared).code, Some(0));
    assert_eq!(keep(&server, "tea").status, 201);
    let first = keys(&home, &server);
    let revoke = [
        "key",
        "revoke",
        first[0]["key_id"].as_str().unwrap(),
        "--tenant",
        "default",
    ];
    assert_eq!(operate(&home, &server, &revoke).code, Some(0));
    keep(&server, "more tea").is_refused(401, "credential_missing");
    server.stop();
    let server = home.start_with("warn", &OF_DEFAULT);
    list(&server).is_refused(401, "credential_missing");
    assert!(keys(&home, &server).is_empty());
    let said = std::fs::read_to_string(home.stderr()).unwrap();
    assert!(said.contains("--renew-listener-key"), "{said}");
    server.stop();
    let anew = [&OF_DEFAULT[..], &["--renew-listener-key"]].concat();
    let server = home.start_with("warn", &anew);
    assert_eq!(list(&server).gives(200)["memories"][0]["content"], "tea");
    let second = keys(&home, &server);
    assert_eq!(second.len(), 1);
    assert_ne!(first, second);
    server.stop();
    let server = home.start_with("warn", &anew);
    assert_eq!(keys(&home, &server), second, "one that lives is the one");
}

#[test]
fn a_listener_of_a_tenant_that_is_not_there_does_not_start() {
    let home = Home::new();
    let start = |flags: &[&str]| home.run(&[&["serve", "--print-operator-key"], flags].concat());
    start(&["--listener-tenant", "acme"]).ends(78, "acme");
    assert!(!home.data().exists());
    start(&["--listener-tenant", "a/b"]).ends(78, "--listener-tenant");
    start(&["--renew-listener-key"]).ends(78, "--listener-tenant");
    start(&["--listener-trust-mode", "lax"]).ends(78, "strict, required");
    home.start("warn").stop();
    start(&["--listener-tenant", "acme"]).ends(78, "acme");
    let file = home.temporary().join("settings.toml");
    std::fs::write(&file, "[listener]\ntenants = \"default\"\n").unwrap();
    start(&["--config", file.to_str().unwrap()]).ends(78, "[listener]: unknown key");
}

#[test]
fn a_listener_demands_more_than_its_tenants_and_never_less() {
    let home = Home::new();
    let said = |server: &Server| {
        let ask = Ask::new(server.tenant, "GET", "/v1/memories");
        let key = home.keys().application;
        ask.key(&key).header("x-anchorhold-user", "alice").send()
    };
    let server = home.start_with("warn", &["--listener-trust-mode", "strict"]);
    said(&server).is_refused(403, "identity_unverified");
    server.stop();
    let server = home.start_with("warn", &["--listener-trust-mode", "legacy"]);
    list(&server).is_refused(401, "credential_missing");
    said(&server).gives(200);
    let strict = ["tenant", "update", "default", "--trust-mode", "strict"];
    assert_eq!(operate(&home, &server, &strict).code, Some(0));
    said(&server).is_refused(403, "identity_unverified");
    // Where nobody meets a tenant in mode legacy, it may be in it.
    let legacy = ["tenant", "update", "default", "--trust-mode", "legacy"];
    assert_eq!(operate(&home, &server, &legacy).code, Some(0));
    server.stop();
    let network = ["--listen", "0.0.0.0:0", "--allow-network"];
    let required = [&network[..], &["--listener-trust-mode", "required"]].concat();
    let server = home.start_with("warn", &required);
    said(&server).gives(200);
    assert_eq!(operate(&home, &server, &legacy).code, Some(0));
    server.stop();
    let lax = [
        &["serve"],
        &network[..],
        &["--listener-trust-mode", "legacy"],
    ]
    .concat();
    home.run(&lax).ends(78, "--listener-trust-mode required");
}
