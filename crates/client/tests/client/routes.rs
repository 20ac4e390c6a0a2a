//! Every method sends the documented request and reads the documented reply.

use std::io::Read as _;

use crate::responder::{Received, Responder, reply};
use anchorhold_client::wire::chat::ChatBody;
use anchorhold_client::wire::erase::EraseRequest;
use anchorhold_client::wire::explain::Explain;
use anchorhold_client::wire::forget::ForgetRequest;
use anchorhold_client::wire::hmac_key::CreateHmacKey;
use anchorhold_client::wire::jwt_key_set::{CreateJwtKeySet, ReplaceJwtKeys};
use anchorhold_client::wire::key::{ActAs, CreateKey};
use anchorhold_client::wire::memory::CreateMemory;
use anchorhold_client::wire::namespace::{CreateNamespace, PatchNamespace};
use anchorhold_client::wire::patch::PatchMemory;
use anchorhold_client::wire::recall::RecallRequest;
use anchorhold_client::wire::sources::PatchIdentity;
use anchorhold_client::wire::tenant::{CreateTenant, PatchTenant};
use anchorhold_client::wire::verify::{Verify, VerifyPage};
use anchorhold_client::{Client, Config, Error, OperatorClient};
use anchorhold_model::{Change, ChatPolicy, TrustMode};
use serde_json::{Value, json};

fn alice(url: &str) -> Client {
    let config = Config {
        url: url.to_owned(),
        key: Some("ah_test".to_owned()),
        user: Some("zoë".to_owned()),
        workspace: Some("work".to_owned()),
        namespace: Some("org/acme".to_owned()),
        ..Config::default()
    };
    Client::new(config).expect("a usable address")
}

/// What `ask` sends when it is answered with `answer`.
pub(super) fn as_alice<T>(
    status: u16,
    answer: Value,
    ask: impl FnOnce(Client) -> Result<T, Error>,
) -> Received {
    let responder = Responder::json(status, &answer);
    ask(alice(&responder.url)).map(|_| ()).expect("an answer");
    responder.received().remove(0)
}

pub(super) fn as_operator<T>(
    answer: Value,
    ask: impl FnOnce(OperatorClient) -> Result<T, Error>,
) -> Received {
    let responder = Responder::json(200, &answer);
    let client = OperatorClient::new(
        &format!("{}/", responder.url),
        Some("aho_test".to_owned()),
        None,
    );
    ask(client.expect("a usable address"))
        .map(|_| ())
        .expect("an answer");
    let received = responder.received().remove(0);
    assert_eq!(received.header("authorization"), "Bearer aho_test");
    assert_eq!(received.header("x-anchorhold-user"), "");
    received
}

pub(super) fn memory() -> Value {
    json!({
        "id": "01890a5d-ac96-774b-bcce-b302099a8057", "content": "a", "type": "semantic",
        "importance": 0.5, "tags": [], "metadata": {}, "speaker": null, "conversation": null,
        "event_time": null, "created_at": "2026-11-22T10:00:00.000Z",
        "updated_at": "2026-11-22T10:00:00.000Z", "expires_at": null, "version": 1,
        "namespace": {"kind": "named", "name": "org/acme"}, "a_later_field": true,
    })
}

fn namespace() -> Value {
    json!({"id": "ns_02020202020202020202020202020202", "name": "org/acme", "description": null, "created_at": "2026-11-22T10:00:00.000Z"})
}

fn key() -> Value {
    json!({"key": "ah_new", "key_id": KEY_ID, "name": "chat", "prefix": "ah_n", "grants": [], "created_at": "2026-11-22T10:00:00.000Z", "expires_at": null})
}

fn tenant() -> Value {
    json!({"name": "a b", "id": "ten_03030303030303030303030303030303", "trust_mode": "required", "isolation": "user", "embedding": {"kind": "builtin"}, "egress": {"embedding": false}, "chat": ChatBody::from(&ChatPolicy::default())})
}

const KEY_ID: &str = "key_01010101010101010101010101010101";

#[test]
fn a_memory_is_kept_in_the_name_of_the_user_and_in_the_namespace() {
    let body = CreateMemory {
        content: "a".to_owned(),
        tags: Some(vec!["t".to_owned()]),
        ..CreateMemory::default()
    };
    let sent = as_alice(201, memory(), |client| client.remember(&body));
    assert_eq!(sent.line, "POST /v1/memories");
    assert_eq!(sent.header("authorization"), "Bearer ah_test");
    assert_eq!(sent.header("x-anchorhold-user"), "zoë");
    assert_eq!(sent.header("x-anchorhold-workspace"), "work");
    assert_eq!(sent.header("x-anchorhold-namespace"), "org/acme");
    assert_eq!(sent.header("content-type"), "application/json");
    assert!(!sent.headers.contains_key("x-anchorhold-agent"));
    assert_eq!(sent.body, json!({"content": "a", "tags": ["t"]}));
}

