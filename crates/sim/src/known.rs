//! What somebody has seen and may send again.

use serde_json::Value;

use crate::actor::{Actor, NAMED, Power, Role, SECOND};
use crate::library::BETWEEN;
use crate::request::{Reply, Request, Verb};

/// What somebody has seen and may send again.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Ids of memories.
    pub ids: Vec<String>,
    /// Cursors of lists of memories.
    pub cursors: Vec<String>,
    /// Cursors of lists of namespaces.
    pub name_cursors: Vec<String>,
    /// Ids of namespaces.
    pub namespaces: Vec<String>,
    /// Ids of keys that were made.
    pub keys: Vec<String>,
    /// Ids of namespace keys that were destroyed.
    pub destroyed: Vec<String>,
    /// Lines of exports.
    pub lines: Vec<Value>,
    /// Ids of sessions that replies told.
    pub sessions: Vec<String>,
    /// What replies told of sandboxes that began.
    pub tokens: Vec<Token>,
    /// Handles of sandboxes.
    pub sandboxes: Vec<String>,
    /// Handles of users.
    pub users: Vec<String>,
    /// Handles of users with those of their second names, as a target.
    pub links: Vec<String>,
    /// Cursors of lists of users.
    pub user_cursors: Vec<String>,
}

/// What tells a claimant from others of that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What is shown.
    pub id: String,
    /// The header lines with which the sandbox began: a credential and who was named.
    pub claimant: Vec<Header>,
}

/// A header line.
pub type Header = (&'static str, String);

/// Whoever these header lines speak for.
pub(crate) fn claimant(headers: &[Header]) -> Vec<Header> {
    let names = ["authorization", NAMED, SECOND];
    let speaking = headers.iter().filter(|(name, _)| names.contains(name));
    speaking.cloned().collect()
}

impl Known {
    /// Adds what somebody else knows.
    pub fn overhear(&mut self, other: &Self) {
        self.ids.extend(other.ids.iter().cloned());
        self.cursors.extend(other.cursors.iter().cloned());
        self.name_cursors.extend(other.name_cursors.iter().cloned());
        self.namespaces.extend(other.namespaces.iter().cloned());
        self.keys.extend(other.keys.iter().cloned());
        self.sessions.extend(other.sessions.iter().cloned());
        self.tokens.extend(other.tokens.iter().cloned());
        self.sandboxes.extend(other.sandboxes.iter().cloned());
        self.users.extend(other.users.iter().cloned());
        self.links.extend(other.links.iter().cloned());
        self.user_cursors.extend(other.user_cursors.iter().cloned());
    }
}

impl Actor {
    /// Takes in what a reply tells.
    pub fn learn(&mut self, request: &Request, reply: &Reply) {
        self.learn_headers(request, reply);
        let body = &reply.body;
        if request.verb.is_about_users() {
            self.learn_of_users(request.verb, body);
        }
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let known = &mut self.known;
        match request.verb {
            Verb::Remember => known.ids.extend(text("id")),
            Verb::Batch => {
                let ids = each(body, "results").filter_map(|one| one["memory"]["id"].as_str());
                known.ids.extend(ids.map(str::to_owned));
            }
            Verb::Many => {
                let ids = each(body, "results").filter_map(|one| one["body"]["id"].as_str());
                known.ids.extend(ids.map(str::to_owned));
            }
            Verb::Export => {
                let lines = body.as_str().unwrap_or_default().lines();
                let lines = lines.filter_map(|line| serde_json::from_str(line).ok());
                let is_memory = |line: &Value| line.get("content").is_some();
                known.lines.extend(lines.filter(is_memory).take(8));
            }
            Verb::List => known.cursors.extend(text("next_cursor")),
            Verb::NamespaceList => known.name_cursors.extend(text("next_cursor")),
            Verb::NamespaceCreate => known.namespaces.extend(text("id")),
            Verb::Erase
            | Verb::NamespaceDelete
            | Verb::UserErase
            | Verb::SandboxApprove
            | Verb::SandboxReject => {
                let receipt = body.get("receipt").unwrap_or(body);
                let keys = each(receipt, "key_ids").filter_map(Value::as_str);
                known.destroyed.extend(keys.map(str::to_owned));
            }
            Verb::KeyCreate => {
                known.keys.extend(text("key_id"));
                let made = request.body.as_ref().unwrap();
                if let (Some(token), Some(key)) = (text("key"), text("key_id")) {
                    let power = match (made.get("act_as"), made.get("user")) {
                        (Some(_), _) => Power::Application,
                        (None, None) if self.has_quarantine => Power::Guest,
                        (None, _) => Power::User,
                    };
                    self.roles.push(Role { token, key, power });
                }
            }
            _ => {}
        }
    }

    /// Where the request was.
    fn learn_headers(&mut self, request: &Request, reply: &Reply) {
        let known = &mut self.known;
        for line in reply.text.lines() {
            if let Some(id) = line.strip_prefix("x-session-id: ")
                && !known.sessions.iter().any(|known| known == id)
            {
                known.sessions.push(id.to_owned());
            }
            // Told again, it is still of whoever was told it first.
            if let Some(id) = line.strip_prefix("x-anchorhold-sandbox: ")
                && !known.tokens.iter().any(|known| known.id == id)
            {
                known.tokens.push(Token {
                    id: id.to_owned(),
                    claimant: claimant(&request.headers),
                });
            }
        }
    }

    /// Handles, as far as they are of whom it may manage.
    fn learn_of_users(&mut self, verb: Verb, body: &Value) {
        let told: Vec<String> = each(body, "users")
            .chain([body])
            .filter(|user| self.may_manage(user))
            .filter_map(|user| Some(user.get("handle")?.as_str()?.to_owned()))
            .collect();
        let links: Vec<String> = each(body, "links")
            .filter_map(|link| link["handle"].as_str())
            .filter_map(|link| Some(format!("{}{BETWEEN}{link}", told.last()?)))
            .collect();
        let is_own = |sandbox: &Value| self.roles.iter().any(|role| sandbox["key_id"] == role.key);
        let sandboxes: Vec<String> = each(body, "sandboxes")
            .filter(|sandbox| is_own(sandbox))
            .filter_map(|sandbox| Some(sandbox["sandbox"].as_str()?.to_owned()))
            .collect();
        let cursor = body.get("next_cursor").and_then(Value::as_str);
        let known = &mut self.known;
        let cursors = match verb {
            Verb::UserList => &mut known.user_cursors,
            _ => &mut known.cursors,
        };
        cursors.extend(cursor.map(str::to_owned));
        known.users.extend(told);
        known.links.extend(links);
        // The one that was used last comes last.
        known.sandboxes.extend(sandboxes.into_iter().rev());
    }

    /// Whether a user is one of those whom it names itself.
    fn may_manage(&self, user: &Value) -> bool {
        let Some(id) = user["id"].as_str() else {
            return false;
        };
        let is_admin = self.roles.iter().any(|role| role.power == Power::Admin);
        self.users.contains(&id)
            || id.contains(&self.canary)
            || is_admin && self.strangers.contains(&id)
    }
}

/// The elements of a list in a body.
fn each<'a>(body: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    let list = body.get(name).and_then(Value::as_array);
    list.into_iter().flatten()
}
