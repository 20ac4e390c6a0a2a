//! Without its key-encryption key a data directory is noise, and nobody makes a new key for it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::process::{Ended, Home, ended, files_below};
use crate::support::Ask;

const OTHER_KEK: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";

/// A home in which Alice keeps one memory, and whose server has ended.
fn lived_in() -> Home {
    let home = Home::new();
    let server = home.start("warn");
    keep(server.tenant, &home.keys().application)
        .send()
        .gives(201);
    assert!(server.stop().success());
    home
}

fn keep(address: std::net::SocketAddr, key: &str) -> Ask {
    let ask = Ask::new(address, "POST", "/v1/memories").key(key);
    ask.header("x-anchorhold-user", "alice")
        .json(&json!({"content": "tea without sugar"}))
}

fn list(address: std::net::SocketAddr, key: &str) -> usize {
    let ask = Ask::new(address, "GET", "/v1/memories").key(key);
    let page = ask.header("x-anchorhold-user", "alice").send().gives(200);
    page["memories"].as_array().unwrap().len()
}

fn contents(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let read = |path: PathBuf| (path.clone(), fs::read(path).unwrap());
    files_below(directory).into_iter().map(read).collect()
}

fn write_kek(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[track_caller]
fn assert_refused(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(
        ended.code,
        Some(code),
        "expected exit {code}, got {ended:?}"
    );
    for word in words {
        assert!(
            ended.stderr.contains(word),
            "expected {word:?} to be said, got {ended:?}"
        );
    }
    assert!(
        !ended.stderr.contains(r#""event":"ready""#),
        "it took requests: {ended:?}"
    );
    assert_eq!(ended.stdout, "", "a refused start shows no keys");
}

#[test]
fn another_key_opens_nothing_and_changes_nothing() {
    let home = lived_in();
    let (right, before) = (
        fs::read_to_string(home.kek_file()).unwrap(),
        contents(&home.data()),
    );
    write_kek(&home.kek_file(), OTHER_KEK);
    let serve = ["serve", "--print-operator-key"];
    assert_refused(&home.run(&serve), 78, &["wrong_key", "ANCHORHOLD_KEK"]);
    let told = home.run(&["--json", "serve", "--print-operator-key"]);
    assert_refused(&told, 78, &[r#""code":"wrong_key""#]);
    write_kek(&home.kek_file(), &right);
    let mut from_environment = home.command(&serve);
    from_environment
        .env_remove("ANCHORHOLD_KEK_FILE")
        .env("ANCHORHOLD_KEK", OTHER_KEK.trim());
    assert_refused(&ended(&mut from_environment), 78, &["wrong_key"]);
    assert!(
        contents(&home.data()) == before,
        "a refused start must not change the data"
    );
    let server = home.start("warn");
    assert_eq!(list(server.tenant, &home.keys().application), 1);
}

#[test]
fn a_stolen_copy_does_not_open_with_the_key_of_the_thief() {
    let (home, thief) = (lived_in(), lived_in());
    fs::remove_dir_all(thief.data()).unwrap();
    for (path, content) in contents(&home.data()) {
        let copy = thief.data().join(path.strip_prefix(home.data()).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::write(copy, content).unwrap();
    }
    let refused = thief.run(&["serve", "--print-operator-key"]);
    assert_refused(&refused, 78, &["wrong_key"]);
    // The copy is whole: with the right key it opens.
    fs::copy(home.kek_file(), thief.kek_file()).unwrap();
    let server = thief.start("warn");
    assert_eq!(list(server.tenant, &home.keys().application), 1);
}

#[test]
fn a_missing_key_is_asked_for_and_never_made_anew() {
    let home = lived_in();
    let (kek, before) = (
        fs::read_to_string(home.kek_file()).unwrap(),
        contents(&home.data()),
    );
    fs::remove_file(home.kek_file()).unwrap();
    for arguments in [&["serve", "--print-operator-key"][..], &["serve"]] {
        let place = home.kek_file().display().to_string();
        let words = [
            "no key file",
            "bring back",
            place.as_str(),
            "ANCHORHOLD_KEK_FILE",
        ];
        assert_refused(&home.run(arguments), 78, &words);
        assert_eq!(
            files_below(&home.kek_directory()),
            [] as [PathBuf; 0],
            "no key is made"
        );
    }
    assert_refused(&home.run(&["init"]), 73, &["initialised already"]);
    assert_eq!(
        files_below(&home.kek_directory()),
        [] as [PathBuf; 0],
        "no key is made"
    );
    assert!(
        contents(&home.data()) == before,
        "a refused start must not change the data"
    );
    write_kek(&home.kek_file(), &kek);
    let server = home.start("warn");
    assert_eq!(list(server.tenant, &home.keys().application), 1);
}

#[test]
fn a_missing_key_at_its_usual_place_is_never_made_anew() {
    let home = Home::new();
    let run = |arguments: &[&str]| {
        let mut command = home.command(arguments);
        command.env_remove("ANCHORHOLD_KEK_FILE").env_remove("HOME");
        command.env("XDG_CONFIG_HOME", home.root().join("settings"));
        ended(&mut command)
    };
    let made = run(&["init"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let settings = home.root().join("settings");
    let [key] = files_below(&settings)
        .try_into()
        .expect("one key file is made");
    fs::remove_file(&key).unwrap();
    let place = key.display().to_string();
    assert_refused(&run(&["serve"]), 78, &["no key file", place.as_str()]);
    assert_eq!(files_below(&settings), [] as [PathBuf; 0], "no key is made");
}

#[test]
fn a_key_file_that_is_damaged_or_open_to_others_is_refused() {
    let home = lived_in();
    let right = fs::read_to_string(home.kek_file()).unwrap();
    let (half, long) = (&right[..32], format!("{right}{right}"));
    for text in [
        "",
        "\n",
        half,
        &long,
        &right.replace(|digit| digit != '\n', "g"),
    ] {
        write_kek(&home.kek_file(), text);
        assert_refused(&home.run(&["serve"]), 78, &["64 hexadecimal digits"]);
    }
    write_kek(&home.kek_file(), &right);
    for mode in [0o640, 0o604, 0o644, 0o660] {
        fs::set_permissions(home.kek_file(), fs::Permissions::from_mode(mode)).unwrap();
        assert_refused(
            &home.run(&["serve"]),
            78,
            &["can be read by others", "chmod 600"],
        );
    }
}

#[test]
fn a_key_file_inside_the_data_directory_is_refused() {
    let home = Home::new();
    let mut command = home.command(&["init"]);
    let inside = home.data().join("inside.kek");
    command.env("ANCHORHOLD_KEK_FILE", &inside);
    assert_refused(&ended(&mut command), 78, &["inside the data directory"]);
    assert!(!inside.exists(), "a refused key file is not made");
}

#[test]
fn everything_is_private_whatever_the_umask() {
    let home = Home::new();
    let server = home.start("warn");
    let key = home.keys().application;
    keep(server.tenant, &key).send().gives(201);
    check_modes(&home);
    assert!(server.stop().success());
    let server = home.start("warn");
    keep(server.tenant, &key).send().gives(201);
    check_modes(&home);
    server.kill();
    check_modes(&home);
}

fn check_modes(home: &Home) {
    let mut seen = 0;
    for root in [home.data(), home.kek_directory()] {
        for path in paths_below(root) {
            let expected = if path.is_dir() { 0o700 } else { 0o600 };
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
            assert_eq!(
                mode,
                expected,
                "{}: {mode:o}, expected {expected:o}",
                path.display()
            );
            seen += 1;
        }
    }
    assert!(seen > 10, "expected data and key, saw {seen} files");
}

/// The directory, and all files and directories in it.
fn paths_below(directory: PathBuf) -> Vec<PathBuf> {
    let mut paths = vec![directory];
    let mut next = 0;
    while let Some(path) = paths.get(next).cloned() {
        let entries = fs::read_dir(&path).into_iter().flatten();
        paths.extend(entries.map(|entry| entry.unwrap().path()));
        next += 1;
    }
    paths
}

#[test]
fn a_second_server_over_the_same_data_is_refused() {
    let home = lived_in();
    let server = home.start("warn");
    assert_refused(&home.run(&["serve"]), 75, &["in use"]);
    assert_eq!(list(server.tenant, &home.keys().application), 1);
}