#[test]
fn a_batch_holds_every_memory() {
    let body = CreateMemory {
        content: "a".to_owned(),
        ..CreateMemory::default()
    };
    let answer = json!({"results": [{"status": 201, "memory": memory()}]});
    let sent = as_alice(200, answer, |client| {
        client.remember_batch(&[body.clone(), body])
    });
    assert_eq!(sent.line, "POST /v1/memories/batch");
    assert_eq!(
        sent.body,
        json!({"memories": [{"content": "a"}, {"content": "a"}]})
    );
}

#[test]
fn memories_are_read_listed_changed_and_deleted() {
    let sent = as_alice(200, memory(), |client| client.memory("../x"));
    assert_eq!(sent.line, "GET /v1/memories/..%2Fx");
    assert_eq!(sent.body, Value::Null);

    let page = json!({"memories": [memory()], "next_cursor": null});
    let sent = as_alice(200, page.clone(), |client| {
        client.memory_list(Some(5), Some("a+b="))
    });
    assert_eq!(sent.line, "GET /v1/memories?limit=5&cursor=a%2Bb%3D");
    let sent = as_alice(200, page, |client| client.memory_list(None, None));
    assert_eq!(sent.line, "GET /v1/memories");

    let changes = PatchMemory {
        event_time: Change::Clear,
        importance: Some(1.0),
        ..PatchMemory::default()
    };
    let sent = as_alice(200, memory(), |client| {
        client.memory_patch("1", &changes, Some(3))
    });
    assert_eq!(sent.line, "PATCH /v1/memories/1");
    assert_eq!(sent.header("if-match"), "\"3\"");
    assert_eq!(sent.body, json!({"event_time": null, "importance": 1.0}));

    let gone = json!({"id": "1", "deleted": true});
    let sent = as_alice(200, gone, |client| client.memory_delete("1"));
    assert_eq!(sent.line, "DELETE /v1/memories/1");
}

#[test]
fn recall_and_forget_send_their_bodies() {
    let question = RecallRequest {
        query: "where?".to_owned(),
        limit: Some(3),
        ..RecallRequest::default()
    };
    let answer = json!({"results": [{"memory": memory(), "score": 1.0, "similarity": 0.5, "rank": 1}], "usage": {}});
    let sent = as_alice(200, answer, |client| client.recall(&question));
    assert_eq!(sent.line, "POST /v1/recall");
    assert_eq!(sent.body, json!({"query": "where?", "limit": 3}));

    let request = ForgetRequest {
        ids: Some(vec!["1".to_owned()]),
        dry_run: Some(true),
        ..ForgetRequest::default()
    };
    let sent = as_alice(200, json!({"deleted": 1, "ids": ["1"]}), |client| {
        client.forget(&request)
    });
    assert_eq!(sent.line, "POST /v1/forget");
    assert_eq!(sent.body, json!({"ids": ["1"], "dry_run": true}));
}

#[test]
fn erase_ignores_the_configured_namespace() {
    let request = EraseRequest {
        own: Some(true),
        ..EraseRequest::default()
    };
    let sent = as_alice(200, receipt(), |client| client.erase(&request));
    assert_eq!(sent.line, "POST /v1/erase");
    assert_eq!(sent.header("x-anchorhold-user"), "zoë");
    assert_eq!(sent.header("x-anchorhold-namespace"), "");
    assert_eq!(sent.body, json!({"self": true}));
}

#[test]
fn named_namespaces_are_made_listed_read_changed_and_dropped() {
    let body = CreateNamespace {
        name: "org/acme".to_owned(),
        description: None,
    };
    let sent = as_alice(201, namespace(), |client| client.namespace_create(&body));
    assert_eq!(
        (sent.line.as_str(), sent.body),
        ("POST /v1/namespaces", json!({"name": "org/acme"}))
    );
    let list = json!({"namespaces": [namespace()], "next_cursor": "c"});
    let sent = as_alice(200, list, |client| client.namespace_list(Some(2), None));
    assert_eq!(sent.line, "GET /v1/namespaces?limit=2");
    let sent = as_alice(200, namespace(), |client| client.namespace("ns_1"));
    assert_eq!(sent.line, "GET /v1/namespaces/ns_1");
    let changes = PatchNamespace {
        description: Change::Set("d".to_owned()),
    };
    let sent = as_alice(200, namespace(), |client| {
        client.namespace_patch("ns_1", &changes)
    });
    assert_eq!(
        (sent.line.as_str(), sent.body),
        ("PATCH /v1/namespaces/ns_1", json!({"description": "d"}))
    );
    let gone = json!({"id": "ns_02020202020202020202020202020202", "deleted": true});
    let sent = as_alice(200, gone, |client| client.namespace_delete("ns_1"));
    assert_eq!(sent.line, "DELETE /v1/namespaces/ns_1");
}

