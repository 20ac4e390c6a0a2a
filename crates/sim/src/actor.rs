//! What somebody asks next: made up from dice, from what they are, and from what they have seen.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::bodies::{IDS, among, cursor, question, words};
use crate::chance::Dice;
use crate::request::{Reply, Request, Verb};

const SUB_SCOPES: [(&str, &str); 4] = [
    ("x-anchorhold-workspace", "c"),
    ("x-anchorhold-workspace", "b:c"),
    ("x-anchorhold-agent", "c"),
    ("x-anchorhold-thread", "c"),
];

/// How a credential is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// It manages the tenant, and names namespaces.
    Admin,
    /// It says who the user is.
    Application,
    /// It is one user.
    User,
}

/// A credential that somebody holds.
#[derive(Clone, Debug)]
pub struct Role {
    /// What is presented.
    pub token: String,
    /// The id of the key.
    pub key: String,
    /// How it is used.
    pub power: Power,
}

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
    }
}

/// Somebody.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The credentials.
    pub roles: Vec<Role>,
    /// Whom an application speaks for.
    pub users: Vec<&'static str>,
    /// Whom a user's own key claims to be now and then.
    pub claims: &'static str,
    /// Named namespaces that are asked for.
    pub names: Vec<String>,
    /// Stands beside everything that is kept: nobody else may ever be shown it.
    pub canary: String,
    /// Numbers in the vectors of texts, where the application makes them.
    pub numbers: Option<usize>,
    /// What was seen.
    pub known: Known,
    /// Whether what is asked is asked in sessions.
    pub has_sessions: bool,
    /// What is asked soon.
    pub plans: VecDeque<Request>,
}

