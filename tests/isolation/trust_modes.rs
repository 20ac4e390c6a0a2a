//! What each trust mode and strategy accepts, and where it leads.

use serde_json::{Value, json};

use super::house::{Caller, House, Tenant};
use crate::support::Reply;

const ADVISORY: &str = "x-anchorhold-identity";

/// Every verb on the caller's own namespace, with an id of a memory that is Alice's.
fn all_verbs(caller: &Caller, id: &str) -> Vec<Reply> {
    let path = format!("/v1/memories/{id}");
    vec![
        caller.get("/v1/memories"),
        caller.get(&path),
        caller.patch(&path, &json!({"content": "changed"})),
        caller.delete(&path),
        caller.post("/v1/memories", &json!({"content": "planted"})),
        caller.post(
            "/v1/memories/batch",
            &json!({"memories": [{"content": "planted"}]}),
        ),
        caller.post("/v1/recall", &json!({"query": "tea"})),
        caller.post("/v1/forget", &json!({"ids": [id]})),
        caller.post("/v1/erase", &json!({"self": true})),
    ]
}

#[track_caller]
fn all_refused(caller: &Caller, id: &str, status: u16, code: &str) {
    for reply in all_verbs(caller, id) {
        reply.is_refused(status, code);
    }
}

fn with_alice(house: &House, policy: Value) -> (Tenant<'_>, Caller, String) {
    let name = format!("tenant-{}", policy.to_string().len());
    let tenant = house.tenant_with(&name, policy);
    let alice = tenant.user("alice");
    let id = alice.keeps("Alice takes her tea without sugar.");
    (tenant, alice, id)
}

#[test]
fn strict_takes_proof_alone() {
    let house = House::new();
    let (tenant, alice, id) = with_alice(&house, json!({"trust_mode": "strict"}));
    let before = alice.get("/v1/memories").gives(200);
    for asserted in [tenant.application(), tenant.key(json!({"act_as": "read"}))] {
        all_refused(&asserted.for_user("alice"), &id, 403, "identity_unverified");
        all_refused(&asserted, &id, 401, "identity_missing");
    }
    for claimed in [tenant.key(json!({})), tenant.admin()] {
        all_refused(&claimed.for_user("alice"), &id, 403, "identity_unverified");
        all_refused(&claimed, &id, 401, "identity_missing");
    }
    // A key that may not speak for Alice does not erase her either.
    let erased = tenant
        .application()
        .post("/v1/erase", &json!({"user": "alice"}));
    erased.is_refused(403, "identity_unverified");
    all_refused(
        &tenant.user("bob").for_user("alice"),
        &id,
        403,
        "identity_conflict",
    );
    assert_eq!(
        alice.for_user("alice").get("/v1/memories").gives(200),
        before
    );
    let who = alice.get("/v1/whoami").gives(200);
    assert_eq!(
        (&who["strength"], &who["trust_mode"]),
        (&json!("proven"), &json!("strict"))
    );
    // The tenant's admin manages its users, whom it does not speak for.
    tenant
        .admin()
        .post("/v1/erase", &json!({"user": "alice"}))
        .gives(200);
}

#[test]
fn required_takes_the_word_of_an_application() {
    let house = House::new();
    let (tenant, alice, id) = with_alice(&house, json!({}));
    let before = alice.get("/v1/memories").gives(200);
    let application = tenant.application();
    assert_eq!(
        application.for_user("alice").get("/v1/memories").gives(200),
        before
    );
    let who = application.for_user("alice").get("/v1/whoami").gives(200);
    assert_eq!(
        (&who["strength"], &who["trust_mode"]),
        (&json!("asserted"), &json!("required"))
    );
    let missing = application.get("/v1/memories");
    missing.is_refused(400, "identity_required");
    assert!(
        missing.message().contains("x-anchorhold-user"),
        "{missing:?}"
    );
    all_refused(&application, &id, 400, "identity_required");
    for claimed in [
        tenant.key(json!({})),
        tenant.admin(),
        tenant.granted("**", "admin"),
    ] {
        all_refused(
            &claimed.for_user("alice"),
            &id,
            403,
            "identity_not_permitted",
        );
        all_refused(&claimed, &id, 400, "identity_required");
    }
    all_refused(
        &tenant.user("bob").for_user("alice"),
        &id,
        403,
        "identity_conflict",
    );
    assert_eq!(alice.get("/v1/memories").gives(200), before);
}

