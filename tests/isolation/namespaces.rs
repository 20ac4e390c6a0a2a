//! Named namespaces and sub-scopes: made, listed, covered by grants, erased with their user.

use serde_json::{Value, json};

use super::house::{Caller, House};

fn names(caller: &Caller) -> Vec<String> {
    let listed = caller.get("/v1/namespaces?limit=200").gives(200);
    let listed = listed["namespaces"].as_array().unwrap().iter();
    listed
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Row 47.
#[test]
fn a_namespace_is_made_once_shown_to_those_who_may_see_it_and_purged() {
    let house = House::new();
    let tenant = house.tenant("saas");
    let admin = tenant.admin();
    let body = json!({"name": "org/acme", "description": "All of Acme."});
    let made = admin.post("/v1/namespaces", &body).gives(201);
    assert_eq!(
        (&made["name"], &made["description"]),
        (&body["name"], &body["description"])
    );
    assert!(
        made["created_at"].as_str().unwrap().ends_with('Z'),
        "{made}"
    );
    let id = made["id"].as_str().unwrap();
    admin
        .post("/v1/namespaces", &body)
        .is_refused(409, "namespace_exists");
    admin.makes("org/rival");
    assert_eq!(names(&admin), ["org/acme", "org/rival"]);
    assert_eq!(names(&tenant.granted("org/acme", "read")), ["org/acme"]);
    assert_eq!(names(&tenant.user("alice")), [""; 0]);
    let path = format!("/v1/namespaces/{id}");
    assert_eq!(admin.get(&path).gives(200), made);
    let changed = admin.patch(&path, &json!({"description": null})).gives(200);
    assert_eq!(changed["description"], Value::Null);

    let memory = admin.keeps_in("org/acme", "Acme's secret recipe is salt.");
    let deleted = admin.delete(&path).gives(200);
    assert_eq!(deleted["deleted"], true);
    for gone in [
        admin.delete(&path),
        admin.get(&path),
        admin.get("/v1/memories?namespace=org/acme"),
        admin.post(
            "/v1/recall",
            &json!({"query": "recipe", "namespace": "org/acme"}),
        ),
    ] {
        gone.is_refused(404, "namespace_not_found");
    }
    // Made again it is another one, and empty.
    assert_ne!(admin.makes("org/acme"), id);
    assert_eq!(admin.lists_in("org/acme"), [""; 0]);
    let gone = admin.get(&format!("/v1/memories/{memory}?namespace=org/acme"));
    gone.is_refused(404, "memory_not_found");
    assert_eq!(names(&admin), ["org/acme", "org/rival"]);
}

/// Pages of namespaces show what the key may see and nothing else; their cursors are its own.
#[test]
fn pages_of_namespaces_hold_to_the_grants_of_the_key() {
    let house = House::new();
    let tenant = house.tenant("saas");
    let admin = tenant.admin();
    for number in 0..5 {
        admin.makes(&format!("org/acme/{number}"));
        admin.makes(&format!("org/rival/{number}"));
    }
    let key = tenant.granted("org/acme/**", "read");
    let mut seen = Vec::new();
    let mut path = "/v1/namespaces?limit=2".to_owned();
    let mut first = None;
    loop {
        let page = key.get(&path).gives(200);
        for one in page["namespaces"].as_array().unwrap() {
            seen.push(one["name"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        first.get_or_insert_with(|| next.to_owned());
        path = format!("/v1/namespaces?limit=2&cursor={next}");
    }
    let expected: Vec<String> = (0..5).map(|number| format!("org/acme/{number}")).collect();
    assert_eq!(seen, expected);
    let cursor = first.unwrap();
    key.get(&format!(
        "/v1/memories?cursor={cursor}&namespace=org/acme/0"
    ))
    .is_refused(400, "cursor_invalid");
    // A cursor is nothing that a caller can write.
    for own in ["org/rival/0", "org/acme/0", "%2A"] {
        let reply = key.get(&format!("/v1/namespaces?cursor={own}"));
        reply.is_refused(400, "cursor_invalid");
    }
}

/// Row 48: read by two users, written by the admin; whole segments.
#[test]
fn a_grant_covers_whole_segments_alone() {
    let house = House::new();
    let tenant = house.tenant("saas");
    let admin = tenant.admin();
    let all = [
        "org/acme",
        "org/acme/user/alice",
        "org/acme/team",
        "org/acmecorp",
        "org/acmecorp/x",
        "org",
        "acme",
        "org-acme",
        "ORG/acme/team",
        "org/Acme/team",
    ];
    for name in all {
        admin.makes(name);
        admin.keeps_in(name, &format!("Kept in {name}."));
    }
    let (alice, bob) = (
        tenant.granted("org/acme", "read"),
        tenant.granted("org/acme", "read"),
    );
    for member in [&alice, &bob] {
        assert_eq!(member.lists_in("org/acme"), ["Kept in org/acme."]);
        let write = json!({"content": "x", "namespace": "org/acme"});
        member
            .post("/v1/memories", &write)
            .is_refused(403, "access_forbidden");
    }
    let covered = |key: &Caller| -> Vec<&str> {
        let is_open = |name: &&str| {
            let reply = key.get(&format!("/v1/memories?namespace={name}"));
            match reply.status {
                200 => true,
                _ => {
                    reply.is_refused(403, "namespace_forbidden");
                    false
                }
            }
        };
        all.into_iter().filter(is_open).collect()
    };
    let subtree = tenant.granted("org/acme/**", "read");
    assert_eq!(covered(&subtree), ["org/acme/user/alice", "org/acme/team"]);
    assert_eq!(covered(&alice), ["org/acme"]);
    assert_eq!(
        covered(&tenant.granted("org/**", "read")),
        [
            "org/acme",
            "org/acme/user/alice",
            "org/acme/team",
            "org/acmecorp",
            "org/acmecorp/x",
            "org/Acme/team"
        ]
    );
    assert_eq!(covered(&tenant.granted("**", "read")), all);
    for pattern in [
        "org/*",
        "org/acme*",
        "*",
        "org/**/x",
        "/org",
        "org/",
        "",
        "org//acme",
        "../org",
    ] {
        let grants = [json!({"namespace": pattern, "access": "read"})];
        let refused = admin.post("/v1/keys", &json!({"name": "a key", "grants": grants}));
        refused.is_refused(422, "grant_pattern_invalid");
    }
    // No pattern reaches what is no named namespace.
    let everything = tenant.granted("**", "admin");
    tenant.user("alice").keeps("Alice's own.");
    for name in ["alice", "local/alice", "user/alice", "shared"] {
        let reply = everything.get(&format!("/v1/memories?namespace={name}"));
        reply.is_refused(404, "namespace_not_found");
    }
}

/// Row 48: forgetting a user forgets every workspace, agent and thread.
#[test]
fn erasing_a_user_takes_all_workspaces_agents_and_threads() {
    let house = House::new();
    let tenant = house.tenant("saas");
    let application = tenant.application();
    let places = |user: &str| -> Vec<Caller> {
        let user = application.for_user(user);
        let workspace = user.with("x-anchorhold-workspace", "work");
        vec![
            user.with("x-anchorhold-agent", "researcher"),
            user.with("x-anchorhold-thread", "thread-1"),
            workspace
                .with("x-anchorhold-agent", "researcher")
                .with("x-anchorhold-thread", "t"),
            workspace,
            user,
        ]
    };
    let (alices, bobs) = (places("alice"), places("bob"));
    for (number, place) in alices.iter().chain(&bobs).enumerate() {
        place.keeps(&format!("Kept at place {number}."));
    }
    for (number, place) in alices.iter().chain(&bobs).enumerate() {
        assert_eq!(place.lists(), [format!("Kept at place {number}.")]);
    }
    let receipt = application
        .post("/v1/erase", &json!({"user": "alice"}))
        .gives(200);
    assert_eq!(
        (&receipt["namespaces"], &receipt["records"]),
        (&json!(5), &json!(5))
    );
    assert_eq!(receipt["key_ids"].as_array().unwrap().len(), 5);
    for place in &alices {
        assert_eq!(place.lists(), [""; 0]);
        assert_eq!(place.recalls("Kept at place"), [""; 0]);
    }
    for (number, place) in bobs.iter().enumerate() {
        assert_eq!(
            place.lists(),
            [format!("Kept at place {}.", alices.len() + number)]
        );
    }
}

/// Row 49: private to each agent, and one namespace for both.
#[test]
fn two_agents_keep_to_themselves_and_share_one_namespace() {
    let house = House::new();
    let tenant = house.tenant("saas");
    tenant.admin().makes("shared");
    let agent = |name: &str| {
        let grants = [json!({"namespace": "shared", "access": "write"})];
        tenant.key(json!({"user": name, "grants": grants}))
    };
    let (researcher, writer) = (agent("researcher"), agent("writer"));
    let id = researcher.keeps("The researcher doubts the source.");
    writer.keeps("The writer dislikes the title.");
    researcher.keeps_in("shared", "The deadline is Friday.");
    writer.keeps_in("shared", "The draft has nine pages.");
    for agent in [&researcher, &writer] {
        assert_eq!(
            agent.lists_in("shared"),
            ["The deadline is Friday.", "The draft has nine pages."]
        );
    }
    assert_eq!(researcher.lists(), ["The researcher doubts the source."]);
    assert_eq!(writer.lists(), ["The writer dislikes the title."]);
    writer
        .get(&format!("/v1/memories/{id}"))
        .is_refused(404, "memory_not_found");
    // The same with one user's two agents, told apart by the header.
    let user = tenant.user("alice");
    let by_header = |name: &str| user.with("x-anchorhold-agent", name);
    by_header("researcher").keeps("Only for the researcher.");
    assert_eq!(by_header("writer").lists(), [""; 0]);
    assert_eq!(user.lists(), [""; 0]);
    assert_eq!(
        by_header("researcher").lists(),
        ["Only for the researcher."]
    );
}
