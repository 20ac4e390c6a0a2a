//! Users and the quarantine, as they stand in the audit log of their tenant.

use anchorhold_store::{Entry, EntryOutcome};
use serde_json::{Value, json};

use super::house::House;
use super::past;

#[test]
fn the_quarantine_and_users_stand_in_the_log_of_their_tenant() {
    let mut house = House::new();
    let tenant = house.tenant("apart");
    tenant.demand(&json!({"trust_mode": "quarantine"}));
    let (admin, application) = (tenant.admin(), tenant.application());
    let user = admin.post("/v1/users", &json!({"id": "alice"})).gives(201);
    let alice = format!("/v1/users/{}", user["handle"].as_str().unwrap());
    admin.patch(&alice, &json!({"role": "viewer"})).gives(200);
    let link = json!({"id": "1", "issuer": "owui"});
    let linked = admin.post(&format!("{alice}/links"), &link).gives(200);
    let name = linked["links"][0]["handle"].as_str().unwrap().to_owned();
    admin.delete(&format!("{alice}/links/{name}")).gives(200);
    for (who, ending) in [("bob", "approve"), ("carol", "reject")] {
        let text = json!({"content": "The safe is behind the clock."});
        application
            .for_user(who)
            .post("/v1/memories", &text)
            .gives(201);
        let list: Value = admin.get("/v1/quarantine").gives(200);
        let sandbox = list["sandboxes"][0]["sandbox"].as_str().unwrap().to_owned();
        let path = format!("/v1/quarantine/{sandbox}");
        admin.get(&path).gives(200);
        match ending {
            "approve" => admin.post(&format!("{path}/approve"), &json!({"user": who})),
            _ => admin.delete(&path),
        }
        .gives(200);
    }
    let id = tenant.id.clone();
    house.server.stop();
    let entries = past::audit_entries(&house.server.data(), &id);
    let done = |verb: &str| {
        let is_it = |entry: &&Entry| entry.verb == verb && entry.outcome == EntryOutcome::Done;
        entries.iter().filter(is_it).count()
    };
    for (verb, times) in [
        ("user_create", 1),
        ("user_change", 1),
        ("user_link", 1),
        ("user_unlink", 1),
        ("quarantine_show", 2),
        ("quarantine_approve", 1),
        ("import", 1),
        ("erase_sandbox", 2),
    ] {
        assert_eq!(done(verb), times, "{verb}");
    }
    let log = house.server.log();
    for secret in ["alice", "bob", "carol", "safe"] {
        assert!(!log.contains(secret), "the log holds {secret}");
    }
}
