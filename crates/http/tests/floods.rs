//! Who names nobody and comes again and again: how many stores that makes.

use std::path::Path;

use serde_json::json;

use crate::support::{Reply, Server};

const REQUESTS: usize = 24;
const LIVE_MAX: usize = 7;

/// Files of namespaces below a directory.
fn stores(directory: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return 0;
    };
    let of = |path: &Path| {
        if path.is_dir() {
            return stores(path);
        }
        usize::from(path.extension().is_some_and(|kind| kind == "db"))
    };
    entries.map(|entry| of(&entry.unwrap().path())).sum()
}

/// A8: whatever a tenant demands, anonymous requests make no more stores than it lets them, and those
/// that only read make none.
#[test]
fn a8_a_flood_of_anonymous_requests_makes_no_more_stores_than_there_may_be() {
    let server = Server::new();
    let limits = json!({"live_max": LIVE_MAX, "new_per_minute": 1_000});
    let identity = json!({"sessions": limits, "quarantine": limits});
    let mut expected = 0;
    for (trust_mode, isolation, made) in [
        ("strict", "user", 0),
        ("required", "user", 0),
        ("quarantine", "user", LIVE_MAX),
        ("legacy", "user", 1),
        ("strict", "none", 0),
        ("required", "none", 1),
        ("quarantine", "none", 1),
        ("strict", "session", 0),
        ("required", "session", LIVE_MAX),
        ("legacy", "session", LIVE_MAX),
        ("legacy", "custom", 0),
        ("quarantine", "custom", 0),
    ] {
        let name = format!("{trust_mode}-{isolation}");
        server.tenant_with(json!({"name": name, "trust_mode": trust_mode, "isolation": isolation}));
        let target = format!("/v1/tenants/{name}/identity");
        let set = server.operate("PATCH", &target).json(identity.clone());
        assert_eq!(set.send().status, 200);
        let key = server.key(&name, json!({}));
        let reads = || server.ask("GET", "/v1/memories").key(&key).send();
        let keeps = || {
            let ask = server.ask("POST", "/v1/memories").key(&key);
            ask.json(json!({"content": "Whose is this?"})).send()
        };
        let namespaces = server.data().join("namespaces");
        if isolation != "session" {
            (0..REQUESTS).for_each(|_| drop(reads()));
            assert_eq!(stores(&namespaces), expected, "{name}: reading made one");
        }
        let replies: Vec<Reply> = (0..REQUESTS).map(|_| keeps()).collect();
        expected += made;
        assert_eq!(stores(&namespaces), expected, "{name}");
        let kept = replies.iter().filter(|reply| reply.status == 201).count();
        match made {
            0 => assert_eq!(kept, 0, "{name}"),
            1 => assert_eq!(kept, REQUESTS, "{name}"),
            _ => {
                assert_eq!(kept, LIVE_MAX, "{name}");
                replies.last().unwrap().is_refused(429, "session_limit");
            }
        }
    }
}