#[test]
fn a_tenant_admin_manages_keys() {
    let body = CreateKey {
        name: "chat".to_owned(),
        act_as: ActAs::Full,
        ..CreateKey::default()
    };
    let sent = as_alice(201, key(), |client| client.key_create(&body));
    assert_eq!(
        (sent.line.as_str(), sent.body),
        ("POST /v1/keys", json!({"name": "chat", "act_as": true}))
    );
    let sent = as_alice(200, json!({"keys": [key()]}), |client| client.key_list());
    assert_eq!(sent.line, "GET /v1/keys");
    let revoked = json!({"key_id": KEY_ID, "revoked": true});
    let sent = as_alice(200, revoked, |client| client.key_revoke(KEY_ID));
    assert_eq!(sent.line, format!("DELETE /v1/keys/{KEY_ID}"));
}

pub(super) fn receipt() -> Value {
    json!({"receipt_id": "r", "namespaces": 1, "records": 2, "key_ids": [],
        "erased_at": "2026-11-22T10:00:00.000Z", "residues": [], "audit_id": "a"})
}

#[test]
fn an_admin_manages_sessions() {
    let list = json!({"sessions": []});
    let sent = as_alice(200, list, |client| client.session_list(Some(7)));
    assert_eq!(sent.line, "GET /v1/sessions?limit=7");
    let sent = as_alice(200, receipt(), |client| client.session_end("../x"));
    assert_eq!(sent.line, "DELETE /v1/sessions/..%2Fx");
    let sent = as_alice(200, json!({"swept": 0}), |client| client.session_sweep());
    assert_eq!(sent.line, "POST /v1/sessions/sweep");
}

#[test]
fn an_operator_manages_what_names_the_users_of_a_tenant() {
    let sessions = json!({"client_ids": "reissue", "idle_seconds": 60, "live_max": 1,
        "new_per_minute": 1, "cookie": "off"});
    let identity = json!({"trusted_proxies": [], "sources": [], "open_webui_signs": false, "sessions": sessions, "quarantine": {"idle_seconds": 60, "live_max": 1, "new_per_minute": 1, "memories_max": 1}});
    let sent = as_operator(identity.clone(), |client| client.identity("a b"));
    assert_eq!(sent.line, "GET /v1/tenants/a%20b/identity");
    let changes = PatchIdentity {
        trusted_proxies: Some(Vec::new()),
        ..PatchIdentity::default()
    };
    let sent = as_operator(identity.clone(), |client| {
        client.identity_change("a", &changes)
    });
    assert_eq!(sent.line, "PATCH /v1/tenants/a/identity");
    assert_eq!(sent.body, json!({"trusted_proxies": []}));
    let sent = as_operator(identity, |client| client.open_webui_secret_remove("a"));
    assert_eq!(sent.line, "DELETE /v1/tenants/a/identity/open-webui-secret");
    let explained = json!({"tenant": null, "key_id": null, "trust_mode": null, "isolation": null,
        "trusted_peer": false, "evidence": [], "ruling": null, "whoami": null, "refusal": null,
        "advisories": []});
    let sent = as_operator(explained, |client| client.explain(&Explain::default()));
    assert_eq!(sent.line, "POST /v1/identity/explain");
    assert_eq!(sent.body, json!({"headers": {}}));

    let made_at = "2026-11-22T10:00:00.000Z";
    let made = json!({"key_id": KEY_ID, "name": "b", "created_at": made_at, "secret": "00"});
    let key = CreateHmacKey {
        name: "b".to_owned(),
    };
    let sent = as_operator(made, |client| client.hmac_key_create("a", &key));
    assert_eq!(sent.line, "POST /v1/tenants/a/hmac-keys");
    let list = json!({"hmac_keys": []});
    let sent = as_operator(list, |client| client.hmac_key_list("a"));
    assert_eq!(sent.line, "GET /v1/tenants/a/hmac-keys");
    let ended = json!({"key_id": KEY_ID, "revoked": true});
    let sent = as_operator(ended.clone(), |client| client.hmac_key_revoke("a", "../x"));
    assert_eq!(sent.line, "DELETE /v1/tenants/a/hmac-keys/..%2Fx");

    let set = json!({"key_id": KEY_ID, "name": "c", "issuer": "jwt:c", "iss": "i", "audience": null,
        "role_claim": null, "leeway_seconds": 30, "keys": [], "created_at": made_at});
    let new = CreateJwtKeySet::default();
    let sent = as_operator(set.clone(), |client| client.jwt_key_set_create("a", &new));
    assert_eq!(sent.line, "POST /v1/tenants/a/jwt-key-sets");
    let list = json!({"jwt_key_sets": [set]});
    let sent = as_operator(list, |client| client.jwt_key_set_list("a"));
    assert_eq!(sent.line, "GET /v1/tenants/a/jwt-key-sets");
    let keys = ReplaceJwtKeys::default();
    let sent = as_operator(set, |client| client.jwt_keys_replace("a", KEY_ID, &keys));
    assert_eq!(
        sent.line,
        format!("PATCH /v1/tenants/a/jwt-key-sets/{KEY_ID}")
    );
    let sent = as_operator(ended, |client| client.jwt_key_set_end("a", KEY_ID));
    assert_eq!(
        sent.line,
        format!("DELETE /v1/tenants/a/jwt-key-sets/{KEY_ID}")
    );
}

