//! A server that is asked to end finishes what it has begun.

use super::Party;

#[test]
fn what_was_kept_before_the_end_is_there_after_the_next_start() {
    let mut party = Party::new();
    let key = party.home.keys().application;
    party.run_as(
        &key,
        Some("alice"),
        &["remember", "The boat is called Petrel."],
    );
    let home = party.home;
    let status = party.server.stop();
    assert_eq!(status.code(), Some(0));
    let server = home.start("warn");
    party = Party { home, server };
    let list = party
        .run_as(&key, Some("alice"), &["--json", "list"])
        .json();
    assert_eq!(list["memories"][0]["content"], "The boat is called Petrel.");
}
