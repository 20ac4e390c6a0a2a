//! A server on which one act is under way when it is killed, and somebody who lives through all
//! kills. Only kills that landed inside the act count.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anchorhold_evidence::{Proof, seed};
use anchorhold_model::Clock as _;
use serde_json::json;

use super::dice::Dice;
use crate::process::library::WallClock;
use crate::process::{Home, Keys, Server, files_below};
use crate::support::{Ask, Reply};

/// Tries for each kill that lands.
pub(super) const TRIES_MAX: u64 = 20;

/// Who lives through all kills.
pub(super) const STAYER: &str = "stayer";

pub(super) struct Stage {
    pub(super) home: Home,
    pub(super) keys: Keys,
    server: Option<Server>,
    dice: Dice,
    /// How many memories the stayer has.
    pub(super) kept: u64,
}

impl Stage {
    pub(super) fn new() -> Self {
        let home = Home::new();
        let server = home.start("error");
        let keys = home.keys();
        let mut stage = Self {
            home,
            keys,
            server: Some(server),
            dice: Dice::new(seed(0)),
            kept: 0,
        };
        stage.keep();
        stage
    }

    pub(super) fn ask(&self, method: &str, target: &str, user: &str) -> Ask {
        let address = self.server.as_ref().unwrap().tenant;
        Ask::new(address, method, target)
            .key(&self.keys.application)
            .header("x-anchorhold-user", user)
    }

    /// A request of the operator.
    pub(super) fn operate(&self, target: &str) -> Ask {
        let address = self.server.as_ref().unwrap().operator;
        Ask::new(address, "POST", target).key(&self.keys.operator)
    }

    /// A key of an admin of the tenant.
    pub(super) fn admin(&self) -> String {
        let ask = self.operate("/v1/tenants/default/keys");
        let made = ask.json(&json!({"name": "admin", "admin": true})).send();
        made.gives(201)["key"].as_str().unwrap().to_owned()
    }

    /// A request of the tenant's admin.
    pub(super) fn manage(&self, target: &str, admin: &str) -> Ask {
        let address = self.server.as_ref().unwrap().tenant;
        Ask::new(address, "POST", target).key(admin)
    }

    /// A request that keeps one more memory of about so many bytes.
    pub(super) fn one_more(&self, user: &str, length: usize) -> Ask {
        let content = format!("{} {}", self.kept, "x".repeat(length));
        let ask = self.ask("POST", "/v1/memories", user);
        ask.json(&json!({"content": content}))
    }

    /// One more memory of the stayer, about 3 KB.
    pub(super) fn keep(&mut self) {
        self.one_more(STAYER, 3_000).send().gives(201);
        self.kept += 1;
    }

    /// The contents of all memories of a user.
    pub(super) fn contents(&self, user: &str) -> Vec<String> {
        let mut contents = Vec::new();
        let mut target = "/v1/memories?limit=200".to_owned();
        loop {
            let page = self.ask("GET", &target, user).send().gives(200);
            let memories = page["memories"].as_array().unwrap().iter();
            contents.extend(memories.map(|memory| memory["content"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(cursor) => target = format!("/v1/memories?limit=200&cursor={cursor}"),
                None => return contents,
            }
        }
    }

    pub(super) fn count(&self, user: &str) -> u64 {
        u64::try_from(self.contents(user).len()).unwrap()
    }

    /// Sends a request and kills the server a moment, drawn below `moments`, after `has_begun`;
    /// the answer, when all of it came.
    pub(super) fn strike_during(
        &mut self,
        ask: &Ask,
        mut has_begun: impl FnMut() -> bool,
        moments: Duration,
    ) -> Option<Reply> {
        std::thread::scope(|threads| {
            let client = threads.spawn(|| ask.attempt(|| ()).ok());
            self.strike_when(|| has_begun() || client.is_finished(), moments);
            client.join().unwrap()
        })
    }

    /// Kills when `is_time`, and some moments later.
    pub(super) fn strike_when(&mut self, mut is_time: impl FnMut() -> bool, moments: Duration) {
        let most = u64::try_from(moments.as_nanos()).unwrap();
        let after = Duration::from_nanos(self.dice.below(most));
        while !is_time() {
            std::hint::spin_loop();
        }
        let end = WallClock.monotonic() + after;
        while WallClock.monotonic() < end {
            std::hint::spin_loop();
        }
        self.server.take().unwrap().kill();
    }

    /// The next life; what was acknowledged is there.
    pub(super) fn restart(&mut self) {
        self.server = Some(self.home.start("error"));
        let found = self.count(STAYER);
        assert_eq!(found, self.kept, "acknowledged memories are there");
    }

    pub(super) fn audit_bytes(&self) -> impl Fn() -> u64 + use<> {
        let audit = self.home.data().join("audit");
        move || files_below(&audit).iter().map(|path| bytes(path)).sum()
    }

    /// How many files of namespaces bear a name that is not one of a namespace in use.
    pub(super) fn files_begun(&self) -> impl Fn() -> usize + use<> {
        let namespaces = self.home.data().join("namespaces");
        let is_in_use = |path: &PathBuf| {
            let extension = path.extension().and_then(|extension| extension.to_str());
            matches!(extension, Some("db" | "db-wal"))
        };
        move || {
            let files = files_below(&namespaces);
            files.len() - files.iter().filter(|path| is_in_use(path)).count()
        }
    }
}

pub(super) fn bytes(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// Repeats `once`, which tells whether its kill landed, until enough have.
pub(super) fn until_landed(kills: u64, mut once: impl FnMut(u64) -> bool) {
    let mut landed = 0;
    for round in 0..kills * TRIES_MAX {
        landed += u64::from(once(round));
        if landed == kills {
            return;
        }
    }
    panic!("{landed} of {kills} kills landed inside the act");
}

pub(super) fn proof(name: &str, claim: &str, promises: &[&str]) -> Proof {
    let command =
        "cargo test --release --package anchorhold-cli --features slow --test slow kills_inside";
    Proof::new(name, claim, promises, command)
}
