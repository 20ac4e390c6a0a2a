//! Requests as Open WebUI and `SillyTavern` send them (captures/*.json): they pass byte for byte, each user's own
//! memory has a part in them, and many users at once stay apart.

use std::collections::BTreeMap;
use std::fs;

use anchorhold_scripted::{ANSWER, Received, answer, stream};
use anchorhold_upstream::Deadlines;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{House, blocks};
use crate::support::{Ask, Reply};

const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/chat/captures");
const USERS: usize = 5;

/// A request of a client. In headers `$KEY` and `$USER` stand for a key and for the name of its user.
#[derive(Deserialize)]
struct Capture {
    what: String,
    target: String,
    /// What the user asks; none where the client asks for itself.
    asked: Option<String>,
    headers: BTreeMap<String, String>,
    body: Box<RawValue>,
}

impl Capture {
    fn read(name: &str) -> Self {
        let text = fs::read_to_string(format!("{DIRECTORY}/{name}.json")).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn all() -> Vec<Self> {
        let names = fs::read_dir(DIRECTORY).unwrap().map(|entry| {
            let path = entry.unwrap().path();
            path.file_stem().unwrap().to_str().unwrap().to_owned()
        });
        names.map(|name| Self::read(&name)).collect()
    }

    fn is_streamed(&self) -> bool {
        self.body.get().contains("\"stream\": true") || self.body.get().contains("\"stream\":true")
    }

    /// Whether its headers say who the user is; else the key is the user's own.
    fn names_user(&self) -> bool {
        self.headers.values().any(|value| value == "$USER")
    }

    /// What it sends, to its own target or to another one.
    fn to(&self, method: &str, target: &str, person: &Person<'_>) -> Ask {
        let ask = person.house.server.ask(method, target);
        self.headers.iter().fold(ask, |ask, (name, value)| {
            let value = value.replace("$KEY", &person.key);
            ask.header(name, &value.replace("$USER", &person.id))
        })
    }

    /// The request with this body.
    fn sent(&self, person: &Person<'_>, body: &str) -> Ask {
        self.to("POST", &self.target, person).bytes(body)
    }
}

/// A user of a client.
struct Person<'house> {
    house: &'house House,
    id: String,
    key: String,
}

impl<'house> Person<'house> {
    fn new(house: &'house House, capture: &Capture, id: &str) -> Self {
        let key = if capture.names_user() {
            house.key.clone()
        } else {
            house.server.key("acme", json!({"user": id}))
        };
        let id = id.to_owned();
        Self { house, id, key }
    }

    fn remember(&self, capture: &Capture, content: &str) {
        let ask = capture.to("POST", "/v1/memories", self);
        let kept = ask.bytes(json!({"content": content}).to_string()).send();
        assert_eq!(kept.status, 201, "{kept:?}");
    }

