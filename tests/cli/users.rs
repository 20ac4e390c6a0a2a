//! Users on the command line, and links that outlive the process.

use super::Party;

impl Party {
    pub(super) fn admin(&self) -> String {
        let make = [
            "--json", "key", "create", "k", "--tenant", "default", "--admin",
        ];
        let made = self.operate(&make).json();
        made["key"].as_str().unwrap().to_owned()
    }
}

#[test]
fn users_are_made_given_roles_linked_and_erased_on_the_command_line() {
    let party = Party::new();
    let admin = party.admin();
    let run = |arguments: &[&str]| party.run_as(&admin, None, arguments);
    let made = run(&["--json", "user", "create", "alice", "--role", "viewer"]).json();
    let handle = made["handle"].as_str().unwrap().to_owned();
    assert_eq!(made["role"], "viewer");
    let refused = party.run_as(
        &admin,
        None,
        &["user", "create", "alice", "--role", "admin"],
    );
    refused.ends(1, "change the role with PATCH");
    assert_eq!(
        run(&["--json", "user", "role", &handle, "user"]).json()["role"],
        "user"
    );
    let link = [
        "--json",
        "user",
        "link",
        "alice",
        "1",
        "--name-issuer",
        "owui",
    ];
    assert_eq!(run(&link).json()["links"][0]["id"], "1");
    let listed = run(&["user", "list"]);
    assert!(
        listed.stdout.contains("second name of local alice"),
        "{listed:?}"
    );
    let shown = run(&["--json", "user", "show", "1", "--issuer", "owui"]).json();
    assert_eq!(shown["linked_to"]["id"], "alice");
    let unlink = [
        "--json",
        "user",
        "unlink",
        &handle,
        "1",
        "--name-issuer",
        "owui",
    ];
    assert_eq!(run(&unlink).json()["links"].as_array().unwrap().len(), 0);
    let erased = run(&["--json", "user", "erase", "alice", "--yes"]).json();
    assert_eq!(erased["namespaces"], 0);
    run(&["user", "show", "alice"]).ends(1, "nothing is kept for this user");
    run(&["user", "role", "alice", "king"]).ends(2, "possible values");
}

#[test]
fn somebody_is_invited_and_comes_once_on_the_command_line() {
    let party = Party::new();
    let admin = party.admin();
    let create = ["--json", "invite", "create", "alice", "--role", "viewer"];
    let made = party.run_as(&admin, None, &create).json();
    let invite = made["invite"].as_str().unwrap().to_owned();
    let listed = party.run_as(&admin, None, &["invite", "list"]);
    assert!(
        listed.stdout.contains("alice") && !listed.stdout.contains(&invite),
        "{listed:?}"
    );
    let joined = party
        .run_as(&invite, None, &["--json", "invite", "redeem"])
        .json();
    let key = joined["key"].as_str().unwrap();
    let who = party.run_as(key, None, &["--json", "whoami"]).json();
    assert_eq!(
        (&who["subject"]["id"], &who["role"]),
        (&"alice".into(), &"viewer".into())
    );
    party
        .run_as(&invite, None, &["invite", "redeem"])
        .ends(1, "not valid here");
    party
        .run_as(key, None, &["invite", "register"])
        .ends(1, "may not");
    let set = [
        "identity",
        "set",
        "--tenant",
        "default",
        "--registrations-per-minute",
        "5",
    ];
    party.operate(&set).ends(0, "");
    party
        .run_as(&admin, None, &["invite", "register"])
        .ends(0, "");
}
