//! Moves of memories, as an admin asks for them.

use anchorhold_client::wire::relocation::{MoveRequest, PlaceName};
use serde_json::json;

use crate::routes::as_alice;

#[test]
fn memories_are_moved_from_one_place_to_another() {
    let reply =
        json!({"matched": 2, "moved": 1, "present": 1, "left": 0, "there": 2, "destroyed": 0});
    let user = |user: &str| PlaceName {
        user: Some(user.to_owned()),
        ..PlaceName::default()
    };
    let request = MoveRequest {
        from: user("alice"),
        to: user("bob"),
        ids: Some(vec!["a".to_owned()]),
        ..MoveRequest::default()
    };
    let sent = as_alice(200, reply, |client| client.namespace_move(&request));
    let body = json!({"from": {"user": "alice"}, "to": {"user": "bob"}, "ids": ["a"]});
    assert_eq!(
        (sent.line.as_str(), sent.body),
        ("POST /v1/namespaces/move", body)
    );
}
