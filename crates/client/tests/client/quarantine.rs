//! The quarantine: every method sends the documented request.

use anchorhold_client::wire::quarantine::ApproveSandbox;
use serde_json::{Value, json};

use crate::routes::{as_alice, receipt};

const HANDLE: &str = "sbx_01010101010101010101010101010101";

fn sandbox() -> Value {
    json!({"sandbox": HANDLE, "claim": null, "source": null, "strength": "none", "key_id": "key_01010101010101010101010101010101", "created_at": "2026-11-22T10:00:00.000Z", "used_at": "2026-11-22T10:00:00.000Z", "expires_at": "2026-11-29T10:00:00.000Z", "has_namespace": true})
}

#[test]
fn sandboxes_are_listed_shown_and_decided_on() {
    let list = json!({"sandboxes": [sandbox()]});
    let sent = as_alice(200, list, |client| client.quarantine_list(Some(7)));
    assert_eq!(sent.line, "GET /v1/quarantine?limit=7");
    let mut shown = sandbox();
    shown["memories"] = json!([]);
    shown["version"] = json!(3);
    shown["next_cursor"] = Value::Null;
    let sent = as_alice(200, shown, |client| {
        client.quarantine_show("../x", Some(7), Some("c&d"))
    });
    assert_eq!(sent.line, "GET /v1/quarantine/..%2Fx?limit=7&cursor=c%26d");
    let user = ApproveSandbox {
        user: "alice".to_owned(),
        issuer: None,
        version: None,
    };
    let done =
        json!({"user": {"issuer": "local", "id": "alice"}, "moved": 1, "receipt": receipt()});
    let sent = as_alice(200, done, |client| client.quarantine_approve(HANDLE, &user));
    assert_eq!(sent.line, format!("POST /v1/quarantine/{HANDLE}/approve"));
    assert_eq!(sent.body, json!({"user": "alice"}));
    let sent = as_alice(200, receipt(), |client| client.quarantine_reject(HANDLE));
    assert_eq!(sent.line, format!("DELETE /v1/quarantine/{HANDLE}"));
}
