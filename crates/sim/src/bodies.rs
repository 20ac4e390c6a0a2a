//! What stands in the bodies of requests, made up from dice.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use crate::actor::{Actor, Power};
use crate::chance::Dice;

/// Words that everybody uses, so that shared statistics would show.
const WORDS: [&str; 24] = [
    "harbour", "locker", "code", "tea", "coffee", "violin", "garden", "meeting", "train",
    "Tuesday", "Anna", "Boris", "green", "door", "boat", "captain", "letter", "winter", "prefers",
    "lost", "found", "bought", "order", "4711",
];
/// Ids that everybody sends.
pub(crate) const IDS: [&str; 4] = [
    "0190a000-0000-7000-8000-000000000001",
    "0190a000-0000-7000-8000-000000000002",
    "0190a000-0000-7000-8000-000000000003",
    "0190a000-0000-7000-8000-000000000004",
];
const TAGS: [&str; 3] = ["home", "work", "boat"];

/// A conversation of a few turns, which ends with somebody's words.
pub(crate) fn chat(dice: &mut Dice) -> Value {
    let mut messages = Vec::new();
    if dice.percent(30) {
        messages.push(json!({"role": "system", "content": words(dice, 6)}));
    }
    for _ in 0..dice.below(3) {
        messages.push(json!({"role": "user", "content": words(dice, 4)}));
        messages.push(json!({"role": "assistant", "content": words(dice, 5)}));
    }
    let length = 1 + dice.below(7);
    messages.push(json!({"role": "user", "content": words(dice, length)}));
    json!({"model": "mirror", "stream": dice.percent(40), "messages": messages})
}

impl Actor {
    pub(crate) fn note(&self, dice: &mut Dice) -> Value {
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
        self.with_vector(dice, note)
    }

    pub(crate) fn patch(&self, dice: &mut Dice) -> Value {
        match dice.below(3) {
            0 => {
                let patch = json!({"content": words(dice, 5)});
                self.with_vector(dice, patch)
            }
            1 => json!({"tags": [dice.pick(&TAGS)], "importance": 0.9}),
            _ => json!({"metadata": {"of": self.canary, "mood": dice.below(3)}}),
        }
    }

    /// With the vector of the text, where the application makes it; now and then the wrong way round.
    pub(crate) fn with_vector(&self, dice: &mut Dice, mut body: Value) -> Value {
        let numbers = match self.numbers {
            Some(numbers) => (!dice.percent(4)).then_some(numbers),
            None => dice.percent(2).then_some(8),
        };
        if let Some(numbers) = numbers {
            body["vector"] = vector(dice, numbers).into();
        }
        body
    }

    pub(crate) fn selection(&self, dice: &mut Dice) -> Value {
        let mut selection = if dice.percent(50) {
            json!({"ids": [self.id(dice), self.id(dice)]})
        } else {
            json!({"filter": filter(dice)})
        };
        selection["dry_run"] = dice.percent(40).into();
        selection
    }

    pub(crate) fn doomed(&self, dice: &mut Dice, power: Power) -> Value {
        match power {
            Power::User | Power::Guest | Power::Keeper => json!({"self": true}),
            // Who speaks for nobody whom the tenant knows erases nobody but itself.
            Power::Application if self.users.is_empty() => json!({"self": true}),
            Power::Application => json!({"user": dice.pick(&self.users)}),
            Power::Admin if dice.percent(50) => json!({"user": dice.pick(&self.users)}),
            Power::Admin => json!({"namespace": dice.pick(&self.names)}),
        }
    }

    pub(crate) fn new_key(&self, dice: &mut Dice, power: Power) -> Value {
        match dice.below(4) {
            0 | 1 => json!({"name": self.canary, "user": self.managed(dice, power)}),
            2 => json!({"name": self.canary, "act_as": "read"}),
            _ => json!({"name": self.canary, "grants": [
                {"namespace": format!("{}/**", dice.pick(&self.names)), "access": "write"},
            ]}),
        }
    }

