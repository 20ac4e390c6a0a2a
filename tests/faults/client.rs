//! One client: takes every kind of write in turn, remembers what it was told, and compares with
//! what the server shows whenever it was refused.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use serde_json::json;

use crate::crash::history::{Changes, Fate, History, Kept, Place};
use crate::crash::look::look;
use crate::crash::step::{Step, kept};
use crate::process::Server;
use crate::support::{Ask, Reply};

/// Codes that say that nothing was done.
const NOTHING_DONE: [&str; 3] = ["audit_unavailable", "namespace_poisoned", "overloaded"];

/// How often somebody asks again before a fault that is over counts as one that stays.
const TRIES_MAX: u64 = 8;

pub(crate) struct Client {
    address: SocketAddr,
    key: String,
    history: History,
    users: BTreeSet<String>,
    made: u64,
    guests: u64,
    /// Erasures of unknown outcome that had not happened when they were looked at. What the system
    /// holds and could not write may still become true, as a whole.
    open: Vec<Changes>,
    /// Refusals by code.
    pub(crate) refused: BTreeMap<String, u64>,
    /// Refused requests that turned out to have happened.
    pub(crate) present: u64,
}

impl Client {
    pub(crate) fn new(server: &Server, key: &str) -> Self {
        Self {
            address: server.tenant,
            key: key.to_owned(),
            history: History::default(),
            users: ["anna".to_owned()].into(),
            made: 0,
            guests: 0,
            open: Vec::new(),
            refused: BTreeMap::new(),
            present: 0,
        }
    }

    /// Goes on with another server of the same home.
    pub(crate) fn move_to(&mut self, server: &Server) {
        self.address = server.tenant;
    }

    pub(crate) fn acknowledged(&self) -> &BTreeMap<&'static str, u64> {
        self.history.acknowledged()
    }

    pub(crate) fn writes(&self) -> u64 {
        self.acknowledged().values().sum()
    }

    /// Every kind of write once; says how many were refused.
    pub(crate) fn cycle(&mut self) -> u64 {
        let before: u64 = self.refused.values().sum();
        let anna = "anna".to_owned();
        let first = self.fresh(&anna);
        self.take(Step::remember(first.0, first.1));
        if let Some(place) = self.history.living(&anna).pop() {
            let version = self.history.kept(&place).unwrap().version + 1;
            let changed = kept(&anna, &self.words("changed"), version);
            self.take(Step::change(place, changed));
        }
        self.guests += 1;
        let guest = format!("guest {}", self.guests);
        self.users.insert(guest.clone());
        let batch = (0..3).map(|_| self.fresh(&guest)).collect();
        self.take(Step::batch(batch));
        let living = self.history.living(&anna);
        if living.len() > 6 {
            self.take(Step::delete(living[0].clone()));
            self.take(Step::forget(living[1..3].to_vec()));
        }
        let living = self.history.living(&guest);
        if !living.is_empty() && self.take(Step::erase(&guest, living)) {
            // Who is gone for good need not be asked for in every look.
            self.users.remove(&guest);
        }
        self.refused.values().sum::<u64>() - before
    }

    /// Asks until a whole cycle is refused nothing: the fault is over, and nobody restarts.
    pub(crate) fn recover(&mut self) {
        for _ in 0..TRIES_MAX {
            if self.cycle() == 0 {
                self.compare();
                return;
            }
        }
        panic!(
            "the fault is over and writes are still refused: {:?}",
            self.refused
        );
    }

    /// Compares all that is known with what the server shows.
    pub(crate) fn compare(&mut self) -> Option<Fate> {
        let found = look(self.address, &self.key, &self.users);
        let is_after = |changes: &Changes| {
            let mut places = changes.iter();
            places.all(|(place, after)| found.get(place) == after.as_ref())
        };
        for changes in std::mem::take(&mut self.open) {
            if is_after(&changes) {
                self.present += 1;
                self.history.know(changes);
            } else {
                self.open.push(changes);
            }
        }
        self.history.settle(&found, &self.users)
    }

    /// Sends a request; `false` when it was refused.
    fn take(&mut self, step: Step) -> bool {
        let user = step.changes.keys().next().unwrap().user.clone();
        let user = if step.verb == "erase_user" {
            "anna".to_owned()
        } else {
            user
        };
        let mut ask = self.ask(step.method, &step.target, &user);
        if let Some(body) = &step.body {
            ask = ask.json(body);
        }
        self.history.begin(step.changes.clone());
        let reply = ask.send();
        let Some(code) = refusal(&reply, step.status) else {
            self.history.acknowledge(step.verb);
            return true;
        };
        *self.refused.entry(code.clone()).or_default() += 1;
        self.read_on();
        let fate = self.compare();
        if fate == Some(Fate::Absent) && code == "internal" && step.verb == "erase_user" {
            self.open.push(step.changes);
        }
        if fate == Some(Fate::Present) {
            self.present += 1;
            assert!(
                !NOTHING_DONE.contains(&code.as_str()),
                "{} was refused with {code} and yet happened",
                step.verb
            );
        }
        false
    }

    /// Reads go on, whatever happens to writes.
    pub(crate) fn read_on(&self) {
        let body = json!({"query": "note of anna", "limit": 5});
        let ask = self.ask("POST", "/v1/recall", "anna").json(&body);
        ask.send().gives(200);
        if let Some(place) = self.history.living("anna").pop() {
            let target = format!("/v1/memories/{}", place.id);
            let found = Kept::read(&self.ask("GET", &target, "anna").send().gives(200));
            assert!(found.content.starts_with("anna "));
        }
    }

    fn ask(&self, method: &str, target: &str, user: &str) -> Ask {
        Ask::new(self.address, method, target)
            .key(&self.key)
            .header("x-anchorhold-user", user)
    }

    fn fresh(&mut self, user: &str) -> (Place, Kept) {
        let words = self.words("note");
        let place = Place {
            user: user.to_owned(),
            id: format!("00000000-0000-4000-8000-{:012x}", self.made),
        };
        (place, kept(user, &words, 1))
    }

    fn words(&mut self, word: &str) -> String {
        self.made += 1;
        format!("{word} {}", self.made)
    }
}

/// The code of a refusal; a batch is refused as a whole. Anything that is neither success nor a
/// typed refusal fails the test.
fn refusal(reply: &Reply, success: u16) -> Option<String> {
    let body = reply.json();
    let results = body["results"].as_array().cloned().unwrap_or_default();
    let failed = |result: &&serde_json::Value| result["status"] != 201;
    let code = match results.iter().find(failed) {
        Some(result) => {
            let all = results.iter().filter(failed).count();
            assert_eq!(all, results.len(), "half of a batch was kept: {body}");
            result["error"]["code"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        }
        None if reply.status == success => return None,
        None => {
            assert!([500, 503].contains(&reply.status), "{reply:?}");
            reply.code()
        }
    };
    let typed = ["internal"].iter().chain(&NOTHING_DONE);
    assert!(
        typed.clone().any(|known| *known == code),
        "{code:?}: {reply:?}"
    );
    Some(code)
}
