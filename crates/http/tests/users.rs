//! Users over a socket: who makes them, what their roles leave, and what a link does.

use serde_json::{Value, json};

use crate::support::{Reply, Server};

struct House {
    server: Server,
    admin: String,
    acting: String,
}

impl House {
    fn new() -> Self {
        let server = Server::new();
        server.tenant("acme");
        let admin = server.key("acme", json!({"admin": true}));
        let acting = server.key("acme", json!({"act_as": true}));
        Self {
            server,
            admin,
            acting,
        }
    }

    fn manage(&self, method: &str, target: &str, body: Value) -> Reply {
        let ask = self.server.ask(method, target).key(&self.admin);
        if body.is_null() {
            ask.send()
        } else {
            ask.json(body).send()
        }
    }

    fn make(&self, body: Value) -> String {
        let made = self.manage("POST", "/v1/users", body);
        assert_eq!(made.status, 201, "{made:?}");
        made.json()["handle"].as_str().unwrap().to_owned()
    }

    fn as_user(&self, header: (&str, &str), method: &str, target: &str) -> crate::support::Ask {
        let ask = self.server.ask(method, target).key(&self.acting);
        ask.header(header.0, header.1)
    }

    fn keep(&self, header: (&str, &str), text: &str) -> Reply {
        let ask = self.as_user(header, "POST", "/v1/memories");
        ask.json(json!({"content": text})).send()
    }

    fn list(&self, header: (&str, &str)) -> Vec<String> {
        let listed = self.as_user(header, "GET", "/v1/memories").send();
        assert_eq!(listed.status, 200, "{listed:?}");
        let body = listed.json();
        let text = |memory: &Value| memory["content"].as_str().unwrap().to_owned();
        body["memories"]
            .as_array()
            .unwrap()
            .iter()
            .map(text)
            .collect()
    }
}

const ALICE: (&str, &str) = ("x-anchorhold-user", "alice");
const ONE: (&str, &str) = ("x-openwebui-user-id", "1");

#[test]
fn a_first_write_makes_a_user_of_the_usual_role_and_a_viewer_writes_nothing() {
    let house = House::new();
    let find = || house.manage("POST", "/v1/users/lookup", json!({"id": "alice"}));
    find().is_refused(404, "user_not_found");
    assert_eq!(house.keep(ALICE, "tea").status, 201);
    let alice = find().json();
    assert_eq!(
        (&alice["role"], &alice["known"]),
        (&json!("user"), &json!(true))
    );
    let path = format!("/v1/users/{}", alice["handle"].as_str().unwrap());
    let changed = house.manage("PATCH", &path, json!({"role": "viewer"}));
    assert_eq!(changed.json()["role"], "viewer");
    house
        .keep(ALICE, "milk")
        .is_refused(403, "access_forbidden");
    let own = house.server.key("acme", json!({"user": "alice"}));
    let kept = house.server.ask("POST", "/v1/memories").key(&own);
    let kept = kept.json(json!({"content": "milk"})).send();
    kept.is_refused(403, "access_forbidden");
    let erased = house
        .as_user(ALICE, "POST", "/v1/erase")
        .json(json!({"self": true}));
    erased.send().is_refused(403, "access_forbidden");
    assert_eq!(house.list(ALICE), ["tea"]);
    let who = house.as_user(ALICE, "GET", "/v1/whoami").send().json();
    assert_eq!(who["role"], "viewer");
    house.manage("PATCH", &path, json!({"role": "user"}));
    assert_eq!(house.keep(ALICE, "milk").status, 201);
}

