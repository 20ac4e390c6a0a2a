//! Memories through HTTP as the documents promise them: kept, read, changed, deleted, erased.

use serde_json::{Value, json};

use super::house::{Caller, House};
use crate::support::CODES;

fn alice(house: &House) -> Caller {
    house.tenant("acme").user("alice")
}

fn fields(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// A time as RFC 3339 in UTC.
fn is_time(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.len() >= 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T'
}

/// Row 56.
#[test]
fn a_memory_comes_back_as_it_was_kept() {
    let house = House::new();
    let alice = alice(&house);
    let metadata = json!({
        "text": "zwölf \u{1f980} \"quoted\" \\ \u{0}", "number": 1.5, "large": 9_007_199_254_740_993_i64,
        "small": -0.0001, "yes": true, "nothing": null, "list": [1, "two", [3]],
        "deep": {"er": {"est": {}}}, "": "an empty name",
    });
    let body = json!({
        "content": "Alice moved to Bergen in May.", "type": "episodic", "importance": 0.75,
        "tags": ["home", "Norway"], "metadata": metadata, "event_time": "2024-05-17T12:00:00Z",
        "speaker": "Alice", "conversation": "session_1", "ttl_seconds": 3600,
        "id": "0b9fa7f2-5c07-4e4c-9d5c-3a1de2b7c7a1",
    });
    let kept = alice.post("/v1/memories", &body).gives(201);
    for name in [
        "content",
        "type",
        "importance",
        "tags",
        "metadata",
        "speaker",
        "conversation",
        "id",
    ] {
        assert_eq!(kept[name], body[name], "{name}");
    }
    assert!(
        kept["event_time"]
            .as_str()
            .unwrap()
            .starts_with("2024-05-17T12:00:00"),
        "{kept}"
    );
    let times = ["created_at", "updated_at", "expires_at", "event_time"];
    assert!(times.iter().all(|name| is_time(&kept[*name])), "{kept}");
    assert_eq!(kept["version"], 1);
    assert_eq!(
        kept["namespace"],
        json!({"kind": "user", "name": "alice", "issuer": "local"})
    );
    let got = alice.get("/v1/memories/0b9fa7f2-5c07-4e4c-9d5c-3a1de2b7c7a1");
    assert_eq!(got.header("etag"), Some("\"1\""));
    assert_eq!(got.gives(200), kept);
    assert_eq!(alice.get("/v1/memories").gives(200)["memories"][0], kept);
    // What is left out has its default, and every field is there.
    let plain = alice
        .post("/v1/memories", &json!({"content": "x"}))
        .gives(201);
    let defaults = [
        ("type", json!("semantic")),
        ("importance", json!(0.5)),
        ("tags", json!([])),
    ];
    for (name, value) in defaults {
        assert_eq!(plain[name], value, "{name}");
    }
    let id = plain["id"].as_str().unwrap();
    assert_eq!((id.len(), &id[14..15]), (36, "7"), "not a UUIDv7: {id}");
    assert_eq!(plain["expires_at"], Value::Null);
    assert_eq!(fields(&plain), fields(&kept));
    // The same id and content again is the same memory.
    let again = alice.post("/v1/memories", &body).gives(200);
    assert_eq!(
        (&again["replayed"], &again["created_at"]),
        (&json!(true), &kept["created_at"])
    );
    let other = json!({"content": "Something else.", "id": body["id"]});
    alice
        .post("/v1/memories", &other)
        .is_refused(409, "id_conflict");
    assert_eq!(alice.lists().len(), 2);
}

/// Row 56: one byte to 64 KiB.
#[test]
fn a_memory_holds_one_byte_to_sixty_four_kibibytes() {
    let house = House::new();
    let alice = alice(&house);
    let largest = "The harbour of Bergen is deep. ".repeat(2_200)[..65_536].to_owned();
    for content in [
        "x".to_owned(),
        "\u{1f980}".to_owned(),
        "\n".to_owned(),
        largest.clone(),
    ] {
        let id = alice.keeps(&content);
        let got = alice.get(&format!("/v1/memories/{id}")).gives(200);
        assert_eq!(got["content"], json!(content));
    }
    let too_large = json!({"content": format!("{largest}.")});
    alice
        .post("/v1/memories", &too_large)
        .is_refused(413, "content_too_large");
    let batch = json!({"memories": [too_large, {"content": "fits"}]});
    let results = alice.post("/v1/memories/batch", &batch).gives(200);
    let statuses = [
        &results["results"][0]["status"],
        &results["results"][1]["status"],
    ];
    assert_eq!(statuses, [413, 201]);
    for empty in [
        json!({"content": ""}),
        json!({}),
        json!({"content": null}),
        json!({"content": 1}),
    ] {
        let reply = alice.post("/v1/memories", &empty);
        reply.is_refused(422, "request_invalid");
        assert_eq!(reply.json()["error"]["field"], "content", "{reply:?}");
    }
    let misspelt = alice.post("/v1/memories", &json!({"content": "x", "importence": 1}));
    misspelt.is_refused(422, "request_invalid");
    assert!(misspelt.message().contains("importance"), "{misspelt:?}");
}

/// Row 61.
#[test]
fn what_is_deleted_is_gone_at_once_by_every_way() {
    let house = House::new();
    let alice = alice(&house);
    let kept = "The lighthouse keeper collects stamps.";
    let doomed = "The boiler's code is ZQ9981 and the lighthouse is red.";
    alice.keeps(kept);
    for by in ["id", "forget ids", "forget filter"] {
        let id = alice.keeps_with(&json!({"content": doomed, "tags": ["doomed"]}));
        assert_eq!(alice.recalls("ZQ9981")[0], doomed);
        let path = format!("/v1/memories/{id}");
        match by {
            "id" => {
                let deleted = alice.delete(&path).gives(200);
                assert_eq!(deleted, json!({"id": id, "deleted": true}));
            }
            by => {
                let body = match by {
                    "forget ids" => json!({"ids": [id]}),
                    _ => json!({"filter": {"tags": {"any": ["doomed"]}}}),
                };
                let dry = super::house::merged(body.clone(), json!({"dry_run": true}));
                assert_eq!(alice.post("/v1/forget", &dry).gives(200)["deleted"], 1);
                alice.get(&path).gives(200);
                let forgotten = alice.post("/v1/forget", &body).gives(200);
                assert_eq!(
                    (&forgotten["deleted"], &forgotten["ids"]),
                    (&json!(1), &json!([id]))
                );
            }
        }
        alice.get(&path).is_refused(404, "memory_not_found");
        alice.delete(&path).is_refused(404, "memory_not_found");
        alice
            .patch(&path, &json!({"tags": []}))
            .is_refused(404, "memory_not_found");
        assert_eq!(alice.lists(), [kept]);
        for query in ["ZQ9981", "What is the code of the boiler?", "lighthouse"] {
            assert!(
                !alice.recalls(query).contains(&doomed.to_owned()),
                "{by}: {query}"
            );
        }
    }
    for nothing in [
        json!({}),
        json!({"filter": {}}),
        json!({"ids": []}),
        json!({"filter": null}),
        json!({"filter": {"and": []}}),
        json!({"dry_run": false}),
    ] {
        let reply = alice.post("/v1/forget", &nothing);
        assert_eq!(reply.status, 422, "{nothing}: {reply:?}");
    }
    assert_eq!(alice.lists(), [kept]);
}

/// Row 62.
#[test]
fn erasing_a_user_leaves_a_receipt_and_nothing_else() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let (alice, bob) = (tenant.user("alice"), tenant.user("bob"));
    let application = tenant.application();
    for number in 0..5 {
        alice.keeps(&format!("Alice's memory number {number}."));
        bob.keeps(&format!("Bob's memory number {number}."));
    }
    let files = || {
        let mut files = 0;
        for folder in std::fs::read_dir(house.server.data().join("namespaces")).unwrap() {
            files += std::fs::read_dir(folder.unwrap().path()).unwrap().count();
        }
        files
    };
    let before = files();
    let receipt = application
        .post("/v1/erase", &json!({"user": "alice"}))
        .gives(200);
    assert_eq!(
        (&receipt["namespaces"], &receipt["records"]),
        (&json!(1), &json!(5)),
        "{receipt}"
    );
    assert_eq!(receipt["key_ids"].as_array().unwrap().len(), 1);
    assert!(is_time(&receipt["erased_at"]), "{receipt}");
    assert!(
        receipt["receipt_id"].is_string() && receipt["audit_id"].is_string(),
        "{receipt}"
    );
    let residues = receipt["residues"].as_array().unwrap();
    assert!(!residues.is_empty());
    for residue in residues {
        assert!(
            residue["where"].is_string() && is_time(&residue["until"]),
            "{receipt}"
        );
    }
    assert!(files() < before, "no file was removed");
    alice
        .get("/v1/memories")
        .is_refused(401, "credential_invalid");
    let other = application.for_user("alice");
    assert_eq!(
        (other.lists(), other.recalls("memory number")),
        (vec![], vec![])
    );
    application
        .post("/v1/erase", &json!({"user": "alice"}))
        .is_refused(404, "user_not_found");
    // The next Alice begins anew.
    other.keeps("A new beginning.");
    assert_eq!(other.lists(), ["A new beginning."]);
    assert_eq!(bob.lists().len(), 5);
}

/// Row 126: the served document knows the codes that the documents promise, and no others.
#[test]
fn every_code_stands_in_the_served_document_with_its_status() {
    let house = House::new();
    let document = house
        .caller("")
        .ask("GET", "/openapi.json")
        .send()
        .gives(200);
    let listed = document["x-anchorhold-codes"].as_object().unwrap();
    let mut served: Vec<(u64, &str)> = listed
        .iter()
        .map(|(code, about)| (about["status"].as_u64().unwrap(), code.as_str()))
        .collect();
    // Two statuses of HTTP's own borrow a code.
    let promised = CODES
        .iter()
        .filter(|(status, _)| !matches!(status, 405 | 408));
    let mut promised: Vec<(u64, &str)> = promised
        .map(|(status, code)| (u64::from(*status), *code))
        .collect();
    served.sort_unstable();
    promised.sort_unstable();
    assert_eq!(served, promised);
}
