//! Ids are compared byte for byte and never joined, quoted or taken for something else.

use serde_json::{Value, json};

use super::house::{Caller, House};

/// A3: an empty user id is refused; it never becomes the shared namespace.
#[test]
fn a3_an_empty_user_never_becomes_the_shared_one() {
    let house = House::new();
    let policies = [
        json!({}),
        json!({"trust_mode": "legacy"}),
        json!({"trust_mode": "strict"}),
        json!({"isolation": "none"}),
        json!({"trust_mode": "legacy", "isolation": "none"}),
    ];
    for (number, policy) in policies.into_iter().enumerate() {
        let tenant = house.tenant_with(&format!("tenant-{number}"), policy);
        let mut keys = vec![
            tenant.application(),
            tenant.key(json!({})),
            tenant.user("alice"),
        ];
        keys.push(tenant.admin());
        for key in &keys {
            for empty in ["", " ", "\t", "\u{a0}", "\u{200b}"] {
                let nobody = key.for_user(empty);
                let kept = nobody.post("/v1/memories", &json!({"content": "Whose is this?"}));
                kept.is_refused(400, "name_invalid");
                nobody.get("/v1/memories").is_refused(400, "name_invalid");
                let recall = nobody.post("/v1/recall", &json!({"query": "whose"}));
                recall.is_refused(400, "name_invalid");
                let erased = nobody.post("/v1/erase", &json!({"self": true}));
                erased.is_refused(400, "name_invalid");
            }
            for part in ["workspace", "agent", "thread"] {
                let header = format!("x-anchorhold-{part}");
                key.with(&header, "")
                    .get("/v1/memories")
                    .is_refused(400, "name_invalid");
            }
        }
        let admin = &keys[3];
        let key = json!({"name": "nobody's", "user": ""});
        admin.post("/v1/keys", &key).is_refused(400, "name_invalid");
        admin
            .post("/v1/namespaces", &json!({"name": ""}))
            .is_refused(400, "name_invalid");
        admin
            .post("/v1/erase", &json!({"user": ""}))
            .is_refused(400, "name_invalid");
        for query in ["namespace=", "namespace=%20"] {
            admin
                .get(&format!("/v1/memories?{query}"))
                .is_refused(400, "name_invalid");
        }
        let erased = admin.post("/v1/erase", &json!({"user": null}));
        erased.is_refused(422, "request_invalid");
    }
}

/// A9: what would end a string in another language is a letter here.
#[test]
fn a9_quotes_in_ids_and_filters_are_only_letters() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let (application, admin) = (tenant.application(), tenant.admin());
    let alice = application.for_user("alice");
    alice.keeps_with(&json!({
        "content": "Alice's ledger.", "tags": ["private"], "metadata": {"topic": "money"},
    }));
    let before = alice.get("/v1/memories").gives(200);
    let injections = [
        "\" OR \"1\"=\"1",
        "' OR '1'='1",
        "alice' --",
        "alice\"; DROP TABLE namespace; --",
        "alice\\",
        "%",
        "_",
        "*",
        "alice%",
        "al_ce",
        "') UNION SELECT * FROM record --",
        "${alice}",
        "{\"$ne\": null}",
        "[alice]",
        "alice|bob",
        "(alice)",
        "alice/**",
        "**",
    ];
    for injection in injections {
        let other = application.for_user(injection);
        assert_eq!(other.lists(), [""; 0], "{injection}");
        other.keeps("Kept by a strange name.");
        assert_eq!(other.lists(), ["Kept by a strange name."], "{injection}");
        assert_eq!(
            other.recalls("ledger money"),
            ["Kept by a strange name."],
            "{injection}"
        );
        let path = escaped(injection);
        for reply in [
            alice.get(&format!("/v1/memories/{path}")),
            alice.delete(&format!("/v1/memories/{path}")),
        ] {
            let known = ["memory_not_found", "path_not_canonical"];
            assert!(known.contains(&reply.code().as_str()), "{reply:?}");
        }
        let ids = alice.post("/v1/forget", &json!({"ids": [injection]}));
        assert_eq!(ids.status, 422, "{ids:?}");
        for filter in [
            json!({"tags": {"any": [injection]}}),
            json!({"metadata.topic": {"eq": injection}}),
            json!({"metadata.topic": {"in": [injection]}}),
            json!({format!("metadata.{injection}"): {"exists": true}}),
            json!({"metadata.topic": {injection: "money"}}),
            json!({injection: {"eq": "money"}}),
            json!({"type": {"eq": injection}}),
            json!({"type": {"eq": {"$ne": null}}}),
        ] {
            for body in [
                json!({"filter": filter}),
                json!({"filter": filter, "dry_run": true}),
            ] {
                let forgotten = alice.post("/v1/forget", &body);
                let nothing = forgotten.status == 422
                    || forgotten.status == 400
                    || forgotten.gives(200)["deleted"] == 0;
                assert!(nothing, "{body}: {forgotten:?}");
            }
        }
        let erased = admin
            .post("/v1/erase", &json!({"user": injection}))
            .gives(200);
        assert_eq!(erased["records"], 1, "{injection}");
    }
    assert_eq!(alice.get("/v1/memories").gives(200), before);
}

