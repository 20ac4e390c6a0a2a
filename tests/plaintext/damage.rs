//! Files of namespaces that were swapped, cut or taken away: a typed refusal or the right answer,
//! never an empty or a wrong one, and nobody else notices.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::process::{Home, Server};
use crate::support::{Ask, Reply};

const USERS: [&str; 3] = ["alice", "bob", "carol"];

/// A home with three users, and which file is whose. Its server has ended.
struct Village {
    home: Home,
    key: String,
    files: Vec<PathBuf>,
}

impl Village {
    fn new() -> Self {
        let home = Home::new();
        let server = home.start("warn");
        let key = home.keys().application;
        let mut files: Vec<PathBuf> = Vec::new();
        for user in USERS {
            for number in 0..3 {
                let body = json!({"content": text(user, number)});
                let kept = ask(&server, &key, user, "POST", "/v1/memories").json(&body);
                kept.send().gives(201);
            }
            let known = home.namespace_files("db");
            let new = known.into_iter().find(|file| !files.contains(file));
            files.push(new.expect("a user's first memory makes a file"));
        }
        // A graceful end would empty the logs, which are changed below.
        server.kill();
        Self { home, key, files }
    }

    fn start(&self) -> Server {
        self.home.start("warn")
    }

    fn list(&self, server: &Server, user: &str) -> Reply {
        ask(server, &self.key, user, "GET", "/v1/memories").send()
    }

    fn recall(&self, server: &Server, user: &str) -> Reply {
        let body = json!({"query": "what does the note say"});
        ask(server, &self.key, user, "POST", "/v1/recall")
            .json(&body)
            .send()
    }

    /// Every verb is refused, again and again, with the code that says why.
    fn assert_closed(&self, server: &Server, user: &str) {
        for _ in 0..2 {
            self.list(server, user)
                .is_refused(500, "namespace_unavailable");
            self.recall(server, user)
                .is_refused(500, "namespace_unavailable");
            let keep = ask(server, &self.key, user, "POST", "/v1/memories");
            let kept = keep.json(&json!({"content": "one more"})).send();
            kept.is_refused(500, "namespace_unavailable");
        }
    }

    fn assert_whole(&self, server: &Server, user: &str) {
        let page = self.list(server, user).gives(200);
        assert_eq!(
            contents(&page["memories"], |memory| memory),
            expected(user),
            "{user}"
        );
        let recalled = self.recall(server, user).gives(200);
        let found = contents(&recalled["results"], |result| &result["memory"]);
        assert_eq!(found, expected(user), "{user}");
    }
}

/// The server itself is well, and says so.
fn assert_alive(server: &mut Server) {
    assert!(
        server.is_alive(),
        "one damaged file must not end the server"
    );
    Ask::new(server.tenant, "GET", "/healthz").send().gives(200);
    Ask::new(server.tenant, "GET", "/readyz").send().gives(200);
}

fn text(user: &str, number: usize) -> String {
    format!("note {number} of {user}")
}

fn expected(user: &str) -> Vec<String> {
    (0..3).map(|number| text(user, number)).collect()
}

fn contents(list: &Value, memory: fn(&Value) -> &Value) -> Vec<String> {
    let content = |item| memory(item)["content"].as_str().unwrap().to_owned();
    let mut contents: Vec<_> = list.as_array().unwrap().iter().map(content).collect();
    contents.sort();
    contents
}

fn ask(server: &Server, key: &str, user: &str, method: &str, target: &str) -> Ask {
    Ask::new(server.tenant, method, target)
        .key(key)
        .header("x-anchorhold-user", user)
}

fn log_of(file: &Path) -> PathBuf {
    file.with_extension("db-wal")
}

fn swap(one: &Path, other: &Path) {
    let aside = one.with_extension("aside");
    fs::rename(one, &aside).unwrap();
    fs::rename(other, one).unwrap();
    fs::rename(aside, other).unwrap();
}

#[test]
fn swapped_files_open_for_neither_and_hurt_nobody_else() {
    let village = Village::new();
    let (alice, bob) = (&village.files[0], &village.files[1]);
    let swap_both = || {
        swap(alice, bob);
        swap(&log_of(alice), &log_of(bob));
    };
    swap_both();
    let mut server = village.start();
    village.assert_closed(&server, "alice");
    village.assert_closed(&server, "bob");
    village.assert_whole(&server, "carol");
    assert_alive(&mut server);
    assert!(server.stop().success());
    // Nothing was mended on the way: put back, both are whole.
    swap_both();
    let server = village.start();
    for user in USERS {
        village.assert_whole(&server, user);
    }
}

#[test]
fn a_file_that_is_cut_or_gone_is_never_an_empty_answer() {
    let village = Village::new();
    let (file, log) = (&village.files[0], log_of(&village.files[0]));
    let whole = [file, &log].map(|path| fs::read(path).unwrap_or_default());
    let (main, logged) = (whole[0].len(), whole[1].len());
    assert!(main + logged > 0, "a namespace with memories has bytes");
    let keep = |path: &Path, content: &[u8], length: Option<usize>| match length {
        Some(length) => fs::write(path, &content[..length]).unwrap(),
        // It may not have been there.
        None => drop(fs::remove_file(path)),
    };
    let all = (Some(main), Some(logged));
    for (main, logged) in [
        (None, None),
        (None, all.1),
        (Some(0), None),
        (Some(0), Some(0)),
        (Some(0), all.1),
        (Some(100.min(main)), all.1),
        (Some(main / 2), None),
        (Some(main / 2), all.1),
        (Some(main.saturating_sub(1)), None),
    ] {
        eprintln!("of the file {main:?} bytes are left, of its log {logged:?}; whole is {all:?}");
        keep(file, &whole[0], main);
        keep(&log, &whole[1], logged);
        let mut server = village.start();
        let reply = village.list(&server, "alice");
        if reply.status == 200 {
            village.assert_whole(&server, "alice");
        } else {
            village.assert_closed(&server, "alice");
        }
        village.assert_whole(&server, "bob");
        village.assert_whole(&server, "carol");
        assert_alive(&mut server);
        assert!(server.stop().success());
    }
    keep(file, &whole[0], all.0);
    keep(&log, &whole[1], all.1);
    village.assert_whole(&village.start(), "alice");
}

/// The log of a file holds its newest commits. Taken away it leaves an older state of this very
/// namespace, which the file alone cannot show; it must be one that was committed.
#[test]
fn a_log_that_is_gone_leaves_an_older_state_or_a_refusal_and_hurts_nobody_else() {
    let village = Village::new();
    let log = log_of(&village.files[0]);
    let whole = fs::read(&log).unwrap();
    for length in [0, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        fs::write(&log, &whole[..length]).unwrap();
        let mut server = village.start();
        let reply = village.list(&server, "alice");
        if reply.status == 200 {
            let found = contents(&reply.json()["memories"], |memory| memory);
            assert!(
                expected("alice").starts_with(&found),
                "never committed: {found:?}"
            );
        } else {
            village.assert_closed(&server, "alice");
        }
        village.assert_whole(&server, "bob");
        village.assert_whole(&server, "carol");
        assert_alive(&mut server);
        assert!(server.stop().success());
    }
}
