//! Everybody else: they use a caller's ids, cursors, texts and names, and trouble the server.

use anchorhold_model::TenantId;
use serde_json::{Value, json};

use crate::actor::{Actor, Power};
use crate::bodies::words;
use crate::chance::Dice;
use crate::known::Known;
use crate::library::TORN;
use crate::request::{Request, Verb};
use crate::world::World;

/// How much the others do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Next to nothing.
    Quiet,
    /// Several things between two steps of the caller.
    Busy,
    /// The same, with restarts of the server, its chores, and an operator who looks after it.
    Wild,
}

impl Mood {
    fn acts(self, dice: &mut Dice) -> usize {
        match self {
            Self::Quiet => usize::from(dice.percent(25)),
            Self::Busy | Self::Wild => dice.below(4),
        }
    }
}

/// The others of one caller in one world.
pub struct Others {
    /// Who they are; the first is of another tenant.
    pub actors: Vec<Actor>,
    /// How much they do.
    pub mood: Mood,
    /// The tenant of the caller, whose namespaces nobody restores.
    pub tenant: TenantId,
    /// What they have asked so far.
    pub requests: u64,
}

impl Others {
    /// What they do before the next step of the caller, who knows `known` and keeps `secrets`.
    /// Answers what they were shown that is not theirs.
    pub fn act(
        &mut self,
        world: &mut World,
        dice: &mut Dice,
        known: &Known,
        secret: &str,
    ) -> Option<String> {
        for _ in 0..self.mood.acts(dice) {
            if self.mood == Mood::Wild && dice.percent(4) {
                world.restart();
            }
            if self.mood == Mood::Wild && dice.percent(40) {
                world.tick();
            }
            if self.mood == Mood::Wild && dice.percent(2) {
                world.keep_house(dice, self.tenant);
            }
            let at = dice.below(self.actors.len());
            let actor = &mut self.actors[at];
            // The id of a session is a secret: who shows it is in it. What another tenant makes of it is
            // another thing.
            let known = &match at {
                0 => known.clone(),
                _ => Known {
                    sessions: Vec::new(),
                    ..known.clone()
                },
            };
            for request in deeds(actor, dice, known) {
                let request = actor.completed(request);
                if is_kept_from(actor, &request) {
                    continue;
                }
                let reply = world.ask(&request);
                self.requests += 1;
                let is_strange = [secret, TORN].iter().any(|text| reply.text.contains(text));
                let is_stolen = reply.body != Value::Null && is_stolen(at, actor, known, &request);
                if is_strange || is_stolen {
                    return Some(format!("{request:?} was shown {}", reply.text));
                }
                actor.learn(&request, &reply);
            }
        }
        None
    }
}

/// Whether a request carries a cursor or a handle that was told to the caller alone.
fn is_stolen(at: usize, actor: &Actor, known: &Known, request: &Request) -> bool {
    let own = &actor.known;
    // A list of namespaces or users belongs to the tenant, a list of memories to its namespace.
    let (told, own_cursors) = match request.verb {
        Verb::NamespaceList | Verb::UserList if at > 0 => (&[][..], &[][..]),
        Verb::UserList => (&known.user_cursors[..], &own.user_cursors[..]),
        Verb::NamespaceList => (&known.name_cursors[..], &own.name_cursors[..]),
        _ => (&known.cursors[..], &own.cursors[..]),
    };
    let is_among = |text: &str, list: &[String]| list.iter().any(|one| one == text);
    let is_cursor = request
        .parameter("cursor")
        .is_some_and(|cursor| is_among(cursor, told) && !is_among(cursor, own_cursors));
    let is_of = |known: &Known| {
        let mut lists = [&known.users, &known.links, &known.sandboxes].into_iter();
        lists.any(|list| is_among(&request.target, list))
    };
    is_cursor || request.verb.is_about_users() && is_of(known) && !is_of(own)
}

/// One thing that somebody does.
fn deeds(actor: &Actor, dice: &mut Dice, known: &Known) -> Vec<Request> {
    let mut nosy = actor.clone();
    nosy.known.overhear(known);
    let deed = dice.below(18);
    if deed < 9 {
        // None of this is for who keeps users.
        nosy.roles.retain(|role| role.power != Power::Keeper);
    }
    match deed {
        0 => vec![flood(&mut nosy, dice)],
        1 => tour(&mut nosy, dice),
        2 => vec![stranger(&mut nosy, dice)],
        3 => vec![malformed(&mut nosy, dice)],
        4 => vec![erasure(&mut nosy, dice)],
        5 if !known.cursors.is_empty() => {
            vec![theft(&mut nosy, dice, Verb::List, &known.cursors)]
        }
        6 if !known.name_cursors.is_empty() => {
            vec![theft(
                &mut nosy,
                dice,
                Verb::NamespaceList,
                &known.name_cursors,
            )]
        }
        7 if !known.user_cursors.is_empty() => {
            let cursors = &known.user_cursors;
            vec![theft(&mut nosy, dice, Verb::UserList, cursors)]
        }
        7 | 8 => vec![founding(&mut nosy, dice)],
        9 | 10 => match actor.errand(dice) {
            Some(errand) => errand,
            None => vec![nosy.next(dice)],
        },
        11 | 12 => vec![match meddling(&nosy, dice, known) {
            Some(meddling) => meddling,
            None => nosy.next(dice),
        }],
        _ => vec![nosy.next(dice)],
    }
}

