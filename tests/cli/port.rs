//! `export` and `import` on a real server.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use serde_json::{Value, json};

use super::Party;

fn keep(party: &Party, key: &str, count: usize) {
    for number in 0..count {
        let text = format!("Alice's note number {number} is about the harbor.");
        let kept = party.run_as(key, Some("alice"), &["remember", &text]);
        assert_eq!(kept.code, Some(0), "{kept:?}");
    }
}

#[test]
fn what_is_exported_is_imported_for_another_user_and_answers_alike() {
    let party = Party::new();
    let key = party.home.keys().application;
    keep(&party, &key, 3);
    let file = party.home.root().join("alice.ndjson");
    let file = file.to_str().unwrap();
    let exported = party.run_as(&key, Some("alice"), &["--json", "export", "--output", file]);
    assert_eq!(exported.json(), json!({"output": file, "memories": 3}));
    let bytes = std::fs::read(file).unwrap();
    let shown = party.run_as(&key, Some("alice"), &["export"]);
    // All but the moment in the head.
    let lines = |text: &str| {
        text.lines()
            .skip(1)
            .take(3)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        lines(&shown.stdout),
        lines(std::str::from_utf8(&bytes).unwrap())
    );
    let import = |user| {
        party
            .run_as(&key, Some(user), &["--json", "import", file])
            .json()
    };
    let imported = |reply: &Value| (reply["imported"].clone(), reply["skipped"].clone());
    assert_eq!(imported(&import("bob")), (json!(3), json!(0)));
    assert_eq!(imported(&import("bob")), (json!(0), json!(3)));
    let answers = |user| {
        let question = "What is note number 2 about?";
        let found = party
            .run_as(&key, Some(user), &["--json", "recall", question])
            .json();
        let results = found["results"].as_array().unwrap().clone();
        let answer = |hit: Value| (hit["memory"]["id"].clone(), hit["score"].clone());
        results.into_iter().map(answer).collect::<Vec<_>>()
    };
    assert_eq!(answers("alice"), answers("bob"));
    assert_eq!(answers("carol"), []);
}

#[test]
fn an_export_never_writes_into_what_stands_under_the_name_of_its_part() {
    let party = Party::new();
    let key = party.home.keys().application;
    keep(&party, &key, 1);
    let root = party.home.root();
    let precious = root.join("precious");
    std::fs::write(&precious, "precious").unwrap();
    symlink(&precious, root.join("linked.part")).unwrap();
    std::fs::write(root.join("open.part"), "").unwrap();
    let everybody = std::fs::Permissions::from_mode(0o666);
    std::fs::set_permissions(root.join("open.part"), everybody).unwrap();
    for name in ["linked", "open"] {
        let file = root.join(name);
        let words = ["export", "--output", file.to_str().unwrap()];
        assert_eq!(party.run_as(&key, Some("alice"), &words).code, Some(0));
        let about = std::fs::symlink_metadata(&file).unwrap();
        assert!(about.is_file(), "{name} is a link");
        assert_eq!(about.permissions().mode() & 0o777, 0o600, "{name}");
    }
    assert_eq!(std::fs::read_to_string(precious).unwrap(), "precious");
}

#[test]
fn what_cannot_be_read_is_said_and_not_taken_for_an_absent_server() {
    let party = Party::new();
    let key = party.home.keys().application;
    let directory = party.home.root().to_str().unwrap();
    let import = |file| party.run_as(&key, Some("alice"), &["import", file]);
    import(directory).ends(2, directory);
    import("/nowhere/alice.ndjson").ends(2, "/nowhere/alice.ndjson");
    // A file that fails when it is read: the address 0 of a process is never there.
    import("/proc/self/mem").ends(1, "/proc/self/mem");
}

#[test]
fn a_file_that_was_cut_or_holds_a_bad_line_ends_with_1() {
    let party = Party::new();
    let key = party.home.keys().application;
    keep(&party, &key, 2);
    let path = party.home.root().join("alice.ndjson");
    let file = path.to_str().unwrap();
    let exported = party.run_as(&key, Some("alice"), &["export", "--output", file]);
    assert_eq!(exported.code, Some(0), "{exported:?}");
    let whole = std::fs::read_to_string(&path).unwrap();
    let again = party.run_as(&key, Some("bob"), &["export", "--output", file]);
    again.ends(2, "exists");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), whole);
    let import = || party.run_as(&key, Some("bob"), &["import", file]);
    let cut: String = whole.split_inclusive('\n').take(2).collect();
    std::fs::write(&path, cut).unwrap();
    import().ends(1, "cut or changed");
    std::fs::write(&path, format!("{whole}no json\n")).unwrap();
    let refused = import();
    refused.ends(1, "1 lines were refused");
    assert!(refused.stdout.contains("json_invalid"), "{refused:?}");
    assert!(refused.stdout.contains("1 imported, 1 skipped, 1 refused"));
    std::fs::write(&path, whole).unwrap();
    assert_eq!(import().code, Some(0));
    std::fs::remove_file(&path).unwrap();
    import().ends(2, "alice.ndjson");
    let stranger = party.run_as("ah_wrong", Some("alice"), &["export", "--output", file]);
    stranger.ends(1, "credential_invalid");
    assert!(!path.exists());
}
