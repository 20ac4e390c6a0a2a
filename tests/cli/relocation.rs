//! Moves of memories on the command line.

use super::Party;

#[test]
fn memories_are_moved_by_list_by_age_and_all_of_them_on_the_command_line() {
    let party = Party::new();
    let admin = party.admin();
    let run = |arguments: &[&str]| party.run_as(&admin, None, arguments);
    let application = party.home.keys().application;
    let keep = |user: &str, text: &str| {
        let kept = party.run_as(&application, Some(user), &["--json", "remember", text]);
        let kept = kept.json();
        kept["id"].as_str().unwrap().to_owned()
    };
    let ids = ["tea", "milk", "bread"].map(|text| keep("alice", text));
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("ids");
    std::fs::write(&list, format!("{}\n\n  {}\n", ids[0], ids[1])).unwrap();
    let list = list.to_str().unwrap();
    let way = ["--from-user", "alice", "--to-user", "bob"];
    let relocate = |which: &[&str]| {
        let words = [&["--json", "namespace", "move"], &way[..], which];
        run(&words.concat()).json()
    };
    let counts = |done: &serde_json::Value| {
        ["matched", "moved", "left", "there", "destroyed"]
            .map(|field| done[field].as_u64().unwrap())
    };
    let would = relocate(&["--list", list, "--dry-run"]);
    assert_eq!(
        (counts(&would), &would["dry_run"]),
        ([2, 0, 3, 0, 0], &true.into())
    );
    assert_eq!(counts(&relocate(&["--list", list])), [2, 2, 1, 2, 0]);
    assert_eq!(
        counts(&relocate(&["--until", "2020-01-01T00:00:00Z"])),
        [0, 0, 1, 2, 0]
    );
    assert_eq!(counts(&relocate(&["--id", &ids[2]])), [1, 1, 0, 3, 0]);
    let back = [
        "namespace",
        "move",
        "--from-user",
        "bob",
        "--to-user",
        "alice",
        "--everything",
    ];
    let told = run(&back);
    assert!(told.stdout.contains("3 moved"), "{told:?}");
    assert!(
        told.stdout.contains("1 empty namespaces destroyed"),
        "{told:?}"
    );
}

#[test]
fn a_move_that_does_not_say_what_goes_where_is_no_move() {
    let party = Party::new();
    let admin = party.admin();
    let ended = |key: &str, user, words: &str| {
        let words: Vec<&str> = words.split(' ').collect();
        party.run_as(key, user, &words)
    };
    let run = |words: &str| ended(&admin, None, words);
    run("namespace move --from-user bob --to-user alice").ends(2, "required");
    run("namespace move --from-user bob --everything").ends(2, "required");
    run("namespace move --from-shared --from-user x --to-user y --everything")
        .ends(2, "cannot be used with");
    let all = "namespace move --from-shared --to-user y --everything";
    ended(&party.home.keys().application, Some("alice"), all).ends(1, "this key may not do this");
}
