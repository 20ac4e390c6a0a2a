//! The one whose view is compared: what it asks, what it is shown, and what it must never be.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anchorhold_model::TenantId;
use serde_json::Value;

use crate::actor::{Actor, NAMED, Power, Role, TOKEN};
use crate::chance::Dice;
use crate::known::{Known, claimant};
use crate::library::TORN;
use crate::request::{Reply, Request, Verb};
use crate::world::{Right, World};

/// Who the caller is, and so who all others are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// A whole tenant: its admin, its application, its users. The others are other tenants.
    Tenant,
    /// One user with a key of its own. The others are other tenants, and everybody else in its own
    /// tenant who has no right to what is its.
    User,
    /// Somebody whom its tenant does not know, by a key that names nobody and by the word of an
    /// application of its own. The others are other tenants, and everybody else in its own tenant, some of
    /// whom go by the same names.
    Stranger,
}

impl Who {
    /// There are strangers where they are kept apart.
    pub(crate) fn of(dice: &mut Dice, has_quarantine: bool) -> Self {
        let all = [Self::Tenant, Self::User, Self::Stranger];
        *dice.pick(if has_quarantine { &all } else { &all[..2] })
    }
}

/// The user that a caller is.
pub(crate) const USER: &str = "a:b";
/// The named namespaces below which a caller that is a user has every right.
pub(crate) const GRANTED: &[&str] = &["org/acmecorp"];
/// The names of strangers, whom their tenant gets to know only if it manages them itself.
pub(crate) const STRANGERS: &[&str] = &["zoe", "mallory"];
/// Stands beside everything that others keep.
pub(crate) const OF_OTHERS: &str = "of-somebody-else";

