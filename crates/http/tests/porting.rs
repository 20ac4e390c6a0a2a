//! Export and import: cuts are noticed, lines are judged on their own, and nobody reads or writes
//! what is not theirs; `moving.rs` says that nothing is lost on the way.

mod ending;
mod moving;

use serde_json::{Value, json};

use crate::support::{Reply, Server};

const NDJSON: &str = "application/x-ndjson";
const BELOW: [&[(&str, &str)]; 3] = [
    &[],
    &[("x-anchorhold-workspace", "w")],
    &[("x-anchorhold-thread", "w")],
];

/// A server, the key of an application, and a user.
struct Person<'a> {
    server: &'a Server,
    key: &'a str,
    user: String,
}

impl Person<'_> {
    fn keep(&self, body: Value, below: &[(&str, &str)]) -> Value {
        let mut asked = self.server.ask("POST", "/v1/memories").key(self.key);
        for (name, value) in below {
            asked = asked.header(name, value);
        }
        let kept = asked.user(&self.user).json(body).send();
        assert_eq!(kept.status, 201, "{kept:?}");
        kept.json()
    }

    fn export(&self, query: &str) -> Vec<u8> {
        let asked = self.server.ask("GET", &format!("/v1/export{query}"));
        let exported = asked.key(self.key).user(&self.user).send();
        assert_eq!(exported.status, 200, "{exported:?}");
        assert_eq!(exported.header("content-type"), Some(NDJSON));
        exported.body
    }

    fn send(&self, lines: &[u8]) -> Reply {
        let asked = self.server.ask("POST", "/v1/import").key(self.key);
        let asked = asked.user(&self.user).header("Content-Type", NDJSON);
        asked.bytes(lines).send()
    }

    fn import(&self, lines: &[u8]) -> Value {
        let reply = self.send(lines);
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()
    }

    /// What lists and answers say, in the user's own namespace and below it.
    fn seen(&self) -> Vec<Value> {
        let mut seen = Vec::new();
        for below in [
            None,
            Some("x-anchorhold-workspace"),
            Some("x-anchorhold-thread"),
        ] {
            let asked = |method: &str, path: &str| {
                let asked = self.server.ask(method, path).key(self.key).user(&self.user);
                match below {
                    Some(name) => asked.header(name, "w"),
                    None => asked,
                }
            };
            seen.push(asked("GET", "/v1/memories?limit=200").send().json());
            for query in ["tea with ann", "when did the ship leave?"] {
                let body = json!({"query": query, "limit": 200, "explain": true});
                seen.push(asked("POST", "/v1/recall").json(body).send().json());
            }
        }
        seen
    }
}

fn counts(reply: &Value) -> (u64, u64, u64, bool) {
    let number = |name: &str| reply[name].as_u64().unwrap();
    (
        number("imported"),
        number("skipped"),
        number("refused"),
        reply["complete"].as_bool().unwrap(),
    )
}

