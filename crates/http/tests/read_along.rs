//! What was shared before a tenant's users had namespaces is read along for a while.

use serde_json::{Value, json};

use crate::support::{Ask, Server};

/// A tenant that shared everything, and does not any more.
struct Acme {
    server: Server,
    key: String,
    /// Of the memory that was shared.
    path: String,
}

impl Acme {
    fn new() -> Self {
        let server = Server::new();
        server.tenant_with(json!({"name": "acme", "isolation": "none"}));
        let key = server.key("acme", json!({"act_as": true}));
        let kept = server.ask("POST", "/v1/memories").key(&key);
        let kept = kept
            .json(json!({"content": "the gate code is 4711"}))
            .send();
        let path = format!("/v1/memories/{}", kept.json()["id"].as_str().unwrap());
        let changed = server.operate("PATCH", "/v1/tenants/acme");
        assert_eq!(
            changed.json(json!({"isolation": "user"})).send().status,
            200
        );
        Self { server, key, path }
    }

    fn alice(&self, method: &str, target: &str) -> Ask {
        self.server.ask(method, target).key(&self.key).user("alice")
    }

    fn read_along(&self, until: &Value) {
        let changed = self.server.operate("PATCH", "/v1/tenants/acme/identity");
        let changed = changed.json(json!({"shared_read_until": until})).send();
        assert_eq!(changed.status, 200, "{changed:?}");
    }

    /// Where the results of a recall are kept, in their order.
    fn recalled(&self) -> Vec<String> {
        let ask = self.alice("POST", "/v1/recall");
        let recalled = ask.json(json!({"query": "gate code"})).send().json();
        let results = recalled["results"].as_array().unwrap().iter().zip(1..);
        let kind = |(result, rank): (&Value, u64)| {
            assert_eq!(result["rank"].as_u64(), Some(rank));
            let kind = result["memory"]["namespace"]["kind"].as_str();
            kind.unwrap().to_owned()
        };
        results.map(kind).collect()
    }
}

#[test]
fn what_was_shared_is_read_along_until_the_day_that_the_tenant_named() {
    let acme = Acme::new();
    let read = || acme.alice("GET", &acme.path).send();
    assert_eq!(acme.recalled(), [""; 0]);
    read().is_refused(404, "memory_not_found");
    acme.read_along(&json!("2999-01-01T00:00:00Z"));
    // Somebody for whom nothing is kept, and then somebody with memories of their own.
    assert_eq!(acme.recalled(), ["shared"]);
    assert_eq!(read().json()["content"], "the gate code is 4711");
    let own = json!({"content": "my own gate code is 1234"});
    let own = acme.alice("POST", "/v1/memories").json(own).send();
    assert_eq!(own.json()["namespace"]["kind"], "user");
    let mut found = acme.recalled();
    found.sort();
    assert_eq!(found, ["shared", "user"]);
    acme.read_along(&json!("2020-01-01T00:00:00Z"));
    assert_eq!(acme.recalled(), ["user"]);
    acme.read_along(&Value::Null);
    read().is_refused(404, "memory_not_found");
}

#[test]
fn what_is_read_along_is_read_and_nothing_else_and_by_users_alone() {
    let acme = Acme::new();
    acme.read_along(&json!("2999-01-01T00:00:00Z"));
    let change = acme
        .alice("PATCH", &acme.path)
        .json(json!({"content": "x"}));
    change.send().is_refused(404, "memory_not_found");
    let delete = acme.alice("DELETE", &acme.path).send();
    delete.is_refused(404, "memory_not_found");
    let listed = acme.alice("GET", "/v1/memories").send().json();
    assert_eq!(listed["memories"], json!([]), "a list is of one's own");
    // A part of a user is its own.
    let workspace = |ask: Ask| ask.header("x-anchorhold-workspace", "w").send();
    workspace(acme.alice("GET", &acme.path)).is_refused(404, "memory_not_found");
    // Nobody else reads it: no named namespace, no other tenant.
    let named = format!("{}?namespace=org/notes", acme.path);
    let granted = json!({"act_as": true, "grants": [{"namespace": "org/notes", "access": "read"}]});
    let granted = acme.server.key("acme", granted);
    let asked = acme.server.ask("GET", &named).key(&granted).send();
    asked.is_refused(404, "namespace_not_found");
    acme.server.tenant("other");
    let foreign = acme.server.key("other", json!({"act_as": true}));
    let asked = acme.server.ask("GET", &acme.path).key(&foreign);
    asked
        .user("alice")
        .send()
        .is_refused(404, "memory_not_found");
    // Who may not be let in reads nothing along either.
    let none = acme.server.ask("GET", &acme.path).key(&acme.key).send();
    none.is_refused(400, "identity_required");
}
