//! What those ask who manage the users of a tenant: names, sandboxes, moves.

use serde_json::{Value, json};

use crate::actor::{Actor, Power, SECOND_ISSUER, TOKEN, page};
use crate::bodies::{among, cursor, filter};
use crate::chance::Dice;
use crate::known::claimant;
use crate::request::{Request, Verb};

/// A handle of nobody.
const NOBODY: &str = "usr_00000000000000000000000000000000";

impl Actor {
    /// Target, query and body of such a verb.
    pub(crate) fn manage(&self, request: &mut Request, dice: &mut Dice, power: Power) {
        let known = &self.known;
        match request.verb {
            Verb::UserList => page(dice, request, &known.user_cursors),
            Verb::UserGet | Verb::UserChange | Verb::UserErase | Verb::UserLink => {
                request.target = among(dice, &known.users);
            }
            Verb::UserUnlink => request.target = among(dice, &known.links),
            Verb::SandboxList => {
                let limit = 1 + dice.below(4);
                request.query.push(("limit", limit.to_string()));
            }
            Verb::SandboxShow | Verb::SandboxApprove | Verb::SandboxReject => {
                request.target = among(dice, &known.sandboxes);
            }
            _ => {}
        }
        if request.verb == Verb::SandboxShow && dice.percent(20) {
            request.query = vec![("cursor", cursor(dice, &known.cursors))];
        }
        request.body = match request.verb {
            Verb::UserCreate | Verb::UserLookup => {
                let mut body = self.user(dice, power);
                if power != Power::Keeper && dice.percent(20) {
                    body["id"] = format!("{}friend", self.canary).into();
                }
                Some(body)
            }
            Verb::UserLink => Some(self.second_name(dice, power)),
            Verb::UserChange => Some(json!({"role": role(dice, power)})),
            Verb::SandboxApprove => Some(self.approval(dice, power)),
            Verb::Move => Some(self.relocation(dice, power)),
            _ => None,
        };
    }

    /// One whom it may manage.
    pub(crate) fn managed(&self, dice: &mut Dice, power: Power) -> &'static str {
        let strange = power != Power::Keeper && dice.percent(20);
        if strange || self.users.is_empty() {
            return dice.pick::<&str>(&self.strangers);
        }
        dice.pick::<&str>(&self.users)
    }

    /// A user by name, mostly by the first one.
    fn user(&self, dice: &mut Dice, power: Power) -> Value {
        let mut user = json!({"id": self.managed(dice, power)});
        if dice.percent(15) {
            user["issuer"] = SECOND_ISSUER.into();
        }
        user
    }

    pub(crate) fn second_name(&self, dice: &mut Dice, power: Power) -> Value {
        let mut name = json!({"id": self.managed(dice, power)});
        if dice.percent(80) {
            name["issuer"] = SECOND_ISSUER.into();
        }
        name
    }

    pub(crate) fn approval(&self, dice: &mut Dice, power: Power) -> Value {
        let mut approval = json!({"user": self.managed(dice, power)});
        if dice.percent(10) {
            approval["issuer"] = SECOND_ISSUER.into();
        }
        if dice.percent(15) {
            approval["version"] = (1 + dice.below(3)).into();
        }
        approval
    }

    /// From one place to another; who only keeps users moves between users.
    fn relocation(&self, dice: &mut Dice, power: Power) -> Value {
        let mut relocation = json!({
            "from": self.place(dice, power),
            "to": self.place(dice, power),
        });
        match dice.below(5) {
            0 => relocation["ids"] = json!([self.id(dice), self.id(dice)]),
            1 => relocation["filter"] = filter(dice),
            _ => relocation["everything"] = true.into(),
        }
        if dice.percent(15) {
            relocation["dry_run"] = true.into();
        }
        relocation
    }

    fn place(&self, dice: &mut Dice, power: Power) -> Value {
        match dice.below(10) {
            0 | 1 if power != Power::Keeper => json!({"shared": true}),
            2 if power != Power::Keeper => json!({"namespace": dice.pick(&self.names)}),
            3 => json!({"user": self.managed(dice, power), "issuer": SECOND_ISSUER}),
            4 => json!({"user": self.managed(dice, power), "workspace": "c"}),
            _ => json!({"user": self.managed(dice, power)}),
        }
    }

    /// A request that was made up before its handles were told, with those that are known by now.
    pub(crate) fn completed(&self, mut request: Request) -> Request {
        let known = &self.known;
        let latest = |told: &[String]| told.last().cloned().unwrap_or(NOBODY.to_owned());
        if request.target.is_empty() {
            match request.verb {
                Verb::UserGet | Verb::UserChange | Verb::UserErase | Verb::UserLink => {
                    request.target = latest(&known.users);
                }
                Verb::UserUnlink => request.target = latest(&known.links),
                Verb::SandboxShow | Verb::SandboxApprove | Verb::SandboxReject => {
                    request.target = latest(&known.sandboxes);
                }
                Verb::KeyRevoke => request.target = latest(&known.keys),
                _ => {}
            }
        }
        let claimant = claimant(&request.headers);
        let mut told = known.tokens.iter().rev();
        let told = told.find(|token| token.claimant == claimant);
        let mut made = self.roles.iter().rev();
        let made = made.find(|role| known.keys.contains(&role.key));
        request.headers.retain_mut(|(name, value)| {
            if value.is_empty() {
                *value = match *name {
                    TOKEN => told.map(|token| token.id.clone()),
                    _ => made.map(|role| format!("Bearer {}", role.token)),
                }
                .unwrap_or_default();
            }
            !value.is_empty()
        });
        request
    }
}

fn role(dice: &mut Dice, power: Power) -> &'static str {
    // An admin manages more than users.
    let roles: &[&str] = match power {
        Power::Keeper => &["user", "viewer"],
        _ => &["user", "user", "viewer", "admin"],
    };
    dice.pick::<&str>(roles)
}
