//! What somebody who manages a tenant does together with its users: each errand is several steps of
//! several credentials, which by chance alone would rarely follow each other.

use serde_json::{Value, json};

use crate::actor::{Actor, NAMED, Power, Role, SECOND, SECOND_ISSUER, TOKEN};
use crate::chance::Dice;
use crate::known::Header;
use crate::request::{Request, Verb};

/// Who takes part in an errand.
struct Cast<'a> {
    manager: &'a Role,
    application: &'a Role,
    /// Somebody whom the tenant does not know, where it keeps them apart.
    guest: Option<&'a Role>,
}

impl Actor {
    /// Requests that belong together, in their order; `None` for who manages nothing.
    pub(crate) fn errand(&self, dice: &mut Dice) -> Option<Vec<Request>> {
        let with = |power| self.roles.iter().find(|role| role.power == power);
        let cast = Cast {
            manager: with(Power::Admin).or(with(Power::Keeper))?,
            application: with(Power::Application)?,
            guest: with(Power::Guest),
        };
        let power = cast.manager.power;
        // Mostly the first of them, where something gathers.
        let user = match dice.below(3) {
            0 => self.managed(dice, power),
            _ => self.users.first()?,
        };
        Some(match (cast.guest, dice.below(9)) {
            (Some(guest), 0 | 1) => self.approved(dice, &cast, guest, user),
            (Some(guest), 2 | 3) => self.rejected(dice, &cast, guest),
            (_, 4) => self.several_users(dice, &cast),
            (_, 8) if power == Power::Admin => self.short_key(dice, &cast, user),
            (_, 0 | 1 | 5 | 6) => self.known_elsewhere(dice, &cast, user),
            _ => self.moved_away(dice, &cast, user),
        })
    }

    /// Somebody writes as a stranger, becomes a user, reads as the user, and comes back as a stranger.
    fn approved(&self, dice: &mut Dice, cast: &Cast, guest: &Role, user: &str) -> Vec<Request> {
        let stranger = self.stranger(dice, cast, guest);
        let as_user = spoken_for(cast.application, NAMED, user);
        let power = cast.manager.power;
        let approval = if dice.percent(70) {
            json!({"user": user})
        } else {
            self.approval(dice, power)
        };
        vec![
            self.kept(dice, without_token(&stranger)),
            listed(dice, cast),
            managed(cast, Verb::SandboxApprove, approval),
            self.asked_by(dice, as_user),
            self.kept(dice, stranger.clone()),
            self.asked_by(dice, stranger),
        ]
    }

    /// A stranger is turned away and comes again.
    fn rejected(&self, dice: &mut Dice, cast: &Cast, guest: &Role) -> Vec<Request> {
        let stranger = self.stranger(dice, cast, guest);
        vec![
            self.kept(dice, without_token(&stranger)),
            self.asked_by(dice, stranger.clone()),
            listed(dice, cast),
            managed(cast, Verb::SandboxReject, Value::Null),
            self.asked_by(dice, stranger.clone()),
            self.kept(dice, stranger),
        ]
    }

    /// A user is known by another name for a while.
    fn known_elsewhere(&self, dice: &mut Dice, cast: &Cast, user: &str) -> Vec<Request> {
        let power = cast.manager.power;
        let name = self.managed(dice, power);
        let first = spoken_for(cast.application, NAMED, user);
        let second = spoken_for(cast.application, SECOND, name);
        let link = json!({"id": name, "issuer": SECOND_ISSUER});
        vec![
            managed(cast, Verb::UserCreate, json!({"id": user})),
            self.asked_by(dice, second.clone()),
            managed(cast, Verb::UserLink, link),
            self.kept(dice, second.clone()),
            self.asked_by(dice, first),
            managed(cast, Verb::UserUnlink, Value::Null),
            self.asked_by(dice, second.clone()),
            self.kept(dice, second),
        ]
    }