impl Actor {
    /// The header lines of one request.
    pub(crate) fn headers(&self, dice: &mut Dice) -> (Power, Vec<(&'static str, String)>) {
        let role = dice.pick(&self.roles);
        self.headers_of(role, dice)
    }

    /// The same with this credential.
    pub(crate) fn headers_of(
        &self,
        role: &Role,
        dice: &mut Dice,
    ) -> (Power, Vec<(&'static str, String)>) {
        let mut headers = vec![("authorization", format!("Bearer {}", role.token))];
        if role.power == Power::Application && dice.percent(92) {
            // Mostly the same, so that something gathers there.
            let one = dice.below(self.users.len()) * usize::from(dice.percent(60));
            headers.push(("x-anchorhold-user", self.users[one].to_owned()));
        }
        if role.power == Power::User && dice.percent(15) {
            headers.push(("x-anchorhold-user", self.claims.to_owned()));
        }
        if role.power != Power::Admin && dice.percent(15) {
            let (name, value) = *dice.pick(&SUB_SCOPES);
            headers.push((name, value.to_owned()));
        }
        if self.has_sessions && dice.percent(85) {
            headers.push(("x-session-id", self.session(dice)));
        }
        (role.power, headers)
    }

    /// Mostly one that was told before, and the first of them, so that something gathers there.
    fn session(&self, dice: &mut Dice) -> String {
        let told = &self.known.sessions;
        match told.first() {
            Some(first) if dice.percent(60) => first.clone(),
            Some(_) if dice.percent(80) => dice.pick(told).clone(),
            _ => (*dice.pick(&IDS)).to_owned(),
        }
    }

    /// The next request.
    pub fn next(&mut self, dice: &mut Dice) -> Request {
        if self.plans.is_empty() && dice.percent(12) {
            self.plans = self.habit(dice).into();
        }
        if dice.percent(80)
            && let Some(planned) = self.plans.pop_front()
        {
            return planned;
        }
        let (power, headers) = self.headers(dice);
        // Pages are followed while there are any.
        let known = &self.known;
        let verb = match dice.below(100) {
            0..20 if !known.cursors.is_empty() => Verb::List,
            20..40 if !known.name_cursors.is_empty() => Verb::NamespaceList,
            _ => verb(dice, power),
        };
        let mut request = Request::new(verb, headers);
        let named = power == Power::Admin || dice.percent(15);
        let name = named.then(|| dice.pick(&self.names).clone());
        if verb == Verb::Many {
            for _ in 0..2 + dice.below(3) {
                let mut inner = Request::new(among_data(dice), Vec::new());
                self.fill(&mut inner, dice, power);
                request.inner.push(inner);
            }
        } else {
            self.fill(&mut request, dice, power);
        }
        if let Some(name) = name {
            put_name(&mut request, &name);
        }
        request
    }

    /// Target, query and body of a verb.
    fn fill(&self, request: &mut Request, dice: &mut Dice, power: Power) {
        match request.verb {
            Verb::Remember => request.body = Some(self.note(dice)),
            Verb::Batch => {
                let notes: Vec<Value> = (0..=dice.below(5)).map(|_| self.note(dice)).collect();
                request.body = Some(json!({"memories": notes}));
            }
            Verb::Recall => {
                let asked = question(dice);
                request.body = Some(self.with_vector(dice, asked));
            }
            Verb::List => page(dice, request, &self.known.cursors),
            Verb::Get | Verb::Delete => request.target = self.id(dice),
            Verb::Change => {
                request.target = self.id(dice);
                request.body = Some(self.patch(dice));
                if dice.percent(30) {
                    let version = dice.below(3);
                    request.headers.push(("if-match", format!("\"{version}\"")));
                }
            }
            Verb::Forget => request.body = Some(self.selection(dice)),
            Verb::Erase => request.body = Some(self.doomed(dice, power)),
            Verb::NamespaceCreate => {
                let name = dice.pick(&self.names);
                request.body = Some(json!({"name": name, "description": self.canary}));
            }
            Verb::NamespaceList => page(dice, request, &self.known.name_cursors),
            Verb::NamespaceGet | Verb::NamespaceDelete => {
                request.target = among(dice, &self.known.namespaces);
            }
            Verb::NamespaceUpdate => {
                request.target = among(dice, &self.known.namespaces);
                request.body = Some(json!({"description": words(dice, 3)}));
            }
            Verb::KeyCreate => request.body = Some(self.new_key(dice)),
            Verb::KeyRevoke => request.target = among(dice, &self.known.keys),
            Verb::Import => request.body = Some(self.lines(dice)),
            Verb::Export => {
                let vectors = dice.percent(50).to_string();
                request.query.push(("vectors", vectors));
            }
            Verb::Whoami | Verb::KeyList | Verb::Many | Verb::Health | Verb::Nowhere => {}
        }
    }

    pub(crate) fn id(&self, dice: &mut Dice) -> String {
        if self.known.ids.is_empty() || dice.percent(20) {
            (*dice.pick(&IDS)).to_owned()
        } else {
            dice.pick(&self.known.ids).clone()
        }
    }

    /// Takes in what a reply tells.
    pub fn learn(&mut self, request: &Request, reply: &Reply) {
        let body = &reply.body;
        let told = reply.text.lines();
        let told = told.filter_map(|line| line.strip_prefix("x-session-id: "));
        for id in told {
            if !self.known.sessions.iter().any(|known| known == id) {
                self.known.sessions.push(id.to_owned());
            }
        }
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let known = &mut self.known;
        match request.verb {
            Verb::Remember => known.ids.extend(text("id")),
            Verb::Batch => {
                let results = body["results"].as_array().into_iter().flatten();
                let ids = results.filter_map(|result| result["memory"]["id"].as_str());
                known.ids.extend(ids.map(str::to_owned));
            }
            Verb::Many => {
                let results = body["results"].as_array().into_iter().flatten();
                let bodies = results.map(|result| &result["body"]);
                let ids = bodies.filter_map(|body| body["id"].as_str());
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
            Verb::Erase | Verb::NamespaceDelete => {
                let receipt = body.get("receipt").unwrap_or(body);
                let keys = receipt["key_ids"].as_array().into_iter().flatten();
                let keys = keys.filter_map(Value::as_str).map(str::to_owned);
                known.destroyed.extend(keys);
            }
            Verb::KeyCreate => {
                known.keys.extend(text("key_id"));
                let made = request.body.as_ref().unwrap();
                if let (Some(token), Some(key)) = (text("key"), text("key_id")) {
                    let power = match made.get("act_as") {
                        Some(_) => Power::Application,
                        None => Power::User,
                    };
                    self.roles.push(Role { token, key, power });
                }
            }
            _ => {}
        }
    }
}

fn verb(dice: &mut Dice, power: Power) -> Verb {
    const DATA: [(usize, Verb); 16] = [
        (22, Verb::Remember),
        (10, Verb::Batch),
        (20, Verb::Recall),
        (10, Verb::List),
        (7, Verb::Get),
        (8, Verb::Change),
        (6, Verb::Delete),
        (5, Verb::Forget),
        (5, Verb::Erase),
        (3, Verb::Whoami),
        (4, Verb::NamespaceList),
        (6, Verb::Import),
        (4, Verb::Export),
        (6, Verb::Many),
        (1, Verb::Health),
        (1, Verb::Nowhere),
    ];
    const ADMIN: [(usize, Verb); 8] = [
        (24, Verb::NamespaceCreate),
        (14, Verb::NamespaceList),
        (10, Verb::NamespaceGet),
        (8, Verb::NamespaceUpdate),
        (6, Verb::NamespaceDelete),
        (14, Verb::KeyCreate),
        (14, Verb::KeyList),
        (8, Verb::KeyRevoke),
    ];
    let managing = match power {
        Power::Admin => 60,
        Power::Application | Power::User => 12,
    };
    let table: &[(usize, Verb)] = if dice.percent(managing) {
        &ADMIN
    } else {
        &DATA
    };
    let mut at = dice.below(table.iter().map(|(weight, _)| weight).sum());
    for (weight, verb) in table {
        match at.checked_sub(*weight) {
            Some(rest) => at = rest,
            None => return *verb,
        }
    }
    Verb::Recall
}

/// What may stand in a batch of requests.
fn among_data(dice: &mut Dice) -> Verb {
    *dice.pick(&[
        Verb::Remember,
        Verb::Batch,
        Verb::Recall,
        Verb::List,
        Verb::Get,
        Verb::Change,
        Verb::Delete,
        Verb::Forget,
    ])
}

fn page(dice: &mut Dice, request: &mut Request, cursors: &[String]) {
    request
        .query
        .push(("limit", (1 + dice.below(3)).to_string()));
    if dice.percent(45) {
        request.query.push(("cursor", cursor(dice, cursors)));
    }
}

pub(crate) fn put_name(request: &mut Request, name: &str) {
    match request.verb {
        Verb::Remember | Verb::Batch | Verb::Recall | Verb::Change | Verb::Forget => {
            request.body.as_mut().unwrap()["namespace"] = name.into();
        }
        Verb::List | Verb::Get | Verb::Delete | Verb::Import | Verb::Export => {
            request.query.push(("namespace", name.to_owned()));
        }
        _ => {}
    }
}