    /// What is kept of the person, the oldest first.
    fn kept(&self, capture: &Capture) -> Vec<String> {
        let listed = capture.to("GET", "/v1/memories", self).send().json();
        let all = listed["memories"].as_array().unwrap().iter().rev();
        all.map(|one| one["content"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn each_capture_passes_byte_for_byte_without_the_memory() {
    let house = House::new();
    for capture in Capture::all() {
        let person = Person::new(&house, &capture, "zoe");
        person.remember(&capture, "The train to Bern leaves at nine.");
        let ask = capture.sent(&person, capture.body.get());
        let reply = ask.header("x-anchorhold-memory", "off").send();
        assert_eq!(reply.status, 200, "{}: {reply:?}", capture.what);
        let received = house.received();
        assert_eq!(received.text(), capture.body.get(), "{}", capture.what);
        if capture.is_streamed() {
            assert_eq!(reply.text(), stream("answer", ANSWER), "{}", capture.what);
        } else {
            assert_eq!(reply.json(), answer("answer", ANSWER), "{}", capture.what);
        }
        let sent = format!("{:?}", received.headers).to_lowercase();
        for secret in [person.key.as_str(), "openwebui", "zo%c3%ab", "x-st-user"] {
            assert!(!sent.contains(secret), "{}: {sent}", capture.what);
        }
    }
}

#[test]
fn each_capture_has_the_memory_of_its_own_user_and_is_kept_there() {
    for capture in Capture::all() {
        let house = House::new();
        let (zoe, bob) = (
            Person::new(&house, &capture, "zoe"),
            Person::new(&house, &capture, "bob"),
        );
        zoe.remember(&capture, "The train to Bern leaves at nine.");
        bob.remember(&capture, "The train to Basel leaves at ten.");
        let reply = capture.sent(&zoe, capture.body.get()).send();
        assert_eq!(reply.status, 200, "{}: {reply:?}", capture.what);
        let received = house.received();
        let word = reply.header("x-anchorhold-memory");
        match &capture.asked {
            None => {
                assert_eq!(word, Some("task"), "{}", capture.what);
                assert_eq!(received.text(), capture.body.get(), "{}", capture.what);
                assert_eq!(zoe.kept(&capture).len(), 1, "{}", capture.what);
            }
            Some(asked) => {
                assert_eq!(word, Some("on"), "{}", capture.what);
                assert!(blocks(&received)[0].contains("Bern"), "{}", capture.what);
                assert!(!received.text().contains("Basel"), "{}", capture.what);
                assert!(is_the_same_but_for_messages(&capture, &received));
                let kept = zoe.kept(&capture);
                assert_eq!(kept[1..], [asked.as_str(), ANSWER], "{}", capture.what);
            }
        }
        assert_eq!(bob.kept(&capture).len(), 1, "{}", capture.what);
    }
}

/// Whether every field but the messages went out as it came, and every message that came is among those.
fn is_the_same_but_for_messages(capture: &Capture, received: &Received) -> bool {
    let (mut came, mut went): (Value, Value) = (
        serde_json::from_str(capture.body.get()).unwrap(),
        received.json(),
    );
    let (came_messages, went_messages) = (came["messages"].take(), went["messages"].take());
    let went_messages = went_messages.as_array().unwrap();
    let mut messages = came_messages.as_array().unwrap().iter();
    came == went && messages.all(|message| went_messages.contains(message))
}

/// A user of a client in the middle of a conversation, and who they are in every word.
struct Chatter<'house> {
    capture: &'house Capture,
    person: Person<'house>,
    canary: String,
}

impl Chatter<'_> {
    /// One turn: a question with the canary, in a conversation of its own. How many memories stood in the prompt.
    fn asks(&self, number: usize) -> usize {
        let asked = format!("When does train {number} leave, {}?", self.canary);
        let mut body: Value = serde_json::from_str(self.capture.body.get()).unwrap();
        body["model"] = "echo".into();
        body["stream"] = true.into();
        let last = body["messages"].as_array_mut().unwrap().last_mut().unwrap();
        last["content"] = asked.into();
        let ask = self.capture.sent(&self.person, &body.to_string());
        let reply = ask.send();
        assert_eq!(reply.status, 200, "{reply:?}");
        let text = reply.text();
        assert!(
            canaries(&text).next().is_some() && canaries(&text).all(|one| one == self.canary),
            "{text}"
        );
        injected(&reply)
    }
}

fn injected(reply: &Reply) -> usize {
    let count = reply.header("x-anchorhold-memory-injected");
    count.map_or(0, |count| count.parse().unwrap())
}

/// The canaries in a text: words that begin with `canary-`.
fn canaries(text: &str) -> impl Iterator<Item = &str> {
    let starts = text.match_indices("canary-").map(|(at, _)| &text[at..]);
    starts.map(|rest| {
        let is_of_it = |c: char| c.is_ascii_alphanumeric() || c == '-';
        rest.split(|c| !is_of_it(c)).next().unwrap()
    })
}

fn chats() -> usize {
    #[expect(clippy::disallowed_methods, reason = "the size of a proof")]
    let chats = std::env::var("ANCHORHOLD_CHATS").ok();
    chats.map_or(200, |chats| chats.parse().unwrap())
}

/// 200 streamed chats of each, or as many as the environment says.
#[test]
fn five_users_of_open_webui_and_of_silly_tavern_chat_at_once_and_prompts_hold_their_own_canaries_alone()
 {
    let chats = chats();
    let house = House::of(|settings| settings.deadlines = Deadlines::default());
    let clients = [
        "open-webui-chat",
        "silly-tavern-chat",
        "silly-tavern-household",
    ];
    let captures = clients.map(Capture::read);
    let shown: usize = std::thread::scope(|threads| {
        let mut running = Vec::new();
        for (client, capture) in captures.iter().enumerate() {
            for number in 0..USERS {
                // The same ids in each client: only what the client proves tells them apart.
                let person = Person::new(&house, capture, &format!("user-{number}"));
                let canary = format!("canary-{client}-{number}");
                let chatter = Chatter {
                    capture,
                    person,
                    canary,
                };
                running.push(threads.spawn(move || {
                    let shown = (0..chats).map(|number| chatter.asks(number));
                    shown.sum::<usize>()
                }));
            }
        }
        running.into_iter().map(|one| one.join().unwrap()).sum()
    });
    let received = house.scripted.take();
    assert_eq!(received.len(), captures.len() * USERS * chats);
    for one in &received {
        let body = one.json();
        let last = body["messages"].as_array().unwrap().last().unwrap();
        let own = canaries(last["content"].as_str().unwrap()).next().unwrap();
        let text = one.text();
        let others = canaries(&text).find(|canary| *canary != own);
        assert_eq!(others, None, "in a prompt of {own}: {text}");
    }
    // What was said before did stand in them.
    assert!(shown > received.len(), "{shown}");
}
