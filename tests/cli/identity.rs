//! Which headers name a tenant's users, on the command line.

use super::Party;

#[test]
fn headers_proxies_and_the_secret_of_open_webui_are_set_shown_and_taken_back() {
    let party = Party::new();
    let tenant = ["--tenant", "default"];
    let operate = |arguments: &[&str]| party.operate(&[arguments, &tenant].concat());
    let shown = operate(&["--json", "identity", "show"]).json();
    assert_eq!(shown["trusted_proxies"], serde_json::json!([]));
    assert_eq!(shown["open_webui_signs"], false);
    let secret = party.home.root().join("secret");
    std::fs::write(&secret, "a secret of thirty-two bytes, ok\n").unwrap();
    let changed = operate(&[
        "--json",
        "identity",
        "set",
        "--sources",
        "header:x-remote-user:local,silly_tavern=auto,open_webui:x-app-user-id=claimed",
        "--trusted-proxies",
        "10.0.0.0/8,192.0.2.7",
        "--open-webui-secret-file",
        secret.to_str().unwrap(),
    ]);
    let changed = changed.json();
    let row = |position: usize| {
        let source = &changed["sources"][position];
        ["source", "header", "trust", "issuer"].map(|part| source[part].as_str().unwrap())
    };
    assert_eq!(row(0), ["header", "x-remote-user", "always", "local"]);
    assert_eq!(row(1), ["silly_tavern", "x-st-user", "auto", "st"]);
    assert_eq!(row(2), ["open_webui", "x-app-user-id", "claimed", "owui"]);
    assert_eq!(row(3)[0], "x-anchorhold-user");
    assert_eq!(changed["open_webui_signs"], true);
    let table = operate(&["identity", "show"]);
    for text in ["x-remote-user", "10.0.0.0/8, 192.0.2.7/32", "must sign"] {
        assert!(table.stdout.contains(text), "{table:?}");
    }
    assert!(!table.stdout.contains("thirty-two"), "{table:?}");
    // What is not named stays.
    let none = operate(&["--json", "identity", "set", "--trusted-proxies", ""]).json();
    assert_eq!(none["trusted_proxies"], serde_json::json!([]));
    assert_eq!(none["sources"], changed["sources"]);
    let forgotten = operate(&["--json", "identity", "forget-open-webui-secret"]).json();
    assert_eq!(forgotten["open_webui_signs"], false);
    for wrong in ["ldap", "open_webui=perhaps"] {
        operate(&["identity", "set", "--sources", wrong]).ends(2, "unknown variant");
    }
    // What a request would be taken for; the key comes from a file.
    let headers = party.home.root().join("headers");
    let key = party.home.keys().application;
    std::fs::write(&headers, format!("Authorization: Bearer {key}\n\n")).unwrap();
    let file = format!("@{}", headers.display());
    let explain = |header: &str| {
        let arguments = ["identity", "explain", "--header", &file, "--header", header];
        party.operate(&arguments)
    };
    let told = explain("X-Remote-User: alice").stdout;
    for text in [
        "local:alice",
        "asserted",
        "decides",
        "let in; namespace: user",
    ] {
        assert!(told.contains(text), "{text}: {told}");
    }
    let told = explain("x-st-user: a,b").stdout;
    assert!(
        told.contains("refused with 400 identity_header_invalid"),
        "{told}"
    );
    assert!(!told.contains(&key), "{told}");
    explain("x-st-user").ends(2, "name: value");
    let refused = operate(&["identity", "set"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
}
