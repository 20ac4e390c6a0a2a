//! One request, or several variants of it, for every route that is served. A new route without a
//! line here fails the access matrix.

mod chat;
mod mcp;
mod operator;
mod people;

use serde_json::{Value, json};

use super::actors::NAMED;
use super::world::World;

/// Which listener serves a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Listener {
    Tenant,
    Operator,
}

/// What is sent; the credential is added by who sends it.
pub(super) struct Request {
    pub(super) path: String,
    /// Bytes instead of a body of JSON.
    pub(super) bytes: Option<&'static [u8]>,
    pub(super) user: Option<String>,
    /// Whether a header names the namespace [`NAMED`].
    pub(super) is_in_named: bool,
    pub(super) body: Option<Value>,
    /// Lines of NDJSON instead of a body.
    pub(super) lines: Option<&'static str>,
}

fn to(path: impl Into<String>) -> Request {
    Request {
        path: path.into(),
        bytes: None,
        user: None,
        is_in_named: false,
        body: None,
        lines: None,
    }
}

impl Request {
    fn lines(mut self, lines: &'static str) -> Self {
        self.lines = Some(lines);
        self
    }

    fn bytes(mut self, bytes: &'static [u8]) -> Self {
        self.bytes = Some(bytes);
        self
    }

    fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// With the header that names the namespace.
    fn in_named(mut self) -> Self {
        self.is_in_named = true;
        self
    }

    /// With the header that names the user of this cell.
    fn for_user(mut self, world: &World<'_>) -> Self {
        self.user = Some(world.user());
        self
    }
}