#[test]
fn an_operator_manages_tenants_and_their_keys() {
    let body = CreateTenant {
        name: "a b".to_owned(),
        ..CreateTenant::default()
    };
    let sent = as_operator(tenant(), |client| client.tenant_create(&body));
    assert_eq!(
        (sent.line.as_str(), sent.body),
        ("POST /v1/tenants", json!({"name": "a b"}))
    );
    let sent = as_operator(json!({"tenants": [tenant()]}), |client| {
        client.tenant_list()
    });
    assert_eq!(sent.line, "GET /v1/tenants");
    let changes = PatchTenant {
        trust_mode: Some(TrustMode::Strict),
        ..PatchTenant::default()
    };
    let sent = as_operator(tenant(), |client| client.tenant_patch("a b", &changes));
    assert_eq!(
        (sent.line.as_str(), sent.body),
        ("PATCH /v1/tenants/a%20b", json!({"trust_mode": "strict"}))
    );
    let body = CreateKey {
        name: "chat".to_owned(),
        ..CreateKey::default()
    };
    let sent = as_operator(key(), |client| client.key_create("ü", &body));
    assert_eq!(sent.line, "POST /v1/tenants/%C3%BC/keys");
    let sent = as_operator(json!({"keys": []}), |client| client.key_list("a"));
    assert_eq!(sent.line, "GET /v1/tenants/a/keys");
    let revoked = json!({"key_id": KEY_ID, "revoked": true});
    let sent = as_operator(revoked, |client| client.key_revoke("a", KEY_ID));
    assert_eq!(sent.line, format!("DELETE /v1/tenants/a/keys/{KEY_ID}"));
    let page = serde_json::to_value(VerifyPage::default()).unwrap();
    let sent = as_operator(page, |client| client.verify(&Verify::default()));
    assert_eq!(
        (sent.line.as_str(), sent.body),
        ("POST /v1/verify", json!({"repair": false}))
    );
    let sent = as_operator(json!("sealed"), |client| {
        let mut kept = String::new();
        let read = client
            .backup("ns_0")
            .map(|mut backup| backup.read_to_string(&mut kept));
        assert_eq!(kept, "\"sealed\"");
        read.map(|read| read.expect("bytes"))
    });
    assert_eq!(
        (sent.line.as_str(), sent.body),
        ("POST /v1/backup", json!({"namespace": "ns_0"}))
    );
    let restored = json!({"namespace": "ns_0", "records": 1, "sequence": 2, "generation": 3});
    let sent = as_operator(restored, |client| client.restore(&mut &b"7"[..]));
    assert_eq!(sent.line, "POST /v1/restore");
    assert_eq!(sent.headers["content-type"], "application/octet-stream");
}

#[test]
fn whoami_and_health_are_read_and_not_ready_is_an_answer() {
    let who = json!({"tenant": "t", "subject": null, "strength": "none", "trust_mode": "required", "namespace": null, "grants": [], "key_id": KEY_ID});
    let sent = as_alice(200, who, |client| client.whoami());
    assert_eq!(sent.line, "GET /v1/whoami");
    let health = json!({"status": "ok", "version": "0.1.0", "degraded": []});
    assert_eq!(
        as_alice(200, health, |client| client.health()).line,
        "GET /healthz"
    );
    let ready = json!({"ready": true, "reasons": []});
    assert_eq!(
        as_operator(ready, |client| client.ready()).line,
        "GET /readyz"
    );
    let not_ready = json!({"ready": false, "reasons": ["shutting down"]}).to_string();
    let responder = Responder::answering(vec![reply(503, "", &not_ready)]);
    assert!(!alice(&responder.url).ready().expect("an answer").ready);
}
