//! What every test of isolation begins with: a house (a server), tenants in it, and callers.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::support::{Ask, Reply, Server};

/// A server, and its operator.
pub(crate) struct House {
    pub(crate) server: Server,
}

impl House {
    pub(crate) fn new() -> Self {
        Self {
            server: Server::start(),
        }
    }

    /// Whoever has this key, on the tenant listener.
    pub(crate) fn caller(&self, key: &str) -> Caller {
        Caller {
            address: self.server.listen,
            key: key.to_owned(),
            key_id: String::new(),
            headers: Vec::new(),
        }
    }

    /// The operator, on the operator listener.
    pub(crate) fn operator(&self) -> Caller {
        Caller {
            address: self.server.operator_listen,
            ..self.caller(&self.server.operator_key)
        }
    }

    /// A new tenant with the default policy.
    pub(crate) fn tenant(&self, name: &str) -> Tenant<'_> {
        self.tenant_with(name, json!({}))
    }

    /// A tenant that is there already.
    pub(crate) fn known_tenant(&self, name: &str) -> Tenant<'_> {
        let listed = self.operator().get("/v1/tenants").gives(200);
        let mut listed = listed["tenants"].as_array().unwrap().iter();
        let found = listed.find(|tenant| tenant["name"] == name).unwrap();
        Tenant {
            house: self,
            name: name.to_owned(),
            id: found["id"].as_str().unwrap().to_owned(),
        }
    }

    /// A new tenant with this policy.
    pub(crate) fn tenant_with(&self, name: &str, policy: Value) -> Tenant<'_> {
        let body = merged(policy, json!({"name": name}));
        let made = self.operator().post("/v1/tenants", &body).gives(201);
        Tenant {
            house: self,
            name: name.to_owned(),
            id: made["id"].as_str().unwrap().to_owned(),
        }
    }
}

/// A tenant of a house.
pub(crate) struct Tenant<'house> {
    house: &'house House,
    pub(crate) name: String,
    pub(crate) id: String,
}

impl Tenant<'_> {
    /// A caller with a new key that is made with this body.
    #[track_caller]
    pub(crate) fn key(&self, body: Value) -> Caller {
        let body = merged(json!({"name": "a key"}), body);
        let path = format!("/v1/tenants/{}/keys", self.name);
        let made = self.house.operator().post(&path, &body).gives(201);
        Caller {
            key_id: made["key_id"].as_str().unwrap().to_owned(),
            ..self.house.caller(made["key"].as_str().unwrap())
        }
    }

    /// A caller whose key is bound to this user.
    pub(crate) fn user(&self, user: &str) -> Caller {
        self.key(json!({"user": user}))
    }

    /// A caller whose key says who the user is.
    pub(crate) fn application(&self) -> Caller {
        self.key(json!({"act_as": true}))
    }

    /// A caller who manages the tenant.
    pub(crate) fn admin(&self) -> Caller {
        self.key(json!({"admin": true}))
    }

    /// A caller with one grant.
    pub(crate) fn granted(&self, namespace: &str, access: &str) -> Caller {
        self.key(json!({"grants": [{"namespace": namespace, "access": access}]}))
    }

    /// Ends a caller's key.
    pub(crate) fn revoke(&self, caller: &Caller) {
        let path = format!("/v1/tenants/{}/keys/{}", self.name, caller.key_id);
        self.house.operator().delete(&path).gives(200);
    }

    /// Gives the tenant another policy.
    pub(crate) fn demand(&self, policy: &Value) {
        let path = format!("/v1/tenants/{}", self.name);
        self.house.operator().patch(&path, policy).gives(200);
    }
}

/// Somebody with a key, and the headers they send.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) address: SocketAddr,
    pub(crate) key: String,
    pub(crate) key_id: String,
    headers: Vec<(String, Vec<u8>)>,
}

impl Caller {
    /// The same caller with one more header.
    pub(crate) fn with(&self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let mut caller = self.clone();
        caller
            .headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        caller
    }

    /// The same caller, saying that the request is for this user.
    pub(crate) fn for_user(&self, user: &str) -> Self {
        self.with("x-anchorhold-user", user)
    }

    pub(crate) fn ask(&self, method: &str, target: impl AsRef<[u8]>) -> Ask {
        let ask = Ask::new(self.address, method, target).key(&self.key);
        let headers = self.headers.iter();
        headers.fold(ask, |ask, (name, value)| ask.header(name, value))
    }

    #[track_caller]
    pub(crate) fn get(&self, target: &str) -> Reply {
        self.ask("GET", target).send()
    }

    #[track_caller]
    pub(crate) fn post(&self, target: &str, body: &Value) -> Reply {
        self.ask("POST", target).json(body).send()
    }

    #[track_caller]
    pub(crate) fn patch(&self, target: &str, body: &Value) -> Reply {
        self.ask("PATCH", target).json(body).send()
    }

    #[track_caller]
    pub(crate) fn delete(&self, target: &str) -> Reply {
        self.ask("DELETE", target).send()
    }

    /// Keeps a memory with these fields and gives its id.
    #[track_caller]
    pub(crate) fn keeps_with(&self, body: &Value) -> String {
        let kept = self.post("/v1/memories", body).gives(201);
        kept["id"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub(crate) fn keeps(&self, content: &str) -> String {
        self.keeps_with(&json!({"content": content}))
    }

    #[track_caller]
    pub(crate) fn keeps_in(&self, namespace: &str, content: &str) -> String {
        self.keeps_with(&json!({"content": content, "namespace": namespace}))
    }

    /// The contents of every memory, oldest first; `query` such as `namespace=org/acme`.
    #[track_caller]
    pub(crate) fn lists_at(&self, query: &str) -> Vec<String> {
        let mut contents = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("/v1/memories?limit=200{cursor}{query}"));
            let page = page.gives(200);
            for memory in page["memories"].as_array().unwrap() {
                contents.push(memory["content"].as_str().unwrap().to_owned());
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        contents.reverse();
        contents
    }

    #[track_caller]
    pub(crate) fn lists(&self) -> Vec<String> {
        self.lists_at("")
    }

    #[track_caller]
    pub(crate) fn lists_in(&self, namespace: &str) -> Vec<String> {
        self.lists_at(&format!("&namespace={namespace}"))
    }

    /// The contents of what a recall with this body finds, best first.
    #[track_caller]
    pub(crate) fn recalls_with(&self, body: &Value) -> Vec<String> {
        let found = self.post("/v1/recall", body).gives(200);
        let results = found["results"].as_array().unwrap().iter();
        let content = |result: &Value| result["memory"]["content"].as_str().unwrap().to_owned();
        results.map(content).collect()
    }

    #[track_caller]
    pub(crate) fn recalls(&self, query: &str) -> Vec<String> {
        self.recalls_with(&json!({"query": query, "limit": 200}))
    }

    /// Makes a named namespace and gives its opaque id.
    #[track_caller]
    pub(crate) fn makes(&self, name: &str) -> String {
        let made = self
            .post("/v1/namespaces", &json!({"name": name}))
            .gives(201);
        made["id"].as_str().unwrap().to_owned()
    }
}

/// `base` with the fields of `more`.
pub(crate) fn merged(mut base: Value, more: Value) -> Value {
    let (Some(fields), Value::Object(more)) = (base.as_object_mut(), more) else {
        panic!("only objects can be merged");
    };
    fields.extend(more);
    base
}
