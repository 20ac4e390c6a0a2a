//! Keys with grants: what they open, what they do not, and what the refusal leaves behind.

use anchorhold_store::EntryOutcome;
use serde_json::json;

use super::house::House;
use super::past;

/// Row 13: refused with the words that clients of other servers know, and audited.
#[test]
fn a_key_of_one_namespace_is_refused_on_another_and_the_refusal_is_audited() {
    let mut house = House::new();
    let tenant = house.tenant("saas");
    let admin = tenant.admin();
    admin.makes("tenant-a");
    admin.makes("tenant-b");
    admin.keeps_in("tenant-a", "The safe of tenant A is behind the clock.");
    let key = tenant.granted("tenant-b", "admin");
    key.keeps_in("tenant-b", "Tenant B has no safe.");
    let body = json!({"query": "Where is the safe?", "namespace": "tenant-a"});
    let refused = key.post("/v1/recall", &body);
    refused.is_refused(403, "namespace_forbidden");
    assert_eq!(
        refused.message(),
        "API key not authorized for namespace \"tenant-a\""
    );
    assert_eq!(refused.json()["error"]["type"], "permission_error");
    let by_header = key
        .with("x-anchorhold-namespace", "tenant-a")
        .get("/v1/memories");
    by_header.is_refused(403, "namespace_forbidden");

    let (tenant, key_id) = (tenant.id.clone(), key.key_id.clone());
    house.server.stop();
    let entries = past::audit_entries(&house.server.data(), &tenant);
    let of_key = |verb: &str| {
        let mut found = entries.iter().filter(|entry| entry.verb == verb);
        let found = found.find(|entry| entry.key.is_some_and(|key| key.to_string() == key_id));
        found.unwrap_or_else(|| panic!("no entry for {verb}"))
    };
    let reason = "namespace_forbidden".to_owned();
    assert_eq!(
        of_key("recall").outcome,
        EntryOutcome::Denied {
            reason: reason.clone()
        }
    );
    assert_eq!(of_key("list").outcome, EntryOutcome::Denied { reason });
    assert_eq!(of_key("remember").outcome, EntryOutcome::Done);
    let log = house.server.log();
    for secret in ["tenant-a", "safe", &key.key] {
        assert!(!log.contains(secret), "the log holds {secret}");
    }
}

/// Row 14: one key reads the organisation, and writes only what is its user's own.
#[test]
fn alice_reads_the_organisation_and_writes_only_her_own() {
    let house = House::new();
    let tenant = house.tenant("saas");
    let admin = tenant.admin();
    admin.makes("org-acme");
    admin.makes("org-acme-user-alice");
    let id = admin.keeps_in("org-acme", "Acme was founded in a garage.");
    let alice = tenant.key(json!({"user": "alice", "grants": [
        {"namespace": "org-acme", "access": "read"},
        {"namespace": "org-acme-user-alice", "access": "write"},
    ]}));
    assert_eq!(
        alice.lists_in("org-acme"),
        ["Acme was founded in a garage."]
    );
    let path = format!("/v1/memories/{id}?namespace=org-acme");
    alice.get(&path).gives(200);
    let refused = |reply: crate::support::Reply| reply.is_refused(403, "access_forbidden");
    let memory = json!({"content": "Alice's edit.", "namespace": "org-acme"});
    refused(alice.post("/v1/memories", &memory));
    let batch = json!({"memories": [{"content": "Alice's edit."}], "namespace": "org-acme"});
    refused(alice.post("/v1/memories/batch", &batch));
    refused(alice.patch(&format!("/v1/memories/{id}"), &memory));
    refused(alice.delete(&path));
    refused(alice.post("/v1/forget", &json!({"ids": [id], "namespace": "org-acme"})));
    refused(alice.post("/v1/erase", &json!({"namespace": "org-acme"})));
    assert_eq!(
        admin.lists_in("org-acme"),
        ["Acme was founded in a garage."]
    );
    // Her own, by name and by being herself: two places.
    alice.keeps_in("org-acme-user-alice", "By name.");
    alice.keeps("By being Alice.");
    assert_eq!(alice.lists_in("org-acme-user-alice"), ["By name."]);
    assert_eq!(alice.lists(), ["By being Alice."]);
}

/// Row 15: several namespaces on one key.
#[test]
fn a_key_with_two_namespaces_works_on_both_and_not_on_a_third() {
    let house = House::new();
    let tenant = house.tenant("saas");
    let admin = tenant.admin();
    for name in ["one", "two", "three"] {
        admin.makes(name);
        admin.keeps_in(name, &format!("Kept in {name}."));
    }
    let key = tenant.key(json!({"grants": [
        {"namespace": "one", "access": "write"},
        {"namespace": "two", "access": "write"},
    ]}));
    for name in ["one", "two"] {
        key.keeps_in(name, &format!("Added to {name}."));
        assert_eq!(
            key.lists_in(name),
            [format!("Kept in {name}."), format!("Added to {name}.")]
        );
        let found = key.recalls_with(&json!({"query": "kept", "namespace": name}));
        assert!(
            found.iter().all(|content| content.contains(name)),
            "{found:?}"
        );
    }
    let third = key.get("/v1/memories?namespace=three");
    third.is_refused(403, "namespace_forbidden");
    assert_eq!(
        third.message(),
        "API key not authorized for namespace \"three\""
    );
    let third = key.post(
        "/v1/memories",
        &json!({"content": "x", "namespace": "three"}),
    );
    third.is_refused(403, "namespace_forbidden");
    assert_eq!(admin.lists_in("three"), ["Kept in three."]);
}

/// Row 16: a scoped key is no admin key.
#[test]
fn a_scoped_key_manages_neither_namespaces_nor_keys() {
    let house = House::new();
    let tenant = house.tenant("saas");
    let admin = tenant.admin();
    let id = admin.makes("org/acme");
    let victim = tenant.user("victim");
    for access in ["read", "write", "erase"] {
        let key = tenant.granted("org/acme", access);
        for name in ["org/acme", "org/acme/below", "elsewhere"] {
            let made = key.post("/v1/namespaces", &json!({"name": name}));
            assert_eq!(made.status, 403, "{made:?}");
        }
        let path = format!("/v1/namespaces/{id}");
        key.delete(&path).is_refused(403, "access_forbidden");
        let change = json!({"description": "mine now"});
        key.patch(&path, &change)
            .is_refused(403, "access_forbidden");
    }
    // Not even the strongest grant makes, shows or ends a key.
    let strongest = tenant.key(json!({
        "act_as": true, "grants": [{"namespace": "**", "access": "admin"}],
    }));
    for key in [tenant.granted("org/acme", "read"), strongest] {
        let wider = json!({"name": "wider", "admin": true});
        key.post("/v1/keys", &wider)
            .is_refused(403, "access_forbidden");
        key.get("/v1/keys").is_refused(403, "access_forbidden");
        for id in [&victim.key_id, &key.key_id, &admin.key_id] {
            key.delete(&format!("/v1/keys/{id}"))
                .is_refused(403, "access_forbidden");
        }
    }
    victim.get("/v1/whoami").gives(200);
    assert_eq!(
        admin.get("/v1/namespaces").gives(200)["namespaces"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
