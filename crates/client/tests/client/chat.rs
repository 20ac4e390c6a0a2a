//! Chats: every method sends the documented request.

use serde_json::json;

use crate::routes::{as_alice, memory};

#[test]
fn models_are_listed_and_prompts_are_shown_again() {
    let list = json!({"object": "list", "data": [{"id": "smart"}]});
    let sent = as_alice(200, list, |client| client.model_list());
    assert_eq!(sent.line, "GET /v1/models");
    let shown = json!({"audit_id": "aud_1", "at": "2026-11-22T10:00:00.000Z", "block": "", "memories": [memory()]});
    let sent = as_alice(200, shown, |client| client.chat_injection("../x"));
    assert_eq!(sent.line, "GET /v1/chat/injections/..%2Fx");
    assert_eq!(sent.header("x-anchorhold-user"), "zoë");
}