#[test]
fn users_are_made_listed_found_and_erased_by_their_tenants_admin() {
    let house = House::new();
    let handle = house.make(json!({"id": "alice", "role": "viewer"}));
    let again = house.manage("POST", "/v1/users", json!({"id": "alice"}));
    assert_eq!(
        (again.status, again.json()["handle"].clone()),
        (200, json!(handle))
    );
    let other = house.manage("POST", "/v1/users", json!({"id": "alice", "role": "admin"}));
    other.is_refused(409, "id_conflict");
    for issuer in ["owui", "st", "jwt:auth"] {
        house.make(json!({"id": "alice", "issuer": issuer}));
    }
    let mut seen = Vec::new();
    let mut target = "/v1/users?limit=3".to_owned();
    loop {
        let page = house.manage("GET", &target, Value::Null).json();
        seen.extend(page["users"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        target = format!("/v1/users?limit=3&cursor={cursor}");
    }
    assert_eq!(seen.len(), 4);
    house.server.tenant("other");
    let stranger = house.server.key("other", json!({"admin": true}));
    let path = format!("/v1/users/{handle}");
    for (method, target) in [("GET", &path), ("DELETE", &path), ("GET", &target)] {
        let refused = house.server.ask(method, target).key(&stranger).send();
        assert!(
            refused.status == 404 || refused.refusal().1 == "cursor_invalid",
            "{refused:?}"
        );
    }
    for body in [json!({"id": ""}), json!({"id": "a", "issuer": "a\u{0}"})] {
        house
            .manage("POST", "/v1/users", body)
            .is_refused(400, "name_invalid");
    }
    for issuer in ["key", "session"] {
        let body = json!({"id": "alice", "issuer": issuer});
        let refused = house.manage("POST", "/v1/users", body);
        refused.is_refused(422, "request_invalid");
    }
    house.manage("DELETE", &path, Value::Null);
    house
        .manage("GET", &path, Value::Null)
        .is_refused(404, "user_not_found");
    house
        .manage("GET", "/v1/users/alice", Value::Null)
        .is_refused(404, "user_not_found");
}

#[test]
fn nobody_else_manages_users() {
    let house = House::new();
    let handle = house.make(json!({"id": "alice", "role": "viewer"}));
    let alice = house.server.key("acme", json!({"user": "alice"}));
    let path = format!("/v1/users/{handle}");
    for key in [&house.acting, &alice] {
        for (method, target, body) in [
            ("POST", "/v1/users", json!({"id": "eve"})),
            ("GET", "/v1/users", Value::Null),
            ("POST", "/v1/users/lookup", json!({"id": "alice"})),
            ("PATCH", &path, json!({"role": "admin"})),
            ("POST", &format!("{path}/links"), json!({"id": "eve"})),
            ("DELETE", &path, Value::Null),
        ] {
            let ask = house.server.ask(method, target).key(key);
            let ask = if body.is_null() { ask } else { ask.json(body) };
            ask.send().is_refused(403, "access_forbidden");
        }
    }
    // One whom an admin gave that role manages them where a key proves who asks, and only there.
    house.manage("PATCH", &path, json!({"role": "admin"}));
    let list = |key: &str| house.server.ask("GET", "/v1/users").key(key);
    assert_eq!(list(&alice).send().status, 200);
    let named = list(&house.acting).user("alice").send();
    named.is_refused(403, "access_forbidden");
    house.manage("PATCH", &path, json!({"role": "user"}));
    list(&alice).send().is_refused(403, "access_forbidden");
}

#[test]
fn a_second_name_leads_to_one_memory_until_it_is_taken_away() {
    let house = House::new();
    house.server.key("acme", json!({"user": "alice"}));
    assert_eq!(house.keep(ALICE, "from the app").status, 201);
    let find = json!({"id": "alice"});
    let alice = house.manage("POST", "/v1/users/lookup", find).json();
    let path = format!("/v1/users/{}", alice["handle"].as_str().unwrap());
    let links = format!("{path}/links");
    let linked = house.manage("POST", &links, json!({"id": "1", "issuer": "owui"}));
    assert_eq!(linked.status, 200, "{linked:?}");
    let name = linked.json()["links"][0]["handle"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(house.keep(ONE, "from the chat").status, 201);
    let both = ["from the chat", "from the app"];
    assert_eq!(
        (house.list(ALICE), house.list(ONE)),
        (
            both.map(str::to_owned).into(),
            both.map(str::to_owned).into()
        )
    );
    // A token of the first name and a header of the second are one person.
    let own = house
        .server
        .key("acme", json!({"user": "alice", "act_as": false}));
    let who = house
        .server
        .ask("GET", "/v1/whoami")
        .key(&own)
        .send()
        .json();
    assert_eq!(who["subject"]["id"], "alice");
    let told = house.server.operate("POST", "/v1/identity/explain");
    let headers = json!({"authorization": format!("Bearer {}", house.acting), ONE.0: ONE.1});
    let told = told.json(json!({"headers": headers})).send().json();
    assert_eq!(told["evidence"][0]["subject"]["id"], "1");
    assert_eq!(told["evidence"][0]["linked_to"]["id"], "alice");
    assert_eq!(told["whoami"]["subject"]["id"], "alice");
    let other = house.make(json!({"id": "bob"}));
    let other = format!("/v1/users/{other}/links");
    let twice = house.manage("POST", &other, json!({"id": "1", "issuer": "owui"}));
    twice.is_refused(409, "id_conflict");
    let taken = house.manage("DELETE", &format!("{links}/{name}"), Value::Null);
    assert_eq!(taken.json()["links"], json!([]));
    assert_eq!(house.list(ONE), Vec::<String>::new());
    assert_eq!(house.keep(ONE, "apart").status, 201);
    assert_eq!(house.list(ALICE), both);
    // What has memories of its own is no second name: a link would hide them.
    let full = house.manage("POST", &links, json!({"id": "1", "issuer": "owui"}));
    full.is_refused(409, "namespace_exists");
    let gone = house.manage("DELETE", &format!("{links}/{name}"), Value::Null);
    gone.is_refused(404, "user_not_found");
}

#[test]
fn to_erase_a_user_under_any_name_is_to_erase_the_person() {
    for by_second_name in [false, true] {
        let house = House::new();
        let alice = house.make(json!({"id": "alice"}));
        let links = format!("/v1/users/{alice}/links");
        let linked = house
            .manage("POST", &links, json!({"id": "alice-phone"}))
            .json();
        let name = linked["links"][0]["handle"].as_str().unwrap();
        let key = house.server.key("acme", json!({"user": "alice-phone"}));
        assert_eq!(
            house
                .keep(("x-anchorhold-user", "alice-phone"), "tea")
                .status,
            201
        );
        let receipt = if by_second_name {
            let erase = house.server.ask("POST", "/v1/erase").key(&house.acting);
            erase.json(json!({"user": "alice-phone"})).send()
        } else {
            house.manage("DELETE", &format!("/v1/users/{name}"), Value::Null)
        };
        assert_eq!(receipt.json()["records"], 1, "{receipt:?}");
        assert_eq!(house.list(ALICE), Vec::<String>::new());
        house
            .manage("GET", &format!("/v1/users/{alice}"), Value::Null)
            .is_refused(404, "user_not_found");
        let ended = house.server.ask("GET", "/v1/whoami").key(&key).send();
        ended.is_refused(401, "credential_invalid");
    }
}
