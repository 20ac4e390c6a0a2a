//! Invitations and registration: how somebody becomes a user, once.

use serde_json::{Value, json};

use crate::support::{Reply, Server};

fn house() -> (Server, String) {
    let server = Server::new();
    server.tenant("acme");
    let admin = server.key("acme", json!({"admin": true}));
    (server, admin)
}

fn invite(server: &Server, admin: &str, body: Value) -> Value {
    let made = server
        .ask("POST", "/v1/invites")
        .key(admin)
        .json(body)
        .send();
    assert_eq!(made.status, 201, "{made:?}");
    made.json()
}

fn redeem(server: &Server, token: &str) -> Reply {
    server.ask("POST", "/v1/invites/redeem").key(token).send()
}

#[test]
fn an_invitation_makes_one_user_with_one_key_once() {
    let (server, admin) = house();
    let made = invite(&server, &admin, json!({"user": "alice", "role": "viewer"}));
    let token = made["invite"].as_str().unwrap();
    assert!(token.starts_with("ahi_"));
    let list = || server.ask("GET", "/v1/invites").key(&admin).send();
    assert_eq!(list().json()["invites"][0]["user"], "alice");
    assert!(!list().text().contains(token));
    let keys = server.ask("GET", "/v1/keys").key(&admin).send();
    assert!(!keys.text().contains(made["invite_id"].as_str().unwrap()));
    let joined = redeem(&server, token);
    assert_eq!(joined.status, 201, "{joined:?}");
    let joined = joined.json();
    assert_eq!(
        (&joined["user"]["id"], &joined["user"]["role"]),
        (&json!("alice"), &json!("viewer"))
    );
    let key = joined["key"].as_str().unwrap();
    let who = server.ask("GET", "/v1/whoami").key(key).send().json();
    assert_eq!(
        (&who["subject"]["id"], &who["strength"]),
        (&json!("alice"), &json!("proven"))
    );
    redeem(&server, token).is_refused(401, "credential_invalid");
    assert_eq!(list().json()["invites"], json!([]));
}

#[test]
fn of_many_who_come_with_one_invitation_one_gets_in() {
    let (server, admin) = house();
    let made = invite(&server, &admin, json!({"user": "alice"}));
    let token = made["invite"].as_str().unwrap();
    let redeem = || server.ask("POST", "/v1/invites/redeem").key(token);
    let threads = (0..8)
        .map(|_| redeem())
        .map(|ask| std::thread::spawn(move || ask.send().status));
    let threads: Vec<_> = threads.collect();
    let statuses = threads.into_iter().map(|thread| thread.join().unwrap());
    let statuses: Vec<u16> = statuses.collect();
    assert_eq!(
        statuses.iter().filter(|status| **status == 201).count(),
        1,
        "{statuses:?}"
    );
    let keys = server.ask("GET", "/v1/keys").key(&admin).send().json();
    let of_alice = |key: &&Value| key["user"] == "alice";
    assert_eq!(
        keys["keys"]
            .as_array()
            .unwrap()
            .iter()
            .filter(of_alice)
            .count(),
        1
    );
}

#[test]
fn an_invitation_is_good_for_nothing_else_and_ends() {
    let (server, admin) = house();
    let made = invite(
        &server,
        &admin,
        json!({"user": "alice", "expires_in_hours": 1}),
    );
    let token = made["invite"].as_str().unwrap();
    let nobody = server.ask("GET", "/v1/whoami").key("ah_nobody").send();
    for (method, target) in [
        ("GET", "/v1/whoami"),
        ("GET", "/v1/memories"),
        ("GET", "/v1/users"),
        ("GET", "/v1/namespaces"),
        ("POST", "/v1/register"),
        ("DELETE", "/v1/invites/key_00000000000000000000000000000000"),
    ] {
        let refused = server.ask(method, target).key(token).send();
        assert_eq!(refused.status, 401);
        assert_eq!(refused.message(), nobody.message());
    }
    for key in [&admin, &server.key("acme", json!({"user": "bob"}))] {
        redeem(&server, key).is_refused(401, "credential_invalid");
    }
    server.clock.advance_seconds(3_600);
    redeem(&server, token).is_refused(401, "credential_invalid");
    let made = invite(&server, &admin, json!({"user": "alice"}));
    let path = format!("/v1/invites/{}", made["invite_id"].as_str().unwrap());
    let gone = server.ask("DELETE", &path).key(&admin).send();
    assert_eq!(gone.json()["revoked"], true);
    server
        .ask("DELETE", &path)
        .key(&admin)
        .send()
        .is_refused(404, "route_not_found");
    redeem(&server, made["invite"].as_str().unwrap()).is_refused(401, "credential_invalid");
}

#[test]
fn nobody_registers_until_the_tenant_says_so_and_then_under_an_id_of_the_servers() {
    let (server, _) = house();
    let plain = server.key("acme", json!({}));
    let register = || server.ask("POST", "/v1/register").key(&plain).send();
    register().is_refused(403, "access_forbidden");
    let set = server.operate("PATCH", "/v1/tenants/acme/identity");
    let set = set.json(json!({"registrations_per_minute": 2})).send();
    assert_eq!(set.json()["registrations_per_minute"], 2, "{set:?}");
    let (first, second) = (register().json(), register().json());
    assert_ne!(first["user"]["id"], second["user"]["id"]);
    assert_eq!(first["user"]["role"], "user");
    let key = first["key"].as_str().unwrap();
    let who = server.ask("GET", "/v1/whoami").key(key).send().json();
    assert_eq!(who["subject"]["id"], first["user"]["id"]);
    let third = register();
    third.is_refused(429, "session_limit");
    assert!(third.header("retry-after").is_some());
}
