//! The quarantine on the command line, and sandboxes that outlive the process.

use super::Party;

#[test]
fn an_unknown_user_is_shown_approved_and_rejected_on_the_command_line() {
    let party = Party::new();
    party.operate(&["tenant", "create", "apart", "--trust-mode", "quarantine"]);
    let key = |right: &str| {
        let make = ["--json", "key", "create", "k", "--tenant", "apart", right];
        party.operate(&make).json()["key"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (admin, acting) = (key("--admin"), key("--act-as"));
    let set = [
        "identity",
        "set",
        "--tenant",
        "apart",
        "--sandbox-memories-max",
        "1",
    ];
    let set = party.operate(&set);
    assert!(set.stdout.contains("1 memories in each"), "{set:?}");
    for user in ["alice", "bob"] {
        party
            .run_as(&acting, Some(user), &["remember", "Likes tea."])
            .ends(0, "");
    }
    let more = party.run_as(&acting, Some("bob"), &["remember", "Likes milk."]);
    more.ends(1, "is full");
    let Party { home, server } = party;
    server.kill();
    let server = home.start("warn");
    let party = Party { home, server };
    let list = || {
        party
            .run_as(&admin, None, &["--json", "quarantine", "list"])
            .json()
    };
    let of = |user: &str| {
        let list = list();
        let all = list["sandboxes"].as_array().unwrap().clone();
        let found = all.into_iter().find(|one| one["claim"]["id"] == user);
        found.unwrap()["sandbox"].as_str().unwrap().to_owned()
    };
    let (alice, bob) = (of("alice"), of("bob"));
    let shown = party.run_as(&admin, None, &["quarantine", "show", &alice]);
    assert!(shown.stdout.contains("Likes tea."), "{shown:?}");
    let approve = ["quarantine", "approve", &alice, "--user", "alice"];
    let approved = party.run_as(&admin, None, &approve);
    assert!(
        approved.stdout.contains("1 memories are local alice's"),
        "{approved:?}"
    );
    party
        .run_as(&admin, None, &["quarantine", "reject", &bob, "--yes"])
        .ends(0, "");
    let recalled = party.run_as(&acting, Some("alice"), &["recall", "tea"]);
    assert!(recalled.stdout.contains("Likes tea."), "{recalled:?}");
    assert_eq!(list()["sandboxes"].as_array().unwrap().len(), 0);
    party
        .run_as(&admin, None, &approve)
        .ends(1, "no sandbox has this handle");
}