/// A place, as a request that reads it.
type Place = (Vec<(&'static str, String)>, Option<String>);

pub(crate) struct Caller {
    pub(crate) pair: usize,
    pub(crate) who: Who,
    pub(crate) tenant: TenantId,
    /// The keys of a caller that is a user, one after the other.
    pub(crate) keys: Vec<String>,
    pub(crate) actor: Actor,
    pub(crate) secret: String,
    pub(crate) lives: usize,
    pub(crate) places: BTreeSet<Place>,
    /// Handles of users, in the order in which they were told.
    pub(crate) handles: Vec<String>,
    /// Keys that it ended itself.
    pub(crate) ended: BTreeSet<String>,
    /// The last request carried a cursor that nobody issued.
    pub(crate) forged: bool,
    /// It carried a key that it had ended before.
    pub(crate) late: bool,
    /// It moved memories that are still where they were.
    pub(crate) left_behind: bool,
    pub(crate) last: Option<(Request, Reply)>,
}

impl Caller {
    /// What stands beside what it keeps in its present life.
    pub(crate) fn canary(secret: &str, lives: usize) -> String {
        format!("{secret}-life-{lives}.")
    }

    /// What others know of it, and what they must never be shown.
    pub(crate) fn overheard(&self) -> (Known, String) {
        (self.actor.known.clone(), self.secret.clone())
    }

    /// Asks the next thing. Where servers restart, handles of users are told by the order in which they
    /// came up: one that is promised to a user of whom nothing is stored is forgotten by a restart.
    pub(crate) fn step(
        &mut self,
        world: &World,
        dice: &mut Dice,
        restarts: bool,
    ) -> (Request, String) {
        let request = self.actor.next(dice);
        let reply = world.ask(&request);
        let known = &self.actor.known;
        let issued = known.cursors.iter().chain(&known.name_cursors);
        let mut issued = issued.chain(&known.user_cursors);
        self.forged = request
            .parameter("cursor")
            .is_some_and(|cursor| issued.all(|issued| issued != cursor));
        if reply.body != Value::Null {
            self.places.insert(place(&request));
        }
        self.actor.learn(&request, &reply);
        self.late = self.has_ended(&request);
        if request.verb == Verb::KeyRevoke && reply.body != Value::Null {
            let ended = self
                .actor
                .roles
                .iter()
                .filter(|role| role.key == request.target);
            self.ended.extend(ended.map(|role| role.token.clone()));
        }
        self.left_behind = is_moved(&request, &reply) && {
            let mut again = request.clone();
            again.body.as_mut().unwrap()["dry_run"] = true.into();
            world.ask(&again).body["matched"].as_u64() > Some(0)
        };
        let text = if restarts {
            self.with_numbers(&reply.text)
        } else {
            reply.text.clone()
        };
        let is_gone = request.verb == Verb::Erase && reply.body != Value::Null;
        self.last = Some((request.clone(), reply));
        // Who is in a session or a sandbox ends that, and no user with its keys.
        let is_stay =
            self.actor.has_sessions || request.headers.iter().any(|(name, _)| *name == NAMED);
        let is_user = self.who == Who::User && !is_stay;
        if is_user && is_gone && is_own(&request) {
            self.come_back(world);
        }
        (request, text)
    }

    /// A text with numbers for the handles of users.
    fn with_numbers(&mut self, text: &str) -> String {
        const PREFIX: &str = "usr_";
        let mut pieces = text.split(PREFIX);
        let mut told = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (digits, rest) = piece.split_at_checked(32).unwrap_or(("", piece));
            let known = self.handles.iter().position(|known| known == digits);
            let number = known.unwrap_or_else(|| {
                self.handles.push(digits.to_owned());
                self.handles.len() - 1
            });
            write!(told, "{PREFIX}{number}{rest}").unwrap();
        }
        told
    }

    /// A user who erased itself gets a new key from its tenant.
    fn come_back(&mut self, world: &World) {
        let key = world.key(self.tenant, &Right::User(USER, GRANTED));
        let role = Role {
            token: key.token,
            key: key.id.clone(),
            power: Power::User,
        };
        self.keys.push(key.id);
        // Its old keys end with it, and it tries them.
        let old = std::mem::take(&mut self.actor.roles);
        let asked_again: Vec<Request> = old.iter().map(Actor::looking).collect();
        self.ended.extend(old.into_iter().map(|role| role.token));
        self.actor.roles = vec![role];
        self.lives += 1;
        self.actor.canary = Self::canary(&self.secret, self.lives);
        self.places.clear();
        // What it exported in its earlier life it could itself bring back.
        self.actor.known.lines.clear();
        self.actor.plans = asked_again.into();
    }

    /// What it was shown that it must not be: of others, or of an earlier life.
    pub(crate) fn haunted(&self) -> Option<String> {
        let (request, reply) = self.last.as_ref()?;
        let is_believed = self.forged && reply.body != Value::Null;
        let is_strange = [OF_OTHERS, TORN]
            .iter()
            .any(|text| reply.text.contains(text));
        // A batch is answered one by one.
        let is_open = matches!(request.verb, Verb::Many | Verb::Health);
        let is_late = self.late && !is_open && reply.body != Value::Null;
        if is_believed || is_strange || is_late || self.has_met_itself(request, reply) {
            return Some(format!("{request:?} was shown {}", reply.text));
        }
        if self.left_behind {
            return Some(format!("{request:?} left what it moved"));
        }
        // What is kept in named namespaces outlives the user.
        let is_own = request.verb != Verb::NamespaceList && place(request).1.is_none();
        let earlier = (0..self.lives).map(|life| Self::canary(&self.secret, life));
        let is_dead = request.target.is_empty() || request.verb == Verb::Get;
        let mut earlier = earlier.filter(|canary| reply.text.contains(canary));
        if self.who == Who::User && is_own && is_dead && earlier.next().is_some() {
            return Some(format!("{request:?} was shown {}", reply.text));
        }
        None
    }

    /// Whether somebody who claims a name, and shows nothing that a claimant of that name was told, is
    /// shown what the caller keeps elsewhere.
    fn has_met_itself(&self, request: &Request, reply: &Reply) -> bool {
        let is_sandboxed = reply.text.contains("x-anchorhold-identity: quarantine");
        if !is_sandboxed || !request.verb.is_reading() || !reply.text.contains(&self.secret) {
            return false;
        }
        let sent = |name: &str| {
            let mut headers = request.headers.iter();
            let found = headers.find(|(header, _)| *header == name);
            found.map(|(_, value)| value.as_str())
        };
        let bearer = sent("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let mut roles = self.actor.roles.iter();
        let is_guest = |role: &Role| role.power == Power::Guest && bearer == Some(&role.token);
        let claimant = claimant(&request.headers);
        let mut told = self.actor.known.tokens.iter();
        let is_theirs =
            told.any(|token| token.claimant == claimant && sent(TOKEN) == Some(&token.id));
        roles.any(is_guest) && !is_theirs
    }

    /// Whether a request carries a key that this caller ended before.
    fn has_ended(&self, request: &Request) -> bool {
        let mut headers = request.headers.iter();
        let sent = headers.find(|(name, _)| *name == "authorization");
        let token = sent.and_then(|(_, value)| value.strip_prefix("Bearer "));
        token.is_some_and(|token| self.ended.contains(token))
    }

    /// What the audit log tells of it. Pseudonyms of users of whom nothing is stored are promised
    /// in memory, and a restart forgets the promise: where servers restart, they are left out.
    pub(crate) fn audited(&self, world: &World, restarts: bool) -> String {
        let keys = (self.who != Who::Tenant).then_some(&self.keys[..]);
        let mut seen = String::new();
        for mut entry in world.audit(self.tenant, keys) {
            if restarts {
                entry.subject = None;
                entry.on_behalf_of = None;
            }
            writeln!(seen, "{entry:?}").unwrap();
        }
        seen
    }

    /// Everything that is kept in the places where it was.
    pub(crate) fn looks(&self, world: &World) -> String {
        let mut seen = String::new();
        for (headers, named) in &self.places {
            let mut request = Request::new(Verb::List, headers.clone());
            request.query.push(("limit", "200".to_owned()));
            request
                .query
                .extend(named.iter().map(|name| ("namespace", name.clone())));
            seen.push_str(&world.ask(&request).text);
            seen.push('\n');
        }
        seen
    }
}

/// Whether memories were moved.
fn is_moved(request: &Request, reply: &Reply) -> bool {
    let body = request.body.as_ref();
    let is_rehearsal = body.is_some_and(|body| body.get("dry_run").is_some());
    request.verb == Verb::Move && !is_rehearsal && reply.body != Value::Null
}

fn is_own(request: &Request) -> bool {
    let body = request.body.as_ref();
    body.is_some_and(|body| body.get("self").is_some())
}

fn place(request: &Request) -> Place {
    let (mut headers, named) = request.place();
    headers.retain(|(name, _)| *name != "if-match");
    (headers, named)
}
