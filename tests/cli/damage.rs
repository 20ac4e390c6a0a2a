//! What is wrong with key, data or server is said in a sentence and an exit code.

use std::os::unix::fs::PermissionsExt as _;

use super::{Party, run_with, tree};
use crate::process::Home;

#[test]
fn another_key_opens_nothing_and_changes_nothing() {
    let home = Home::new();
    home.run(&["init", "--json"]).json();
    let before = tree(&home.data());
    let other = "ab".repeat(32);
    run_with(&home, &[("ANCHORHOLD_KEK", &other)], &["serve"]).ends(78, "wrong_key");
    assert_eq!(before, tree(&home.data()));
}

#[test]
fn a_lost_key_is_named_and_not_replaced() {
    let home = Home::new();
    home.run(&["init", "--json"]).json();
    std::fs::remove_file(home.kek_file()).unwrap();
    home.run(&["serve"])
        .ends(78, home.kek_file().to_str().unwrap());
    assert!(!home.kek_file().exists());
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let home = Home::new();
    home.run(&["init", "--json"]).json();
    std::fs::set_permissions(home.kek_file(), std::fs::Permissions::from_mode(0o644)).unwrap();
    home.run(&["serve"]).ends(78, "chmod 600");
}

#[test]
fn a_second_server_on_the_same_data_stays_out() {
    let party = Party::new();
    party.home.run(&["serve"]).ends(75, "in use");
}

#[test]
fn where_no_server_is_the_message_says_how_to_start_one() {
    let home = Home::new();
    let nobody = [
        ("ANCHORHOLD_URL", "http://127.0.0.1:1"),
        ("ANCHORHOLD_KEY", "ah_x"),
    ];
    run_with(&home, &nobody, &["list"]).ends(69, "anchorhold serve");
    let nobody = [("ANCHORHOLD_OPERATOR_URL", "http://127.0.0.1:1")];
    run_with(&home, &nobody, &["tenant", "list"]).ends(69, "anchorhold serve");
}

#[test]
fn a_refusal_says_its_code() {
    let party = Party::new();
    party
        .run_as("ah_nobody", None, &["list"])
        .ends(1, "credential_invalid");
    let key = party.home.keys().application;
    party.run_as(&key, None, &["list"]).ends(
        1,
        "Name the user with --user or ANCHORHOLD_USER.\n(identity_required, request ",
    );
    let ended = party.run_as(&key, None, &["--json", "list"]);
    let said: serde_json::Value = serde_json::from_str(&ended.stderr).unwrap();
    assert_eq!(said["error"]["code"], "identity_required");
    let message = said["error"]["message"].as_str().unwrap();
    assert!(
        !message.contains("identity_required") && !message.contains('\n'),
        "{message}"
    );
    assert!(said["error"]["hint"].as_str().unwrap().contains("--user"));
    assert!(said["error"]["request_id"].is_string());
}

#[test]
fn a_command_line_without_sense_is_usage() {
    let home = Home::new();
    for arguments in [
        &["fly"][..],
        &["recall"],
        &["forget"],
        &["erase"],
        &["serve", "--port", "1"],
    ] {
        assert_eq!(home.run(arguments).code, Some(2), "{arguments:?}");
    }
    home.run(&["erase", "--self"]).ends(2, "--yes");
}
