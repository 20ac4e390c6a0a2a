//! What a start demands where other machines reach the server, and what it refuses while it serves.

use serde_json::Value;

use super::first_start::curl_of;
use super::run_with;
use crate::process::{Ended, Home, Server};

/// An address that other machines reach.
const NETWORK: [&str; 3] = ["--listen", "0.0.0.0:0", "--allow-network"];

/// A start that must end by itself.
fn refused(home: &Home, flags: &[&str]) -> Ended {
    let mut arguments = vec!["serve", "--print-operator-key", "--log", "warn"];
    arguments.extend(flags);
    home.run(&arguments)
}

/// Runs a command of the operator.
fn operate(home: &Home, server: &Server, arguments: &[&str]) -> Ended {
    let url = format!("http://{}", server.operator);
    let key = home.keys().operator;
    let variables = [
        ("ANCHORHOLD_OPERATOR_URL", url.as_str()),
        ("ANCHORHOLD_OPERATOR_KEY", key.as_str()),
    ];
    run_with(home, &variables, arguments)
}

#[test]
fn legacy_is_served_on_loopback_and_beyond_it_only_where_it_is_wanted() {
    let home = Home::new();
    let update = ["tenant", "update", "default", "--trust-mode"];
    let to = |server: &Server, mode| operate(&home, server, &[&update[..], &[mode]].concat());
    let server = home.start("warn");
    assert_eq!(to(&server, "legacy").code, Some(0));
    server.stop();
    let ended = refused(&home, &NETWORK);
    ended.ends(78, "default");
    ended.ends(78, "--allow-legacy");
    let wanted = [&NETWORK[..], &["--allow-legacy"]].concat();
    let server = home.start_with("warn", &wanted);
    assert_eq!(to(&server, "required").code, Some(0));
    assert_eq!(to(&server, "legacy").code, Some(0));
    assert_eq!(to(&server, "required").code, Some(0));
    server.stop();
    let server = home.start_with("warn", &NETWORK);
    to(&server, "legacy").ends(1, "trust_mode");
    let create = ["tenant", "create", "other", "--trust-mode", "legacy"];
    operate(&home, &server, &create).ends(1, "--allow-legacy");
    server.stop();
    // The environment and the file say the same.
    let server = home.start("warn");
    assert_eq!(to(&server, "legacy").code, Some(0));
    server.stop();
    let said = [("ANCHORHOLD_ALLOW_LEGACY", "perhaps")];
    let arguments = [&["serve"], &NETWORK[..]].concat();
    run_with(&home, &said, &arguments).ends(78, "ANCHORHOLD_ALLOW_LEGACY");
    let file = home.temporary().join("settings.toml");
    std::fs::write(&file, "allow_legacy = true\n").unwrap();
    let config = [&NETWORK[..], &["--config", file.to_str().unwrap()]].concat();
    home.start_with("warn", &config).stop();
}

/// The mode of the tenant of the first start, and what becomes of ids that clients draw.
fn first_tenant(home: &Home, server: &Server) -> (Value, Value) {
    let tenants = operate(home, server, &["--json", "tenant", "list"]).json();
    let show = ["--json", "identity", "show", "--tenant", "default"];
    let identity = operate(home, server, &show).json();
    (
        tenants["tenants"][0]["trust_mode"].clone(),
        identity["sessions"]["client_ids"].clone(),
    )
}

#[test]
fn a_preset_says_what_the_first_tenant_demands_and_changes_no_other() {
    let named = ["--plain-http-from", "127.0.0.1"];
    for (preset, mode, client_ids) in [
        (&[][..], "required", "adopt"),
        (&["--preset", "local"], "required", "adopt"),
        (&["--preset", "team"], "required", "reissue"),
        (&NETWORK, "required", "reissue"),
        (&["--preset", "public"], "strict", "reissue"),
    ] {
        let home = Home::new();
        let flags = [preset, &named].concat();
        let server = home.start_with("warn", &flags);
        let expected = (Value::from(mode), Value::from(client_ids));
        assert_eq!(first_tenant(&home, &server), expected, "{preset:?}");
        let kept = curl_of(&home).gives(201);
        assert_eq!(kept["namespace"]["name"], "alice");
        server.stop();
        for other in ["local", "team", "public"] {
            let flags = [&["--preset", other][..], &named].concat();
            let server = home.start_with("warn", &flags);
            assert_eq!(first_tenant(&home, &server), expected, "{preset:?} {other}");
            server.stop();
        }
    }
}

#[test]
fn a_preset_refuses_what_it_is_not_for_and_nothing_is_made() {
    let home = Home::new();
    let network = ["--listen", "0.0.0.0:0"];
    let operator = ["--operator-listen", "0.0.0.0:0"];
    let preset = |name, more: &[&'static str]| [&["--preset", name][..], more].concat();
    for (flags, said) in [
        (preset("local", &network), "preset local"),
        (preset("local", &operator), "preset local"),
        (preset("team", &NETWORK), "preset team"),
        (preset("public", &[]), "preset public"),
        (preset("public", &NETWORK), "preset public"),
        (
            preset(
                "public",
                &["--plain-http-from", "10.1.0.7", "--allow-legacy"],
            ),
            "allow_legacy",
        ),
        (preset("open", &[]), "local, team or public"),
    ] {
        refused(&home, &flags).ends(78, said);
    }
    let said = [("ANCHORHOLD_PRESET", "public")];
    run_with(&home, &said, &["serve", "--print-operator-key"]).ends(78, "preset public");
    let file = home.temporary().join("settings.toml");
    std::fs::write(&file, "preset = \"publik\"\n").unwrap();
    let config = ["--config", file.to_str().unwrap()];
    refused(&home, &config).ends(78, "preset in the configuration file");
    assert!(!home.data().exists());
}
