//! A1 and A16: nothing in a request but the credential and the one identity header says who is meant,
//! and no header beats the credential.

use serde_json::{Value, json};

use super::alice_and_bob::{everything_of, keep};
use super::house::{House, merged};

/// Fields and headers by which other servers let a caller choose whose memory it is.
const FIELDS: [&str; 16] = [
    "user",
    "userId",
    "user_id",
    "tenant",
    "tenant_id",
    "tenantId",
    "isolationKey",
    "isolation_key",
    "safety_identifier",
    "agent_id",
    "run_id",
    "org_id",
    "scope",
    "owner",
    "subject",
    "session",
];
const HEADERS: [&str; 21] = [
    "x-user-id",
    "x-tenant-id",
    "x-tenant",
    "x-user",
    "x-org-id",
    "x-session-id",
    "x-anchorhold-tenant",
    "x-anchorhold-user-id",
    "x-anchorhold-subject",
    "x-openwebui-user-id",
    "x-openwebui-user-email",
    "x-st-user",
    "x-forwarded-user",
    "x-remote-user",
    "remote-user",
    "x-auth-request-user",
    "x-authenticated-userid",
    "x-goog-authenticated-user-id",
    "cookie",
    "from",
    "x-original-user",
];

#[test]
fn a16_a_field_of_the_body_never_overrides_the_credential() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let (alice, bob) = (tenant.user("alice"), tenant.user("bob"));
    let id = keep(&alice);
    bob.keeps("Bob's own.");
    let before = (everything_of(&alice), everything_of(&bob));
    for field in FIELDS {
        let body = |body: Value| merged(body, json!({field: "alice"}));
        for (path, body) in [
            ("/v1/memories", body(json!({"content": "planted"}))),
            (
                "/v1/memories/batch",
                body(json!({"memories": [{"content": "planted"}]})),
            ),
            (
                "/v1/recall",
                body(json!({"query": "Where is the spare key?"})),
            ),
            ("/v1/forget", body(json!({"ids": [id]}))),
        ] {
            let reply = bob.post(path, &body);
            reply.is_refused(422, "request_invalid");
            assert_eq!(reply.json()["error"]["field"], field, "{reply:?}");
        }
        let change = body(json!({"content": "changed"}));
        bob.patch(&format!("/v1/memories/{id}"), &change)
            .is_refused(422, "request_invalid");
        let item = json!({"memories": [body(json!({"content": "planted"}))]});
        let result = bob.post("/v1/memories/batch", &item).gives(200);
        assert_eq!(result["results"][0]["status"], 422, "{result}");
        for path in ["/v1/memories", "/v1/whoami"] {
            let reply = bob.get(&format!("{path}?{field}=alice"));
            reply.is_refused(422, "request_invalid");
        }
        bob.delete(&format!("/v1/memories/{id}?{field}=alice"))
            .is_refused(422, "request_invalid");
    }
    // Metadata is the caller's own, and says nothing to the server.
    let metadata = json!({"user": "alice", "namespace": "alice", "user_id": "alice"});
    bob.keeps_with(&json!({"content": "Bob's, whatever it says.", "metadata": metadata}));
    assert_eq!(bob.lists(), ["Bob's own.", "Bob's, whatever it says."]);
    assert_eq!(everything_of(&alice), before.0);
}

#[test]
fn a16_a_foreign_header_never_overrides_the_credential() {
    let house = House::new();
    let tenant = house.tenant("acme");
    house.tenant("rival");
    let (alice, bob) = (tenant.user("alice"), tenant.user("bob"));
    let id = keep(&alice);
    bob.keeps("Bob's own.");
    let before = everything_of(&alice);
    for header in HEADERS {
        for value in ["alice", "rival", "user=alice", "local:alice"] {
            let bob = bob.with(header, value);
            assert_eq!(bob.lists(), ["Bob's own."], "{header}: {value}");
            bob.get(&format!("/v1/memories/{id}"))
                .is_refused(404, "memory_not_found");
            let who = bob.get("/v1/whoami").gives(200);
            assert_eq!(
                (&who["tenant"], &who["subject"]["id"]),
                (&json!("acme"), &json!("bob"))
            );
        }
    }
    // This one names somebody, so it is a contradiction and not just noise.
    for value in ["alice", "bob"] {
        let bob = bob.with("x-isolation-key", value);
        bob.get("/v1/memories").is_refused(403, "identity_conflict");
    }
    // Where nobody is named, none of them names somebody but those of the two clients that are known,
    // whose users are people of their own.
    let plain = tenant.application();
    for header in HEADERS {
        let reply = plain.with(header, "alice").get("/v1/memories");
        match header {
            "x-openwebui-user-id" | "x-st-user" => {
                assert_eq!(reply.gives(200)["memories"], json!([]), "{header}");
            }
            _ => reply.is_refused(400, "identity_required"),
        }
    }
    assert_eq!(everything_of(&alice), before);
}

/// The key's own user is final.
#[test]
fn a1_a_header_that_contradicts_the_keys_user_is_a_conflict() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let (alice, bob) = (tenant.user("alice"), tenant.user("bob"));
    let id = keep(&alice);
    let before = everything_of(&alice);
    let confused = bob.for_user("alice");
    for reply in [
        confused.get("/v1/memories"),
        confused.get(&format!("/v1/memories/{id}")),
        confused.get("/v1/whoami"),
        confused.post("/v1/memories", &json!({"content": "planted"})),
        confused.post("/v1/recall", &json!({"query": "spare key"})),
        confused.patch(
            &format!("/v1/memories/{id}"),
            &json!({"content": "changed"}),
        ),
        confused.delete(&format!("/v1/memories/{id}")),
        confused.post("/v1/forget", &json!({"ids": [id]})),
        confused.post("/v1/erase", &json!({"self": true})),
        confused.post("/v1/erase", &json!({"user": "alice"})),
        confused.post("/v1/erase", &json!({"user": "bob"})),
        alice.for_user("Alice").get("/v1/memories"),
    ] {
        reply.is_refused(403, "identity_conflict");
    }
    assert_eq!(everything_of(&alice.for_user("alice")), before);
    assert_eq!(everything_of(&alice), before);
}
