//! What somebody asks next: made up from dice, from what they are, and from what they have seen.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::bodies::{IDS, among, chat, cursor, question, words};
use crate::chance::Dice;
use crate::known::{Header, Known, claimant};
use crate::request::{Request, Verb};
use crate::verbs::among_data;

/// The header of a user's name.
pub(crate) const NAMED: &str = "x-anchorhold-user";
/// The header of the name that the same user may have elsewhere.
pub(crate) const SECOND: &str = "x-openwebui-user-id";
/// Who vouches for that name.
pub(crate) const SECOND_ISSUER: &str = "owui";
/// The header of a named namespace.
const NAMESPACE: &str = "x-anchorhold-namespace";
/// The header of what tells a claimant from others of that name.
pub(crate) const TOKEN: &str = "x-anchorhold-sandbox";

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
    /// It is nobody, and claims to be somebody.
    Guest,
    /// It manages the users of a tenant, and does nothing else.
    Keeper,
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

/// Somebody.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The credentials.
    pub roles: Vec<Role>,
    /// Whom an application speaks for; of these the tenant may know each.
    pub users: Vec<&'static str>,
    /// Others whose names are claimed.
    pub strangers: Vec<&'static str>,
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
    /// Whether the tenant keeps those apart whom it does not know.
    pub has_quarantine: bool,
    /// What is asked soon.
    pub plans: VecDeque<Request>,
}

impl Actor {
    /// The header lines of one request.
    pub(crate) fn headers(&self, dice: &mut Dice) -> (Power, Vec<Header>) {
        let role = dice.pick(&self.roles);
        self.headers_of(role, dice)
    }

    /// The same with this credential.
    pub(crate) fn headers_of(&self, role: &Role, dice: &mut Dice) -> (Power, Vec<Header>) {
        let mut headers = vec![("authorization", format!("Bearer {}", role.token))];
        match role.power {
            Power::Application if dice.percent(92) => headers.extend(self.named(dice)),
            Power::Guest if dice.percent(85) => {
                let name = *dice.pick(&self.strangers);
                headers.push((NAMED, name.to_owned()));
            }
            Power::User if dice.percent(15) => headers.push((NAMED, self.claims.to_owned())),
            _ => {}
        }
        let is_somebody = !matches!(role.power, Power::Admin | Power::Keeper);
        if is_somebody && dice.percent(15) {
            let (name, value) = *dice.pick(&SUB_SCOPES);
            headers.push((name, value.to_owned()));
        }
        if is_somebody && self.has_quarantine {
            headers.extend(self.token(dice, &headers));
        }
        if self.has_sessions && dice.percent(85) {
            headers.push(("x-session-id", self.session(dice)));
        }
        (role.power, headers)
    }

    /// Whom an application speaks for, now and then by a second name.
    fn named(&self, dice: &mut Dice) -> Vec<Header> {
        let strange = if self.has_quarantine { 40 } else { 5 };
        let known = !self.users.is_empty() && !dice.percent(strange);
        let names = if known { &self.users } else { &self.strangers };
        // Mostly the same, so that something gathers there.
        let one = dice.below(names.len()) * usize::from(dice.percent(60));
        let name = names[one].to_owned();
        match dice.below(100) {
            0..85 => vec![(NAMED, name)],
            85..97 => vec![(SECOND, name)],
            _ => vec![(NAMED, name.clone()), (SECOND, name)],
        }
    }

    /// Mostly what was told to this claimant, now and then what was told to somebody.
    fn token(&self, dice: &mut Dice, headers: &[Header]) -> Option<Header> {
        let told = &self.known.tokens;
        let claimant = claimant(headers);
        let mut own = told.iter().filter(|token| token.claimant == claimant);
        let token = match dice.below(10) {
            0..6 => own.next(),
            6 => own.next_back(),
            7 | 8 if !told.is_empty() => Some(dice.pick(told)),
            _ => None,
        };
        token.map(|token| (TOKEN, token.id.clone()))
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
        if self.plans.is_empty() && dice.percent(if self.has_quarantine { 25 } else { 12 }) {
            self.plans = self.habit(dice).into();
        }
        if dice.percent(80)
            && let Some(planned) = self.plans.pop_front()
        {
            return self.completed(planned);
        }
        let (power, headers) = self.headers(dice);
        // Pages are followed while there are any.
        let known = &self.known;
        let verb = match dice.below(100) {
            0..20 if !known.cursors.is_empty() => Verb::List,
            20..40 if !known.name_cursors.is_empty() => Verb::NamespaceList,
            40..55 if !known.user_cursors.is_empty() => Verb::UserList,
            _ => self.verb(dice, power),
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
            Verb::Chat => request.body = Some(chat(dice)),
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
            Verb::KeyCreate => request.body = Some(self.new_key(dice, power)),
            Verb::KeyRevoke => request.target = among(dice, &self.known.keys),
            Verb::Import => request.body = Some(self.lines(dice)),
            Verb::Export => {
                let vectors = dice.percent(50).to_string();
                request.query.push(("vectors", vectors));
            }
            verb if verb.is_about_users() => self.manage(request, dice, power),
            _ => {}
        }
    }

    pub(crate) fn id(&self, dice: &mut Dice) -> String {
        if self.known.ids.is_empty() || dice.percent(20) {
            (*dice.pick(&IDS)).to_owned()
        } else {
            dice.pick(&self.known.ids).clone()
        }
    }
}

pub(crate) fn page(dice: &mut Dice, request: &mut Request, cursors: &[String]) {
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
        // The body of a chat goes on to somebody else.
        Verb::Chat => request.headers.push((NAMESPACE, name.to_owned())),
        _ => {}
    }
}
