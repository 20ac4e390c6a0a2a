//! Named namespaces: made on purpose, reached by grants, and unknown to everybody else.

use serde_json::{Value, json};

use crate::support::Server;

fn with_namespaces(server: &Server, names: &[&str]) -> (String, Vec<Value>) {
    server.tenant("acme");
    let admin = server.key("acme", json!({"admin": true}));
    let made = names.iter().map(|name| {
        let asked = server.ask("POST", "/v1/namespaces").key(&admin);
        let made = asked
            .json(json!({"name": name, "description": "about"}))
            .send();
        assert_eq!(made.status, 201, "{made:?}");
        made.json()
    });
    let made = made.collect();
    (admin, made)
}

#[test]
fn absent_and_foreign_namespaces_are_refused_in_equal_bytes() {
    let server = Server::new();
    with_namespaces(&server, &["org/there"]);
    let key = server.key(
        "acme",
        json!({"grants": [{"namespace": "org/own", "access": "admin"}]}),
    );
    let id = "/v1/memories/01890a5d-ac96-774b-bcce-b302099a8057";
    let refusals = |name: &str| {
        let queried = |method: &str, path: &str| {
            let target = format!("{path}?namespace={}", name.replace('/', "%2F"));
            server.ask(method, &target).key(&key).send()
        };
        let named = |method: &str, path: &str, mut body: Value| {
            body["namespace"] = name.into();
            server.ask(method, path).key(&key).json(body).send()
        };
        let replies = [
            queried("GET", "/v1/memories"),
            queried("GET", id),
            queried("DELETE", id),
            named("POST", "/v1/memories", json!({"content": "x"})),
            named(
                "POST",
                "/v1/memories/batch",
                json!({"memories": [{"content": "x"}]}),
            ),
            named("PATCH", id, json!({"content": "x"})),
            named("POST", "/v1/recall", json!({"query": "x"})),
            named(
                "POST",
                "/v1/forget",
                json!({"ids": ["01890a5d-ac96-774b-bcce-b302099a8057"]}),
            ),
            named("POST", "/v1/erase", json!({})),
            server
                .ask("GET", "/v1/memories")
                .key(&key)
                .header("x-anchorhold-namespace", name)
                .send(),
        ];
        for reply in &replies {
            reply.is_refused(403, "namespace_forbidden");
            let expected = format!("API key not authorized for namespace \"{name}\"");
            assert_eq!(reply.message(), expected);
        }
        replies.map(|reply| reply.comparable(name))
    };
    assert_eq!(refusals("org/there"), refusals("org/absent"));
}

#[test]
fn two_names_in_one_request_are_refused_when_they_differ() {
    let server = Server::new();
    let (admin, _) = with_namespaces(&server, &["org/a", "org/b"]);
    let keep = |header: &str| {
        let asked = server.ask("POST", "/v1/memories").key(&admin);
        let asked = asked.header("x-anchorhold-namespace", header);
        asked
            .json(json!({"content": "tea", "namespace": "org/a"}))
            .send()
    };
    keep("org/b").is_refused(400, "namespace_conflict");
    assert_eq!(keep("org/a").status, 201);
    let list = |header: &str| {
        let asked = server
            .ask("GET", "/v1/memories?namespace=org%2Fa")
            .key(&admin);
        asked.header("x-anchorhold-namespace", header).send()
    };
    list("org/b").is_refused(400, "namespace_conflict");
    assert_eq!(
        list("org/a").json()["memories"][0]["namespace"],
        json!({"kind": "named", "name": "org/a"})
    );
}

#[test]
fn a_grant_gives_its_access_and_no_more() {
    let server = Server::new();
    let (admin, _) = with_namespaces(&server, &["org/a"]);
    let reader = server.key(
        "acme",
        json!({"grants": [{"namespace": "org/a", "access": "read"}]}),
    );
    let keep = |key: &str| {
        let asked = server.ask("POST", "/v1/memories").key(key);
        asked
            .json(json!({"content": "tea", "namespace": "org/a"}))
            .send()
    };
    assert_eq!(keep(&admin).status, 201);
    keep(&reader).is_refused(403, "access_forbidden");
    let recalled = server.ask("POST", "/v1/recall").key(&reader);
    let recalled = recalled
        .json(json!({"query": "tea", "namespace": "org/a"}))
        .send()
        .json();
    assert_eq!(recalled["results"].as_array().unwrap().len(), 1);
    let own = server.key(
        "acme",
        json!({"grants": [{"namespace": "org/**", "access": "write"}]}),
    );
    let absent = server
        .ask("GET", "/v1/memories?namespace=org%2Fabsent")
        .key(&own)
        .send();
    absent.is_refused(404, "namespace_not_found");
}

