//! Flags over environment over file over default, seen from outside; no setting is ignored.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use super::run_with;
use crate::process::Home;

/// The addresses of the ready line of a server with these settings.
fn listens(home: &Home, variables: &[(&str, &str)], flags: &[&str]) -> (String, String) {
    let mut arguments = vec!["serve", "--print-operator-key"];
    arguments.extend(flags);
    let mut command = home.command(&arguments);
    command.env_remove("ANCHORHOLD_LISTEN");
    command.envs(variables.iter().copied());
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let ready: serde_json::Value =
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
    assert_eq!(ready["event"], "ready");
    let host = |name: &str| {
        let address = ready[name].as_str().unwrap();
        let (host, port) = address.rsplit_once(':').unwrap();
        assert_ne!(port, "0", "the actual port is told");
        host.to_owned()
    };
    (host("listen"), host("operator_listen"))
}

#[test]
fn a_flag_beats_the_environment_and_that_the_file_and_that_the_default() {
    let home = Home::new();
    let file = home.temporary().join("settings.toml");
    let lines = "listen = \"127.0.0.2:0\"\noperator_listen = \"127.0.0.9:0\"\n";
    std::fs::write(&file, lines).unwrap();
    let config = ["--config", file.to_str().unwrap()];
    let environment = [("ANCHORHOLD_LISTEN", "127.0.0.3:0")];
    let (by_file, operator) = listens(&home, &[], &config);
    // The home's environment names an operator listener, and that beats the file.
    assert_eq!(
        (by_file.as_str(), operator.as_str()),
        ("127.0.0.2", "127.0.0.1")
    );
    assert_eq!(listens(&home, &environment, &config).0, "127.0.0.3");
    let flag = ["--listen", "127.0.0.4:0"];
    let (by_flag, _) = listens(&home, &environment, &[config, flag].concat());
    assert_eq!(by_flag, "127.0.0.4");
}

#[test]
fn an_unknown_key_of_the_file_names_the_nearest_known_one() {
    let home = Home::new();
    let file = home.temporary().join("settings.toml");
    std::fs::write(&file, "listne = \"127.0.0.2:0\"\n").unwrap();
    let config = [("ANCHORHOLD_CONFIG", file.to_str().unwrap())];
    let ended = run_with(&home, &config, &["serve", "--print-operator-key"]);
    ended.ends(78, "unknown key \"listne\"");
    ended.ends(78, "\"listen\"");
    assert!(!home.data().exists());
}

#[test]
fn a_setting_that_makes_no_sense_stops_the_start() {
    let home = Home::new();
    for (flag, value) in [
        ("--listen", "nowhere"),
        ("--listen", "0.0.0.0:0"),
        ("--log", "loud"),
        ("--config", "/does/not/exist"),
    ] {
        let ended = home.run(&["serve", "--print-operator-key", flag, value]);
        assert_eq!(ended.code, Some(78), "{flag} {value}: {ended:?}");
        assert!(!home.data().exists());
    }
}