    /// Everything of a user goes to somebody else, and both are looked at.
    fn moved_away(&self, dice: &mut Dice, cast: &Cast, user: &str) -> Vec<Request> {
        let power = cast.manager.power;
        let (there, other) = match dice.below(3) {
            0 if power != Power::Keeper => (json!({"shared": true}), user),
            _ => {
                let other = self.managed(dice, power);
                (json!({"user": other}), other)
            }
        };
        let first = spoken_for(cast.application, NAMED, user);
        let second = spoken_for(cast.application, NAMED, other);
        let mut relocation = json!({"from": {"user": user}, "to": there});
        if dice.percent(40) {
            relocation["filter"] = json!({"not": {"tags": {"any": ["train"]}}});
        } else {
            relocation["everything"] = true.into();
        }
        vec![
            managed(cast, Verb::UserCreate, json!({"id": user})),
            self.kept(dice, first.clone()),
            managed(cast, Verb::Move, relocation),
            self.asked_by(dice, first.clone()),
            self.asked_by(dice, second),
            self.kept(dice, first),
        ]
    }

    /// A list that has more than one page.
    fn several_users(&self, dice: &mut Dice, cast: &Cast) -> Vec<Request> {
        let made = [0, 1, 2].map(|_| {
            let user = self.managed(dice, cast.manager.power);
            managed(cast, Verb::UserCreate, json!({"id": user}))
        });
        let mut list = managed(cast, Verb::UserList, Value::Null);
        list.query.push(("limit", "1".to_owned()));
        made.into_iter().chain([list]).collect()
    }

    /// A key is made, used, ended, and used again.
    fn short_key(&self, dice: &mut Dice, cast: &Cast, user: &str) -> Vec<Request> {
        let key = vec![("authorization", String::new())];
        vec![
            managed(
                cast,
                Verb::KeyCreate,
                json!({"name": self.canary, "user": user}),
            ),
            self.kept(dice, key.clone()),
            self.asked_by(dice, key.clone()),
            managed(cast, Verb::KeyRevoke, Value::Null),
            self.asked_by(dice, key),
        ]
    }

    /// By the word of an application, or by a claim with whatever it was told.
    fn stranger(&self, dice: &mut Dice, cast: &Cast, guest: &Role) -> Vec<Header> {
        let name = *dice.pick(&self.strangers);
        if dice.percent(40) {
            return spoken_for(cast.application, NAMED, name);
        }
        let mut headers = spoken_for(guest, NAMED, name);
        headers.push((TOKEN, String::new()));
        headers
    }

    fn kept(&self, dice: &mut Dice, headers: Vec<Header>) -> Request {
        let mut request = Request::new(Verb::Remember, headers);
        request.body = Some(self.note(dice));
        request
    }

    fn asked_by(&self, dice: &mut Dice, headers: Vec<Header>) -> Request {
        let mut request = Request::new(Verb::Recall, headers);
        request.body = Some(self.asked(dice));
        request
    }
}

/// The sandboxes, or the one that was used last.
fn listed(dice: &mut Dice, cast: &Cast) -> Request {
    let mut list = managed(cast, Verb::SandboxList, Value::Null);
    let limit = *dice.pick(&["1", "8"]);
    list.query.push(("limit", limit.to_owned()));
    list
}

fn spoken_for(role: &Role, header: &'static str, name: &str) -> Vec<Header> {
    let bearer = ("authorization", format!("Bearer {}", role.token));
    vec![bearer, (header, name.to_owned())]
}

fn without_token(headers: &[Header]) -> Vec<Header> {
    let headers = headers.iter().filter(|(name, _)| *name != TOKEN);
    headers.cloned().collect()
}

fn managed(cast: &Cast, verb: Verb, body: Value) -> Request {
    let bearer = ("authorization", format!("Bearer {}", cast.manager.token));
    let mut request = Request::new(verb, vec![bearer]);
    request.body = (body != Value::Null).then_some(body);
    request
}