#[test]
fn namespaces_are_made_listed_described_and_destroyed() {
    let server = Server::new();
    let (admin, made) = with_namespaces(&server, &["org/a", "org/b", "other"]);
    let again = server.ask("POST", "/v1/namespaces").key(&admin);
    again
        .json(json!({"name": "org/a"}))
        .send()
        .is_refused(409, "namespace_exists");
    let reader = server.key(
        "acme",
        json!({"grants": [{"namespace": "org/**", "access": "read"}]}),
    );
    let names = |key: &str, target: &str| {
        let page = server.ask("GET", target).key(key).send().json();
        let names = page["namespaces"].as_array().unwrap().clone();
        let names: Vec<String> = names
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect();
        (names, page["next_cursor"].as_str().map(str::to_owned))
    };
    assert_eq!(names(&reader, "/v1/namespaces").0, ["org/a", "org/b"]);
    let (first, cursor) = names(&admin, "/v1/namespaces?limit=2");
    assert_eq!(first.len(), 2);
    let (rest, end) = names(
        &admin,
        &format!("/v1/namespaces?limit=2&cursor={}", cursor.unwrap()),
    );
    assert_eq!((rest.len(), end), (1, None));

    let target = format!("/v1/namespaces/{}", made[0]["id"].as_str().unwrap());
    let ask = |method: &str, key: &str| server.ask(method, &target).key(key);
    assert_eq!(ask("GET", &reader).send().json(), made[0]);
    let patch = json!({"description": null});
    ask("PATCH", &reader)
        .json(patch.clone())
        .send()
        .is_refused(403, "access_forbidden");
    assert_eq!(
        ask("PATCH", &admin).json(patch).send().json()["description"],
        Value::Null
    );
    ask("DELETE", &reader)
        .send()
        .is_refused(403, "access_forbidden");
    let gone = ask("DELETE", &admin).send().json();
    assert_eq!(
        (&gone["id"], &gone["deleted"]),
        (&made[0]["id"], &json!(true))
    );
    assert!(gone["receipt"]["receipt_id"].is_string());
    ask("GET", &admin)
        .send()
        .is_refused(404, "namespace_not_found");
}

#[test]
fn an_id_of_another_tenant_of_nobody_and_of_nothing_are_the_same() {
    let server = Server::new();
    let (_, made) = with_namespaces(&server, &["org/a"]);
    server.tenant("other");
    let stranger = server.key("other", json!({"admin": true}));
    let ungranted = server.key("acme", json!({}));
    let real = made[0]["id"].as_str().unwrap();
    let absent = "ns_00000000000000000000000000000000";
    let ask = |key: &str, id: &str| {
        let reply = server
            .ask("GET", &format!("/v1/namespaces/{id}"))
            .key(key)
            .send();
        reply.is_refused(404, "namespace_not_found");
        reply.comparable(id)
    };
    let reference = ask(&stranger, absent);
    for (key, id) in [
        (&stranger, real),
        (&ungranted, real),
        (&ungranted, "nonsense"),
    ] {
        assert_eq!(ask(key, id), reference);
    }
}

#[test]
fn creating_needs_an_admin_or_a_subtree_with_admin() {
    let server = Server::new();
    server.tenant("acme");
    let make = |grants: Value, name: &str| {
        let key = server.key("acme", json!({"grants": grants}));
        server
            .ask("POST", "/v1/namespaces")
            .key(&key)
            .json(json!({"name": name}))
            .send()
    };
    let subtree = json!([{"namespace": "org/**", "access": "admin"}]);
    assert_eq!(make(subtree.clone(), "org/a").status, 201);
    make(subtree, "other").is_refused(403, "namespace_forbidden");
    let exact = json!([{"namespace": "org/b", "access": "admin"}]);
    make(exact, "org/b").is_refused(403, "access_forbidden");
    make(json!([]), "a//b").is_refused(400, "name_invalid");
    make(json!([]), "a/*").is_refused(400, "name_invalid");
}
