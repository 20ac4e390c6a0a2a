//! Moves over a socket: what goes where, how it is counted, and that nothing is lost or seen twice.

mod beside;

use serde_json::{Value, json};

use crate::support::{Ask, Reply, Server};

struct House {
    server: Server,
    admin: String,
    acting: String,
    none: String,
}

impl House {
    /// A tenant whose requests without a user are of the shared namespace.
    fn new() -> Self {
        let server = Server::new();
        server.tenant_with(json!({"name": "acme", "trust_mode": "legacy"}));
        let admin = server.key("acme", json!({"admin": true}));
        let acting = server.key("acme", json!({"act_as": true}));
        let none = server.key("acme", json!({}));
        Self {
            server,
            admin,
            acting,
            none,
        }
    }

    fn manage(&self, target: &str, body: Value) -> Reply {
        let ask = self.server.ask("POST", target).key(&self.admin);
        ask.json(body).send()
    }

    fn relocate(&self, body: Value) -> Value {
        let moved = self.manage("/v1/namespaces/move", body);
        assert_eq!(moved.status, 200, "{moved:?}");
        moved.json()
    }

    fn shared(&self, method: &str, target: &str) -> Ask {
        self.server.ask(method, target).key(&self.none)
    }

    fn of(&self, user: &str, method: &str, target: &str) -> Ask {
        let ask = self.server.ask(method, target).key(&self.acting);
        match user.split_once('/') {
            None => ask.header("x-anchorhold-user", user),
            Some((user, workspace)) => ask
                .header("x-anchorhold-user", user)
                .header("x-anchorhold-workspace", workspace),
        }
    }
}

fn kept(ask: Ask, memory: Value) -> String {
    let reply = ask.json(memory).send();
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json()["id"].as_str().unwrap().to_owned()
}

