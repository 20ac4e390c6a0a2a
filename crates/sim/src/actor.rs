//! What somebody asks next: made up from dice, from what they are, and from what they have seen.

use serde_json::{Value, json};

use crate::chance::Dice;
use crate::request::{Reply, Request, Verb};

/// Words that everybody uses, so that shared statistics would show.
const WORDS: [&str; 24] = [
    "harbour", "locker", "code", "tea", "coffee", "violin", "garden", "meeting", "train",
    "Tuesday", "Anna", "Boris", "green", "door", "boat", "captain", "letter", "winter", "prefers",
    "lost", "found", "bought", "order", "4711",
];
/// Ids that everybody sends.
const IDS: [&str; 4] = [
    "0190a000-0000-7000-8000-000000000001",
    "0190a000-0000-7000-8000-000000000002",
    "0190a000-0000-7000-8000-000000000003",
    "0190a000-0000-7000-8000-000000000004",
];
const TAGS: [&str; 3] = ["home", "work", "boat"];
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
}

impl Known {
    /// Adds what somebody else knows.
    pub fn overhear(&mut self, other: &Self) {
        self.ids.extend(other.ids.iter().cloned());
        self.cursors.extend(other.cursors.iter().cloned());
        self.name_cursors.extend(other.name_cursors.iter().cloned());
        self.namespaces.extend(other.namespaces.iter().cloned());
        self.keys.extend(other.keys.iter().cloned());
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
    /// What was seen.
    pub known: Known,
}

impl Actor {
    /// The header lines of one request.
    fn headers(&self, dice: &mut Dice) -> (Power, Vec<(&'static str, String)>) {
        let role = dice.pick(&self.roles);
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
        (role.power, headers)
    }

    /// The next request.
    pub fn next(&self, dice: &mut Dice) -> Request {
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
        match verb {
            Verb::Remember => request.body = Some(self.note(dice)),
            Verb::Batch => {
                let notes: Vec<Value> = (0..=dice.below(5)).map(|_| self.note(dice)).collect();
                request.body = Some(json!({"memories": notes}));
            }
            Verb::Recall => request.body = Some(question(dice)),
            Verb::List => page(dice, &mut request, &self.known.cursors),
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
            Verb::Whoami | Verb::KeyList => {}
            Verb::NamespaceCreate => {
                let name = dice.pick(&self.names);
                request.body = Some(json!({"name": name, "description": self.canary}));
            }
            Verb::NamespaceList => page(dice, &mut request, &self.known.name_cursors),
            Verb::NamespaceGet | Verb::NamespaceDelete => {
                request.target = among(dice, &self.known.namespaces);
            }
            Verb::NamespaceUpdate => {
                request.target = among(dice, &self.known.namespaces);
                request.body = Some(json!({"description": words(dice, 3)}));
            }
            Verb::KeyCreate => request.body = Some(self.new_key(dice)),
            Verb::KeyRevoke => request.target = among(dice, &self.known.keys),
        }
        if let Some(name) = name {
            put_name(&mut request, &name);
        }
        request
    }

    fn note(&self, dice: &mut Dice) -> Value {
        let length = 2 + dice.below(12);
        let mut note = json!({
            "content": words(dice, length),
            "metadata": {"of": self.canary, "mood": dice.below(3)},
        });
        if dice.percent(30) {
            note["id"] = (*dice.pick(&IDS)).into();
        }
        if dice.percent(30) {
            note["tags"] = json!([dice.pick(&TAGS)]);
        }
        if dice.percent(20) {
            note["speaker"] = (*dice.pick(&["Anna", "Boris"])).into();
            note["conversation"] = (*dice.pick(&["one", "two"])).into();
        }
        if dice.percent(10) {
            note["ttl_seconds"] = (1 + dice.below(4)).into();
        }
        note
    }

    fn patch(&self, dice: &mut Dice) -> Value {
        match dice.below(3) {
            0 => json!({"content": words(dice, 5)}),
            1 => json!({"tags": [dice.pick(&TAGS)], "importance": 0.9}),
            _ => json!({"metadata": {"of": self.canary, "mood": dice.below(3)}}),
        }
    }

    fn selection(&self, dice: &mut Dice) -> Value {
        let mut selection = if dice.percent(50) {
            json!({"ids": [self.id(dice), self.id(dice)]})
        } else {
            json!({"filter": filter(dice)})
        };
        selection["dry_run"] = dice.percent(40).into();
        selection
    }

    fn doomed(&self, dice: &mut Dice, power: Power) -> Value {
        match power {
            Power::User => json!({"self": true}),
            Power::Application => json!({"user": dice.pick(&self.users)}),
            Power::Admin if dice.percent(50) => json!({"user": dice.pick(&self.users)}),
            Power::Admin => json!({"namespace": dice.pick(&self.names)}),
        }
    }

    fn new_key(&self, dice: &mut Dice) -> Value {
        match dice.below(3) {
            0 => json!({"name": self.canary, "user": dice.pick(&self.users)}),
            1 => json!({"name": self.canary, "act_as": "read"}),
            _ => json!({"name": self.canary, "grants": [
                {"namespace": format!("{}/**", dice.pick(&self.names)), "access": "write"},
            ]}),
        }
    }

    fn id(&self, dice: &mut Dice) -> String {
        if self.known.ids.is_empty() || dice.percent(20) {
            (*dice.pick(&IDS)).to_owned()
        } else {
            dice.pick(&self.known.ids).clone()
        }
    }

    /// Takes in what a reply tells.
    pub fn learn(&mut self, request: &Request, reply: &Reply) {
        let body = &reply.body;
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let known = &mut self.known;
        match request.verb {
            Verb::Remember => known.ids.extend(text("id")),
            Verb::Batch => {
                let results = body["results"].as_array().into_iter().flatten();
                let ids = results.filter_map(|result| result["memory"]["id"].as_str());
                known.ids.extend(ids.map(str::to_owned));
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
                if let Some(token) = text("key") {
                    let power = match made.get("act_as") {
                        Some(_) => Power::Application,
                        None => Power::User,
                    };
                    self.roles.push(Role { token, power });
                }
            }
            _ => {}
        }
    }
}

fn verb(dice: &mut Dice, power: Power) -> Verb {
    const DATA: [(usize, Verb); 11] = [
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

fn page(dice: &mut Dice, request: &mut Request, cursors: &[String]) {
    request
        .query
        .push(("limit", (1 + dice.below(3)).to_string()));
    if dice.percent(45) {
        request.query.push(("cursor", cursor(dice, cursors)));
    }
}

fn put_name(request: &mut Request, name: &str) {
    match request.verb {
        Verb::Remember | Verb::Batch | Verb::Recall | Verb::Change | Verb::Forget => {
            request.body.as_mut().unwrap()["namespace"] = name.into();
        }
        Verb::List | Verb::Get | Verb::Delete => {
            request.query.push(("namespace", name.to_owned()));
        }
        _ => {}
    }
}

/// Some words, in the order in which they fell.
pub fn words(dice: &mut Dice, count: usize) -> String {
    let words: Vec<&str> = (0..count).map(|_| *dice.pick(&WORDS)).collect();
    words.join(" ")
}

fn question(dice: &mut Dice) -> Value {
    let length = 1 + dice.below(5);
    let mut question = json!({"query": words(dice, length), "limit": 1 + dice.below(6)});
    if dice.percent(30) {
        question["threshold"] = (*dice.pick(&[0.1, 0.4, 0.8])).into();
    }
    if dice.percent(30) {
        question["filter"] = filter(dice);
    }
    if dice.percent(40) {
        question["explain"] = true.into();
    }
    question
}

fn filter(dice: &mut Dice) -> Value {
    match dice.below(4) {
        0 => json!({"tags": {"any": [dice.pick(&TAGS)]}}),
        1 => json!({"metadata.mood": {"eq": dice.below(3)}}),
        2 => json!({"speaker": {"eq": "Anna"}}),
        _ => json!({"not": {"tags": {"any": [dice.pick(&TAGS)]}}}),
    }
}

/// A cursor that was seen, now and then one that was changed on the way.
fn cursor(dice: &mut Dice, cursors: &[String]) -> String {
    if cursors.is_empty() {
        return "00".repeat(48);
    }
    let mut cursor = dice.pick(cursors).clone();
    if dice.percent(20) {
        let last = if cursor.ends_with('0') { "1" } else { "0" };
        cursor.truncate(cursor.len() - 1);
        cursor.push_str(last);
    }
    cursor
}

fn among(dice: &mut Dice, ids: &[String]) -> String {
    if ids.is_empty() || dice.percent(10) {
        return "ns_00000000000000000000000000000000".to_owned();
    }
    dice.pick(ids).clone()
}
