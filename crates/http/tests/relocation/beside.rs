//! Moves while others keep, change and delete what moves.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};

use super::{House, all, contents};
use crate::support::Ask;

/// Somebody who keeps, changes and deletes memories while they move.
struct Writer {
    shared: Ask,
    alice: Ask,
    number: usize,
}

impl Writer {
    fn path(id: &str) -> String {
        format!("/v1/memories/{id}")
    }

    /// Does it where the memory is, wherever that is by then.
    fn until_done(&self, ask: impl Fn(&Ask) -> Ask) {
        loop {
            for place in [&self.shared, &self.alice] {
                let reply = ask(place).send();
                match reply.status {
                    200 => return,
                    // It is on its way, or was changed by the move under our hands.
                    404 | 409 | 503 => {}
                    _ => panic!("{reply:?}"),
                }
            }
        }
    }

    /// What is left by its ids.
    fn work(&self) -> BTreeMap<String, String> {
        let mut left = BTreeMap::new();
        for number in 0..60 {
            let id = format!("00000000-0000-4000-8000-{:04}{number:08}", self.number);
            let text = format!("memory {} {number}", self.number);
            loop {
                let kept = self
                    .shared
                    .clone()
                    .json(json!({"id": id, "content": text}))
                    .send();
                if [200, 201].contains(&kept.status) {
                    break;
                }
                assert!([404, 409, 503].contains(&kept.status), "{kept:?}");
            }
            let path = Self::path(&id);
            match number % 3 {
                0 => {
                    let text = format!("{text}, changed");
                    let change = json!({"content": text});
                    self.until_done(|ask| ask.clone().to("PATCH", &path).json(change.clone()));
                    left.insert(id, text);
                }
                1 => self.until_done(|ask| ask.clone().to("DELETE", &path)),
                _ => {
                    left.insert(id, text);
                }
            }
        }
        left
    }
}

/// Writers who change and delete what moves, and two who move it.
fn lived_through(house: &House, which: &Value) {
    let mut body = json!({"from": {"shared": true}, "to": {"user": "alice"}});
    body.as_object_mut()
        .unwrap()
        .extend(which.as_object().unwrap().clone());
    let ask = house.server.ask("POST", "/v1/namespaces/move");
    let relocate = ask.key(&house.admin).json(body);
    let is_over = AtomicBool::new(false);
    let expected: BTreeMap<String, String> = thread::scope(|scope| {
        let writing = |number| {
            let writer = Writer {
                shared: house.shared("POST", "/v1/memories"),
                alice: house.of("alice", "POST", "/v1/memories"),
                number,
            };
            scope.spawn(move || writer.work())
        };
        let writers: Vec<_> = (0..3).map(writing).collect();
        let moving = |relocate: Ask| {
            let is_over = &is_over;
            scope.spawn(move || {
                let mut moved = 0;
                while !is_over.load(Ordering::SeqCst) {
                    let reply = relocate.send();
                    assert!([200, 404, 409, 503].contains(&reply.status), "{reply:?}");
                    if reply.status == 200 {
                        moved += reply.json()["moved"].as_u64().unwrap();
                    }
                }
                moved
            })
        };
        let movers = [moving(relocate.clone()), moving(relocate)];
        let left = writers
            .into_iter()
            .flat_map(|writer| writer.join().unwrap());
        let left = left.collect();
        is_over.store(true, Ordering::SeqCst);
        let moved: u64 = movers.into_iter().map(|mover| mover.join().unwrap()).sum();
        assert!(moved > 0, "something was moved meanwhile");
        left
    });
    let mut there = all(|target| house.of("alice", "GET", target));
    there.extend(all(|target| house.shared("GET", target)));
    let mut found: Vec<&str> = contents(&there);
    found.sort_unstable();
    let mut expected: Vec<&str> = expected.values().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn a_move_that_others_write_beside_loses_nothing_and_doubles_nothing() {
    let house = House::new();
    lived_through(&house, &json!({"filter": {"importance": {"gte": 0.0}}}));
}

#[test]
fn a_namespace_that_is_emptied_while_others_write_there_loses_nothing() {
    let house = House::new();
    lived_through(&house, &json!({"everything": true}));
}
