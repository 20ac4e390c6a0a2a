//! Users: every method sends the documented request.

use anchorhold_client::wire::invite::CreateInvite;
use anchorhold_client::wire::user::{CreateUser, NameUser, PatchUser};
use anchorhold_model::Role;
use serde_json::{Value, json};

use crate::routes::{as_alice, as_operator, receipt};

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

#[test]
fn people_are_invited_and_become_users() {
    let listed = json!({"invite_id": "key_01010101010101010101010101010101", "name": "alice", "user": "alice", "role": "user", "created_at": "2026-11-22T10:00:00.000Z", "expires_at": null});
    let mut made = listed.clone();
    made["invite"] = json!("ahi_new");
    let invite = CreateInvite {
        user: "alice".to_owned(),
        ..CreateInvite::default()
    };
    let sent = as_alice(201, made, |client| client.invite_create(&invite));
    assert_eq!(sent.line, "POST /v1/invites");
    assert_eq!(sent.body, json!({"user": "alice"}));
    let sent = as_alice(200, json!({"invites": [listed]}), |client| {
        client.invite_list()
    });
    assert_eq!(sent.line, "GET /v1/invites");
    let id = "key_01010101010101010101010101010101";
    let gone = json!({"invite_id": id, "revoked": true});
    let sent = as_alice(200, gone, |client| client.invite_revoke("../x"));
    assert_eq!(sent.line, "DELETE /v1/invites/..%2Fx");
    let joined = json!({"key": "ah_new", "key_id": id, "user": user()});
    let sent = as_alice(201, joined.clone(), |client| client.invite_redeem());
    assert_eq!(sent.line, "POST /v1/invites/redeem");
    let sent = as_alice(201, joined, |client| client.register());
    assert_eq!(sent.line, "POST /v1/register");
}

#[test]
fn an_operator_sees_what_requests_were_taken_for() {
    let list = json!({"resolutions": []});
    let sent = as_operator(list, |client| client.resolutions(Some(7)));
    assert_eq!(sent.line, "GET /v1/identity/resolutions?limit=7");
}
