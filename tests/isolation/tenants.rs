//! Two tenants are two worlds: the same user id, the same names, nothing in common.

use serde_json::json;

use super::alice_and_bob::{everything_of, keep, leaves_alice_alone};
use super::house::House;

/// Row 11: user `alice` of one tenant is not user `alice` of another, for all verbs.
#[test]
fn the_alice_of_another_tenant_sees_and_changes_nothing() {
    let house = House::new();
    let (acme, rival) = (house.tenant("acme"), house.tenant("rival"));
    let alice = acme.user("alice");
    let id = keep(&alice);
    let all = rival.key(json!({
        "admin": true, "act_as": true, "grants": [{"namespace": "**", "access": "admin"}],
    }));
    for stranger in [
        rival.user("alice"),
        rival.application().for_user("alice"),
        all.for_user("alice"),
    ] {
        leaves_alice_alone(&alice, &id, &stranger);
        stranger.keeps("The namesake was here.");
        leaves_alice_alone(&alice, &id, &stranger);
    }
    let before = everything_of(&alice);
    rival
        .user("alice")
        .post("/v1/erase", &json!({"self": true}))
        .gives(200);
    assert_eq!(everything_of(&alice), before);
}

/// Keys, named namespaces and their opaque ids stay inside their tenant.
#[test]
fn an_admin_of_another_tenant_manages_nothing_here() {
    let house = House::new();
    let (acme, rival) = (house.tenant("acme"), house.tenant("rival"));
    let (admin, stranger) = (acme.admin(), rival.admin());
    let alice = acme.user("alice");
    let namespace = admin.makes("org/acme");
    admin.keeps_in("org/acme", "Acme meets on Mondays.");
    for (method, path, body) in [
        ("GET", format!("/v1/namespaces/{namespace}"), None),
        (
            "PATCH",
            format!("/v1/namespaces/{namespace}"),
            Some(json!({"description": "mine"})),
        ),
        ("DELETE", format!("/v1/namespaces/{namespace}"), None),
        (
            "POST",
            "/v1/erase".to_owned(),
            Some(json!({"namespace": "org/acme"})),
        ),
    ] {
        let mut ask = stranger.ask(method, &path);
        if let Some(body) = body {
            ask = ask.json(&body);
        }
        ask.send().is_refused(404, "namespace_not_found");
    }
    stranger
        .delete(&format!("/v1/keys/{}", alice.key_id))
        .is_refused(404, "route_not_found");
    let listed = stranger.get("/v1/keys").text();
    assert!(!listed.contains(&alice.key_id) && listed.contains(&stranger.key_id));
    assert_eq!(
        stranger.get("/v1/namespaces").gives(200)["namespaces"],
        json!([])
    );
    // The same name is free in the other tenant, and another namespace.
    let other = stranger.makes("org/acme");
    assert_ne!(other, namespace);
    stranger.keeps_in("org/acme", "The rivals meet on Tuesdays.");
    assert_eq!(admin.lists_in("org/acme"), ["Acme meets on Mondays."]);
    assert_eq!(
        stranger.lists_in("org/acme"),
        ["The rivals meet on Tuesdays."]
    );
    stranger
        .delete(&format!("/v1/namespaces/{other}"))
        .gives(200);
    assert_eq!(admin.lists_in("org/acme"), ["Acme meets on Mondays."]);
    alice.get("/v1/whoami").gives(200);
}

/// Row 10, by grants and by an application that names the organisation as the user.
#[test]
fn two_users_of_an_organisation_share_it_and_others_see_nothing() {
    let house = House::new();
    let tenant = house.tenant("saas");
    let admin = tenant.admin();
    admin.makes("org/acme");
    admin.makes("org/rival");
    let member = |user: &str, organisation: &str| {
        let grants = [json!({"namespace": organisation, "access": "write"})];
        tenant.key(json!({"user": user, "grants": grants}))
    };
    let (alice, bob) = (member("alice", "org/acme"), member("bob", "org/acme"));
    let carol = member("carol", "org/rival");
    alice.keeps_in("org/acme", "Acme's wifi password hangs in the kitchen.");
    bob.keeps_in("org/acme", "Acme closes at six.");
    let shared = [
        "Acme's wifi password hangs in the kitchen.",
        "Acme closes at six.",
    ];
    assert_eq!(alice.lists_in("org/acme"), shared);
    assert_eq!(bob.lists_in("org/acme"), shared);
    let question = json!({"query": "Where is the wifi password?", "namespace": "org/acme"});
    assert_eq!(bob.recalls_with(&question)[0], shared[0]);
    carol
        .get("/v1/memories?namespace=org/acme")
        .is_refused(403, "namespace_forbidden");
    carol
        .post("/v1/recall", &question)
        .is_refused(403, "namespace_forbidden");
    assert_eq!(carol.lists_in("org/rival"), [""; 0]);
    // What is shared is nobody's own.
    assert_eq!(
        (alice.lists(), bob.lists(), carol.lists()),
        (vec![], vec![], vec![])
    );

    let application = tenant.application();
    application
        .for_user("org-acme")
        .keeps("Kept for the organisation.");
    assert_eq!(
        application.for_user("org-acme").lists(),
        ["Kept for the organisation."]
    );
    assert_eq!(application.for_user("org-rival").lists(), [""; 0]);
}
