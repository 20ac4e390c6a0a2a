//! Many rounds over one home: a server lives under load and is killed, the next one shows what is
//! left, and every writer compares.

use std::collections::{BTreeMap, BTreeSet};

use anchorhold_evidence::Proof;

use super::audit;
use super::battle::{Battle, Moment};
use super::dice::Dice;
use super::history::{Fate, Found};
use super::look::look;
use super::writer::Writer;
use crate::process::{Home, Keys, Server};
use crate::support::Ask;

const WRITERS: u64 = 16;
const USERS: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];

/// After so many rounds everybody is looked at again, and the chains of the audit log are read.
const ROUNDS_BETWEEN_AUDITS: u64 = 10;

/// What happened in all rounds.
#[derive(Default)]
struct Tally {
    absent: u64,
    present: u64,
    shown: usize,
}

pub(crate) struct Campaign {
    home: Home,
    keys: Keys,
    server: Option<Server>,
    writers: Vec<Writer>,
    users: BTreeSet<String>,
    tally: Tally,
    rounds: u64,
}

impl Campaign {
    pub(crate) fn begin() -> Self {
        let home = Home::new();
        let server = home.start("warn");
        let mut writers = vec![Writer::leaving(WRITERS)];
        for number in 1..WRITERS {
            let user = USERS[usize::try_from(number).unwrap() % USERS.len()];
            writers.push(Writer::staying(number, user.to_owned()));
        }
        Self {
            keys: home.keys(),
            home,
            server: Some(server),
            writers,
            users: USERS.iter().map(ToString::to_string).collect(),
            tally: Tally::default(),
            rounds: 0,
        }
    }

    /// One life and death of a server, and what the next one shows.
    pub(crate) fn fight(&mut self, round: u64) {
        self.fight_and(round, |_| ());
    }

    /// The same, with something done to the dead server's home before the next one starts.
    pub(crate) fn fight_and(&mut self, round: u64, meanwhile: impl FnOnce(&Home)) {
        let server = self.server.take().unwrap();
        let moment = Moment::choose(&mut Dice::new(round));
        let battle = Battle::new(&server, &self.keys.application, moment);
        std::thread::scope(|threads| {
            for (number, writer) in (0_u64..).zip(&mut self.writers) {
                let mut dice = Dice::new(round * WRITERS + number + 1_000_000);
                let battle = &battle;
                threads.spawn(move || writer.work(battle, &mut dice));
            }
        });
        server.kill();
        meanwhile(&self.home);
        self.rounds += 1;
        let is_audited = self.rounds.is_multiple_of(ROUNDS_BETWEEN_AUDITS);
        if is_audited {
            self.audit();
        }
        self.server = Some(self.home.start("warn"));
        let now = self.writers.iter().map(|writer| writer.user().to_owned());
        let now: BTreeSet<_> = now.collect();
        self.users.extend(now.iter().cloned());
        let users = if is_audited { self.users.clone() } else { now };
        eprintln!("round {round}: {moment:?}");
        self.compare(&users);
    }

    /// A graceful stop, one more start, one more look at everything.
    pub(crate) fn end(mut self) -> Proof {
        let status = self.server.take().unwrap().stop();
        assert!(
            status.success(),
            "a server that is asked to stop ends with 0, got {status}"
        );
        self.audit();
        self.server = Some(self.home.start("warn"));
        let users = self.users.clone();
        self.compare(&users);
        let acknowledged: u64 = self.acknowledged().values().sum();
        let mut proof = Proof::new(
            "kills",
            "kill -9 under 16 writing clients: acknowledged writes are there after the restart, and \
             writes without an answer are there as a whole or not at all",
            &["P13", "P14"],
            "cargo test --release --package anchorhold-cli --features slow --test slow kills_lose",
        );
        proof.count("kills", self.rounds);
        proof.count("acknowledged writes", acknowledged);
        proof.count("without an answer and there", self.tally.present);
        proof.count("without an answer and absent", self.tally.absent);
        // Each would have failed the campaign.
        proof.violation("acknowledged writes lost", 0);
        proof.violation("writes there by half", 0);
        proof.violation("memories shown to another user", 0);
        eprintln!(
            "{:?} ({:?}), {} memories shown at the end",
            proof.counts,
            self.acknowledged(),
            self.tally.shown
        );
        proof
    }

    /// Compares what the server shows for `users` with what every writer knows.
    fn compare(&mut self, users: &BTreeSet<String>) {
        let found = self.look(users);
        let mut owned = BTreeSet::new();
        for writer in &mut self.writers {
            match writer.settle(&found, users) {
                Some(Fate::Present) => self.tally.present += 1,
                Some(Fate::Absent) => self.tally.absent += 1,
                None => {}
            }
            for user in users {
                owned.extend(writer.history().living(user));
            }
        }
        for (place, kept) in &found {
            assert!(
                owned.contains(place),
                "{place:?} shows {kept:?}, which nobody keeps there"
            );
        }
        self.tally.shown = found.len();
        self.look_for_others();
    }

    /// All memories of the users, by lists.
    fn look(&self, users: &BTreeSet<String>) -> Found {
        let server = self.server.as_ref().unwrap();
        look(server.tenant, &self.keys.application, users)
    }

    /// Everybody asks for what others have; every answer must be their own.
    fn look_for_others(&self) {
        for (position, user) in USERS.iter().enumerate() {
            let other = USERS[(position + 1) % USERS.len()];
            let body = serde_json::json!({"query": format!("{other} note"), "limit": 20});
            let reply = self.ask("POST", "/v1/recall", user).json(&body).send();
            for result in reply.gives(200)["results"].as_array().unwrap() {
                let content = result["memory"]["content"].as_str().unwrap();
                assert!(content.starts_with(user), "{user} was shown {content:?}");
            }
        }
    }

    fn ask(&self, method: &str, target: &str, user: &str) -> Ask {
        let server = self.server.as_ref().unwrap();
        Ask::new(server.tenant, method, target)
            .key(&self.keys.application)
            .header("x-anchorhold-user", user)
    }

    fn acknowledged(&self) -> BTreeMap<&'static str, u64> {
        let mut sum = BTreeMap::new();
        for writer in &self.writers {
            for (verb, count) in writer.history().acknowledged() {
                *sum.entry(*verb).or_default() += count;
            }
        }
        sum
    }

    fn audit(&self) {
        audit::check(&self.home, &self.keys.operator, &self.acknowledged());
    }
}