/// A part of a path or query in which nothing has a meaning of its own.
fn escaped(text: &str) -> String {
    let bytes = text.bytes();
    bytes
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// Keeps one memory at each place, then checks that each place holds its own and nothing else.
fn all_are_apart(places: &[(String, Caller, Option<String>)]) {
    let text = |name: &str| format!("Kept at <{name}>.");
    for (name, caller, namespace) in places {
        let mut body = json!({"content": text(name)});
        if let Some(namespace) = namespace {
            body["namespace"] = json!(namespace);
        }
        caller.keeps_with(&body);
    }
    for (name, caller, namespace) in places {
        let listed = match namespace {
            Some(namespace) => caller.lists_in(&escaped(namespace)),
            None => caller.lists(),
        };
        assert_eq!(listed, [text(name)]);
        let mut body = json!({"query": "Kept at", "limit": 200});
        if let Some(namespace) = namespace {
            body["namespace"] = json!(namespace);
        }
        assert_eq!(caller.recalls_with(&body), [text(name)]);
    }
}

/// A11 and row 12: parts are kept apart by their lengths, not by a separator.
#[test]
fn a11_parts_with_the_same_joint_spelling_never_meet() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let (application, admin) = (tenant.application(), tenant.admin());
    let mut places = Vec::new();
    let mut at_user = |user: &str, scopes: &[(&str, &str)]| {
        let mut caller = application.for_user(user);
        for (part, value) in scopes {
            caller = caller.with(&format!("x-anchorhold-{part}"), value);
        }
        places.push((format!("{user} {scopes:?}"), caller, None));
    };
    for separator in [":", "/", "|", "-", "\u{1f}", "::", "%3A", "."] {
        // A separator that no part may hold cannot join anything.
        if separator == "\u{1f}" {
            continue;
        }
        let joined = format!("b{separator}c");
        at_user("a", &[("workspace", &joined)]);
        at_user(&format!("a{separator}b"), &[("workspace", "c")]);
        at_user(&format!("a{separator}b{separator}c"), &[]);
    }
    for part in ["workspace", "agent", "thread"] {
        at_user("a", &[(part, "b")]);
    }
    at_user("a", &[("workspace", "b"), ("agent", "c")]);
    at_user("a", &[("workspace", "b"), ("thread", "c")]);
    at_user("a", &[("agent", "b"), ("thread", "c")]);
    at_user("a", &[("workspace", "c"), ("agent", "b")]);
    at_user("ab", &[]);
    at_user("a", &[]);
    // Users called like something else.
    for user in [
        "shared", "named", "user", "org/acme", "local", "local:a", "key", "default", "acme",
    ] {
        at_user(user, &[]);
    }
    for name in [
        "org/acme", "org-acme", "a", "a/b", "a/b/c", "shared", "user/a", "a:b",
    ] {
        admin.makes(name);
        places.push((
            format!("named {name}"),
            admin.clone(),
            Some(name.to_owned()),
        ));
    }
    all_are_apart(&places);
}

/// A10: the name of a tenant and the id of a user are not joined either, so an id under the own tenant
/// that begins like another tenant leads to nobody there.
#[test]
fn a10_a_tenants_name_and_a_users_id_are_never_joined() {
    let house = House::new();
    let mut places = Vec::new();
    for (tenant, user) in [
        ("a", "b:c"),
        ("a:b", "c"),
        ("a-b", "c"),
        ("a", "b-c"),
        ("ab", "c"),
        ("rival", "alice"),
        ("acme", "rival:alice"),
        ("acme", "rival/alice"),
        ("acme", "alice"),
    ] {
        let known = house.operator().get("/v1/tenants").gives(200);
        let mut known = known["tenants"].as_array().unwrap().iter();
        let tenant = if known.any(|known| known["name"] == tenant) {
            house.known_tenant(tenant)
        } else {
            house.tenant(tenant)
        };
        places.push((format!("{} {user}", tenant.name), tenant.user(user), None));
    }
    all_are_apart(&places);
}

/// Look-alikes are different people; nothing is folded, trimmed or composed.
#[test]
fn alice_and_her_look_alikes_are_different_people() {
    let house = House::new();
    let application = house.tenant("acme").application();
    let names = [
        "alice",
        "Alice",
        "ALICE",
        "Ａlice",
        "ａｌｉｃｅ",
        "al\u{131}ce",
        "al\u{456}ce",
        "a\u{142}ice",
        "alice.",
        "al ice",
        "al  ice",
        "\u{e1}lice",
        "alicе",
        "alice@example.org",
        "Alice@example.org",
        "1",
        "01",
        "1.0",
        "true",
        "null",
        "undefined",
    ];
    let places: Vec<_> = names
        .iter()
        .map(|name| ((*name).to_owned(), application.for_user(name), None))
        .collect();
    all_are_apart(&places);
    let ids: Vec<Value> = places
        .iter()
        .map(|(_, caller, _)| caller.get("/v1/whoami").gives(200)["subject"]["id"].clone())
        .collect();
    assert_eq!(ids, names.map(Value::from));
}