fn lines(exported: &[u8]) -> Vec<Value> {
    let lines = exported.split(|byte| *byte == b'\n');
    lines
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

/// Alice with three memories, one of them in a workspace, and an empty server.
fn three() -> (Server, String) {
    let server = Server::new();
    let key = server.acting();
    let alice = Person {
        server: &server,
        key: &key,
        user: "alice".to_owned(),
    };
    alice.keep(json!({"content": "tea with ann"}), &[]);
    alice.keep(json!({"content": "coffee", "speaker": "ann"}), &[]);
    alice.keep(json!({"content": "the ship left"}), BELOW[1]);
    (server, key)
}

fn alice<'a>(server: &'a Server, key: &'a str) -> Person<'a> {
    let user = "alice".to_owned();
    Person { server, key, user }
}

#[test]
fn an_export_has_a_head_the_memories_and_an_end() {
    let (server, key) = three();
    let exported = lines(&alice(&server, &key).export(""));
    let [head, tea, coffee, ship, end] = exported.as_slice() else {
        panic!("{exported:?}")
    };
    let namespace = json!({"kind": "user", "name": "alice", "issuer": "local"});
    assert_eq!(head["anchorhold_export"], 1);
    assert_eq!(head["namespace"], namespace);
    assert_eq!(
        (&head["namespaces"], &head["memories"]),
        (&json!(2), &Value::Null)
    );
    assert_eq!(
        head["embedding"],
        json!({"model": "words/test", "dimension": 32})
    );
    assert_eq!(tea["content"], "tea with ann");
    assert_eq!(
        (&tea["scope"], &tea["vector"]["model"]),
        (&Value::Null, &json!("words/test"))
    );
    assert_eq!(coffee["speaker"], "ann");
    assert_eq!(ship["scope"], json!({"workspace": "w"}));
    assert_eq!(
        (&end["anchorhold_export_end"], &end["memories"]),
        (&json!(1), &json!(3))
    );
    let without = lines(&alice(&server, &key).export("?vectors=false"));
    assert_eq!(
        (&without[0]["embedding"], &without[1]["vector"]),
        (&Value::Null, &Value::Null)
    );
    let nobody = Person {
        user: "nobody".to_owned(),
        ..alice(&server, &key)
    };
    let nothing = lines(&nobody.export(""));
    assert_eq!((&nothing[0]["memories"], nothing.len()), (&json!(0), 2));
    let asked = server.ask("GET", "/v1/export?vectors=maybe").key(&key);
    asked
        .user("alice")
        .send()
        .is_refused(422, "request_invalid");
}

#[test]
fn an_export_that_was_cut_anywhere_is_noticed_and_sent_again_is_whole() {
    let (server, key) = three();
    let exported = alice(&server, &key).export("");
    for length in (0..exported.len()).step_by(37).skip(1) {
        let user = format!("user {length}");
        let person = Person {
            server: &server,
            key: &key,
            user,
        };
        let cut = person.import(&exported[..length]);
        let (imported, skipped, _, complete) = counts(&cut);
        assert!(!complete, "{length}: {cut}");
        let whole = counts(&person.import(&exported));
        assert_eq!(
            whole,
            (3 - imported - skipped, imported + skipped, 0, true),
            "{length}"
        );
    }
    let mut changed = exported.clone();
    let at = changed
        .windows(6)
        .position(|window| window == b"coffee")
        .unwrap();
    changed[at] = b't';
    let person = Person {
        user: "carol".to_owned(),
        ..alice(&server, &key)
    };
    assert_eq!(counts(&person.import(&changed)), (3, 0, 0, false));
    let twice = [exported.clone(), exported].concat();
    let person = Person {
        user: "dave".to_owned(),
        ..alice(&server, &key)
    };
    assert_eq!(counts(&person.import(&twice)), (3, 3, 0, true));
}

#[test]
fn a_line_that_is_refused_stops_no_other() {
    let (server, key) = three();
    let alice = alice(&server, &key);
    let mut exported = lines(&alice.export(""));
    exported[1]["content"] = "something else".into();
    let id = exported[1]["id"].clone();
    let long = format!("{{\"content\": \"{}\"}}", "x".repeat(1_100_000));
    let texts = [
        exported[1].to_string(),
        "{\"content\": \"kept one\"}".to_owned(),
        "no json".to_owned(),
        String::new(),
        "{\"contents\": \"a typo\"}".to_owned(),
        long,
        "{\"content\": \"kept two\", \"ordinal\": 18446744073709551615}".to_owned(),
        format!("{{\"content\": \"{}\"}}", "x".repeat(65_537)),
        "{\"content\": \"a\", \"content\": \"b\"}".to_owned(),
        "{\"content\": \"a\", \"scope\": {\"workspace\": \"..\"}}".to_owned(),
        "{\"content\": \"a\", \"version\": 0}".to_owned(),
        "[1]".to_owned(),
    ];
    let reply = alice.import(texts.join("\n").as_bytes());
    assert_eq!(counts(&reply), (2, 0, 9, true));
    let errors = reply["errors"].as_array().unwrap();
    let codes: Vec<(u64, &str)> = errors
        .iter()
        .map(|error| {
            (
                error["line"].as_u64().unwrap(),
                error["code"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        (1, "id_conflict"),
        (3, "json_invalid"),
        (5, "request_invalid"),
        (6, "body_too_large"),
        (8, "content_too_large"),
        (9, "json_invalid"),
        (10, "name_invalid"),
        (11, "request_invalid"),
        (12, "request_invalid"),
    ];
    assert_eq!(codes, expected);
    let shown = server.ask("GET", &format!("/v1/memories/{}", id.as_str().unwrap()));
    let shown = shown.key(&key).user("alice").send();
    assert_eq!(shown.json()["content"], "tea with ann");
}

#[test]
fn more_errors_than_a_reply_names_are_counted() {
    let (server, key) = three();
    let reply = alice(&server, &key).import("x\n".repeat(1_500).as_bytes());
    assert_eq!(counts(&reply), (0, 0, 1_500, true));
    assert_eq!(reply["errors"].as_array().unwrap().len(), 1_000);
}

#[test]
fn lines_of_a_newer_format_are_not_guessed_at() {
    let (server, key) = three();
    let alice = alice(&server, &key);
    let text = "{\"anchorhold_export\": 2}\n{\"content\": \"a\"}\n{\"anchorhold_export\": 1}\n{\"content\": \"b\"}";
    let reply = alice.import(text.as_bytes());
    assert_eq!(counts(&reply), (1, 0, 2, false));
    assert_eq!(reply["errors"][1]["code"], "not_available_yet");
}

#[test]
fn who_may_only_read_exports_and_does_not_import() {
    let (server, key) = three();
    let exported = alice(&server, &key).export("");
    let viewer = server.key("acme", json!({"user": "alice", "viewer": true}));
    let asked = server.ask("GET", "/v1/export").key(&viewer);
    assert!(asked.send().body == exported);
    let import = |key: &str, query: &str| {
        let asked = server.ask("POST", &format!("/v1/import{query}")).key(key);
        asked.header("Content-Type", NDJSON).bytes(exported.clone())
    };
    import(&viewer, "")
        .send()
        .is_refused(403, "access_forbidden");
    import(&viewer, "?namespace=org%2Fa")
        .send()
        .is_refused(403, "namespace_forbidden");
    let bob = server.key("acme", json!({"user": "bob"}));
    let asked = server.ask("GET", "/v1/export").key(&bob).user("alice");
    asked.send().is_refused(403, "identity_conflict");
    import(&bob, "")
        .user("alice")
        .send()
        .is_refused(403, "identity_conflict");
    let untyped = server.ask("POST", "/v1/import").key(&key).user("alice");
    untyped
        .json(json!({"content": "a"}))
        .send()
        .is_refused(415, "media_type_unsupported");
}

#[test]
fn what_is_below_a_user_does_not_fit_below_a_named_namespace() {
    let (server, key) = three();
    let exported = alice(&server, &key).export("");
    let admin = server.key("acme", json!({"admin": true}));
    let made = server.ask("POST", "/v1/namespaces").key(&admin);
    assert_eq!(made.json(json!({"name": "org/a"})).send().status, 201);
    let import = server
        .ask("POST", "/v1/import?namespace=org%2Fa")
        .key(&admin);
    let reply = import.header("Content-Type", NDJSON).bytes(exported).send();
    assert_eq!(counts(&reply.json()), (2, 0, 1, true));
    assert_eq!(reply.json()["errors"][0]["code"], "namespace_conflict");
    let named = server
        .ask("GET", "/v1/export?namespace=org%2Fa")
        .key(&admin)
        .send();
    let moved = lines(&named.body);
    assert_eq!(
        moved[0]["namespace"],
        json!({"kind": "named", "name": "org/a"})
    );
    assert_eq!((&moved[0]["memories"], moved.len()), (&json!(2), 4));
    let workspace = server.ask("GET", "/v1/export").key(&key).user("alice");
    let workspace = workspace.header("x-anchorhold-workspace", "w").send();
    let workspace = lines(&workspace.body);
    assert_eq!((workspace.len(), &workspace[1]["scope"]), (3, &Value::Null));
}
