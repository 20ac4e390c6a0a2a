//! What a server shows of some users.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use super::history::{Found, Kept, Place};
use crate::support::Ask;

/// All memories of the users, by lists.
pub(crate) fn look(address: SocketAddr, key: &str, users: &BTreeSet<String>) -> Found {
    let mut found = Found::new();
    for user in users {
        let mut target = "/v1/memories?limit=200".to_owned();
        loop {
            let ask = Ask::new(address, "GET", &target).key(key);
            let page = ask.header("x-anchorhold-user", user).send().gives(200);
            for memory in page["memories"].as_array().unwrap() {
                let place = Place {
                    user: user.clone(),
                    id: memory["id"].as_str().unwrap().to_owned(),
                };
                let twice = found.insert(place, Kept::read(memory));
                assert_eq!(twice, None, "a list shows a memory twice");
            }
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            target = format!("/v1/memories?limit=200&cursor={cursor}");
        }
    }
    found
}