    /// Lines of an import: of exports that were seen, some of them changed, and new ones.
    pub(crate) fn lines(&self, dice: &mut Dice) -> Value {
        let lines = (0..=dice.below(3)).map(|_| match &self.known.lines[..] {
            seen if !seen.is_empty() && dice.percent(60) => {
                let mut line = dice.pick(seen).clone();
                if dice.percent(30) {
                    line["content"] = words(dice, 4).into();
                }
                line
            }
            _ => self.line(dice),
        });
        lines.collect()
    }

    /// A memory as another installation would tell it.
    pub(crate) fn line(&self, dice: &mut Dice) -> Value {
        let mut line = Map::new();
        let length = 2 + dice.below(6);
        line.insert("content".to_owned(), words(dice, length).into());
        line.insert("metadata".to_owned(), json!({"of": self.canary}));
        if dice.percent(60) {
            line.insert("id".to_owned(), (*dice.pick(&IDS)).into());
        }
        if dice.percent(50) {
            // Far ahead of what the namespace has given out.
            let ordinal = *dice.pick(&[1_u64, 50, 5_000, 1 << 40]);
            line.insert("ordinal".to_owned(), ordinal.into());
        }
        if dice.percent(30) {
            line.insert("version".to_owned(), (1 + dice.below(9)).into());
        }
        if dice.percent(30) {
            // Around the time of the simulated clock.
            let expires = format!("2027-01-15T08:00:{:02}Z", dice.below(60));
            line.insert("expires_at".to_owned(), expires.into());
        }
        if let Some(numbers) = self.numbers.filter(|_| !dice.percent(10)) {
            let data = BASE64_STANDARD.encode(packed(dice, numbers));
            line.insert(
                "vector".to_owned(),
                json!({"model": "caller", "data": data}),
            );
        }
        line.into()
    }
}

/// Numbers with a direction.
fn vector(dice: &mut Dice, numbers: usize) -> Vec<usize> {
    (0..numbers)
        .map(|at| dice.below(8) + usize::from(at == 0))
        .collect()
}

/// The scale of a vector and its numbers, as exports tell them.
fn packed(dice: &mut Dice, numbers: usize) -> Vec<u8> {
    let mut bytes = 0.01_f32.to_le_bytes().to_vec();
    bytes.push(127);
    bytes.extend(
        vector(dice, numbers - 1)
            .iter()
            .map(|&number| u8::try_from(number).unwrap()),
    );
    bytes
}

/// Some words, in the order in which they fell.
pub(crate) fn words(dice: &mut Dice, count: usize) -> String {
    let words: Vec<&str> = (0..count).map(|_| *dice.pick(&WORDS)).collect();
    words.join(" ")
}

pub(crate) fn question(dice: &mut Dice) -> Value {
    let length = 1 + dice.below(5);
    // Now and then what everybody asks.
    let query = if dice.percent(20) {
        WORDS[0].to_owned()
    } else {
        words(dice, length)
    };
    let mut question = json!({"query": query, "limit": 1 + dice.below(6)});
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

pub(crate) fn filter(dice: &mut Dice) -> Value {
    match dice.below(4) {
        0 => json!({"tags": {"any": [dice.pick(&TAGS)]}}),
        1 => json!({"metadata.mood": {"eq": dice.below(3)}}),
        2 => json!({"speaker": {"eq": "Anna"}}),
        _ => json!({"not": {"tags": {"any": [dice.pick(&TAGS)]}}}),
    }
}

/// A cursor that was seen, now and then one that was changed on the way.
pub(crate) fn cursor(dice: &mut Dice, cursors: &[String]) -> String {
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

pub(crate) fn among(dice: &mut Dice, ids: &[String]) -> String {
    if ids.is_empty() || dice.percent(10) {
        return "ns_00000000000000000000000000000000".to_owned();
    }
    dice.pick(ids).clone()
}