/// Whether it is not for this credential: who keeps users does nothing else with it.
fn is_kept_from(actor: &Actor, request: &Request) -> bool {
    let mut keepers = actor.roles.iter();
    let mut keepers = keepers.by_ref().filter(|role| role.power == Power::Keeper);
    let is_keepers = keepers.any(|role| {
        let bearer = format!("Bearer {}", role.token);
        let mut headers = request.headers.iter();
        headers.any(|(_, value)| *value == bearer)
    });
    is_keepers && !request.verb.is_about_users()
}

/// Many long texts at once.
fn flood(actor: &mut Actor, dice: &mut Dice) -> Request {
    let mut request = actor.next(dice);
    let notes: Vec<Value> = (0..12)
        .map(|_| {
            let length = 6 + dice.below(24);
            json!({"content": words(dice, length), "tags": ["boat"]})
        })
        .collect();
    request.verb = Verb::Batch;
    request.query.clear();
    request.body = Some(json!({"memories": notes}));
    request
}

/// A look at many places, which drives others out of memory.
fn tour(actor: &mut Actor, dice: &mut Dice) -> Vec<Request> {
    (0..4)
        .map(|_| {
            let mut request = actor.next(dice);
            request.verb = Verb::Recall;
            request.query.clear();
            request.body = Some(json!({"query": words(dice, 4)}));
            request
        })
        .collect()
}

/// The same with a credential that nobody has, or without one.
fn stranger(actor: &mut Actor, dice: &mut Dice) -> Request {
    let mut request = actor.next(dice);
    request.headers.retain(|(name, _)| *name != "authorization");
    if dice.percent(50) {
        let nobody = format!("Bearer ah_{}", "0".repeat(72));
        request.headers.push(("authorization", nobody));
    }
    request
}

/// Something that no verb takes.
fn malformed(actor: &mut Actor, dice: &mut Dice) -> Request {
    let mut request = actor.next(dice);
    if let Some(Value::Object(body)) = &mut request.body {
        body.insert("quary".to_owned(), Value::Null);
    }
    request.headers.push(("x-anchorhold-user", "..".to_owned()));
    request
}

/// A page of one's own list, behind a cursor of the caller.
fn theft(actor: &mut Actor, dice: &mut Dice, verb: Verb, cursors: &[String]) -> Request {
    let mut request = actor.next(dice);
    request.verb = verb;
    request.body = None;
    request.query = vec![("cursor", dice.pick(cursors).clone())];
    request
}

/// What an admin does to users and sandboxes, with a handle of the caller.
fn meddling(actor: &Actor, dice: &mut Dice, known: &Known) -> Option<Request> {
    const OF_USERS: [Verb; 4] = [
        Verb::UserGet,
        Verb::UserChange,
        Verb::UserErase,
        Verb::UserLink,
    ];
    const OF_SANDBOXES: [Verb; 3] = [Verb::SandboxShow, Verb::SandboxApprove, Verb::SandboxReject];
    let (verbs, handles) = if !known.sandboxes.is_empty() && dice.percent(60) {
        (&OF_SANDBOXES[..], &known.sandboxes)
    } else {
        (&OF_USERS[..], &known.users)
    };
    let mut admins = actor.roles.iter();
    let admin = admins.find(|role| role.power == Power::Admin)?;
    if handles.is_empty() {
        return None;
    }
    let (power, headers) = actor.headers_of(admin, dice);
    let mut request = Request::new(*dice.pick(verbs), headers);
    actor.manage(&mut request, dice, power);
    request.target.clone_from(dice.pick(handles));
    Some(request)
}

/// A namespace of a name that the caller may ask for too.
fn founding(actor: &mut Actor, dice: &mut Dice) -> Request {
    let mut request = actor.next(dice);
    request.verb = Verb::NamespaceCreate;
    request.query.clear();
    request.body = Some(json!({"name": dice.pick(&actor.names)}));
    request
}

/// An end of somebody or something.
fn erasure(actor: &mut Actor, dice: &mut Dice) -> Request {
    let mut request = actor.next(dice);
    request.verb = Verb::Erase;
    request.query.clear();
    request.body = Some(match dice.below(3) {
        0 => json!({"self": true}),
        1 => json!({"user": dice.pick(&actor.users)}),
        _ => json!({"namespace": dice.pick(&actor.names)}),
    });
    request
}