#[test]
fn legacy_takes_any_word_and_says_so() {
    let house = House::new();
    let (tenant, alice, _) = with_alice(&house, json!({"trust_mode": "legacy"}));
    let plain = tenant.key(json!({}));
    let kept = plain.post("/v1/memories", &json!({"content": "Nobody's."}));
    let namespace = json!({"kind": "shared", "name": null});
    assert_eq!(kept.gives(201)["namespace"], namespace);
    assert_eq!(kept.header(ADVISORY), Some("advisory"));
    // Anonymous ones share; whoever is named has a namespace of their own.
    let other = tenant.key(json!({}));
    assert_eq!(other.lists(), ["Nobody's."]);
    let claimed = other.for_user("alice").get("/v1/memories");
    assert_eq!(claimed.gives(200)["memories"].as_array().unwrap().len(), 1);
    assert!(claimed.text().contains("tea"), "{claimed:?}");
    assert_eq!(claimed.header(ADVISORY), Some("advisory"));
    assert_eq!(other.for_user("carol").lists(), [""; 0]);
    // A word is enough to write and delete, not to destroy.
    let erased = other
        .for_user("alice")
        .post("/v1/erase", &json!({"self": true}));
    erased.is_refused(403, "access_forbidden");
    for proven in [
        alice.get("/v1/memories"),
        tenant.application().for_user("alice").get("/v1/memories"),
    ] {
        assert_eq!(proven.header(ADVISORY), None, "{proven:?}");
        assert!(!proven.text().contains("Nobody's."), "{proven:?}");
    }
    // The strongest wins: Bob stays Bob.
    let bob = tenant.user("bob").for_user("alice");
    let listed = bob.get("/v1/memories");
    assert_eq!(listed.gives(200)["memories"], json!([]));
    assert_eq!(bob.get("/v1/whoami").gives(200)["subject"]["id"], "bob");
    // A viewer reads the shared namespace and no more.
    let viewer = tenant.key(json!({"act_as": "read", "viewer": true}));
    assert_eq!(viewer.lists(), ["Nobody's."]);
    let kept = viewer.post("/v1/memories", &json!({"content": "x"}));
    kept.is_refused(403, "access_forbidden");
    // Nobody's workspace is not the shared namespace.
    let workspace = plain.with("x-anchorhold-workspace", "w");
    workspace
        .get("/v1/memories")
        .is_refused(400, "identity_required");
}

#[test]
fn the_strategy_none_shares_one_namespace_in_a_tenant() {
    let house = House::new();
    let tenant = house.tenant_with("acme", json!({"isolation": "none"}));
    let rival = house.tenant_with("rival", json!({"isolation": "none"}));
    let (first, second) = (tenant.key(json!({})), tenant.key(json!({})));
    first.keeps("The office closes at six.");
    for caller in [
        &second,
        &tenant.user("alice"),
        &tenant.application().for_user("bob"),
    ] {
        assert_eq!(caller.lists(), ["The office closes at six."]);
        assert_eq!(
            caller.recalls("When does the office close?"),
            ["The office closes at six."]
        );
    }
    assert_eq!(rival.key(json!({})).lists(), [""; 0]);
    // Identity is still validated.
    let claimed = second.for_user("alice").get("/v1/memories");
    claimed.is_refused(403, "identity_not_permitted");
    let confused = tenant.user("bob").for_user("alice").get("/v1/memories");
    confused.is_refused(403, "identity_conflict");
    // Named namespaces stay what they are.
    tenant.admin().makes("org/acme");
    let named = second.get("/v1/memories?namespace=org/acme");
    named.is_refused(403, "namespace_forbidden");
    // In strict nobody comes without a proof.
    tenant.demand(&json!({"trust_mode": "strict"}));
    first
        .get("/v1/memories")
        .is_refused(401, "identity_missing");
    assert_eq!(tenant.user("alice").lists(), ["The office closes at six."]);
}

/// A policy holds for the next request, and moves no data.
#[test]
fn another_policy_holds_for_the_next_request() {
    let house = House::new();
    let (tenant, alice, id) = with_alice(&house, json!({}));
    let application = tenant.application().for_user("alice");
    let path = format!("/v1/memories/{id}");
    application.get(&path).gives(200);
    tenant.demand(&json!({"trust_mode": "strict"}));
    application
        .get(&path)
        .is_refused(403, "identity_unverified");
    alice.get(&path).gives(200);
    tenant.demand(&json!({"isolation": "none"}));
    alice.get(&path).is_refused(404, "memory_not_found");
    tenant.demand(&json!({"trust_mode": "required", "isolation": "user"}));
    application.get(&path).gives(200);
}

#[test]
fn what_comes_later_is_refused_by_its_name() {
    let house = House::new();
    let operator = house.operator();
    house.tenant("acme");
    let alice = house.known_tenant("acme").user("alice");
    let several = json!({"query": "x", "namespaces": ["a", "b"]});
    alice
        .post("/v1/recall", &several)
        .is_refused(422, "not_available_yet");
    for unknown in [
        json!({"trust_mode": "lax"}),
        json!({"isolation": "ip"}),
        json!({}),
    ] {
        operator
            .patch("/v1/tenants/acme", &unknown)
            .is_refused(422, "request_invalid");
    }
}
