//! The first start: one command, keys shown once, a curl line that works, and nothing half made.

use std::net::TcpListener;

use serde_json::Value;

use super::{run_with, tree};
use crate::process::Home;
use crate::support::{Ask, Reply};

#[test]
fn the_curl_line_of_the_first_start_works() {
    let home = Home::new();
    let _server = home.start("warn");
    let kept = curl_of(&home).gives(201);
    assert_eq!(kept["namespace"]["name"], "alice");
    assert_eq!(kept["content"], "Alice takes her tea without sugar.");
}

#[test]
fn keys_are_shown_at_the_first_start_and_never_again() {
    let home = Home::new();
    home.start("warn").stop();
    let keys = home.keys();
    let said = std::fs::read_to_string(home.stdout()).unwrap();
    let _again = home.start("warn");
    assert_eq!(std::fs::read_to_string(home.stdout()).unwrap(), said);
    for key in [keys.operator, keys.application] {
        assert!(said.contains(&key));
        assert!(
            !std::fs::read_to_string(home.stderr())
                .unwrap()
                .contains(&key)
        );
    }
}

#[test]
fn without_a_place_to_show_keys_nothing_is_made() {
    let home = Home::new();
    home.run(&["serve"]).ends(78, "--print-operator-key");
    assert!(!home.data().exists());
    assert!(!home.kek_directory().exists());
}

#[test]
fn keys_that_could_not_be_shown_are_no_success() {
    for arguments in [&["init"][..], &["serve", "--print-operator-key"]] {
        let home = Home::new();
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let mut command = home.command(arguments);
        let child = command
            .stdout(full)
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(1), "{arguments:?}: {ended:?}");
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(said.contains("begin again"), "{said}");
    }
}

#[test]
fn a_port_that_is_taken_costs_no_keys() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let arguments = ["serve", "--print-operator-key", "--listen", &address];
    home.run(&arguments).ends(78, &address);
    assert!(!home.data().exists());
    assert!(!home.kek_directory().exists());
}

#[test]
fn a_directory_of_somebody_else_is_left_alone() {
    let home = Home::new();
    std::fs::create_dir(home.data()).unwrap();
    std::fs::write(home.data().join("diary.txt"), "mine").unwrap();
    home.run(&["init"]).ends(78, "diary.txt");
    assert_eq!(tree(&home.data()).len(), 1);
    assert!(!home.kek_directory().exists());
}

#[test]
fn init_shows_the_operator_key_once_and_a_second_init_changes_nothing() {
    let home = Home::new();
    let made = home.run(&["init", "--json"]).json();
    assert!(made["operator_key"].as_str().unwrap().starts_with("aho_"));
    assert_eq!(made["data"], home.data().to_str().unwrap());
    assert_eq!(made["kek"], home.kek_file().to_str().unwrap());
    let before = (tree(&home.data()), tree(&home.kek_directory()));
    home.run(&["init"]).ends(73, "initialised already");
    assert_eq!(before, (tree(&home.data()), tree(&home.kek_directory())));
    // Not even a key that is missing is made anew: it would open nothing.
    std::fs::remove_file(home.kek_file()).unwrap();
    home.run(&["init"]).ends(73, "initialised already");
    assert!(!home.kek_file().exists());
}

#[test]
fn without_a_named_file_the_key_bears_the_id_of_the_installation() {
    let home = Home::new();
    let config = home.temporary().join("config");
    let mut command = home.command(&["init", "--json"]);
    command.env_remove("ANCHORHOLD_KEK_FILE");
    command.env("XDG_CONFIG_HOME", &config);
    let made = crate::process::ended(&mut command).json();
    let install = std::fs::read(home.data().join("install.json")).unwrap();
    let install: Value = serde_json::from_slice(&install).unwrap();
    let name = format!("anchorhold/{}.kek", install["install_id"].as_str().unwrap());
    assert_eq!(made["kek"], config.join(&name).to_str().unwrap());
    let files: Vec<_> = tree(&config)
        .into_keys()
        .filter(|path| path.is_file())
        .collect();
    assert_eq!(files, [config.join(name)]);
}

#[test]
fn a_key_inside_the_data_directory_must_be_wanted() {
    let home = Home::new();
    let inside = home.data().join("own.kek");
    let named = [("ANCHORHOLD_KEK_FILE", inside.to_str().unwrap())];
    run_with(&home, &named, &["init"]).ends(78, "inside the data directory");
    assert!(!home.data().exists());
    run_with(
        &home,
        &named,
        &["init", "--allow-kek-inside-data", "--json"],
    )
    .json();
    assert!(inside.exists());
    run_with(&home, &named, &["serve"]).ends(78, "inside the data directory");
}

/// Does what the first start says to do with curl.
pub(super) fn curl_of(home: &Home) -> Reply {
    let said = std::fs::read_to_string(home.stdout()).unwrap();
    let line = said.lines().find(|line| line.starts_with("curl ")).unwrap();
    as_curl_does(line)
}

/// Does what curl does with such a line: a URL, headers, a body.
fn as_curl_does(line: &str) -> Reply {
    let mut words = Vec::new();
    // Single quotes alone hold what has spaces.
    for (position, part) in line.split('\'').enumerate() {
        if position % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    let url = words
        .iter()
        .find_map(|word| word.strip_prefix("http://"))
        .unwrap();
    let (address, path) = url.split_at(url.find('/').unwrap());
    let after = |flag: &str| {
        let pairs: Vec<_> = words.windows(2).filter(|pair| pair[0] == flag).collect();
        pairs.iter().map(|pair| pair[1].clone()).collect::<Vec<_>>()
    };
    let mut ask = Ask::new(address.parse().unwrap(), "POST", path);
    for header in after("-H") {
        let (name, value) = header.split_once(": ").unwrap();
        ask = ask.header(name, value);
    }
    ask.bytes(after("-d").concat()).send()
}
