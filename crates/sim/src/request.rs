//! What somebody asks, told so that every layer can be asked it, and what came back.

use serde_json::{Value, json};

/// What is asked for; method and path of the HTTP API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Keep one memory.
    Remember,
    /// Keep several.
    Batch,
    /// Find memories.
    Recall,
    /// Talk to a model that says what it was sent.
    Chat,
    /// A page of memories.
    List,
    /// One memory.
    Get,
    /// Change one.
    Change,
    /// Delete one.
    Delete,
    /// Delete several.
    Forget,
    /// Destroy a user or a namespace.
    Erase,
    /// Who am I.
    Whoami,
    /// Make a named namespace.
    NamespaceCreate,
    /// A page of named namespaces.
    NamespaceList,
    /// One by its id.
    NamespaceGet,
    /// Describe one anew.
    NamespaceUpdate,
    /// Destroy one.
    NamespaceDelete,
    /// Make a key.
    KeyCreate,
    /// List keys.
    KeyList,
    /// End a key.
    KeyRevoke,
    /// Make a user known.
    UserCreate,
    /// A page of users.
    UserList,
    /// A user by its name.
    UserLookup,
    /// One by its handle.
    UserGet,
    /// Give one another role.
    UserChange,
    /// Destroy one by its handle.
    UserErase,
    /// Give one a second name.
    UserLink,
    /// Take a second name from one; the target is that of both.
    UserUnlink,
    /// The sandboxes that were used last.
    SandboxList,
    /// One with a page of what is kept in it.
    SandboxShow,
    /// Give what is kept in one to a user.
    SandboxApprove,
    /// Destroy one.
    SandboxReject,
    /// Memories from one place to another.
    Move,
    /// All memories as lines.
    Export,
    /// Keep memories from such lines.
    Import,
    /// Several requests on memories in one.
    Many,
    /// How the server is; needs no key.
    Health,
    /// What no route takes.
    Nowhere,
}

impl Verb {
    /// Method and path; `{}` stands for the target.
    pub const fn route(self) -> (&'static str, &'static str) {
        match self {
            Self::Remember => ("POST", "/v1/memories"),
            Self::Batch => ("POST", "/v1/memories/batch"),
            Self::Recall => ("POST", "/v1/recall"),
            Self::Chat => ("POST", "/v1/chat/completions"),
            Self::List => ("GET", "/v1/memories"),
            Self::Get => ("GET", "/v1/memories/{}"),
            Self::Change => ("PATCH", "/v1/memories/{}"),
            Self::Delete => ("DELETE", "/v1/memories/{}"),
            Self::Forget => ("POST", "/v1/forget"),
            Self::Erase => ("POST", "/v1/erase"),
            Self::Whoami => ("GET", "/v1/whoami"),
            Self::NamespaceCreate => ("POST", "/v1/namespaces"),
            Self::NamespaceList => ("GET", "/v1/namespaces"),
            Self::NamespaceGet => ("GET", "/v1/namespaces/{}"),
            Self::NamespaceUpdate => ("PATCH", "/v1/namespaces/{}"),
            Self::NamespaceDelete => ("DELETE", "/v1/namespaces/{}"),
            Self::KeyCreate => ("POST", "/v1/keys"),
            Self::KeyList => ("GET", "/v1/keys"),
            Self::KeyRevoke => ("DELETE", "/v1/keys/{}"),
            Self::UserCreate => ("POST", "/v1/users"),
            Self::UserList => ("GET", "/v1/users"),
            Self::UserLookup => ("POST", "/v1/users/lookup"),
            Self::UserGet => ("GET", "/v1/users/{}"),
            Self::UserChange => ("PATCH", "/v1/users/{}"),
            Self::UserErase | Self::UserUnlink => ("DELETE", "/v1/users/{}"),
            Self::UserLink => ("POST", "/v1/users/{}/links"),
            Self::SandboxList => ("GET", "/v1/quarantine"),
            Self::SandboxShow => ("GET", "/v1/quarantine/{}"),
            Self::SandboxApprove => ("POST", "/v1/quarantine/{}/approve"),
            Self::SandboxReject => ("DELETE", "/v1/quarantine/{}"),
            Self::Move => ("POST", "/v1/namespaces/move"),
            Self::Export => ("GET", "/v1/export"),
            Self::Import => ("POST", "/v1/import"),
            Self::Many => ("POST", "/v1/batch"),
            Self::Health => ("GET", "/healthz"),
            Self::Nowhere => ("PUT", "/v1/memories"),
        }
    }

    /// Whether it is about the users of a tenant, whoever of them asks.
    pub const fn is_about_users(self) -> bool {
        matches!(
            self,
            Self::UserCreate
                | Self::UserList
                | Self::UserLookup
                | Self::UserGet
                | Self::UserChange
                | Self::UserErase
                | Self::UserLink
                | Self::UserUnlink
                | Self::SandboxList
                | Self::SandboxShow
                | Self::SandboxApprove
                | Self::SandboxReject
                | Self::Move
        )
    }

    /// Whether it shows memories and changes nothing.
    pub const fn is_reading(self) -> bool {
        matches!(self, Self::Recall | Self::List | Self::Get | Self::Export)
    }
}

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is asked for.
    pub verb: Verb,
    /// All header lines, the credential among them.
    pub headers: Vec<(&'static str, String)>,
    /// The id in the path; empty where the path has none.
    pub target: String,
    /// The query.
    pub query: Vec<(&'static str, String)>,
    /// The body, where the verb takes one; the lines of an import are a list.
    pub body: Option<Value>,
    /// The requests of which this one is made; they have its headers.
    pub inner: Vec<Self>,
}

impl Request {
    /// A request without anything yet.
    pub fn new(verb: Verb, headers: Vec<(&'static str, String)>) -> Self {
        Self {
            verb,
            headers,
            target: String::new(),
            query: Vec::new(),
            body: None,
            inner: Vec::new(),
        }
    }

    /// Path and query.
    pub fn target(&self) -> String {
        let mut target = self.verb.route().1.replace("{}", &self.target);
        for (number, (name, value)) in self.query.iter().enumerate() {
            let mark = if number == 0 { '?' } else { '&' };
            target.extend([mark]);
            target.extend([*name, "=", value]);
        }
        target
    }

    /// The bytes of the body and what they are, where there is one.
    pub fn sent(&self) -> Option<(&'static str, String)> {
        match (&self.body, &self.inner[..]) {
            (Some(Value::Array(lines)), _) => {
                let lines = lines.iter().map(|line| format!("{line}\n"));
                Some(("application/x-ndjson", lines.collect()))
            }
            (Some(body), _) => Some(("application/json", body.to_string())),
            (None, []) => None,
            (None, inner) => {
                let operation = |request: &Self| {
                    let (method, _) = request.verb.route();
                    json!({"method": method, "path": request.target(), "body": request.body})
                };
                let operations: Vec<Value> = inner.iter().map(operation).collect();
                let body = json!({"operations": operations});
                Some(("application/json", body.to_string()))
            }
        }
    }

    /// The value of a query parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Where it goes, as a key: the same place is listed once.
    pub fn place(&self) -> (Vec<(&'static str, String)>, Option<String>) {
        let body = self.body.as_ref().and_then(|body| body.get("namespace"));
        let named = body.and_then(Value::as_str);
        let named = named.or_else(|| self.parameter("namespace"));
        (self.headers.clone(), named.map(str::to_owned))
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// All that the caller sees, as text.
    pub text: String,
    /// The body; null for a refusal.
    pub body: Value,
}
