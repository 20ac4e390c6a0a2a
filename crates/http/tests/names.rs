//! Two thousand names, each as a user and as an isolation key over a socket: every one that is taken is
//! somebody of its own, the others are refused by their code, and no file is called after one.

mod corpus;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::support::{Ask, Reply, Server};
use corpus::{Fate, corpus};

const NAMES: usize = 2_000;
/// Of the isolation keys that are taken, one in so many keeps something.
const KEYS_KEPT_STEP: usize = 16;
/// How many callers ask at once.
const CALLERS: usize = 4;

/// A tenant, and the header by which an application names its people.
struct Side {
    tenant: &'static str,
    header: &'static str,
    key: String,
}

impl Side {
    fn ask(&self, server: &Server, method: &str, name: &str) -> Ask {
        let ask = server.ask(method, "/v1/memories").key(&self.key);
        ask.header(self.header, name)
    }

    fn keeps(&self, server: &Server, name: &str) -> Reply {
        let body = json!({"content": content(name)});
        self.ask(server, "POST", name).json(body).send()
    }

    /// What lies there, by content.
    fn lists(&self, server: &Server, name: &str) -> Vec<String> {
        let listed = self.ask(server, "GET", name).send();
        assert_eq!(listed.status, 200, "{name:?}: {listed:?}");
        let listed = listed.json();
        let memories = listed["memories"].as_array().unwrap().iter();
        let content = memories.map(|memory| memory["content"].as_str().unwrap().to_owned());
        content.collect()
    }
}

fn content(name: &str) -> String {
    format!("What belongs to <{name}>.")
}

/// Whether HTTP carries these bytes as they are: no control, and no white space at the ends.
fn fits_a_header(name: &str) -> bool {
    !name.contains(|character: char| character.is_ascii_control()) && name.trim_matches(' ') == name
}

#[test]
fn two_thousand_names_are_as_many_people_or_refused_and_no_file_is_called_after_one() {
    let server = Server::new();
    let corpus = corpus();
    assert!(corpus.len() >= NAMES, "{}", corpus.len());
    server.tenant("users");
    server.tenant_with(json!({"name": "keys", "isolation": "custom"}));
    let side = |tenant, header| {
        let key = server.key(tenant, json!({"act_as": true}));
        Side {
            tenant,
            header,
            key,
        }
    };
    let users = side("users", "x-anchorhold-user");
    let keys = side("keys", "x-isolation-key");
    let before = files(&server.data());
    let somebody: Vec<&str> = taken(&corpus);
    for (name, fate) in &corpus {
        is_refused_where_it_must_be(&server, &users, &keys, name, *fate);
    }
    assert_eq!(files(&server.data()), before, "a refused name made a file");
    // Everybody who is taken keeps something; then everybody finds their own, alone.
    let some: Vec<&str> = somebody.iter().copied().step_by(KEYS_KEPT_STEP).collect();
    for (side, names) in [(&users, &somebody), (&keys, &some)] {
        at_once(names, |name| {
            let kept = side.keeps(&server, name);
            assert_eq!(kept.status, 201, "{name:?}: {kept:?}");
            assert_eq!(kept.json()["namespace"]["name"], *name);
        });
        at_once(names, |name| {
            assert_eq!(side.lists(&server, name), [content(name)]);
        });
    }
    let keeps_nothing = somebody.iter().filter(|name| !some.contains(name));
    let keeps_nothing: Vec<&str> = keeps_nothing.copied().collect();
    at_once(&keeps_nothing, |name| {
        assert_eq!(keys.lists(&server, name), [""; 0]);
    });
    let after = files(&server.data());
    let made: Vec<&PathBuf> = after.difference(&before).collect();
    for path in &made {
        assert!(is_of_an_id(path), "{}", path.display());
    }
    let stores = made
        .iter()
        .filter(|path| path.extension().is_some_and(|kind| kind == "db"));
    assert_eq!(stores.count(), somebody.len() + some.len());
    let beside: Vec<_> = std::fs::read_dir(server.data().parent().unwrap())
        .unwrap()
        .collect();
    assert_eq!(beside.len(), 1, "{beside:?}");
}

fn taken(corpus: &std::collections::BTreeMap<String, Fate>) -> Vec<&str> {
    let taken = corpus.iter().filter(|(_, fate)| **fate == Fate::Somebody);
    taken.map(|(name, _)| name.as_str()).collect()
}

/// A name that is refused is refused by its code in either header; for a key where no header holds it.
fn is_refused_where_it_must_be(server: &Server, users: &Side, keys: &Side, name: &str, fate: Fate) {
    let in_headers = match fate {
        Fate::Somebody => return,
        Fate::Refused => "name_invalid",
        Fate::RefusedInHeaders => "identity_header_invalid",
    };
    if fits_a_header(name) {
        let read = keys.ask(server, "GET", name).send();
        for (side, reply) in [(users, users.keeps(server, name)), (keys, read)] {
            reply.is_refused(400, in_headers);
            assert_eq!(reply.field().as_deref(), Some(side.header), "{name:?}");
        }
    }
    if !fits_a_header(name) {
        let target = format!("/v1/tenants/{}/keys", users.tenant);
        let key = json!({"name": "a key", "user": name});
        let made = server.operate("POST", &target).json(key).send();
        made.is_refused(400, "name_invalid");
    }
}

/// Does something with each name, by several callers at once.
fn at_once(names: &[&str], act: impl Fn(&str) + Sync) {
    let share = names.len().div_ceil(CALLERS).max(1);
    std::thread::scope(|threads| {
        for names in names.chunks(share) {
            threads.spawn(|| names.iter().for_each(|name| act(name)));
        }
    });
}

/// Every file below a directory but the audit logs, which tell of refusals; by its path from there.
fn files(directory: &Path) -> BTreeSet<PathBuf> {
    let mut left = vec![directory.to_path_buf()];
    let mut found = BTreeSet::new();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).unwrap();
            left.extend(entries.map(|entry| entry.unwrap().path()));
        } else if !path.starts_with(directory.join("audit")) {
            found.insert(path.strip_prefix(directory).unwrap().to_owned());
        }
    }
    found
}

/// Whether a path is made of the random id of a namespace and of nothing else.
fn is_of_an_id(path: &Path) -> bool {
    let parts: Vec<&str> = path.iter().map(|part| part.to_str().unwrap()).collect();
    let ["namespaces", first, file] = parts[..] else {
        return false;
    };
    let (id, end) = file.split_at_checked(32).unwrap_or_default();
    let is_hexadecimal = id
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_hexadecimal
        && id.starts_with(first)
        && first.len() == 2
        && [".db", ".db-wal", ".db-shm"].contains(&end)
}
