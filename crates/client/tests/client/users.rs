//! Users: every method sends the documented request.

use anchorhold_client::wire::user::{CreateUser, NameUser, PatchUser};
use anchorhold_model::Role;
use serde_json::{Value, json};

use crate::routes::{as_alice, receipt};

const HANDLE: &str = "usr_01010101010101010101010101010101";

fn user() -> Value {
    json!({"handle": HANDLE, "issuer": "local", "id": "alice", "role": "user", "known": true, "linked_to": null, "links": [], "created_at": "2026-11-22T10:00:00.000Z"})
}

#[test]
fn users_are_made_listed_and_found() {
    let new = CreateUser {
        id: "alice".to_owned(),
        issuer: None,
        role: Some(Role::Viewer),
    };
    let sent = as_alice(201, user(), |client| client.user_create(&new));
    assert_eq!(sent.line, "POST /v1/users");
    assert_eq!(sent.body, json!({"id": "alice", "role": "viewer"}));
    let page = json!({"users": [user()], "next_cursor": null});
    let sent = as_alice(200, page, |client| client.user_list(Some(7), Some("c&d")));
    assert_eq!(sent.line, "GET /v1/users?limit=7&cursor=c%26d");
    let name = NameUser {
        id: "1".to_owned(),
        issuer: Some("owui".to_owned()),
    };
    let sent = as_alice(200, user(), |client| client.user_lookup(&name));
    assert_eq!(sent.line, "POST /v1/users/lookup");
    assert_eq!(sent.body, json!({"id": "1", "issuer": "owui"}));
    let sent = as_alice(200, user(), |client| client.user("../x"));
    assert_eq!(sent.line, "GET /v1/users/..%2Fx");
}

#[test]
fn users_are_changed_linked_and_erased() {
    let role = PatchUser { role: Role::Admin };
    let sent = as_alice(200, user(), |client| client.user_patch(HANDLE, &role));
    assert_eq!(sent.line, format!("PATCH /v1/users/{HANDLE}"));
    assert_eq!(sent.body, json!({"role": "admin"}));
    let name = NameUser {
        id: "1".to_owned(),
        issuer: Some("owui".to_owned()),
    };
    let sent = as_alice(200, user(), |client| client.user_link(HANDLE, &name));
    assert_eq!(sent.line, format!("POST /v1/users/{HANDLE}/links"));
    let sent = as_alice(200, user(), |client| client.user_unlink(HANDLE, "../x"));
    assert_eq!(sent.line, format!("DELETE /v1/users/{HANDLE}/links/..%2Fx"));
    let sent = as_alice(200, receipt(), |client| client.user_erase(HANDLE));
    assert_eq!(sent.line, format!("DELETE /v1/users/{HANDLE}"));
}