/// Everything that is kept, oldest first.
fn all(ask: impl Fn(&str) -> Ask) -> Vec<Value> {
    let mut memories = Vec::new();
    let mut target = "/v1/memories?limit=200".to_owned();
    loop {
        let page = ask(&target).send();
        assert_eq!(page.status, 200, "{page:?}");
        let page = page.json();
        memories.extend(page["memories"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else {
            memories.reverse();
            return memories;
        };
        target = format!("/v1/memories?limit=200&cursor={cursor}");
    }
}

fn contents(memories: &[Value]) -> Vec<&str> {
    let content = memories.iter().map(|memory| memory["content"].as_str());
    content.map(Option::unwrap).collect()
}

fn counts(done: &Value) -> [u64; 5] {
    ["matched", "moved", "present", "left", "there"].map(|field| done[field].as_u64().unwrap())
}

#[test]
fn what_was_shared_becomes_its_users_by_list_by_age_and_by_predicate() {
    let house = House::new();
    let keep = |memory: Value| kept(house.shared("POST", "/v1/memories"), memory);
    let text = |text: &str| json!({"content": text});
    let first =
        keep(json!({"content": "tea", "tags": ["drinks"], "speaker": "Alice", "importance": 0.9}));
    let second = keep(text("milk"));
    keep(json!({"content": "bread", "metadata": {"user": "bob"}}));
    let shared = || all(|target| house.shared("GET", target));
    let until = shared()[1]["created_at"].clone();
    let of = |user: &str| all(|target| house.of(user, "GET", target));
    let before = shared();
    let from = json!({"shared": true});

    // A rehearsal says what would be, and nothing is.
    let list = json!({"from": from, "to": {"user": "alice"}, "ids": [first, second]});
    let mut rehearsal = list.clone();
    rehearsal["dry_run"] = json!(true);
    let would = house.relocate(rehearsal);
    assert_eq!(
        (counts(&would), &would["dry_run"]),
        ([2, 0, 0, 3, 0], &json!(true))
    );
    assert_eq!((shared(), of("alice")), (before.clone(), vec![]));

    // By list: as they were, with their ids, times and order.
    assert_eq!(counts(&house.relocate(list.clone())), [2, 2, 0, 1, 2]);
    assert_eq!(contents(&shared()), ["bread"]);
    let mut expected = before[..2].to_vec();
    for memory in &mut expected {
        memory["namespace"] = of("alice")[0]["namespace"].clone();
    }
    assert_eq!(of("alice"), expected);
    // Once more: nothing is there any more, and nothing happens.
    assert_eq!(counts(&house.relocate(list)), [0, 0, 0, 1, 2]);

    // By predicate, to another issuer too.
    let to = json!({"user": "1", "issuer": "owui", "workspace": "notes"});
    let by = json!({"metadata.user": {"eq": "bob"}});
    let done = house.relocate(json!({"from": from, "to": to, "filter": by}));
    assert_eq!(counts(&done), [1, 1, 0, 0, 1]);
    let notes = house.server.ask("GET", "/v1/memories").key(&house.acting);
    let notes = notes
        .header("x-openwebui-user-id", "1")
        .header("x-anchorhold-workspace", "notes");
    assert_eq!(
        contents(notes.send().json()["memories"].as_array().unwrap()),
        ["bread"]
    );

    // By age, from user to user.
    let by = json!({"created_at": {"lte": until}});
    let done =
        house.relocate(json!({"from": {"user": "alice"}, "to": {"user": "carol"}, "filter": by}));
    assert_eq!(
        done["matched"].as_u64().unwrap() + done["left"].as_u64().unwrap(),
        2
    );
    let (alice, carol) = (of("alice"), of("carol"));
    let mut both = contents(&alice);
    both.extend(contents(&carol));
    both.sort_unstable();
    assert_eq!(both, ["milk", "tea"]);
    assert!(contents(&carol).contains(&"tea"));
    let found = house
        .of("carol", "POST", "/v1/recall")
        .json(json!({"query": "tea"}))
        .send();
    assert_eq!(found.json()["results"][0]["memory"]["content"], "tea");
}

#[test]
fn everything_of_a_user_goes_with_its_parts_and_the_name_is_free_for_a_link() {
    let house = House::new();
    for place in ["first", "first/notes", "second"] {
        kept(
            house.of(place, "POST", "/v1/memories"),
            json!({"content": place}),
        );
    }
    let lookup = |id: &str| {
        let found = house.manage("/v1/users/lookup", json!({"id": id}));
        found.json()["handle"].as_str().unwrap().to_owned()
    };
    let links = format!("/v1/users/{}/links", lookup("second"));
    house
        .manage(&links, json!({"id": "first"}))
        .is_refused(409, "namespace_exists");
    let done = house.relocate(json!({
        "from": {"user": "first"}, "to": {"user": "second"}, "everything": true,
    }));
    assert_eq!(
        (counts(&done), &done["destroyed"]),
        ([2, 2, 0, 0, 3], &json!(2))
    );
    let of = |user: &str| all(|target| house.of(user, "GET", target));
    assert_eq!(contents(&of("second")), ["second", "first"]);
    assert_eq!(contents(&of("second/notes")), ["first/notes"]);
    assert_eq!((of("first"), of("first/notes")), (vec![], vec![]));
    let linked = house.manage(&links, json!({"id": "first"}));
    assert_eq!(linked.status, 200, "{linked:?}");
    assert_eq!(of("first"), of("second"), "a second name of one memory");
    // By its second name a user is who they are.
    let same = json!({"from": {"user": "first"}, "to": {"user": "second"}, "everything": true});
    house
        .manage("/v1/namespaces/move", same)
        .is_refused(400, "namespace_conflict");
}

#[test]
fn what_is_there_already_stays_and_nothing_takes_its_place() {
    let house = House::new();
    let id = "00000000-0000-4000-8000-000000000001";
    let memory = |text: &str| json!({"id": id, "content": text});
    kept(house.shared("POST", "/v1/memories"), memory("of all"));
    kept(
        house.of("alice", "POST", "/v1/memories"),
        memory("of Alice"),
    );
    kept(house.of("bob", "POST", "/v1/memories"), memory("of all"));
    let of = |user: &str| all(|target| house.of(user, "GET", target));
    let by =
        |user: &str, to: &str| json!({"from": {"user": user}, "to": {"user": to}, "ids": [id]});
    let done =
        house.relocate(json!({"from": {"shared": true}, "to": {"user": "alice"}, "ids": [id]}));
    assert_eq!(counts(&done), [1, 1, 0, 0, 2]);
    let alice = of("alice");
    assert_eq!(contents(&alice), ["of Alice", "of all"]);
    assert_eq!(alice[0]["id"], id);
    assert_ne!(alice[1]["id"], id, "an id of its own");
    // What is the same in everything is there once.
    kept(house.of("carol", "POST", "/v1/memories"), memory("of all"));
    assert_eq!(counts(&house.relocate(by("bob", "carol"))), [1, 0, 1, 0, 1]);
    // What differs in anything that is told of it is another memory.
    let tagged = json!({"id": id, "content": "of all", "tags": ["mine"]});
    kept(house.of("bob", "POST", "/v1/memories"), tagged);
    assert_eq!(counts(&house.relocate(by("bob", "carol"))), [1, 1, 0, 0, 2]);
}

#[test]
fn nobody_but_an_admin_moves_anything_and_only_inside_the_tenant() {
    let house = House::new();
    let mine = json!({"from": {"shared": true}, "to": {"user": "mallory"}, "everything": true});
    kept(
        house.shared("POST", "/v1/memories"),
        json!({"content": "of all"}),
    );
    house.server.tenant("other");
    let foreign = house.server.key("other", json!({"admin": true}));
    for key in [&house.acting, &house.none] {
        let asked = house.server.ask("POST", "/v1/namespaces/move").key(key);
        asked
            .json(mine.clone())
            .send()
            .is_refused(403, "access_forbidden");
    }
    // Somebody else's admin moves what is theirs, which is nothing.
    let asked = house
        .server
        .ask("POST", "/v1/namespaces/move")
        .key(&foreign);
    let moved = asked.json(mine).send();
    assert_eq!((moved.status, counts(&moved.json())), (200, [0; 5]));
    let refused = |body: Value, status, code| {
        house
            .manage("/v1/namespaces/move", body)
            .is_refused(status, code);
    };
    let (shared, alice) = (json!({"shared": true}), json!({"user": "alice"}));
    let all = |from: &Value, to: &Value| json!({"from": from, "to": to, "everything": true});
    refused(all(&shared, &shared), 400, "namespace_conflict");
    refused(
        all(&shared, &json!({"namespace": "org/none"})),
        404,
        "namespace_not_found",
    );
    refused(
        all(
            &json!({"namespace": "org/none"}),
            &json!({"namespace": "org/none"}),
        ),
        400,
        "namespace_conflict",
    );
    refused(
        all(&shared, &json!({"user": "a\u{200b}"})),
        400,
        "name_invalid",
    );
    refused(all(&shared, &json!({})), 422, "request_invalid");
    refused(
        all(&json!({"shared": true, "user": "alice"}), &alice),
        422,
        "request_invalid",
    );
    refused(
        all(&shared, &json!({"user": "x", "issuer": "session"})),
        422,
        "request_invalid",
    );
    refused(json!({"from": shared, "to": alice}), 422, "request_invalid");
    refused(
        json!({"from": shared, "to": alice, "everything": false}),
        422,
        "request_invalid",
    );
    let both = json!({"from": shared, "to": alice, "everything": true, "ids": ["x"]});
    refused(both, 422, "request_invalid");
    let filter = json!({"from": shared, "to": alice, "filter": {"nothing": 1}});
    refused(filter, 422, "filter_invalid");
}
