//! Sessions and pages on the command line, and sessions that outlive the process.

use serde_json::json;

use super::Party;
use crate::process::Server;
use crate::support::Ask;

const PAGE: &str = "https://app.example.org";

impl Party {
    /// A tenant of sessions, with a key for pages and one of its admin.
    fn visited(&self) -> (String, String) {
        self.operate(&["tenant", "create", "visitors", "--isolation", "session"]);
        let key = |more: &[&str]| {
            let make = ["--json", "key", "create", "k", "--tenant", "visitors"];
            let made = self.operate(&[&make, more].concat()).json();
            made["key"].as_str().unwrap().to_owned()
        };
        (key(&["--publishable-origin", PAGE]), key(&["--admin"]))
    }
}

fn ask(server: &Server, key: &str, method: &str) -> Ask {
    let ask = Ask::new(server.tenant, method, "/v1/memories").key(key);
    ask.header("Origin", PAGE)
}

/// Keeps something as a new visitor; the id of its session.
fn visit(server: &Server, key: &str) -> String {
    let body = json!({"content": "Likes tea."});
    let kept = ask(server, key, "POST").json(&body).send();
    kept.gives(201);
    kept.header("x-session-id").unwrap().to_owned()
}

fn kept(server: &Server, key: &str, id: &str) -> usize {
    let listed = ask(server, key, "GET").header("x-session-id", id).send();
    listed.gives(200)["memories"].as_array().unwrap().len()
}

#[test]
fn sessions_are_set_listed_ended_and_swept_on_the_command_line() {
    let party = Party::new();
    let (page, admin) = party.visited();
    let settings = [
        "--session-idle-seconds",
        "600",
        "--session-client-ids",
        "adopt",
    ];
    let set = ["--json", "identity", "set", "--tenant", "visitors"];
    let set = party.operate(&[&set[..], &settings].concat()).json();
    assert_eq!(set["sessions"]["idle_seconds"], 600);
    let shown = party.operate(&["identity", "show", "--tenant", "visitors"]);
    assert!(shown.stdout.contains("unknown ids: adopt"), "{shown:?}");
    let id = visit(&party.server, &page);
    let listed = party.run_as(&admin, None, &["session", "list"]);
    assert!(!listed.stdout.contains(&id), "{listed:?}");
    let listed = party
        .run_as(&admin, None, &["--json", "session", "list"])
        .json();
    let handle = listed["sessions"][0]["session"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(listed.to_string().contains("\"has_namespace\":true"));
    let ended = party.run_as(
        &admin,
        None,
        &["--json", "session", "end", &handle, "--yes"],
    );
    assert_eq!(ended.json()["records"], 1);
    let again = party.run_as(&admin, None, &["session", "end", &handle, "--yes"]);
    again.ends(1, "no such session lives");
    assert_eq!(kept(&party.server, &page, &id), 0);
    let swept = party.run_as(&admin, None, &["session", "sweep"]);
    assert!(swept.stdout.contains("0 sessions were over"), "{swept:?}");
    let wrong = [
        "identity",
        "set",
        "--tenant",
        "visitors",
        "--session-idle-seconds",
        "5",
    ];
    party.operate(&wrong).ends(1, "60 to 31536000 seconds");
    // What a page holds is no secret, and it is shown as what it is.
    let keys = party.operate(&["key", "list", "--tenant", "visitors"]);
    assert!(
        keys.stdout.contains("page of https://app.example.org"),
        "{keys:?}"
    );
}

#[test]
fn a_session_outlives_the_process_that_began_it() {
    let party = Party::new();
    let (page, _) = party.visited();
    let id = visit(&party.server, &page);
    let Party { home, server } = party;
    server.kill();
    let server = home.start("warn");
    assert_eq!(kept(&server, &page, &id), 1);
    assert!(server.stop().success());
    let server = home.start("warn");
    assert_eq!(kept(&server, &page, &id), 1);
}
