//! What people do in several steps at one place. By chance alone these steps would rarely meet, and
//! each of the sequences is one in which something showed once, or would show if a line were wrong.

use serde_json::{Value, json};

use crate::actor::{Actor, Power, Role, put_name};
use crate::bodies::{IDS, question};
use crate::chance::Dice;
use crate::request::{Request, Verb};

/// A verb, the id in its path, and its body.
type Deed = (Verb, &'static str, Value);

/// Far ahead of what a namespace has given out.
const ORDINAL: u64 = 5_000;
/// Of a memory that is over some steps later.
const SECONDS: u64 = 1;

impl Actor {
    /// Requests that belong together, in their order.
    pub(crate) fn habit(&self, dice: &mut Dice) -> Vec<Request> {
        let (power, mut headers) = self.headers(dice);
        let named = power == Power::Admin || power != Power::Keeper && dice.percent(15);
        let mut name = named.then(|| dice.pick(&self.names).clone());
        let user = headers
            .iter()
            .find(|(name, _)| *name == "x-anchorhold-user");
        let doomed = match (power, &name) {
            (Power::User | Power::Guest | Power::Keeper, _) => json!({"self": true}),
            (Power::Application, _) => json!({"user": user.map(|(_, user)| user)}),
            (Power::Admin, name) => json!({"namespace": name}),
        };
        let id = *dice.pick(&IDS);
        if let Some(end) = self.end_of_a_key(dice) {
            return end;
        }
        if dice.percent(if self.has_quarantine { 60 } else { 30 })
            && let Some(errand) = self.errand(dice)
        {
            return errand;
        }
        let deeds = match dice.below(6) {
            0 => self.place_left_behind(dice, id),
            1 => self.id_that_is_free_again(dice, id),
            2 => self.end_of_what_is_over(dice, doomed),
            3 => {
                name = None;
                self.several_names(dice)
            }
            4 => self.several_pages(dice),
            _ => {
                // Where nobody has been.
                name = None;
                headers.retain(|(name, _)| !name.starts_with("x-anchorhold-thread"));
                headers.push(("x-anchorhold-thread", dice.below(10_000).to_string()));
                self.write_that_comes_to_nothing(dice)
            }
        };
        let request = |(verb, target, body): Deed| {
            let mut request = Request::new(verb, headers.clone());
            if matches!(verb, Verb::NamespaceList | Verb::List) {
                request.query.push(("limit", "1".to_owned()));
            }
            target.clone_into(&mut request.target);
            request.body = (body != Value::Null).then_some(body);
            if let Some(name) = &name {
                put_name(&mut request, name);
            }
            request
        };
        deeds.into_iter().map(request).collect()
    }

    /// The last in the order of arrival is gone when the next one comes.
    fn place_left_behind(&self, dice: &mut Dice, id: &'static str) -> Vec<Deed> {
        let mut line = self.line(dice);
        line["id"] = id.into();
        line["ordinal"] = ORDINAL.into();
        line["expires_at"] = Value::Null;
        vec![
            (Verb::Import, "", json!([line])),
            (Verb::Delete, id, Value::Null),
            (Verb::Remember, "", self.note(dice)),
        ]
    }

    fn id_that_is_free_again(&self, dice: &mut Dice, id: &'static str) -> Vec<Deed> {
        let mut first = self.fading(dice);
        let mut second = self.note(dice);
        first["id"] = id.into();
        second["id"] = id.into();
        vec![
            (Verb::Remember, "", first),
            (Verb::Recall, "", self.asked(dice)),
            (Verb::Recall, "", self.asked(dice)),
            (Verb::Remember, "", second),
        ]
    }

    fn end_of_what_is_over(&self, dice: &mut Dice, doomed: Value) -> Vec<Deed> {
        vec![
            (Verb::Remember, "", self.fading(dice)),
            (Verb::Recall, "", self.asked(dice)),
            (Verb::Recall, "", self.asked(dice)),
            (Verb::Erase, "", doomed),
        ]
    }

    fn write_that_comes_to_nothing(&self, dice: &mut Dice) -> Vec<Deed> {
        let mut first = self.note(dice);
        first["vector"] = match self.numbers {
            Some(_) => Value::Null,
            None => json!([1, 2, 3, 4, 5, 6, 7, 8]),
        };
        vec![
            (Verb::Remember, "", first),
            (Verb::Recall, "", self.asked(dice)),
            (Verb::Remember, "", self.note(dice)),
        ]
    }

    /// A list that has more than one page.
    fn several_names(&self, dice: &mut Dice) -> Vec<Deed> {
        let mut names: Vec<&String> = self.names.iter().collect();
        names.swap_remove(dice.below(names.len()));
        let made = names.into_iter().take(2);
        let made = made.map(|name| (Verb::NamespaceCreate, "", json!({"name": name})));
        made.chain([(Verb::NamespaceList, "", Value::Null)])
            .collect()
    }

    /// The same of memories.
    fn several_pages(&self, dice: &mut Dice) -> Vec<Deed> {
        let notes = [0, 1, 2].map(|_| self.note(dice));
        vec![
            (Verb::Batch, "", json!({"memories": notes})),
            (Verb::List, "", Value::Null),
        ]
    }

    /// A key that was made is used, ended, and used again.
    fn end_of_a_key(&self, dice: &mut Dice) -> Option<Vec<Request>> {
        let role = self
            .roles
            .iter()
            .rfind(|role| self.known.keys.contains(&role.key))?;
        let admin = self.roles.iter().find(|role| role.power == Power::Admin)?;
        if dice.percent(40) {
            return None;
        }
        let (_, headers) = self.headers_of(role, dice);
        let used = |verb, body| {
            let mut request = Request::new(verb, headers.clone());
            request.body = Some(body);
            request
        };
        let kept = used(Verb::Remember, self.note(dice));
        let asked = used(Verb::Recall, self.asked(dice));
        let (_, headers) = self.headers_of(admin, dice);
        let mut end = Request::new(Verb::KeyRevoke, headers);
        end.target.clone_from(&role.key);
        Some(vec![kept, asked.clone(), end, asked])
    }

    /// A look at what a credential reaches.
    pub(crate) fn looking(role: &Role) -> Request {
        let headers = vec![("authorization", format!("Bearer {}", role.token))];
        Request::new(Verb::List, headers)
    }

    fn fading(&self, dice: &mut Dice) -> Value {
        let mut note = self.note(dice);
        note["ttl_seconds"] = SECONDS.into();
        note
    }

    /// A question that is not narrow.
    pub(crate) fn asked(&self, dice: &mut Dice) -> Value {
        let mut asked = question(dice);
        asked["limit"] = 6.into();
        self.with_vector(dice, asked)
    }
}