/// One route in one variant.
pub(super) struct Line {
    pub(super) listener: Listener,
    pub(super) method: &'static str,
    pub(super) template: &'static str,
    /// What differs from the other lines of the route; empty when it has one line.
    pub(super) variant: &'static str,
    pub(super) build: fn(&World<'_>) -> Request,
}

fn line(
    listener: Listener,
    route: &'static str,
    variant: &'static str,
    build: fn(&World<'_>) -> Request,
) -> Line {
    let (method, template) = route.split_once(' ').unwrap();
    Line {
        listener,
        method,
        template,
        variant,
        build,
    }
}

/// Every line of the matrix.
pub(super) fn lines() -> Vec<Line> {
    let mut lines = open_lines();
    lines.extend(memory_lines());
    lines.extend(search_lines());
    lines.extend(chat::lines());
    lines.extend(mcp::lines());
    lines.extend(batch_lines());
    lines.extend(port_lines());
    lines.extend(namespace_lines());
    lines.extend(key_lines());
    lines.extend(session_lines());
    lines.extend(people::lines());
    lines.extend(operator::lines());
    lines
}

const OWN: &str = "nobody is named";
const USER: &str = "for alice";
const IN: &str = "in org/acme";

fn open_lines() -> Vec<Line> {
    use Listener::{Operator, Tenant};
    vec![
        line(Tenant, "GET /healthz", "", |_| to("/healthz")),
        line(Tenant, "GET /readyz", "", |_| to("/readyz")),
        line(Tenant, "GET /openapi.json", "", |_| to("/openapi.json")),
        line(Operator, "GET /healthz", "", |_| to("/healthz")),
        line(Operator, "GET /readyz", "", |_| to("/readyz")),
        line(Operator, "GET /openapi.json", "", |_| to("/openapi.json")),
        line(Operator, "GET /metrics", "", |_| to("/metrics")),
    ]
}

fn batch_lines() -> Vec<Line> {
    use Listener::Tenant;
    const BATCH: &str = "POST /v1/batch";
    fn batch(world: &World<'_>, path: &str) -> Request {
        world.memory_of_user();
        world.memory_in_named();
        let list = json!({"method": "GET", "path": path});
        to("/v1/batch").body(json!({"operations": [list]}))
    }
    vec![
        line(Tenant, BATCH, OWN, |world| batch(world, "/v1/memories")),
        line(Tenant, BATCH, USER, |world| {
            batch(world, "/v1/memories").for_user(world)
        }),
        line(Tenant, BATCH, IN, |world| {
            batch(world, "/v1/memories?namespace=org%2Facme")
        }),
    ]
}

fn port_lines() -> Vec<Line> {
    use Listener::Tenant;
    const EXPORT: &str = "GET /v1/export";
    const IMPORT: &str = "POST /v1/import";
    const LINES: &str = "{\"content\": \"Alice likes plums.\"}\n";
    fn export(world: &World<'_>) -> Request {
        world.memory_of_user();
        to("/v1/export")
    }
    fn import() -> Request {
        to("/v1/import").lines(LINES)
    }
    vec![
        line(Tenant, EXPORT, OWN, export),
        line(Tenant, EXPORT, USER, |world| export(world).for_user(world)),
        line(Tenant, EXPORT, IN, |world| {
            world.memory_in_named();
            to("/v1/export?namespace=org%2Facme")
        }),
        line(Tenant, IMPORT, OWN, |_| import()),
        line(Tenant, IMPORT, USER, |world| import().for_user(world)),
        line(Tenant, IMPORT, IN, |world| {
            world.named_id();
            to("/v1/import?namespace=org%2Facme").lines(LINES)
        }),
    ]
}

fn memory_lines() -> Vec<Line> {
    use Listener::Tenant;
    const KEEP: &str = "POST /v1/memories";
    const BATCH: &str = "POST /v1/memories/batch";
    const LIST: &str = "GET /v1/memories";
    const GET: &str = "GET /v1/memories/{id}";
    const CHANGE: &str = "PATCH /v1/memories/{id}";
    const DELETE: &str = "DELETE /v1/memories/{id}";
    fn keep() -> Request {
        to("/v1/memories").body(json!({"content": "Alice likes plums."}))
    }
    fn batch() -> Request {
        to("/v1/memories/batch").body(json!({"memories": [{"content": "Alice likes plums."}]}))
    }
    fn keep_in(path: &str, body: Value) -> Request {
        let mut body = body;
        body["namespace"] = json!(NAMED);
        to(path).body(body)
    }
    fn list(world: &World<'_>) -> Request {
        world.memory_of_user();
        to("/v1/memories")
    }
    fn alices(world: &World<'_>) -> Request {
        to(format!("/v1/memories/{}", world.memory_of_user()))
    }
    fn named(world: &World<'_>) -> String {
        format!("/v1/memories/{}", world.memory_in_named())
    }
    vec![
        line(Tenant, KEEP, OWN, |_| keep()),
        line(Tenant, KEEP, USER, |world| keep().for_user(world)),
        line(Tenant, KEEP, IN, |world| {
            world.named_id();
            keep_in("/v1/memories", json!({"content": "Acme likes plums."}))
        }),
        line(Tenant, BATCH, OWN, |_| batch()),
        line(Tenant, BATCH, USER, |world| batch().for_user(world)),
        line(Tenant, BATCH, IN, |world| {
            world.named_id();
            let body = json!({"memories": [{"content": "Acme likes plums."}]});
            keep_in("/v1/memories/batch", body)
        }),
        line(Tenant, LIST, OWN, list),
        line(Tenant, LIST, USER, |world| list(world).for_user(world)),
        line(Tenant, LIST, IN, |world| {
            world.memory_in_named();
            to(format!("/v1/memories?namespace={NAMED}"))
        }),
        line(Tenant, GET, OWN, alices),
        line(Tenant, GET, USER, |world| alices(world).for_user(world)),
        line(Tenant, GET, IN, |world| {
            to(format!("{}?namespace={NAMED}", named(world)))
        }),
        line(Tenant, CHANGE, OWN, |world| {
            alices(world).body(json!({"importance": 1}))
        }),
        line(Tenant, CHANGE, USER, |world| {
            alices(world).body(json!({"importance": 1})).for_user(world)
        }),
        line(Tenant, CHANGE, IN, |world| {
            to(named(world)).body(json!({"importance": 1, "namespace": NAMED}))
        }),
        line(Tenant, DELETE, OWN, alices),
        line(Tenant, DELETE, USER, |world| alices(world).for_user(world)),
        line(Tenant, DELETE, IN, |world| {
            to(format!("{}?namespace={NAMED}", named(world)))
        }),
    ]
}

fn search_lines() -> Vec<Line> {
    use Listener::Tenant;
    const RECALL: &str = "POST /v1/recall";
    const FORGET: &str = "POST /v1/forget";
    const ERASE: &str = "POST /v1/erase";
    const WHOAMI: &str = "GET /v1/whoami";
    fn recall(world: &World<'_>) -> Request {
        world.memory_of_user();
        to("/v1/recall").body(json!({"query": "What does Alice like?"}))
    }
    fn forget(id: &str) -> Request {
        to("/v1/forget").body(json!({"ids": [id]}))
    }
    fn erase(body: Value) -> Request {
        to("/v1/erase").body(body)
    }
    vec![
        line(Tenant, RECALL, OWN, recall),
        line(Tenant, RECALL, USER, |world| recall(world).for_user(world)),
        line(Tenant, RECALL, IN, |world| {
            world.memory_in_named();
            to("/v1/recall").body(json!({"query": "plums", "namespace": NAMED}))
        }),
        line(Tenant, FORGET, OWN, |world| forget(&world.memory_of_user())),
        line(Tenant, FORGET, USER, |world| {
            forget(&world.memory_of_user()).for_user(world)
        }),
        line(Tenant, FORGET, IN, |world| {
            let ids = [world.memory_in_named()];
            to("/v1/forget").body(json!({"ids": ids, "namespace": NAMED}))
        }),
        line(Tenant, ERASE, "the user alice", |world| {
            world.memory_of_user();
            erase(json!({"user": world.user()}))
        }),
        line(Tenant, ERASE, "a user of whom nothing is kept", |_| {
            erase(json!({"user": "nobody-at-all"}))
        }),
        line(Tenant, ERASE, "oneself, nobody is named", |world| {
            world.memory_of_user();
            erase(json!({"self": true}))
        }),
        line(Tenant, ERASE, "oneself, for alice", |world| {
            world.memory_of_user();
            erase(json!({"self": true})).for_user(world)
        }),
        line(Tenant, ERASE, "the namespace org/acme", |world| {
            world.memory_in_named();
            erase(json!({"namespace": NAMED}))
        }),
        line(Tenant, ERASE, "a namespace that is not there", |_| {
            erase(json!({"namespace": "org/absent"}))
        }),
        line(Tenant, WHOAMI, OWN, |_| to("/v1/whoami")),
        line(Tenant, WHOAMI, USER, |world| {
            to("/v1/whoami").for_user(world)
        }),
    ]
}

fn namespace_lines() -> Vec<Line> {
    use Listener::Tenant;
    const CREATE: &str = "POST /v1/namespaces";
    fn create(name: &str) -> Request {
        to("/v1/namespaces").body(json!({"name": name}))
    }
    fn by_id(world: &World<'_>) -> Request {
        to(format!("/v1/namespaces/{}", world.named_id()))
    }
    const ABSENT: &str = "/v1/namespaces/ns_00000000000000000000000000000001";
    vec![
        line(Tenant, CREATE, "a new name", |world| {
            create(&format!("org/new-{}", world.serial()))
        }),
        line(Tenant, CREATE, "a new name below org/acme", |world| {
            create(&format!("{NAMED}/new-{}", world.serial()))
        }),
        line(Tenant, CREATE, "org/acme, which is there", |world| {
            world.named_id();
            create(NAMED)
        }),
        line(Tenant, "GET /v1/namespaces", "", |_| to("/v1/namespaces")),
        line(Tenant, "GET /v1/namespaces/{id}", "org/acme", by_id),
        line(Tenant, "GET /v1/namespaces/{id}", "nothing", |_| to(ABSENT)),
        line(Tenant, "PATCH /v1/namespaces/{id}", "org/acme", |world| {
            by_id(world).body(json!({"description": "Shared by Acme."}))
        }),
        line(Tenant, "DELETE /v1/namespaces/{id}", "org/acme", by_id),
        line(Tenant, "DELETE /v1/namespaces/{id}", "nothing", |_| {
            to(ABSENT)
        }),
        line(Tenant, "POST /v1/namespaces/move", "of nobody", |_| {
            to("/v1/namespaces/move").body(json!({
                "from": {"user": "nobody"}, "to": {"user": "nobody else"}, "everything": true,
            }))
        }),
    ]
}

fn key_lines() -> Vec<Line> {
    use Listener::Tenant;
    vec![
        line(Tenant, "POST /v1/keys", "", |_| {
            to("/v1/keys").body(json!({"name": "a new key"}))
        }),
        line(
            Tenant,
            "POST /v1/keys",
            "that may do more than its maker",
            |_| to("/v1/keys").body(json!({"name": "a new key", "admin": true, "act_as": true})),
        ),
        line(Tenant, "GET /v1/keys", "", |_| to("/v1/keys")),
        line(Tenant, "DELETE /v1/keys/{key_id}", "", |world| {
            to(format!("/v1/keys/{}", world.key_id()))
        }),
    ]
}

fn session_lines() -> Vec<Line> {
    use Listener::Tenant;
    vec![
        line(Tenant, "GET /v1/sessions", "", |_| to("/v1/sessions")),
        line(Tenant, "DELETE /v1/sessions/{id}", "of nobody", |_| {
            to("/v1/sessions/ses_00000000000000000000000000000000")
        }),
        line(Tenant, "POST /v1/sessions/sweep", "", |_| {
            to("/v1/sessions/sweep")
        }),
    ]
}
