//! Every client verb against a real server.

use serde_json::Value;

use super::Party;

const ALICE: Option<&str> = Some("alice");

fn ids(list: &Value) -> Vec<&str> {
    let memories = list["memories"].as_array().unwrap();
    memories
        .iter()
        .map(|memory| memory["id"].as_str().unwrap())
        .collect()
}

#[test]
fn a_memory_is_kept_found_changed_and_forgotten() {
    let party = Party::new();
    let key = party.home.keys().application;
    let alice = |arguments: &[&str]| {
        let mut all = vec!["--json"];
        all.extend(arguments);
        party.run_as(&key, ALICE, &all).json()
    };
    let kept = alice(&["remember", "The lighthouse opens at nine.", "--tag", "trip"]);
    let other = alice(&[
        "remember",
        "Otters sleep holding hands.",
        "--importance",
        "0.9",
    ]);
    let (id, other_id) = (kept["id"].as_str().unwrap(), other["id"].as_str().unwrap());
    let found = alice(&["recall", "When does the lighthouse open?", "--limit", "1"]);
    assert_eq!(found["results"][0]["memory"]["id"], id);
    assert_eq!(ids(&alice(&["list"])), [other_id, id]);
    assert_eq!(ids(&alice(&["list", "--all"])), [other_id, id]);
    let changed = alice(&["edit", id, "--content", "It opens at ten.", "--no-tags"]);
    assert_eq!(
        (&changed["version"], &changed["tags"]),
        (&2.into(), &serde_json::json!([]))
    );
    assert_eq!(alice(&["get", id])["content"], "It opens at ten.");
    let stale = party.run_as(
        &key,
        ALICE,
        &["edit", id, "--content", "x", "--version", "1"],
    );
    stale.ends(1, "version_conflict");
    let filter = r#"{"importance": {"gte": 0.8}}"#;
    let rehearsed = alice(&["forget", "--filter", filter, "--dry-run"]);
    assert_eq!(rehearsed["ids"], serde_json::json!([other_id]));
    assert_eq!(alice(&["list"])["memories"].as_array().unwrap().len(), 2);
    assert_eq!(alice(&["forget", "--filter", filter])["deleted"], 1);
    assert_eq!(alice(&["forget", id])["deleted"], 1);
    assert!(ids(&alice(&["list"])).is_empty());
}

#[test]
fn bob_neither_sees_nor_erases_what_alice_keeps() {
    let party = Party::new();
    let key = party.home.keys().application;
    party.run_as(
        &key,
        ALICE,
        &["remember", "The safe is behind the painting."],
    );
    let bob = party.operate(&[
        "--json", "key", "create", "bob", "--tenant", "default", "--user", "bob",
    ]);
    let bob = bob.json()["key"].as_str().unwrap().to_owned();
    let found = party
        .run_as(&bob, None, &["--json", "recall", "Where is the safe?"])
        .json();
    assert_eq!(found["results"], serde_json::json!([]));
    party
        .run_as(&bob, ALICE, &["list"])
        .ends(1, "identity_conflict");
    party
        .run_as(&bob, None, &["erase", "--user", "alice", "--yes"])
        .ends(1, "access_forbidden");
    let receipt = party
        .run_as(&key, None, &["--json", "erase", "--user", "alice", "--yes"])
        .json();
    assert_eq!(receipt["records"], 1);
    let list = party.run_as(&key, ALICE, &["--json", "list"]).json();
    assert!(ids(&list).is_empty());
}

#[test]
fn a_user_erases_itself() {
    let party = Party::new();
    let key = party.home.keys().application;
    party.run_as(&key, ALICE, &["remember", "Blue is my colour."]);
    let receipt = party
        .run_as(&key, ALICE, &["--json", "erase", "--self", "--yes"])
        .json();
    assert_eq!(receipt["records"], 1);
}

#[test]
fn the_operator_manages_tenants() {
    let party = Party::new();
    let create = [
        "--json",
        "tenant",
        "create",
        "acme",
        "--trust-mode",
        "strict",
    ];
    assert_eq!(party.operate(&create).json()["trust_mode"], "strict");
    let update = [
        "--json",
        "tenant",
        "update",
        "acme",
        "--trust-mode",
        "required",
    ];
    assert_eq!(party.operate(&update).json()["trust_mode"], "required");
    let list = party.operate(&["tenant", "list"]);
    assert!(
        list.stdout.contains("acme") && list.stdout.contains("default"),
        "{list:?}"
    );
    party
        .operate(&["tenant", "create", "acme"])
        .ends(1, "tenant_exists");
}

#[test]
fn a_tenants_admin_manages_its_keys_and_namespaces() {
    let party = Party::new();
    let admin = [
        "--json", "key", "create", "admin", "--tenant", "default", "--admin",
    ];
    let admin = party.operate(&admin).json();
    let admin = |arguments: &[&str]| {
        let key = admin["key"].as_str().unwrap();
        party
            .run_as(key, None, &[&["--json"][..], arguments].concat())
            .json()
    };
    let namespace = admin(&[
        "namespace",
        "create",
        "org/acme",
        "--description",
        "all of us",
    ]);
    let id = namespace["id"].as_str().unwrap();
    assert_eq!(
        admin(&["namespace", "list"])["namespaces"][0]["name"],
        "org/acme"
    );
    // A name stands for the id.
    assert_eq!(admin(&["namespace", "show", "org/acme"])["id"], id);
    let update = ["namespace", "update", id, "--description", ""];
    assert_eq!(admin(&update)["description"], Value::Null);
    let reader = admin(&["key", "create", "reader", "--grant", "org/acme=read"]);
    let reader_key = reader["key"].as_str().unwrap();
    party
        .run_as(reader_key, None, &["namespace", "show", "org/acne"])
        .ends(1, "namespace list");
    let inside = ["--namespace", "org/acme"];
    admin(&[&["remember", "The office has a red door."][..], &inside].concat());
    let recall = [&["--json", "recall", "door"][..], &inside].concat();
    let found = party.run_as(reader_key, None, &recall).json();
    assert_eq!(found["results"].as_array().unwrap().len(), 1);
    let write = [&["remember", "no"][..], &inside].concat();
    party
        .run_as(reader_key, None, &write)
        .ends(1, "access_forbidden");
    let reader_id = reader["key_id"].as_str().unwrap();
    assert_eq!(admin(&["key", "revoke", reader_id])["revoked"], true);
    party
        .run_as(reader_key, None, &["whoami"])
        .ends(1, "credential_invalid");
    assert_eq!(admin(&["namespace", "delete", id])["deleted"], true);
}

#[test]
fn what_is_stored_does_not_steer_the_terminal() {
    let party = Party::new();
    let key = party.home.keys().application;
    party.run_as(&key, ALICE, &["remember", "red \u{1b}[31malert\u{7}"]);
    for arguments in [&["list"][..], &["recall", "alert"]] {
        let ended = party.run_as(&key, ALICE, arguments);
        assert!(ended.stdout.contains("alert"), "{ended:?}");
        assert!(!ended.stdout.contains(['\u{1b}', '\u{7}']), "{ended:?}");
    }
}

#[test]
fn whoami_tells_whom_the_server_sees() {
    let party = Party::new();
    let key = party.home.keys().application;
    let who = party
        .run_as(&key, ALICE, &["--json", "whoami", "--thread", "t1"])
        .json();
    assert_eq!(who["tenant"], "default");
    assert_eq!(who["strength"], "asserted");
    assert_eq!(who["namespace"]["thread"], "t1");
}
